"""Events as tests see them, in causal order, each with a line of text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fakeproxy.engine.events import Kind

#: `object`, which is the name of a field below: the schemas of the control API read annotations inside of the class.
Anything = object


@dataclass(frozen=True, kw_only=True, repr=False)
class Event:
    """An event in a fake.

    `seq` grows by one from event to event. `kind` is one of `request`, `session`, `participant`, `text`, `call`,
    `webhook`, `alert`, `step`, `fault`, `stopped`, `elsewhere`, `coroutine`, `note`. `action` is its outcome, such as
    `closed`, `joined` or `delivered`. `sids` and `numbers` are those that it concerns. `text` is the event in a
    line of English.
    """

    seq: int
    #: The instant on the fake's clock, in UTC.
    at: datetime
    kind: Kind
    action: str
    text: str
    sids: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    #: Values by name, for pictures and programs: a text has `body`, `from`, `dialled`, `shown` and `to`.
    facts: Mapping[str, Anything] = field(default_factory=dict, hash=False)
    #: The request, webhook, alert or error that the event is about, or None.
    object: Anything = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.text}"

    def __repr__(self) -> str:
        return f"<Event {self.seq} {self}>"
