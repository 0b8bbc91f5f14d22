"""The table of the control API's routes, with their bodies and answers. The OpenAPI document is made of it."""

from __future__ import annotations

from fakeproxy import views
from fakeproxy.api.faults import Fault
from fakeproxy.history.events import Event
from fakeproxy.inspector import bodies, body_schemas, openapi, operations, seeds, trace, windows
from fakeproxy.inspector.answers import to_json
from fakeproxy.inspector.prefix import PREFIX
from fakeproxy.inspector.route import Route, command
from fakeproxy.network.deliveries import Delivery
from fakeproxy.network.remote_handlers import handler_at
from fakeproxy.surface.fake import Fake
from fakeproxy.surface.windows import Overview


def _openapi(proxy: Fake, body: object) -> object:
    return openapi.document(ROUTES, PREFIX[:-1], proxy)


#: The parameter of what can be read as it was right after an event, by the number of the event.
_AS_OF = ("as_of",)

ROUTES = (
    Route(
        "GET",
        "/health",
        "check that the fake runs",
        lambda proxy, body: {"status": "ok", "now": proxy.clock.now()},
        answer=bodies.Health,
    ),
    Route("GET", "/openapi.json", "read the document of both APIs", _openapi, answer=dict[str, object]),
    Route(
        "GET",
        "/clock",
        "read the time and the scheduled work",
        operations.read_clock,
        answer=bodies.ClockState,
        query=("limit", *_AS_OF),
    ),
    Route(
        "POST",
        "/clock",
        'step the clock: {"advance": "PT1H"}, {"move_to": ...} or {"advance_to_next": true}',
        operations.step_clock,
        bodies.Advance | bodies.MoveTo | bodies.AdvanceToNext,
        bodies.Step,
    ),
    Route(
        "GET",
        "/state",
        "take a snapshot of the whole state",
        lambda proxy, body: proxy.snapshot(),
        answer=body_schemas.snapshot,
        query=_AS_OF,
    ),
    Route("POST", "/state", "restore a snapshot", operations.restore, body_schemas.snapshot, bodies.Now),
    Route("POST", "/reset", "go back to the state at the start", operations.reset, bodies.Nothing, bodies.Now),
    Route(
        "POST",
        "/seed",
        "add services, numbers, short_codes and sessions",
        seeds.seed,
        body_schemas.seed,
        body_schemas.seeded,
    ),
    Route(
        "GET",
        "/tables/{table}",
        "read the rows of a table",
        operations.read_table,
        answer=body_schemas.rows,
        query=_AS_OF,
    ),
    Route(
        "GET",
        "/windows/due",
        "read a window of the scheduled work",
        windows.read_due,
        answer=windows.DueWindow,
        query=(*windows.WINDOW, *_AS_OF),
    ),
    Route(
        "GET",
        "/windows/history",
        "read a window of the events, newest first: those after a number and until another, of kinds, with a text",
        windows.read_events,
        answer=windows.EventWindow,
        query=windows.EVENTS,
    ),
    Route(
        "GET",
        "/windows/{table}",
        "read a window of the rows of a table, newest first: those that have a text in them",
        windows.read_rows,
        answer=body_schemas.window,
        query=(*windows.WINDOW, *_AS_OF),
    ),
    Route(
        "GET",
        "/overview",
        "count the Services and the sessions, and read a window of the Services with their pools",
        windows.read_overview,
        answer=Overview,
        query=(*windows.WINDOW, *_AS_OF),
    ),
    Route(
        "GET",
        "/phones/{number}",
        "read what a person has received",
        operations.read_phone,
        answer=bodies.HandsetWithCalls,
        query=("limit", *_AS_OF),
    ),
    Route(
        "POST",
        "/phones/{number}",
        'set the fate of texts to a person: {"reception": "failed"}',
        operations.set_reception,
        bodies.Reception,
        bodies.HandsetWithCalls,
    ),
    Route(
        "POST",
        "/phones/{number}/text",
        'send a text: {"to", "body", "media"}',
        lambda proxy, body, number: operations.outcome(proxy.phone(number).text(**body)),
        body_schemas.text,
        body_schemas.contact,
    ),
    Route(
        "POST",
        "/phones/{number}/call",
        'call: {"to"}',
        lambda proxy, body, number: operations.outcome(proxy.phone(number).call(**body)),
        body_schemas.dial,
        body_schemas.contact,
    ),
    Route(
        "GET",
        "/calls/{sid}",
        "read a call and its outcome",
        operations.read_call,
        answer=body_schemas.call,
        query=_AS_OF,
    ),
    Route(
        "POST", "/calls/{sid}/{action}", "act on a call", operations.act_on_call, bodies.Nothing, body_schemas.contact
    ),
    Route(
        "GET",
        "/legs/{sid}",
        "read the status of a text or call, by the SID of either leg",
        operations.read_legs,
        answer=bodies.Legs,
        query=_AS_OF,
    ),
    Route(
        "GET",
        "/journal",
        "read the last requests",
        lambda proxy, body: list(map(to_json, proxy.journal)),
        answer=body_schemas.journal,
    ),
    Route(
        "GET",
        "/webhooks/counts",
        "count the webhooks of each kind",
        operations.count_webhooks,
        answer=list[bodies.KindCount],
    ),
    Route(
        "GET", "/alerts/counts", "count the alerts of each code", operations.count_alerts, answer=list[bodies.CodeCount]
    ),
    Route(
        "GET",
        "/journal/counts",
        "count the requests of each operation",
        operations.count_requests,
        answer=list[bodies.Count],
    ),
    Route(
        "GET",
        "/journal/ignored",
        "count the parts of requests that had no effect",
        operations.count_ignored,
        answer=list[bodies.Ignored],
    ),
    command("/journal/clear", "forget the requests", lambda proxy, body: proxy.journal.clear()),
    Route(
        "GET",
        "/alerts",
        "read the alerts of the Debugger",
        lambda proxy, body: list(proxy.alerts),
        answer=list[views.Alert],
    ),
    Route(
        "POST",
        "/alerts",
        'add an alert: {"code": 80908, "url": ...}',
        lambda proxy, body: proxy.alerts.add(**body),
        body_schemas.alert,
        views.Alert,
    ),
    command(
        "/alerts/expect",
        'require alerts with these codes after the first so many: {"before", "codes"}',
        lambda proxy, body: proxy.alerts.require(body["before"], body["codes"]),
        bodies.Expected,
    ),
    Route(
        "GET",
        "/webhooks",
        "read the last deliveries",
        lambda proxy, body: proxy.webhooks.deliveries,
        answer=list[Delivery],
    ),
    command(
        "/webhooks/mount",
        'mount a handler of connect(), by its URL on loopback: {"base_url", "to"}',
        lambda proxy, body: proxy.webhooks.mount(body["base_url"], handler_at(body["to"])),
        bodies.Mount,
    ),
    command(
        "/webhooks/forward",
        'send webhooks to a server on loopback, as Twilio sends them: {"base_url", "to"}',
        lambda proxy, body: proxy.webhooks.forward(body["base_url"], body["to"]),
        bodies.Mount,
    ),
    command(
        "/webhooks/unmount",
        'remove a handler or server: {"base_url"}',
        lambda proxy, body: proxy.webhooks.unmount(body["base_url"]),
        bodies.Mounted,
    ),
    Route(
        "GET",
        "/webhooks/settings",
        "read the effect of a webhook that is not mounted",
        operations.read_webhook_settings,
        answer=bodies.Settings,
    ),
    Route(
        "POST",
        "/webhooks/settings",
        'set the effect of a webhook that is not mounted: {"unmounted": "raise"} or {"unmounted": "alert"}',
        operations.set_webhook_settings,
        bodies.Settings,
        bodies.Settings,
    ),
    command(
        "/webhooks/signing",
        'sign webhooks: {"token": "..."}, {"token": null} for no signature, {} for the account\'s token',
        operations.sign_webhooks,
        bodies.Signing,
    ),
    command("/webhooks/forget", "forget the deliveries", lambda proxy, body: proxy.webhooks.forget()),
    Route("GET", "/faults", "read the orders of faults", lambda proxy, body: proxy.faults.orders, answer=list[Fault]),
    Route(
        "POST",
        "/faults",
        'order a fault: {"fault": "server_error", "operation": ...}',
        operations.order_fault,
        body_schemas.fault,
        Fault,
    ),
    command("/faults/clear", "remove all orders", lambda proxy, body: proxy.faults.clear()),
    Route("POST", "/faults/{id}/remove", "remove an order", operations.remove_fault, bodies.Nothing, list[Fault]),
    Route(
        "GET",
        "/account",
        "read the SID and the token of the default account",
        lambda proxy, body: proxy.account,
        answer=bodies.Account,
    ),
    Route(
        "GET",
        "/report",
        "read the report that a failing test shows",
        lambda proxy, body: {"report": proxy.report(is_whole=body.get("whole") == "true")},
        answer=bodies.Report,
        query=("whole",),
    ),
    Route(
        "GET",
        "/history",
        "read the events in causal order: those after a number, or those of a SID or number",
        operations.read_history,
        answer=list[Event],
        query=("after", "of"),
    ),
    Route(
        "GET",
        "/test",
        "make a pytest test of what was done since the start or the last reset",
        lambda proxy, body: {"source": proxy.history.as_test()},
        answer=bodies.Test,
    ),
    Route(
        "GET",
        "/history/counts",
        "count the events of each kind",
        windows.count_events,
        answer=list[windows.KindOfEvents],
    ),
    Route(
        "GET",
        "/position",
        "wait until the position is another one: it changes with each event, row, action and reset",
        windows.wait_for_change,
        answer=windows.Position,
        query=("after", "timeout"),
    ),
    Route(
        "GET",
        "/wait",
        "wait for events after a number, of a SID or number, of a kind or an action",
        operations.wait_for_events,
        answer=list[Event],
        query=("after", "of", "kind", "action", "timeout"),
    ),
    Route(
        "POST",
        "/trace",
        'make a trace, a page of HTML: {"title", "failure"}',
        lambda proxy, body: {"html": trace.page(proxy, **body)},
        bodies.TraceOf,
        bodies.TracePage,
    ),
    command("/past", "keep the state after each event from now on", lambda proxy, body: proxy.keep_past()),
    command("/notes", 'add a line to the history: {"text"}', lambda proxy, body: proxy.note(body["text"]), bodies.Note),
    command("/blocked", "note a request that was stopped in a child process", operations.note_blocked, bodies.Blocked),
    command("/check", "answer with an error for what must fail a test at its end", lambda proxy, body: proxy.check()),
)
