"""The control API: what Python does with a fake in its own process, over HTTP, under `/_fakeproxy/`.

Bodies and answers are JSON; instants are ISO 8601. Wrong use is 400, what Twilio would refuse 409, each with a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from fakeproxy.control.journal import Entry
from fakeproxy.exceptions import BlockedRequest, FakeProxyError, Refusal, UsageError
from fakeproxy.http1 import REASONS
from fakeproxy.network.relay import handler_at
from fakeproxy.network.webhooks import Delivery

PREFIX = "/_fakeproxy/"

_DURATION = re.compile(
    r"P(?:(?P<days>[0-9.]+)D)?(?:T(?:(?P<hours>[0-9.]+)H)?(?:(?P<minutes>[0-9.]+)M)?(?:(?P<seconds>[0-9.]+)S)?)?"
)

#: The tables that can be read.
TABLES = (
    "services",
    "phone_numbers",
    "short_codes",
    "owned_numbers",
    "sessions",
    "participants",
    "interactions",
)


class Route(NamedTuple):
    """`do(proxy, body, *parts of the path)` gives what is answered."""

    method: str
    path: str
    summary: str
    do: Callable[..., Any]

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{\w+\}", "([^/]+)", self.path))


class Control:
    """A WSGI app over a fake. `hosts` are the Host headers that it answers to: a page in a browser has others."""

    def __init__(self, proxy: Any, hosts: Callable[[], Iterable[str]]) -> None:
        self._proxy = proxy
        self._hosts = hosts

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        status, answer = self._answer(environ)
        body = json.dumps(answer, default=to_json, ensure_ascii=False).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(f"{status} {REASONS[status]}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[int, Any]:
        host = environ.get("HTTP_HOST", "")
        if host not in self._hosts():
            return 403, {"error": "Forbidden", "text": f"the Host header {host!r} is not this server's own"}
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").removeprefix(PREFIX[:-1])
        fitting = [(route, found) for route in ROUTES if (found := route.pattern.fullmatch(path))]
        for route, found in fitting:
            if route.method == environ["REQUEST_METHOD"]:
                try:
                    return 200, route.do(self._proxy, self._body(environ), *found.groups())
                except (FakeProxyError, TypeError, ValueError, KeyError) as error:
                    facts = {name: value for name, value in vars(error).items() if not name.startswith("_")}
                    told = {"error": type(error).__name__, "text": str(error), **facts}
                    return 409 if isinstance(error, Refusal) else 400, told
        if fitting:
            allowed = ", ".join(route.method for route, _ in fitting)
            return 405, {"error": "MethodNotAllowed", "text": f"this path takes {allowed}"}
        return 404, {
            "error": "NotFound",
            "text": f"{path} is no path of the control API; /_fakeproxy/openapi.json has all",
        }

    def _body(self, environ: dict[str, Any]) -> dict[str, Any]:
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = json.loads(text) if text else {}
        if not isinstance(body, dict):
            raise UsageError("the body must be a JSON object")
        return body


def to_json(value: Any) -> Any:
    """Views, contacts, deliveries, journal entries and instants as JSON."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Delivery):
        return {**vars(value), "succeeded": value.succeeded, "outcome": value.outcome}
    if isinstance(value, Entry):
        return {**value._asdict(), "at": value.at, "parameters": value.parameters, "answer": value.answer}
    if is_dataclass(value) and not isinstance(value, type):
        return {name: item for name, item in vars(value).items() if not name.startswith("_")}
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return str(value)


def duration(text: Any) -> timedelta:
    """Seconds, or an ISO 8601 duration of days and less: `PT1H30M`."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return timedelta(seconds=text)
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or not any(found.groups()):
        raise UsageError(f"{text!r} is no duration; give seconds, or ISO 8601 such as 'PT1H'")
    return timedelta(**{name: float(number) for name, number in found.groupdict().items() if number})


def _clock(proxy: Any, body: dict[str, Any]) -> Any:
    return {"now": proxy.clock.now(), "driver": proxy.clock.driver, "due": proxy.clock.due()}


def _step(proxy: Any, body: dict[str, Any]) -> Any:
    before = proxy.clock.due()
    match body:
        case {"advance": step}:
            proxy.clock.advance(duration(step))
        case {"move_to": instant}:
            proxy.clock.move_to(instant)
        case {"advance_to_next": True}:
            proxy.clock.advance_to_next()
        case _:
            raise UsageError(
                'give {"advance": "PT1H"}, {"move_to": "2030-01-01T09:00:00Z"} or {"advance_to_next": true}'
            )
    now = proxy.clock.now()
    return {"now": now, "ran": [due for due in before if due.at <= now], "due": proxy.clock.due()}


def _restore(proxy: Any, body: dict[str, Any]) -> Any:
    proxy.restore(body)
    return {"now": proxy.clock.now()}


def _reset(proxy: Any, body: dict[str, Any]) -> Any:
    proxy.reset()
    return {"now": proxy.clock.now()}


def seed(proxy: Any, body: dict[str, Any]) -> Any:
    """Services, numbers, short codes and sessions, each with the arguments of `add_...`."""
    added: dict[str, list[Any]] = {}
    for kind, add in (
        ("services", proxy.add_service),
        ("numbers", proxy.add_number),
        ("short_codes", proxy.add_short_code),
        ("sessions", proxy.add_session),
    ):
        added[kind] = [add(**row) for row in body.pop(kind, [])]
    if body:
        raise UsageError(f"there is no {', '.join(body)} to seed; there are services, numbers, short_codes, sessions")
    return added


def load(proxy: Any, state: Any) -> None:
    """Restore a snapshot, or seed what `seed` takes."""
    if isinstance(state, dict) and "fakeproxy" in state:
        proxy.restore(state)
    else:
        seed(proxy, state)


def contact(found: Any) -> dict[str, Any]:
    """What became of a text or call."""
    names = ("delivered", "status", "reply", "session", "interaction", "alerts", "callbacks")
    return {**to_json(found), **{name: getattr(found, name) for name in names}}


def _read_call(proxy: Any, body: dict[str, Any], sid: str) -> Any:
    call = proxy.conversation(sid)
    return {**contact(call), "duration": call.duration}


def _act(proxy: Any, body: dict[str, Any], sid: str, action: str) -> Any:
    if action not in ("answer", "busy", "no_answer", "fail", "hang_up"):
        raise UsageError(f"a call has no {action}; it has answer, busy, no_answer, fail, hang_up")
    return contact(getattr(proxy.conversation(sid), action)())


def _order(proxy: Any, body: dict[str, Any]) -> Any:
    kind = body.pop("fault", "")
    if (
        kind.startswith("_")
        or kind in ("take", "check", "clear", "orders")
        or not callable(getattr(proxy.faults, kind, None))
    ):
        raise UsageError(f"there is no fault {kind!r}")
    return getattr(proxy.faults, kind)(**body)


def _remove_order(proxy: Any, body: dict[str, Any], number: str) -> Any:
    found = [order for order in proxy.faults.orders if str(order.id) == number]
    for order in found:
        order.remove()
    return found


def _mount(proxy: Any, body: dict[str, Any]) -> Any:
    proxy.webhooks.mount(body["base_url"], handler_at(body["to"]))
    return {}


def _sign(proxy: Any, body: dict[str, Any]) -> Any:
    match body:
        case {"token": None}:
            proxy.webhooks.unsigned()
        case {"token": str(token)}:
            proxy.webhooks.sign_with(token)
        case _:
            proxy.webhooks.sign_as_usual()
    return {}


def _set(proxy: Any, body: dict[str, Any]) -> Any:
    if body:
        if body.get("unmounted") not in ("raise", "alert"):
            raise UsageError(f"unmounted={body.get('unmounted')!r}: expected 'raise' or 'alert'")
        proxy.webhooks.unmounted = body["unmounted"]
    return {"unmounted": proxy.webhooks.unmounted}


def _note_blocked(proxy: Any, body: dict[str, Any]) -> Any:
    proxy._note_blocked(BlockedRequest(body["method"], body["url"], body["text"]))
    return {}


def _phone(proxy: Any, body: dict[str, Any], number: str) -> Any:
    phone = proxy.phone(number)
    if "reception" in body:
        phone.reception = body["reception"]
    return {"inbox": phone.inbox, "calls": phone.calls, "reception": phone.reception}


def _counts(proxy: Any, body: dict[str, Any]) -> Any:
    return [{"operation": name, "requests": number} for name, number in proxy.journal.counts.items()]


def _done(do: Callable[[Any, dict[str, Any]], object]) -> Callable[[Any, dict[str, Any]], Any]:
    """The same, answering nothing."""

    def done(proxy: Any, body: dict[str, Any]) -> Any:
        do(proxy, body)
        return {}

    return done


def _read_table(proxy: Any, body: dict[str, Any], table: str) -> Any:
    if table not in TABLES:
        raise UsageError(f"there is no table {table!r}; there are: {', '.join(TABLES)}")
    return list(getattr(proxy, table).values())


def _openapi(proxy: Any, body: dict[str, Any]) -> Any:
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        names = re.findall(r"\{(\w+)\}", route.path)
        operation: dict[str, Any] = {
            "summary": route.summary,
            "responses": {
                "200": {"description": "done", "content": {"application/json": {}}},
                "400": {"description": "wrong use; the text says how to mend it"},
                "409": {"description": "Twilio would refuse this"},
            },
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
            ],
        }
        if route.method == "POST":
            operation["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
        paths.setdefault(PREFIX[:-1] + route.path, {})[route.method.lower()] = operation
    return {"openapi": "3.1.0", "info": {"title": "fakeproxy control API", "version": "1"}, "paths": paths}


ROUTES = (
    Route("GET", "/health", "whether it is up", lambda proxy, body: {"status": "ok", "now": proxy.clock.now()}),
    Route("GET", "/openapi.json", "this API", _openapi),
    Route("GET", "/clock", "what time it is, and what is due", _clock),
    Route("POST", "/clock", 'step: {"advance": "PT1H"}, {"move_to": ...} or {"advance_to_next": true}', _step),
    Route("GET", "/state", "a snapshot of everything", lambda proxy, body: proxy.snapshot()),
    Route("POST", "/state", "restore a snapshot", _restore),
    Route("POST", "/reset", "back to the state at the start", _reset),
    Route("POST", "/seed", "add services, numbers, short_codes and sessions", seed),
    Route("GET", "/tables/{table}", "the rows of a table", _read_table),
    Route("GET", "/phones/{number}", "what a person received", _phone),
    Route("POST", "/phones/{number}", 'what becomes of texts to it: {"reception": "failed"}', _phone),
    Route(
        "POST",
        "/phones/{number}/text",
        'send a text: {"to", "body", "media"}',
        lambda proxy, body, number: contact(proxy.phone(number).text(**body)),
    ),
    Route(
        "POST",
        "/phones/{number}/call",
        'call: {"to"}',
        lambda proxy, body, number: contact(proxy.phone(number).call(**body)),
    ),
    Route("GET", "/calls/{sid}", "what became of a call", _read_call),
    Route("POST", "/calls/{sid}/{action}", "answer, busy, no_answer, fail or hang_up", _act),
    Route("GET", "/journal", "the last requests", lambda proxy, body: list(map(to_json, proxy.journal))),
    Route("GET", "/journal/counts", "how many of each operation", _counts),
    Route("POST", "/journal/clear", "forget them", _done(lambda proxy, body: proxy.journal.clear())),
    Route("GET", "/alerts", "what the Debugger shows", lambda proxy, body: list(proxy.alerts)),
    Route(
        "POST",
        "/alerts/expect",
        'these came up since there were so many: {"before", "codes"}',
        _done(lambda proxy, body: proxy.alerts.require(body["before"], body["codes"])),
    ),
    Route("GET", "/webhooks", "what was delivered", lambda proxy, body: proxy.webhooks.deliveries),
    Route("POST", "/webhooks/mount", 'ask an endpoint of connect() on loopback: {"base_url", "to"}', _mount),
    Route(
        "POST",
        "/webhooks/unmount",
        'take it out: {"base_url"}',
        _done(lambda proxy, body: proxy.webhooks.unmount(body["base_url"])),
    ),
    Route("GET", "/webhooks/settings", "what becomes of a URL that is not mounted", _set),
    Route("POST", "/webhooks/settings", '{"unmounted": "raise"} or {"unmounted": "alert"}', _set),
    Route("POST", "/webhooks/signing", '{"token": "..."}, {"token": null} for none, {} for the account\'s', _sign),
    Route("POST", "/webhooks/forget", "forget them", _done(lambda proxy, body: proxy.webhooks.forget())),
    Route("GET", "/faults", "what is ordered", lambda proxy, body: proxy.faults.orders),
    Route("POST", "/faults", 'order one: {"fault": "server_error", "operation": ...}', _order),
    Route("POST", "/faults/clear", "forget all", _done(lambda proxy, body: proxy.faults.clear())),
    Route("POST", "/faults/{id}/remove", "order it no more", _remove_order),
    Route("GET", "/account", "the default account, and a token for it", lambda proxy, body: proxy.account),
    Route("GET", "/report", "what a failing test shows", lambda proxy, body: {"report": proxy.report()}),
    Route("POST", "/blocked", "a child has stopped a request", _note_blocked),
    Route("POST", "/check", "what must fail a test at its end, as an error", _done(lambda proxy, body: proxy.check())),
)
