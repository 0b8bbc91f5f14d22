"""Texts and calls that handsets received, as lists that can be queried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, TypeVar

from fakeproxy.exceptions import UsageError
from fakeproxy.network.contacts import Exchange
from fakeproxy.queries.query import Has, Query

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

T = TypeVar("T")

#: A function that returns the names of other handsets, each with the texts or calls that it received.
Others = Callable[[], Iterable[tuple[str, Sequence[object]]]]


@dataclass(frozen=True, kw_only=True, repr=False)
class Text:
    """A text that arrived at a handset. `at` is the instant of its arrival, as a datetime in UTC."""

    sid: str
    from_: str
    to: str
    body: str
    media: tuple[str, ...]
    at: datetime

    def __repr__(self) -> str:
        files = f", {len(self.media)} files" if self.media else ""
        return f"<Text {self.from_} -> {self.to}: {self.body!r}{files}, {self.at:%Y-%m-%dT%H:%M:%SZ}>"


@dataclass(frozen=True, kw_only=True, repr=False)
class Ring:
    """A call that rang at a handset. `at` is the instant at which it began to ring, as a datetime in UTC."""

    sid: str
    from_: str
    to: str
    at: datetime
    _exchange: Exchange = field(compare=False)

    def __repr__(self) -> str:
        return f"<Ring {self.from_} -> {self.to}: {self.status}, {self.at:%Y-%m-%dT%H:%M:%SZ}>"

    @property
    def status(self) -> str:
        """The present status of the call, such as `ringing` or `completed`; `gone` after a reset."""
        leg, _ = self._exchange.legs(self.sid)
        return leg.status if leg else "gone"

    def answer(self) -> None:
        """Answer the call. Raises `UsageError` if it does not ring."""
        self._act("in-progress")

    def decline(self) -> None:
        """Decline the call; its status is then `busy`. Raises `UsageError` if it does not ring."""
        self._act("busy")

    def hang_up(self) -> None:
        """Hang up, which ends the caller's leg too. Raises `UsageError` if the call has ended."""
        self._exchange.end_call(self.sid)

    def _act(self, status: str) -> None:
        if self.status != "ringing":
            raise UsageError(f"this call does not ring: it is {self.status}")
        self._exchange.set_call(self.sid, status)


class Received(tuple[T, ...], Query[T]):
    """The texts or the calls that a handset has received so far, oldest first.

    `read` returns them, and `others` those of other handsets, for the error if nothing fits.
    """

    _read: Callable[[], Iterable[T]]
    _number: str
    _others: Others

    def __new__(cls, read: Callable[[], Iterable[T]], number: str, others: Others = tuple) -> Self:
        received = super().__new__(cls, read())
        received._read = read
        received._number = number
        received._others = others
        return received

    def _asked(self) -> Sequence[T]:
        return self

    def _present(self) -> Sequence[T]:
        return list(self._read())

    def _elsewhere(self) -> Iterable[tuple[str, Sequence[object]]]:
        return self._others()


class TextConditions(TypedDict, total=False):
    """The fields of a text that arrived that the queries take."""

    sid: object
    from_: object
    to: object
    body: object
    media: object
    at: object


class Texts(Received[Text]):
    """The texts that arrived at a handset, oldest first."""

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        return f"text in the inbox of {self._number}", tuple(TextConditions.__annotations__)

    def where(self, **fields: Unpack[TextConditions]) -> list[Text]:
        """Return the texts that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[TextConditions]) -> Text:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[TextConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[TextConditions]) -> Has:
        """Return the condition that one fits, for `wait_for()` and `advance_until()`; it reads anew each time."""
        return self._has(fields)


class RingConditions(TypedDict, total=False):
    """The fields of a call that rang that the queries take."""

    sid: object
    from_: object
    to: object
    at: object
    status: object


class Rings(Received[Ring]):
    """The calls that rang at a handset, oldest first."""

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        return f"call at the handset of {self._number}", tuple(RingConditions.__annotations__)

    def where(self, **fields: Unpack[RingConditions]) -> list[Ring]:
        """Return the calls that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[RingConditions]) -> Ring:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[RingConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[RingConditions]) -> Has:
        """Return the condition that one fits, for `wait_for()` and `advance_until()`; it reads anew each time."""
        return self._has(fields)
