"""The story: a history as text, with a line for each event. Repeated events are folded into one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fakeproxy.history.events import Event
from fakeproxy.history.journal import Entry
from fakeproxy.views import Alert, shorten_sids


def story(events: Iterable[Event]) -> Iterator[str]:
    """Yield the lines. Each day has a line before its first event.

    Equal GETs with equal outcomes, as in polling, are folded into one line. So are equal webhooks. An alert whose
    reason is in the event before it is added to the line of that event.
    """
    day, alike = "", 0
    before: tuple[object, ...] = ()
    for event, text in _merged(events):
        essence = _essence(event, text)
        if essence and essence == before:
            alike += 1
            continue
        if alike:
            yield _folded(alike)
        alike, before = 0, essence
        if (today := f"{event.at:%Y-%m-%d}") != day:
            day = today
            yield f"{day}, UTC"
        yield f"{event.at:%H:%M:%S}  {text}"
    if alike:
        yield _folded(alike)


def _merged(events: Iterable[Event]) -> Iterator[tuple[Event, str]]:
    """Yield each event with its text. Add an alert to the text of the event before it if both have the same reason."""
    previous: Event | None = None
    codes = ""
    for event in events:
        if previous is not None:
            if isinstance(event.object, Alert) and event.object.why and shorten_sids(event.object.why) in previous.text:
                codes += f", alert {event.object.code}"
                continue
            yield previous, previous.text + codes
        previous, codes = event, ""
    if previous is not None:
        yield previous, previous.text + codes


def _folded(count: int) -> str:
    return f"          {count} more like it"


def _essence(event: Event, text: str) -> tuple[object, ...]:
    """Return a key that is equal for events to fold, or () for an event that is never folded."""
    match event.object:
        case Entry(method="GET") as entry if event.kind == "request":
            return entry.path, entry.query, entry.status, entry.code
    return (text,) if event.kind == "webhook" else ()
