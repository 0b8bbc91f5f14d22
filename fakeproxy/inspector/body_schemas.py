"""The schemas of those bodies and answers of the control API that are made of methods, tables and views."""

from __future__ import annotations

from types import FunctionType
from typing import get_type_hints

from fakeproxy import views
from fakeproxy.api.faults import Fault, Faults, Where
from fakeproxy.api.json_schema import Schema
from fakeproxy.behavior import Behavior
from fakeproxy.engine import messages, records
from fakeproxy.engine.due_work import DUE_WORK
from fakeproxy.engine.refusals import EXAMPLES
from fakeproxy.engine.snapshot import Micros, Snapshot
from fakeproxy.engine.store import Store
from fakeproxy.history.alerts import Alerts
from fakeproxy.history.journal import Entry
from fakeproxy.inspector.bodies import CONTACT_PROPERTIES, SEEDS
from fakeproxy.inspector.schemas import Schemas
from fakeproxy.network.contacts import Contact, Conversation
from fakeproxy.network.phones import Phone
from fakeproxy.surface.fake import Fake

#: The types of an item's parts, for each list of a snapshot.
_ITEMS: dict[str, tuple[object, ...]] = {
    "history": (str, str, list[str]),
    "allowances": (str, str, float, Micros),
    "due": (Micros, str, str),
}


def snapshot(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of a snapshot."""
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
    """Return the schema of the rows of a table, for all tables."""
    return {"anyOf": [schemas.of(list[kind]) for kind in views.TABLES.values()]}  # type: ignore[valid-type]


def window(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of a window of a table: the number of rows that fit, and some of them."""
    return schemas.closed({"total": schemas.of(int), "rows": rows(schemas, proxy)})


def contact(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of a text or call."""
    return schemas.name("Contact", lambda: schemas.members(Contact, *CONTACT_PROPERTIES))


def call(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of a call."""
    return schemas.name("Call", lambda: schemas.members(Conversation, *CONTACT_PROPERTIES, "duration"))


def journal(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of the journal."""
    entry = schemas.name("Entry", lambda: schemas.members(Entry, "at", "parameters", "answer"))
    return {"type": "array", "items": entry}


def text(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of a text to send."""
    return schemas.arguments(Phone.text)


def dial(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of a call to make."""
    return schemas.arguments(Phone.call)


def seed(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of rows to add."""
    lists = {kind: schemas.arguments(getattr(proxy, method)) for kind, method in SEEDS.items()}
    return schemas.closed({kind: {"type": "array", "items": one} for kind, one in lists.items()}, required=())


def seeded(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of rows that were added."""
    kinds = {kind: get_type_hints(getattr(proxy, method))["return"] for kind, method in SEEDS.items()}
    return schemas.closed({kind: schemas.of(list[one]) for kind, one in kinds.items()})  # type: ignore[valid-type]


def fault(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of an order: one form for each method of `Faults` that returns a `Fault`."""
    orders = [order for order in vars(Faults).values() if isinstance(order, FunctionType)]
    where = schemas.of(Where)["properties"]
    facts = {**_facts(), **where}  # A name that both have is one of `where`.
    return {
        "oneOf": [
            schemas.arguments(order, {"fault": {"enum": [order.__name__]}}, facts if order is Faults.refuse else where)
            for order in orders
            if get_type_hints(order).get("return") is Fault and not order.__name__.startswith("_")
        ]
    }


def alert(schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of an alert to add."""
    return schemas.arguments(Alerts.add, optional=_facts())


def _facts() -> dict[str, Schema]:
    """Return the schemas of the placeholders in Twilio's texts."""
    return {name: {"type": "string"} for name in EXAMPLES}


def resolve(body: object, schemas: Schemas, proxy: Fake) -> Schema:
    """Return the schema of a route's `body` or `answer`."""
    return body(schemas, proxy) if isinstance(body, FunctionType) else schemas.of(body)
