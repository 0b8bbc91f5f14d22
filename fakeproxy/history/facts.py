"""Facts: the values of an event that pictures show. JSON has them unchanged."""

from __future__ import annotations

from collections.abc import Mapping

from fakeproxy.engine.events import Event
from fakeproxy.history.journal import Entry

#: By kind of an event: the attributes of the object behind it that pictures show.
_ATTRIBUTES = {
    "webhook": ("kind", "status"),
    "alert": ("code", "level"),
    "request": ("method", "path", "status", "code"),
    "fault": ("method", "path", "status", "code"),
}


#: The fields of a status callback that tell it from others of the same text or call, with their names in a sentence.
STATUSES = {"inboundResourceStatus": "inbound ", "outboundResourceStatus": "outbound ", "MessageStatus": ""}


def facts_of(event: Event) -> Mapping[str, object]:
    """Return the facts of an event, by name."""
    if isinstance(event.facts, Mapping):
        return event.facts
    facts: dict[str, object] = {name: getattr(event.facts, name) for name in _ATTRIBUTES.get(event.kind, ())}
    if isinstance(event.facts, Entry):
        if event.facts.code is not None:
            facts["message"] = event.facts.members["message"]
    elif event.kind == "webhook" and event.facts.kind.endswith("status"):
        facts["statuses"] = [event.facts.form[field] for field in STATUSES if field in event.facts.form]
    return facts
