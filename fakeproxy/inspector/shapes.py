"""What goes into the control API and what comes out: the shapes that routes name.

Members come from dataclasses, arguments from methods; what has no such home is declared here as typed dicts.
"""

from __future__ import annotations

from datetime import datetime
from types import FunctionType
from typing import Annotated, Literal, TypedDict, final, get_type_hints

from fakeproxy import views
from fakeproxy.api.faults import Fault, Faults, Where
from fakeproxy.api.json_schema import Schema
from fakeproxy.behavior import Behavior
from fakeproxy.clock.clock import DueWork
from fakeproxy.clock.foreign_time import Driver
from fakeproxy.engine import messages, records
from fakeproxy.engine.due_work import DUE_WORK
from fakeproxy.engine.records import End
from fakeproxy.engine.refusals import EXAMPLES
from fakeproxy.engine.snapshot import Micros, Snapshot
from fakeproxy.engine.store import Store
from fakeproxy.history.alerts import Alerts
from fakeproxy.history.journal import Entry
from fakeproxy.inspector.schemas import Schemas
from fakeproxy.network.contacts import Contact, Conversation
from fakeproxy.network.phones import Phone, Ring, Text
from fakeproxy.network.webhooks import Delivery
from fakeproxy.surface.fake import Fake

#: What can be done with a call.
ACTIONS = ("answer", "busy", "no_answer", "fail", "hang_up")

#: What is told of a contact beside its fields.
OUTCOME = ("delivered", "status", "reply", "session", "interaction", "alerts", "callbacks")

#: What is told of a dataclass beside its fields, wherever it comes up.
SHOWN: dict[type, tuple[str, ...]] = {Delivery: ("succeeded", "outcome")}

#: By list of a seed: the method of the fake whose arguments its members are.
SEEDS = {
    "services": "add_service",
    "numbers": "add_number",
    "short_codes": "add_short_code",
    "sessions": "add_session",
}


@final
class Advance(TypedDict):
    advance: float | Annotated[str, ("examples", ("PT1H30M",))]


@final
class MoveTo(TypedDict):
    move_to: datetime | float


@final
class AdvanceToNext(TypedDict):
    advance_to_next: Literal[True]


class Nothing(TypedDict):
    pass


class Health(TypedDict):
    status: Literal["ok"]
    now: datetime


class ClockState(TypedDict):
    now: datetime
    driver: Driver
    due: list[DueWork]


class Step(TypedDict):
    now: datetime
    ran: list[DueWork]
    due: list[DueWork]


class Now(TypedDict):
    now: datetime


class Reception(TypedDict):
    reception: End


class Handset(TypedDict):
    """What reached a handset, but for its calls."""

    inbox: list[Text]
    reception: End
    received: int


class Received(Handset):
    """What reached a handset."""

    calls: list[Ring]


class Leg(TypedDict):
    sid: str
    status: str


class Legs(TypedDict):
    leg: Leg | None
    outbound: Leg | None
    duration: int


class Ignored(TypedDict):
    text: str
    times: int


class Count(TypedDict):
    operation: str | None
    requests: int


class KindCount(TypedDict):
    kind: str
    webhooks: int


class CodeCount(TypedDict):
    code: int
    alerts: int


class Expected(TypedDict):
    before: int
    codes: list[int]


class Mounted(TypedDict):
    base_url: str


class Mount(TypedDict):
    base_url: str
    to: str


class Settings(TypedDict):
    unmounted: Literal["raise", "alert"]


class Signing(TypedDict, total=False):
    token: str | None


class Account(TypedDict):
    account_sid: str
    auth_token: str


class Note(TypedDict):
    """A line of a test's own in the history."""

    text: str


class Report(TypedDict):
    report: str


class Blocked(TypedDict):
    method: str
    url: str
    text: str


class _Problem(TypedDict):
    error: str
    text: str


class Problem(_Problem, total=False):
    """What the fake's exception says; `method` and `url` are of a request that was stopped."""

    method: str
    url: str


class Refused(TypedDict):
    """What Twilio would answer; `why` is what the fake knows beyond that."""

    error: Literal["Refusal"]
    text: str
    why: list[str]
    code: int
    status: int
    message: str


class TwilioError(TypedDict):
    code: int
    message: str
    more_info: str
    status: int


class Meta(TypedDict):
    page: int
    page_size: int
    first_page_url: str
    previous_page_url: str | None
    url: str
    next_page_url: str | None
    key: str


#: What the lists of a snapshot have in each item.
_ITEMS: dict[str, tuple[object, ...]] = {
    "history": (str, str, list[str]),
    "allowances": (str, str, float, Micros),
    "due": (Micros, str, str),
}


def snapshot(schemas: Schemas, proxy: Fake) -> Schema:
    return schemas.name("Snapshot", lambda: _snapshot(schemas))


def _snapshot(schemas: Schemas) -> Schema:
    schema = schemas.of(Snapshot)
    tables = {name: schemas.members(table.record) for name, table in Store(Behavior(), 0).tables.items()}
    instants = (schemas.of(Micros), schemas.of(Micros | None))
    for rows in tables.values():
        for name, member in rows["properties"].items():
            if name.startswith("date_"):
                rows["properties"][name] = instants["anyOf" in member]
    rows_of: dict[str, Schema] = {name: {"type": "array", "items": rows} for name, rows in tables.items()}
    members = schema["properties"]
    alert = {**get_type_hints(records.Alert), "at": Micros}
    for name, kinds in {**_ITEMS, "alerts": tuple(alert.values())}.items():
        members[name]["items"] = schemas.items(kinds)
    members["handsets"]["additionalProperties"] = {"enum": list(messages.FINAL_STATUSES)}
    members["due"]["items"]["x-items"][1] = {"enum": list(DUE_WORK)}
    members["tables"] = schemas.closed(rows_of)
    return schema


def rows(schemas: Schemas, proxy: Fake) -> Schema:
    """The rows of one table, whichever."""
    return {"anyOf": [schemas.of(list[kind]) for kind in views.TABLES.values()]}  # type: ignore[valid-type]


def contact(schemas: Schemas, proxy: Fake) -> Schema:
    return schemas.name("Contact", lambda: schemas.members(Contact, *OUTCOME))


def call(schemas: Schemas, proxy: Fake) -> Schema:
    return schemas.name("Call", lambda: schemas.members(Conversation, *OUTCOME, "duration"))


def journal(schemas: Schemas, proxy: Fake) -> Schema:
    entry = schemas.name("Entry", lambda: schemas.members(Entry, "at", "parameters", "answer"))
    return {"type": "array", "items": entry}


def text(schemas: Schemas, proxy: Fake) -> Schema:
    return schemas.arguments(Phone.text)


def dial(schemas: Schemas, proxy: Fake) -> Schema:
    return schemas.arguments(Phone.call)


def seed(schemas: Schemas, proxy: Fake) -> Schema:
    lists = {kind: schemas.arguments(getattr(proxy, method)) for kind, method in SEEDS.items()}
    return schemas.closed({kind: {"type": "array", "items": one} for kind, one in lists.items()}, required=())


def seeded(schemas: Schemas, proxy: Fake) -> Schema:
    kinds = {kind: get_type_hints(getattr(proxy, method))["return"] for kind, method in SEEDS.items()}
    return schemas.closed({kind: schemas.of(list[one]) for kind, one in kinds.items()})  # type: ignore[valid-type]


def fault(schemas: Schemas, proxy: Fake) -> Schema:
    """One form for each order, which is a method that gives a Fault."""
    orders = [order for order in vars(Faults).values() if isinstance(order, FunctionType)]
    where = schemas.of(Where)["properties"]
    facts = {**_facts(), **where}  # What both have is where a fault happens.
    return {
        "oneOf": [
            schemas.arguments(order, {"fault": {"enum": [order.__name__]}}, facts if order is Faults.refuse else where)
            for order in orders
            if get_type_hints(order).get("return") is Fault and not order.__name__.startswith("_")
        ]
    }


def alert(schemas: Schemas, proxy: Fake) -> Schema:
    return schemas.arguments(Alerts.add, optional=_facts())


def _facts() -> dict[str, Schema]:
    """What may be said for the placeholders of Twilio's texts."""
    return {name: {"type": "string"} for name in EXAMPLES}


def resolve(shape: object, schemas: Schemas, proxy: Fake) -> Schema:
    """The schema of a route's `body` or `answer`."""
    return shape(schemas, proxy) if isinstance(shape, FunctionType) else schemas.of(shape)
