"""The types of all objects that a test can get, for annotations: `from fakeproxy.types import Fake, Session`.

`Fake` is a fake of this process and one of another (`fakeproxy.connect()`); `Clock`, `Journal`, `Alerts`, `Faults`,
`Webhooks`, `Phone` and `Exchange` are its parts, as Protocols. The others are the classes themselves.

Each is imported at its first use: this file imports nothing of the fake. As in `fakeproxy` itself there is no
`__dir__`: freezegun would import all of them at every freeze.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakeproxy.api.app import Application as Application
    from fakeproxy.api.faults import Fault as Fault
    from fakeproxy.api.faults import RefusalWhere as RefusalWhere
    from fakeproxy.api.faults import Where as Where
    from fakeproxy.behavior import Behavior as Behavior
    from fakeproxy.clock.clock import DueWork as DueWork
    from fakeproxy.engine.snapshot import Snapshot as Snapshot
    from fakeproxy.fake.proxy import FakeProxy as FakeProxy
    from fakeproxy.history.events import Event as Event
    from fakeproxy.history.history import History as History
    from fakeproxy.history.journal import Entry as Entry
    from fakeproxy.network.contacts import Contact as Contact
    from fakeproxy.network.contacts import Conversation as Conversation
    from fakeproxy.network.contacts import Exchange as Exchange
    from fakeproxy.network.contacts import Leg as Leg
    from fakeproxy.network.deliveries import Deliveries as Deliveries
    from fakeproxy.network.deliveries import Delivery as Delivery
    from fakeproxy.network.received import Ring as Ring
    from fakeproxy.network.received import Rings as Rings
    from fakeproxy.network.received import Text as Text
    from fakeproxy.network.received import Texts as Texts
    from fakeproxy.remote.proxy import RemoteProxy as RemoteProxy
    from fakeproxy.rows.tables import Interactions as Interactions
    from fakeproxy.rows.tables import OwnedNumbers as OwnedNumbers
    from fakeproxy.rows.tables import Participants as Participants
    from fakeproxy.rows.tables import PhoneNumbers as PhoneNumbers
    from fakeproxy.rows.tables import Services as Services
    from fakeproxy.rows.tables import Sessions as Sessions
    from fakeproxy.rows.tables import ShortCodes as ShortCodes
    from fakeproxy.surface.arguments import NumberFields as NumberFields
    from fakeproxy.surface.arguments import ServiceFields as ServiceFields
    from fakeproxy.surface.arguments import SessionFields as SessionFields
    from fakeproxy.surface.arguments import Settings as Settings
    from fakeproxy.surface.arguments import ShortCodeFields as ShortCodeFields
    from fakeproxy.surface.fake import Fake as Fake
    from fakeproxy.surface.fake import PastFake as PastFake
    from fakeproxy.surface.parts import Alerts as Alerts
    from fakeproxy.surface.parts import Clock as Clock
    from fakeproxy.surface.parts import Faults as Faults
    from fakeproxy.surface.parts import Journal as Journal
    from fakeproxy.surface.parts import Phone as Phone
    from fakeproxy.surface.parts import Webhooks as Webhooks
    from fakeproxy.transports.loopback.server import Server as Server
    from fakeproxy.transports.loopback.tunnel import Tunnel as Tunnel
    from fakeproxy.views import Alert as Alert
    from fakeproxy.views import Interaction as Interaction
    from fakeproxy.views import OwnedNumber as OwnedNumber
    from fakeproxy.views import Participant as Participant
    from fakeproxy.views import PhoneNumber as PhoneNumber
    from fakeproxy.views import Service as Service
    from fakeproxy.views import Session as Session
    from fakeproxy.views import ShortCode as ShortCode

#: By module: the names of its types.
_HOMES = {
    "api.app": ("Application",),
    "api.faults": ("Fault", "RefusalWhere", "Where"),
    "behavior": ("Behavior",),
    "clock.clock": ("DueWork",),
    "engine.snapshot": ("Snapshot",),
    "fake.proxy": ("FakeProxy",),
    "history.events": ("Event",),
    "history.history": ("History",),
    "history.journal": ("Entry",),
    "network.contacts": ("Contact", "Conversation", "Exchange", "Leg"),
    "network.deliveries": ("Deliveries", "Delivery"),
    "network.received": ("Ring", "Rings", "Text", "Texts"),
    "remote.proxy": ("RemoteProxy",),
    "rows.tables": (
        "Interactions",
        "OwnedNumbers",
        "Participants",
        "PhoneNumbers",
        "Services",
        "Sessions",
        "ShortCodes",
    ),
    "surface.arguments": ("NumberFields", "ServiceFields", "SessionFields", "Settings", "ShortCodeFields"),
    "surface.fake": ("Fake", "PastFake"),
    "surface.parts": ("Alerts", "Clock", "Faults", "Journal", "Phone", "Webhooks"),
    "transports.loopback.server": ("Server",),
    "transports.loopback.tunnel": ("Tunnel",),
    "views": ("Alert", "Interaction", "OwnedNumber", "Participant", "PhoneNumber", "Service", "Session", "ShortCode"),
}

_EXPORTS = {name: home for home, names in _HOMES.items() for name in names}

__all__ = list(_EXPORTS)

if not TYPE_CHECKING:  # A type checker reads the imports above, and finds no other name.

    def __getattr__(name: str) -> object:
        home = _EXPORTS.get(name)
        if home is None:
            raise AttributeError(f"module 'fakeproxy.types' has no attribute {name!r}")
        value = getattr(import_module(f"fakeproxy.{home}"), name)
        globals()[name] = value
        return value
