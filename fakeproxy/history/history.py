"""The history of a fake: all events in order, and their text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Protocol, TypedDict, overload

from fakeproxy.exceptions import UsageError
from fakeproxy.history.diagram import diagram
from fakeproxy.history.events import Event
from fakeproxy.history.mermaid import mermaid
from fakeproxy.history.story import story
from fakeproxy.queries.query import Has, Query

if TYPE_CHECKING:
    from typing_extensions import Unpack


class HasSid(Protocol):
    """The protocol of a session, a participant or another view."""

    @property
    def sid(self) -> str:
        """The SID."""


class HasNumber(Protocol):
    """The protocol of a phone."""

    @property
    def number(self) -> str:
        """The number."""


class EventConditions(TypedDict, total=False):
    """The fields of an event that `where()` and `one()` take."""

    seq: object
    at: object
    kind: object
    action: object
    text: object
    sids: object
    numbers: object
    facts: object
    object: object


class History(Sequence[Event], Query[Event]):
    """The events of a fake, oldest first. It follows the fake: a later reading has later events.

    `str()` is the story: a line for each event. `read_from(seq)` returns the events from that number on. A long history
    is read faster with `end()`, the number of the next event, and `concerning(key)`, the events of a SID or a number.
    """

    def __init__(
        self,
        read_from: Callable[[int], Sequence[Event]],
        as_test: Callable[[], str] | None = None,
        end: Callable[[], int] | None = None,
        concerning: Callable[[str], Sequence[Event]] | None = None,
    ) -> None:
        self._read_from = read_from
        self._as_test = as_test
        self._end = end or (lambda: max((event.seq + 1 for event in self._read()), default=0))
        self._concerning = concerning or (lambda key: concerning_events(key, self._read()))

    def _read(self) -> Sequence[Event]:
        return self._read_from(0)

    def of(self, what: HasSid | HasNumber | str) -> History:
        """Return the events that concern a session, a participant, a number, or anything else with a SID.

        `what` is the object, or its SID or number. The events of a session include those of its texts and calls,
        and the steps of the clock between them.
        """
        key = what if isinstance(what, str) else str(getattr(what, "sid", None) or getattr(what, "number", ""))
        return History(lambda seq: [event for event in self._concerning(key) if event.seq >= seq])

    def tell_since(self) -> Callable[[], str]:
        """Return a function that tells the story from now on."""
        end = self._end()
        return lambda: str(self.after(end - 1))

    def after(self, seq: int) -> History:
        """Return the events with a higher `seq`."""
        return History(lambda first: self._read_from(max(first, seq + 1)))

    def until(self, seq: int) -> History:
        """Return the events up to this `seq`."""
        return History(lambda first: [event for event in self._read_from(first) if event.seq <= seq])

    def _asked(self) -> Sequence[Event]:
        return self._read()

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        return "event", tuple(EventConditions.__annotations__)

    def where(self, **fields: Unpack[EventConditions]) -> list[Event]:
        """Return the events that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[EventConditions]) -> Event:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[EventConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[EventConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        events = self._read()
        return list(events[index]) if isinstance(index, slice) else events[index]

    def __str__(self) -> str:
        return "\n".join(story(self._read()))

    def mermaid(self) -> str:
        """Return a sequence diagram in the language of Mermaid, as text."""
        return mermaid(diagram(self._read()))

    def svg(self) -> str:
        """Return a picture as SVG: one file that needs nothing else, in a light and a dark theme."""
        # Here for start-up time.
        from fakeproxy.history.svg import svg

        return svg(diagram(self._read()))

    def as_test(self) -> str:
        """Return a pytest test, as Python source, that does what was done since the start or the last reset.

        It asserts what came of that. Raises `UsageError` for a part of a history.
        """
        if self._as_test is None:
            raise UsageError("a test is made of a whole history: proxy.history.as_test()")
        return self._as_test()

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        """Return the picture for a notebook, with the story below it."""
        return f"{self.svg()}<details><summary>As text</summary><pre>{escape(str(self))}</pre></details>"

    def __repr__(self) -> str:
        return f"<History of {len(self)} events>"


def concerning_events(key: str, events: Sequence[Event]) -> list[Event]:
    """Return the events that concern a SID or a number, and the steps of the clock between them."""
    found = [event for event in events if key in event.sids or key in event.numbers]
    if not found:
        return []
    # A webhook or an alert about a text has the SID of the text, but not always that of its session.
    related = {sid for event in found if event.kind in ("text", "call") for sid in event.sids if key in event.sids}
    related |= {key}
    first, last = found[0].seq, max(event.seq for event in events if related & {*event.sids} or key in event.numbers)
    return [
        event
        for event in events
        if key in event.numbers
        or related & {*event.sids}
        or (event.kind in ("step", "note") and first < event.seq <= last)
        or (event.kind == "step" and event.seq > last and event is events[-1])
    ]
