"""The routes of the control API as one table, and what each does with the fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from fakeproxy import views
from fakeproxy.api.faults import Fault
from fakeproxy.engine.snapshot import PlainRow, Snapshot
from fakeproxy.exceptions import BlockedRequest, UsageError
from fakeproxy.inspector import openapi, shapes
from fakeproxy.inspector.answers import fields_of, to_json
from fakeproxy.inspector.durations import duration
from fakeproxy.inspector.schemas import Schemas
from fakeproxy.inspector.shapes import ACTIONS, OUTCOME, SEEDS, SHOWN
from fakeproxy.network.contacts import Contact
from fakeproxy.network.remote_handlers import handler_at
from fakeproxy.network.webhooks import Delivery
from fakeproxy.surface.fake import Fake

PREFIX = "/_fakeproxy/"


class Route(NamedTuple):
    """`do(proxy, body, *parts of the path)` gives what is answered.

    `body` and `answer` say what goes in and comes out: a type, or a function that gives the schema; see `shapes`.
    A body that does not fit is refused before `do` is called.
    """

    method: str
    path: str
    summary: str
    do: Callable[..., object]
    body: object = dict[str, object]
    answer: object = object


def _clock(proxy: Fake, body: object) -> shapes.ClockState:
    return {"now": proxy.clock.now(), "driver": proxy.clock.driver, "due": proxy.clock.due()}


def _step(proxy: Fake, body: shapes.Advance | shapes.MoveTo | shapes.AdvanceToNext) -> shapes.Step:
    before = proxy.clock.due()
    if "advance" in body:
        proxy.clock.advance(duration(body["advance"]))
    elif "move_to" in body:
        proxy.clock.move_to(body["move_to"])
    else:
        proxy.clock.advance_to_next()
    now = proxy.clock.now()
    return {"now": now, "ran": [due for due in before if due.at <= now], "due": proxy.clock.due()}


def _restore(proxy: Fake, body: Snapshot) -> shapes.Now:
    proxy.restore(body)
    return {"now": proxy.clock.now()}


def _reset(proxy: Fake, body: object) -> shapes.Now:
    proxy.reset()
    return {"now": proxy.clock.now()}


def seed(proxy: Fake, body: Mapping[str, list[PlainRow]]) -> dict[str, list[views.View]]:
    """Services, numbers, short codes and sessions, each with the arguments of `add_...`."""
    return {kind: [getattr(proxy, method)(**row) for row in body.get(kind, [])] for kind, method in SEEDS.items()}


def load(proxy: Fake, state: object, name: str) -> None:
    """Restore a snapshot, or seed what `seed` takes; `name` says in errors where it is from."""
    if isinstance(state, dict) and "fakeproxy" in state:
        proxy.restore(state)
    else:
        schemas = Schemas(SHOWN)
        schemas.check(state, shapes.resolve(shapes.seed, schemas, proxy), name)
        seed(proxy, cast("Mapping[str, list[PlainRow]]", state))


def contact(found: Contact) -> PlainRow:
    """What became of a text or call."""
    return {**fields_of(found), **{name: getattr(found, name) for name in OUTCOME}}


def _read_call(proxy: Fake, body: object, sid: str) -> object:
    call = proxy.conversation(sid)
    return {**contact(call), "duration": call.duration}


def _act(proxy: Fake, body: object, sid: str, action: str) -> object:
    if action not in ACTIONS:
        raise UsageError(f"a call has no {action}; it has {', '.join(ACTIONS)}")
    call = proxy.conversation(sid)
    if action == "hang_up":
        proxy.traffic.end_call(sid)  # Either person may.
        return contact(call)
    return contact(getattr(call, action)())


def _legs(proxy: Fake, body: object, sid: str) -> object:
    told = [leg and {"sid": leg.sid, "status": leg.status} for leg in proxy.traffic.legs(sid)]
    return {"leg": told[0], "outbound": told[1], "duration": proxy.traffic.duration(sid)}


def _order(proxy: Fake, body: PlainRow) -> object:
    return getattr(proxy.faults, str(body.pop("fault")))(**body)


def _remove_order(proxy: Fake, body: object, number: str) -> object:
    found = [order for order in proxy.faults.orders if str(order.id) == number]
    for order in found:
        order.remove()
    return found


def _sign(proxy: Fake, body: shapes.Signing) -> None:
    if "token" not in body:
        proxy.webhooks.sign_as_usual()
    elif body["token"] is None:
        proxy.webhooks.unsigned()
    else:
        proxy.webhooks.sign_with(body["token"])


def _settings(proxy: Fake, body: object) -> shapes.Settings:
    return {"unmounted": proxy.webhooks.unmounted}


def _set(proxy: Fake, body: shapes.Settings) -> shapes.Settings:
    proxy.webhooks.unmounted = body["unmounted"]
    return _settings(proxy, body)


def _note_blocked(proxy: Fake, body: shapes.Blocked) -> None:
    proxy.note_blocked(BlockedRequest(body["method"], body["url"], body["text"]))


def _phone(proxy: Fake, body: object, number: str) -> shapes.Received:
    phone = proxy.phone(number)
    return {
        "inbox": list(phone.inbox),
        "calls": list(phone.calls),
        "reception": phone.reception,
        "received": phone.received,
    }


def _set_phone(proxy: Fake, body: shapes.Reception, number: str) -> shapes.Received:
    proxy.phone(number).reception = body["reception"]
    return _phone(proxy, body, number)


def _counts(proxy: Fake, body: object) -> list[shapes.Count]:
    return [{"operation": name, "requests": number} for name, number in proxy.journal.counts.items()]


def _ignored(proxy: Fake, body: object) -> list[shapes.Ignored]:
    return [{"text": text, "times": times} for text, times in proxy.journal.ignored.items()]


def _webhook_counts(proxy: Fake, body: object) -> list[shapes.KindCount]:
    return [{"kind": kind, "webhooks": number} for kind, number in proxy.webhooks.counts.items()]


def _alert_counts(proxy: Fake, body: object) -> list[shapes.CodeCount]:
    return [{"code": code, "alerts": number} for code, number in proxy.alerts.counts.items()]


def _command(path: str, summary: str, do: Callable[[Fake, Any], object], body: object = shapes.Nothing) -> Route:
    """A POST that answers nothing."""

    def done(proxy: Fake, body: object) -> shapes.Nothing:
        do(proxy, body)
        return {}

    return Route("POST", path, summary, done, body, shapes.Nothing)


def _read_table(proxy: Fake, body: object, table: str) -> object:
    if table not in views.TABLES:
        raise UsageError(f"there is no table {table!r}; there are: {', '.join(views.TABLES)}")
    return list(getattr(proxy, table).values())


def _openapi(proxy: Fake, body: object) -> object:
    return openapi.document(ROUTES, PREFIX[:-1], proxy)


ROUTES = (
    Route(
        "GET",
        "/health",
        "whether it is up",
        lambda proxy, body: {"status": "ok", "now": proxy.clock.now()},
        answer=shapes.Health,
    ),
    Route("GET", "/openapi.json", "this API", _openapi, answer=dict[str, object]),
    Route("GET", "/clock", "what time it is, and what is due", _clock, answer=shapes.ClockState),
    Route(
        "POST",
        "/clock",
        'step: {"advance": "PT1H"}, {"move_to": ...} or {"advance_to_next": true}',
        _step,
        shapes.Advance | shapes.MoveTo | shapes.AdvanceToNext,
        shapes.Step,
    ),
    Route("GET", "/state", "a snapshot of everything", lambda proxy, body: proxy.snapshot(), answer=shapes.snapshot),
    Route("POST", "/state", "restore a snapshot", _restore, shapes.snapshot, shapes.Now),
    Route("POST", "/reset", "back to the state at the start", _reset, shapes.Nothing, shapes.Now),
    Route("POST", "/seed", "add services, numbers, short_codes and sessions", seed, shapes.seed, shapes.seeded),
    Route("GET", "/tables/{table}", "the rows of a table", _read_table, answer=shapes.rows),
    Route("GET", "/phones/{number}", "what a person received", _phone, answer=shapes.Received),
    Route(
        "POST",
        "/phones/{number}",
        'what becomes of texts to it: {"reception": "failed"}',
        _set_phone,
        shapes.Reception,
        shapes.Received,
    ),
    Route(
        "POST",
        "/phones/{number}/text",
        'send a text: {"to", "body", "media"}',
        lambda proxy, body, number: contact(proxy.phone(number).text(**body)),
        shapes.text,
        shapes.contact,
    ),
    Route(
        "POST",
        "/phones/{number}/call",
        'call: {"to"}',
        lambda proxy, body, number: contact(proxy.phone(number).call(**body)),
        shapes.dial,
        shapes.contact,
    ),
    Route("GET", "/calls/{sid}", "what became of a call", _read_call, answer=shapes.call),
    Route("POST", "/calls/{sid}/{action}", "act on a call", _act, shapes.Nothing, shapes.contact),
    Route("GET", "/legs/{sid}", "how far a text or call is, by the SID of either leg", _legs, answer=shapes.Legs),
    Route(
        "GET",
        "/journal",
        "the last requests",
        lambda proxy, body: list(map(to_json, proxy.journal)),
        answer=shapes.journal,
    ),
    Route("GET", "/webhooks/counts", "how many of each kind", _webhook_counts, answer=list[shapes.KindCount]),
    Route("GET", "/alerts/counts", "how many of each code", _alert_counts, answer=list[shapes.CodeCount]),
    Route("GET", "/journal/counts", "how many of each operation", _counts, answer=list[shapes.Count]),
    Route("GET", "/journal/ignored", "what of requests had no effect", _ignored, answer=list[shapes.Ignored]),
    _command("/journal/clear", "forget them", lambda proxy, body: proxy.journal.clear()),
    Route(
        "GET", "/alerts", "what the Debugger shows", lambda proxy, body: list(proxy.alerts), answer=list[views.Alert]
    ),
    Route(
        "POST",
        "/alerts",
        'put one up: {"code": 80908, "url": ...}',
        lambda proxy, body: proxy.alerts.add(**body),
        shapes.alert,
        views.Alert,
    ),
    _command(
        "/alerts/expect",
        'these came up since there were so many: {"before", "codes"}',
        lambda proxy, body: proxy.alerts.require(body["before"], body["codes"]),
        shapes.Expected,
    ),
    Route(
        "GET",
        "/webhooks",
        "what was delivered",
        lambda proxy, body: proxy.webhooks.deliveries,
        answer=list[Delivery],
    ),
    _command(
        "/webhooks/mount",
        'ask an endpoint of connect() on loopback: {"base_url", "to"}',
        lambda proxy, body: proxy.webhooks.mount(body["base_url"], handler_at(body["to"])),
        shapes.Mount,
    ),
    _command(
        "/webhooks/forward",
        'have a server on loopback get them as Twilio sends them: {"base_url", "to"}',
        lambda proxy, body: proxy.webhooks.forward(body["base_url"], body["to"]),
        shapes.Mount,
    ),
    _command(
        "/webhooks/unmount",
        'take it out: {"base_url"}',
        lambda proxy, body: proxy.webhooks.unmount(body["base_url"]),
        shapes.Mounted,
    ),
    Route("GET", "/webhooks/settings", "what becomes of a URL that is not mounted", _settings, answer=shapes.Settings),
    Route(
        "POST",
        "/webhooks/settings",
        '{"unmounted": "raise"} or {"unmounted": "alert"}',
        _set,
        shapes.Settings,
        shapes.Settings,
    ),
    _command(
        "/webhooks/signing",
        '{"token": "..."}, {"token": null} for none, {} for the account\'s',
        _sign,
        shapes.Signing,
    ),
    _command("/webhooks/forget", "forget them", lambda proxy, body: proxy.webhooks.forget()),
    Route("GET", "/faults", "what is ordered", lambda proxy, body: proxy.faults.orders, answer=list[Fault]),
    Route("POST", "/faults", 'order one: {"fault": "server_error", "operation": ...}', _order, shapes.fault, Fault),
    _command("/faults/clear", "forget all", lambda proxy, body: proxy.faults.clear()),
    Route("POST", "/faults/{id}/remove", "order it no more", _remove_order, shapes.Nothing, list[Fault]),
    Route(
        "GET",
        "/account",
        "the default account, and a token for it",
        lambda proxy, body: proxy.account,
        answer=shapes.Account,
    ),
    Route(
        "GET",
        "/report",
        "what a failing test shows",
        lambda proxy, body: {"report": proxy.report()},
        answer=shapes.Report,
    ),
    _command("/blocked", "a child has stopped a request", _note_blocked, shapes.Blocked),
    _command("/check", "what must fail a test at its end, as an error", lambda proxy, body: proxy.check()),
)
