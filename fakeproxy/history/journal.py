"""The journal: what was asked of the fake, what it answered, and for a refusal why."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, overload
from urllib.parse import parse_qs

from fakeproxy.clock.clock import to_datetime
from fakeproxy.exceptions import IgnoredParameter
from fakeproxy.history.bounded import Bounded
from fakeproxy.history.passwords import hide_passwords

#: How many requests an error tells of.
_TOLD = 10

#: How many different sentences about what was ignored are kept.
_KEPT = 1000


class Entry(NamedTuple):
    """One request and its answer.

    `operation` is the operationId of Twilio's OpenAPI file, None where the path or method is none of Proxy's.
    `why` says of a refusal what Twilio's own text does not, and what of the request had no effect; the latter is in
    `ignored` as well.
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
        """The instant on the fake's clock."""
        return to_datetime(self.micros)

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The query of a GET, else the form, each value as often as it came."""
        return parse_qs(self.query if self.method == "GET" else self.form, keep_blank_values=True, errors="replace")

    @property
    def answer(self) -> Any:
        """The JSON of the answer; None for an empty one."""
        return json.loads(self.text) if self.text else None

    def __str__(self) -> str:
        asked = " ".join(f"{name}={value}" for name, values in self.parameters.items() for value in values)
        lines = [f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.method} {self.path} {asked}".rstrip()]
        if self.code is None:
            sid = (self.answer or {}).get("sid", "")
            lines.append(f"  {self.status} {sid}".rstrip())
        else:
            lines.append(f"  {self.status} / {self.code} {self.answer['message']}")
        return hide_passwords("\n".join([*lines, *(f"    - {reason}" for reason in self.why)]))


def _size(entry: Entry) -> int:
    return len(entry.path) + len(entry.query) + len(entry.form) + len(entry.text)


class Journal(Sequence[Entry]):
    """The last requests, the newest last, and counts of all by operation.

    It keeps `journal_size` requests, and of these as many as have 16 million characters in total.
    """

    def __init__(self, size: int) -> None:
        self._entries = Bounded(size, _size)
        #: How many requests there were of each operation, whether still listed or not.
        self.counts: Counter[str | None] = Counter()
        #: What was ignored, one sentence each, and how often.
        self.ignored: Counter[str] = Counter()
        #: Requests with ignored parameters since the last check.
        self._unchecked: deque[Entry] = deque(maxlen=_TOLD)

    def check(self) -> None:
        """Raise, once, that requests had parameters which were ignored."""
        new = list(self._unchecked)
        self._unchecked.clear()
        if new:
            told = "\n".join(f"  {line}" for entry in new for line in str(entry).splitlines())
            raise IgnoredParameter(
                f"parameters were ignored, as Twilio ignores them, and the setting fail_on_ignored makes that an "
                f"error; the last requests that had some:\n{told}"
            )

    def add(self, entry: Entry) -> None:
        self._entries.add(entry)
        self.counts[entry.operation] += 1
        if entry.ignored:
            if len(self.ignored) < _KEPT:
                self.ignored.update(entry.ignored)
            self._unchecked.append(entry)

    def clear(self) -> None:
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
