"""The fake's own OpenAPI document: the control API from its routes, the Proxy API from its operations.

Nothing is said here that the code says elsewhere: members come from dataclasses, arguments from methods, the Proxy
API from the tables that serve it. What has no such home is declared below as typed dicts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from types import FunctionType
from typing import Annotated, Any, Literal, Protocol, TypedDict, get_type_hints

from fakeproxy.api.operations import OPERATIONS, Operation
from fakeproxy.api.parameters import SCHEMAS, Parameter
from fakeproxy.api.request import VERSION
from fakeproxy.api.resources import RENDERINGS
from fakeproxy.behavior import Behavior
from fakeproxy.clock import DueWork
from fakeproxy.control import views
from fakeproxy.control.faults import Fault, Faults, Where
from fakeproxy.control.journal import Entry
from fakeproxy.engine import messages, records
from fakeproxy.engine.due_work import DUE_WORK
from fakeproxy.engine.instants import FIRST, LAST
from fakeproxy.engine.refusals import ANSWERS
from fakeproxy.engine.store import Store
from fakeproxy.inspector.schemas import Schema, Schemas
from fakeproxy.network.contacts import Contact, Conversation, Phone, Ring, Text
from fakeproxy.network.webhooks import Delivery
from fakeproxy.timekeepers import Driver

#: By table that can be read: what its rows are shown as.
TABLES: dict[str, type[views.View]] = {
    "services": views.Service,
    "phone_numbers": views.PhoneNumber,
    "short_codes": views.ShortCode,
    "owned_numbers": views.OwnedNumber,
    "sessions": views.Session,
    "participants": views.Participant,
    "interactions": views.Interaction,
}

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

Micros = Annotated[int, ("minimum", FIRST), ("maximum", LAST), ("description", "microseconds since the epoch, UTC")]


class Described(Protocol):
    """A route as far as the document looks at it.

    `body` and `answer` are a type, or a function of the `Schemas` and the fake that gives the schema.
    """

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def body(self) -> Any: ...
    @property
    def answer(self) -> Any: ...


class Advance(TypedDict):
    advance: float | Annotated[str, ("examples", ("PT1H30M",))]


class MoveTo(TypedDict):
    move_to: datetime | float


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


End = Literal["delivered", "undelivered", "failed"]


class Reception(TypedDict):
    reception: End


class Received(TypedDict):
    inbox: list[Text]
    calls: list[Ring]
    reception: End


class Count(TypedDict):
    operation: str | None
    requests: int


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


class Accounts(TypedDict):
    default_sid: str | None


class Snapshot(TypedDict):
    """What `FakeProxy.snapshot()` gives, but for its tables, whose rows are the records."""

    fakeproxy: Literal[1]
    time: Micros
    seed: int
    sids: dict[str, int]
    accounts: Accounts
    position: int
    alerts: list[Any]
    handsets: dict[str, str]
    graves: dict[str, Micros]
    history: list[tuple[str, str, list[str]]]
    allowances: list[tuple[str, str, float, Micros]]
    due: list[tuple[Micros, str, str]]


def snapshot(schemas: Schemas, proxy: Any) -> Schema:
    return schemas.name("Snapshot", lambda: _snapshot(schemas))


def _snapshot(schemas: Schemas) -> Schema:
    schema = schemas.of(Snapshot)
    tables = {name: schemas.members(table.record) for name, table in Store(Behavior(), 0).tables.items()}
    instants = (schemas.of(Micros), schemas.of(Micros | None))
    for rows in tables.values():
        for name, member in rows["properties"].items():
            if name.startswith("date_"):
                rows["properties"][name] = instants["anyOf" in member]
    rows_of = {name: {"type": "array", "items": rows} for name, rows in tables.items()}
    members = schema["properties"]
    alert = {**get_type_hints(records.Alert), "at": Micros}
    members["alerts"]["items"] = schemas.items(alert.values())
    members["handsets"]["additionalProperties"] = {"enum": list(messages.ENDS)}
    members["due"]["items"]["x-items"][1] = {"enum": list(DUE_WORK)}
    members["tables"] = schemas.closed(rows_of)
    schema["required"].append("tables")
    return schema


def rows(schemas: Schemas, proxy: Any) -> Schema:
    """The rows of one table, whichever."""
    return {"anyOf": [schemas.of(list[kind]) for kind in TABLES.values()]}  # type: ignore[valid-type]


def contact(schemas: Schemas, proxy: Any) -> Schema:
    return schemas.name("Contact", lambda: schemas.members(Contact, *OUTCOME))


def call(schemas: Schemas, proxy: Any) -> Schema:
    return schemas.name("Call", lambda: schemas.members(Conversation, *OUTCOME, "duration"))


def journal(schemas: Schemas, proxy: Any) -> Schema:
    entry = schemas.name("Entry", lambda: schemas.members(Entry, "at", "parameters", "answer"))
    return {"type": "array", "items": entry}


def text(schemas: Schemas, proxy: Any) -> Schema:
    return schemas.arguments(Phone.text)


def dial(schemas: Schemas, proxy: Any) -> Schema:
    return schemas.arguments(Phone.call)


def seed(schemas: Schemas, proxy: Any) -> Schema:
    lists = {kind: schemas.arguments(getattr(proxy, method)) for kind, method in SEEDS.items()}
    return schemas.closed({kind: {"type": "array", "items": one} for kind, one in lists.items()}, required=())


def seeded(schemas: Schemas, proxy: Any) -> Schema:
    kinds = {kind: get_type_hints(getattr(proxy, method))["return"] for kind, method in SEEDS.items()}
    return schemas.closed({kind: schemas.of(list[one]) for kind, one in kinds.items()})  # type: ignore[valid-type]


def fault(schemas: Schemas, proxy: Any) -> Schema:
    """One form for each order, which is a method that gives a Fault."""
    orders = [order for order in vars(Faults).values() if isinstance(order, FunctionType)]
    where = schemas.of(Where)["properties"]
    return {
        "oneOf": [
            schemas.arguments(order, {"fault": {"enum": [order.__name__]}}, where)
            for order in orders
            if get_type_hints(order).get("return") is Fault and not order.__name__.startswith("_")
        ]
    }


def resolve(shape: Any, schemas: Schemas, proxy: Any) -> Schema:
    """The schema of a route's `body` or `answer`."""
    return shape(schemas, proxy) if isinstance(shape, FunctionType) else schemas.of(shape)


def document(routes: Iterable[Described], prefix: str, proxy: Any) -> dict[str, Any]:
    """The whole document."""
    schemas = Schemas(SHOWN)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(prefix + route.path, {})[route.method.lower()] = _control(route, schemas, proxy)
    for operation in OPERATIONS.values():
        paths.setdefault(VERSION + operation.path, {})[operation.method.lower()] = _proxy(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fakeproxy",
            "version": "1",
            "description": f"A fake of Twilio Proxy ({VERSION}) and the control API ({prefix}) that drives it.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.named,
            "securitySchemes": {"account": {"type": "http", "scheme": "basic"}},
        },
    }


def _control(route: Described, schemas: Schemas, proxy: Any) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", route.path)
    known: dict[str, Schema] = {"table": {"enum": list(TABLES)}, "action": {"enum": list(ACTIONS)}}
    problem = schemas.name("Problem", lambda: schemas.of(Problem))
    responses = {
        "200": _json("done", resolve(route.answer, schemas, proxy)),
        "400": _json("wrong use; the text says how to mend it", problem),
        "403": _json("the Host header is not this server's own", problem),
    }
    operation: dict[str, Any] = {"summary": route.summary, "responses": responses, "tags": ["control"]}
    if names:
        responses["404"] = _json("there is no such path", problem)
        operation["parameters"] = [_path_parameter(name, known.get(name)) for name in names]
    if route.method == "POST":
        refused = schemas.name("Refused", lambda: schemas.of(Refused))
        responses["409"] = _json("Twilio would refuse this", refused)
        responses["413"] = _too_large()
        body = resolve(route.body, schemas, proxy)
        operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return operation


def _proxy(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", operation.path)
    error = schemas.name("TwilioError", lambda: schemas.of(TwilioError))
    statuses = {answer.status for answer in ANSWERS.values()} - {405, 501}
    if operation.method != "POST":
        statuses -= {413}
    if operation.verb == "Fetch":
        statuses -= {400}
    responses = {str(status): _json("refused", error) for status in sorted(statuses)}
    declared: dict[str, Any] = {
        "operationId": operation.name,
        "tags": ["proxy"],
        "security": [{"account": []}],
        "parameters": [_path_parameter(name) for name in names],
        "responses": responses,
    }
    row = schemas.name(f"Proxy{operation.resource.name}", lambda: _row(operation.resource.name, schemas))
    if operation.verb == "Delete":
        for status in {operation.status, 204}:  # Or `Behavior.participant_delete_status`.
            responses[str(status)] = {"description": "deleted"}
    elif operation.verb == "List":
        key = RENDERINGS[operation.resource.name][0]
        page = {"meta": schemas.of(Meta), key: {"type": "array", "items": row}}
        responses["200"] = _json("a page", schemas.closed(page))
        whole = {"type": "integer", "minimum": 0}
        sizes = {"PageSize": {**whole, "minimum": 1}, "Page": whole, "PageToken": {"type": "string"}}
        declared["parameters"] += [{"name": name, "in": "query", "schema": one} for name, one in sizes.items()]
    else:
        responses[str(operation.status)] = _json("the row", row)
    if operation.parameters:
        form = {"application/x-www-form-urlencoded": {"schema": _form(operation.parameters)}}
        declared["requestBody"] = {"content": form}
    return declared


def _form(parameters: Iterable[Parameter]) -> Schema:
    """Parameters that no operation declares are ignored, so others may be there."""
    members: dict[str, Schema] = {}
    for parameter in parameters:
        one = {**SCHEMAS.get(parameter.read, {"type": "string"})}
        if parameter.required and "pattern" not in one:
            one["minLength"] = 1
        members[parameter.name] = {"type": "array", "items": one} if parameter.read_all else one
    required = [parameter.name for parameter in parameters if parameter.required]
    return {"type": "object", "properties": members, "required": required}


def _row(resource: str, schemas: Schemas) -> Schema:
    """A row on the wire: the members of its view, some left out, some written differently, some added."""
    shown = schemas.members(getattr(views, resource, views.Interaction))["properties"]
    shown.pop("participants", None)
    if "capabilities" in shown:
        shown["capabilities"] = schemas.of(dict[str, bool])
    shown["url"] = {"type": "string", "format": "uri"}
    required = ["sid", "account_sid", "date_created", "date_updated", "url"]
    return {"type": "object", "properties": shown, "required": required}


def _path_parameter(name: str, schema: Schema | None = None) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema or {"type": "string", "minLength": 1}}


def _json(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _too_large() -> dict[str, Any]:
    return {"description": "the body is too large", "content": {"text/plain": {"schema": {"type": "string"}}}}
