"""The control API as one table: its routes, what goes in, what comes out. Its OpenAPI document is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from fakeproxy import views
from fakeproxy.api.faults import Fault
from fakeproxy.history.events import Event
from fakeproxy.inspector import openapi, operations, seeds, shapes
from fakeproxy.inspector.answers import to_json
from fakeproxy.inspector.prefix import PREFIX
from fakeproxy.network.remote_handlers import handler_at
from fakeproxy.network.webhooks import Delivery
from fakeproxy.surface.fake import Fake


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
    #: The parameters that the query of a GET may have. `do` finds them, as texts, in `body`.
    query: tuple[str, ...] = ()


def _command(path: str, summary: str, do: Callable[[Fake, Any], object], body: object = shapes.Nothing) -> Route:
    """A POST that answers nothing."""

    def done(proxy: Fake, body: object) -> shapes.Nothing:
        do(proxy, body)
        return {}

    return Route("POST", path, summary, done, body, shapes.Nothing)


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
    Route("GET", "/clock", "what time it is, and what is due", operations.read_clock, answer=shapes.ClockState),
    Route(
        "POST",
        "/clock",
        'step: {"advance": "PT1H"}, {"move_to": ...} or {"advance_to_next": true}',
        operations.step_clock,
        shapes.Advance | shapes.MoveTo | shapes.AdvanceToNext,
        shapes.Step,
    ),
    Route("GET", "/state", "a snapshot of everything", lambda proxy, body: proxy.snapshot(), answer=shapes.snapshot),
    Route("POST", "/state", "restore a snapshot", operations.restore, shapes.snapshot, shapes.Now),
    Route("POST", "/reset", "back to the state at the start", operations.reset, shapes.Nothing, shapes.Now),
    Route("POST", "/seed", "add services, numbers, short_codes and sessions", seeds.seed, shapes.seed, shapes.seeded),
    Route("GET", "/tables/{table}", "the rows of a table", operations.read_table, answer=shapes.rows),
    Route("GET", "/phones/{number}", "what a person received", operations.read_phone, answer=shapes.Received),
    Route(
        "POST",
        "/phones/{number}",
        'what becomes of texts to it: {"reception": "failed"}',
        operations.set_reception,
        shapes.Reception,
        shapes.Received,
    ),
    Route(
        "POST",
        "/phones/{number}/text",
        'send a text: {"to", "body", "media"}',
        lambda proxy, body, number: operations.outcome(proxy.phone(number).text(**body)),
        shapes.text,
        shapes.contact,
    ),
    Route(
        "POST",
        "/phones/{number}/call",
        'call: {"to"}',
        lambda proxy, body, number: operations.outcome(proxy.phone(number).call(**body)),
        shapes.dial,
        shapes.contact,
    ),
    Route("GET", "/calls/{sid}", "what became of a call", operations.read_call, answer=shapes.call),
    Route("POST", "/calls/{sid}/{action}", "act on a call", operations.act_on_call, shapes.Nothing, shapes.contact),
    Route(
        "GET",
        "/legs/{sid}",
        "how far a text or call is, by the SID of either leg",
        operations.read_legs,
        answer=shapes.Legs,
    ),
    Route(
        "GET",
        "/journal",
        "the last requests",
        lambda proxy, body: list(map(to_json, proxy.journal)),
        answer=shapes.journal,
    ),
    Route("GET", "/webhooks/counts", "how many of each kind", operations.count_webhooks, answer=list[shapes.KindCount]),
    Route("GET", "/alerts/counts", "how many of each code", operations.count_alerts, answer=list[shapes.CodeCount]),
    Route("GET", "/journal/counts", "how many of each operation", operations.count_requests, answer=list[shapes.Count]),
    Route(
        "GET",
        "/journal/ignored",
        "what of requests had no effect",
        operations.count_ignored,
        answer=list[shapes.Ignored],
    ),
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
    Route(
        "GET",
        "/webhooks/settings",
        "what becomes of a URL that is not mounted",
        operations.read_webhook_settings,
        answer=shapes.Settings,
    ),
    Route(
        "POST",
        "/webhooks/settings",
        '{"unmounted": "raise"} or {"unmounted": "alert"}',
        operations.set_webhook_settings,
        shapes.Settings,
        shapes.Settings,
    ),
    _command(
        "/webhooks/signing",
        '{"token": "..."}, {"token": null} for none, {} for the account\'s',
        operations.sign_webhooks,
        shapes.Signing,
    ),
    _command("/webhooks/forget", "forget them", lambda proxy, body: proxy.webhooks.forget()),
    Route("GET", "/faults", "what is ordered", lambda proxy, body: proxy.faults.orders, answer=list[Fault]),
    Route(
        "POST",
        "/faults",
        'order one: {"fault": "server_error", "operation": ...}',
        operations.order_fault,
        shapes.fault,
        Fault,
    ),
    _command("/faults/clear", "forget all", lambda proxy, body: proxy.faults.clear()),
    Route("POST", "/faults/{id}/remove", "order it no more", operations.remove_fault, shapes.Nothing, list[Fault]),
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
        lambda proxy, body: {"report": proxy.report(is_whole=body.get("whole") == "true")},
        answer=shapes.Report,
        query=("whole",),
    ),
    Route(
        "GET",
        "/history",
        "what happened, in causal order: after a number, or of a SID or number",
        operations.read_history,
        answer=list[Event],
        query=("after", "of"),
    ),
    _command(
        "/notes", 'add a line to the history: {"text"}', lambda proxy, body: proxy.note(body["text"]), shapes.Note
    ),
    _command("/blocked", "a child has stopped a request", operations.note_blocked, shapes.Blocked),
    _command("/check", "what must fail a test at its end, as an error", lambda proxy, body: proxy.check()),
)
