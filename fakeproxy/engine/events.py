"""Events: what happened, as values. Nothing here is text for people; `fakeproxy.history` makes that of them."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

Kind = Literal[
    "request",
    "session",
    "participant",
    "text",
    "call",
    "webhook",
    "alert",
    "step",
    "fault",
    "stopped",
    "elsewhere",
    "note",
]


class Event(NamedTuple):
    """Something that happened at an instant: microseconds since the epoch, UTC."""

    at: int
    kind: Kind
    #: What became of it: `closed`, `joined`, `delivered`; "" where the kind says it all.
    action: str
    #: What it concerns: the SIDs of sessions, participants, messages, calls and so on.
    sids: tuple[str, ...] = ()
    #: The numbers of people, and proxy numbers.
    numbers: tuple[str, ...] = ()
    #: What else there is to tell, by kind: a request, a webhook or an alert itself, or values of these names.
    facts: Any = None


class Events:
    """The events of a fake, the oldest first. The newest `size` are kept, and up to a tenth more.

    Each has a number: one more than the event before it. A number is never used again.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.rows: list[Event] = []
        #: How many were left out, all of them older than those that are kept.
        self.left_out = 0

    @property
    def count(self) -> int:
        """How many are kept."""
        return len(self.rows)

    @property
    def end(self) -> int:
        """The number that the next event will have."""
        return self.left_out + len(self.rows)

    def trim(self) -> None:
        """Leave out the oldest, where there are too many."""
        if len(self.rows) > self.size * 11 // 10:
            self._leave_out(len(self.rows) - self.size)

    def clear(self) -> None:
        """Leave out all."""
        self._leave_out(len(self.rows))

    def _leave_out(self, count: int) -> None:
        del self.rows[:count]
        self.left_out += count
