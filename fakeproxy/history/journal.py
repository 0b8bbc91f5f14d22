"""The journal: the requests to a fake, its answers, and the reasons of its refusals."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypedDict, overload
from urllib.parse import parse_qs

from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.exceptions import IgnoredParameter
from fakeproxy.history.bounded import Bounded
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.queries.query import Has, Query

if TYPE_CHECKING:
    from typing_extensions import Unpack

#: The most requests that an error shows.
_TOLD = 10

#: The most different sentences about ignored parameters that are kept.
_KEPT = 1000


class Entry(NamedTuple):
    """A request and its answer.

    `micros` is the instant on the fake's clock, in microseconds since the epoch (UTC). `operation` is the operationId
    of Twilio's OpenAPI file, or None if Proxy has no such path or method. `text` is the body of the answer. `why` has
    the reasons of a refusal beyond Twilio's text, and a sentence for each part of the request that had no effect;
    `ignored` has only the latter.
    """

    micros: int
    method: str
    path: str
    query: str
    form: str
    operation: str | None
    status: int
    text: str
    code: int | None = None
    why: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def at(self) -> datetime:
        """The instant on the fake's clock, as a datetime in UTC."""
        return to_datetime(self.micros)

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The parameters of the query of a GET, else of the form: a list of values for each name."""
        return parse_qs(self.query if self.method == "GET" else self.form, keep_blank_values=True, errors="replace")

    @property
    def answer(self) -> object:
        """The JSON of the answer, or None if its body is empty."""
        return json.loads(self.text) if self.text else None

    @property
    def members(self) -> Mapping[str, object]:
        """The members of the answer's JSON object, or none if the answer is no JSON object."""
        answer = self.answer if self.text[:1] == "{" else None
        return answer if isinstance(answer, dict) else {}

    def __repr__(self) -> str:
        outcome = self.status if self.code is None else f"{self.status} / {self.code}"
        return hide_passwords(f"<Entry {self.at:%Y-%m-%dT%H:%M:%SZ} {self.method} {self.path}: {outcome}>")

    def __str__(self) -> str:
        asked = " ".join(f"{name}={value}" for name, values in self.parameters.items() for value in values)
        lines = [f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.method} {self.path} {asked}".rstrip()]
        if self.code is None:
            lines.append(f"  {self.status} {self.members.get('sid', '')}".rstrip())
        else:
            lines.append(f"  {self.status} / {self.code} {self.members['message']}".rstrip())
        return hide_passwords("\n".join([*lines, *(f"    - {reason}" for reason in self.why)]))


def _size(entry: Entry) -> int:
    return len(entry.path) + len(entry.query) + len(entry.form) + len(entry.text)


class EntryConditions(TypedDict, total=False):
    """The fields of a request that `where()`, `one()` and `none()` take."""

    micros: object
    method: object
    path: object
    query: object
    form: object
    operation: object
    status: object
    text: object
    code: object
    why: object
    ignored: object
    answer: object
    at: object
    members: object
    parameters: object


class Entries(Sequence[Entry], Query[Entry]):
    """Requests, the oldest first, which can be asked by field."""

    def _asked(self) -> Sequence[Entry]:
        return list(self)

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        return "request", tuple(EntryConditions.__annotations__)

    def where(self, **fields: Unpack[EntryConditions]) -> list[Entry]:
        """Return the requests that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[EntryConditions]) -> Entry:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[EntryConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[EntryConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)


class Journal(Entries):
    """The last requests, newest last, and the number of all requests by operation.

    It keeps at most `journal_size` requests, and at most 16 million characters of them.
    """

    def __init__(self, size: int) -> None:
        self._entries = Bounded(size, _size)
        #: The number of requests so far by operation, including those that are no longer kept.
        self.counts: Counter[str | None] = Counter()
        #: The sentences about ignored parameters, and how often each was true.
        self.ignored: Counter[str] = Counter()
        #: The requests with ignored parameters since the last check.
        self._unchecked: deque[Entry] = deque(maxlen=_TOLD)

    def check(self) -> None:
        """Raise `IgnoredParameter` for requests with ignored parameters. Each request is reported once."""
        new = list(self._unchecked)
        self._unchecked.clear()
        if new:
            lines = "\n".join(f"  {line}" for entry in new for line in str(entry).splitlines())
            raise IgnoredParameter(
                f"parameters were ignored, as by Twilio, which the setting fail_on_ignored makes an error. The last "
                f"requests with such parameters:\n{lines}"
            )

    def add(self, entry: Entry) -> None:
        """Add a request."""
        self._entries.add(entry)
        self.counts[entry.operation] += 1
        if entry.ignored:
            if len(self.ignored) < _KEPT:
                self.ignored.update(entry.ignored)
            self._unchecked.append(entry)

    def clear(self) -> None:
        """Remove all requests, and set the counts to zero."""
        self._entries.clear()
        self.counts.clear()
        self.ignored.clear()
        self._unchecked.clear()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return list(self._entries)[index] if isinstance(index, slice) else self._entries[index]

    def __repr__(self) -> str:
        return f"<Journal of {self.counts.total()} requests, the last {len(self)} kept>"
