"""The story: a history as lines of text, a line for each event, with repeated requests folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fakeproxy.history.events import Event
from fakeproxy.history.journal import Entry


def story(events: Iterable[Event]) -> Iterator[str]:
    """Yield the lines. Each day has a line before its first event."""
    day = ""
    alike = 0
    before: Event | None = None
    for event in events:
        if before is not None and _are_alike(before, event):
            alike += 1
            before = event
            continue
        if alike:
            yield _folded(alike)
        alike, before = 0, event
        if (today := f"{event.at:%Y-%m-%d}") != day:
            day = today
            yield f"{day}, UTC"
        yield f"{event.at:%H:%M:%S}  {event.text}"
    if alike:
        yield _folded(alike)


def _folded(count: int) -> str:
    return f"          {count} more like it"


def _are_alike(one: Event, other: Event) -> bool:
    """Return whether both are the same GET with the same status and code, as in polling."""
    first, second = one.object, other.object
    if not isinstance(first, Entry) or not isinstance(second, Entry) or one.kind != other.kind:
        return False
    return first.method == "GET" and _asked(first) == _asked(second)


def _asked(entry: Entry) -> tuple[object, ...]:
    return entry.method, entry.path, entry.query, entry.status, entry.code
