"""Events: everything that happens in a fake, as values. `fakeproxy.history` makes texts for people of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

#: The kinds of events.
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
    "coroutine",
    "note",
]


class Event(NamedTuple):
    """An event at an instant, in microseconds since the epoch (UTC)."""

    at: int
    kind: Kind
    #: The action or outcome, such as `closed`, `joined`, `delivered`; empty if the kind says all.
    action: str
    #: The SIDs of the sessions, participants, messages, calls and so on that it concerns.
    sids: tuple[str, ...] = ()
    #: The numbers of people, and proxy numbers.
    numbers: tuple[str, ...] = ()
    #: Further facts, by kind: the request, webhook or alert itself, or a dict of values.
    facts: Any = None


class Action(NamedTuple):
    """An action of a test or a person that is no event itself, such as a seed, or a text that is sent.

    `seq` is the number of the event that came next. `result` is what the action returned, or the SID that it is about.
    """

    seq: int
    at: int
    name: str
    result: Any
    arguments: Mapping[str, Any]


class Events:
    """The events of a fake, oldest first. The newest `size` are kept, and up to a tenth more.

    Each has a number: one more than the event before it. A number is never used again.
    """

    def __init__(self, size: int, rows: Sequence[Event] = (), left_out: int = 0) -> None:
        self.size = size
        #: The number of events at which the oldest are removed.
        self._most = size * 11 // 10
        self.rows = list(rows)
        #: The number of events that were removed. They were the oldest.
        self.left_out = left_out
        #: The number of times that all events were removed.
        self.epoch = 0
        #: The actions of tests and people, oldest first. A test that does the same is made of them.
        self.actions: list[Action] = []
        #: The snapshot that was restored last, if one was, and the number of the event that came next.
        self.restored: tuple[Mapping[str, Any], int] | None = None
        #: True if actions were removed whose events may still be there.
        self.lacks_actions = False

    @property
    def count(self) -> int:
        """The number of events that are kept."""
        return len(self.rows)

    @property
    def end(self) -> int:
        """The number that the next event will have."""
        return self.left_out + len(self.rows)

    def until(self, seq: int) -> Events:
        """Return a copy that ends with the event of this number."""
        return Events(self.size, self.rows[: seq + 1 - self.left_out], self.left_out)

    def trim(self) -> None:
        """Remove the oldest events if there are too many."""
        if len(self.rows) > self._most:
            self._leave_out(len(self.rows) - self.size)
        if len(self.actions) > self._most:
            del self.actions[: len(self.actions) - self.size]
            self.lacks_actions = True

    def act(self, now: int, name: str, result: object = None, /, **arguments: object) -> None:
        """Note an action that begins now."""
        self.actions.append(Action(self.end, now, name, result, arguments))

    def clear(self) -> None:
        """Remove all events."""
        self.epoch += 1
        self._leave_out(len(self.rows))
        self.actions.clear()
        self.lacks_actions = False

    def _leave_out(self, count: int) -> None:
        del self.rows[:count]
        self.left_out += count
        if self.actions and self.actions[0].seq < self.left_out:
            self.actions[:] = [action for action in self.actions if action.seq >= self.left_out]
