"""The history of a fake of another process."""

from __future__ import annotations

from dataclasses import replace

from fakeproxy.engine.snapshot import PlainRow
from fakeproxy.history.events import Event
from fakeproxy.history.journal import Entry
from fakeproxy.network.deliveries import Delivery
from fakeproxy.remote.answers import ControlClient, read
from fakeproxy.views import Alert

#: The class of an event's object, by the kind of the event. The errors of stopped requests stay texts.
_KINDS: dict[str, type[Entry | Delivery | Alert]] = {
    "request": Entry,
    "fault": Entry,
    "elsewhere": Entry,
    "webhook": Delivery,
    "alert": Alert,
}


def read_history(ask: ControlClient, seq: int) -> list[Event]:
    """Return the events from a number on with their objects, of the same types as in a fake of this process."""
    return [_event(row) for row in ask(list[PlainRow], "GET", f"/history?after={seq - 1}")]


def _event(row: PlainRow) -> Event:
    event = read(Event, row)
    kind = _KINDS.get(event.kind)
    if kind is None or not isinstance(event.object, dict):
        return event
    return replace(event, object=read(kind, event.object))
