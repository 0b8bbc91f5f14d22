"""The WSGI app: authenticate, match, validate, operate, answer.

It uses no request and response objects and no routing map of Werkzeug's, since measurements showed this to be fastest.
A routing map took 26 ms to build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import sleep
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from fakeproxy.api import ignored, lookup, pages, refused
from fakeproxy.api.core import operations as core
from fakeproxy.api.faults import BrokenConnection, Fault, Faults
from fakeproxy.api.operations import Operation
from fakeproxy.api.parameters import Form
from fakeproxy.api.request import (
    TWILIO,
    VERSION,
    Request,
    credentials,
    facts,
    from_environ,
    operation_name,
    parse_form,
    route,
)
from fakeproxy.api.resources import RENDERINGS
from fakeproxy.clock.clock import Clock
from fakeproxy.engine.events import Event, Kind
from fakeproxy.engine.instants import SECOND
from fakeproxy.engine.records import Change, Row
from fakeproxy.engine.refusals import EXAMPLES, refuse
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import Refusal
from fakeproxy.history.journal import Entry, Journal
from fakeproxy.web.http1 import REASONS
from fakeproxy.web.json_text import to_json
from fakeproxy.web.wsgi import AWAITED, CLIENT_TIMEOUT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: The most requests per second, and in a burst, if `Behavior.rate_limit` is on.
_RATE, _BURST = 30, 150.0

_Served = tuple[int, list[tuple[str, str]], str]

_JSON = ("Content-Type", "application/json")


class Application:
    """The REST API over a store. Requests are handled one at a time, under the lock."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        journal: Journal,
        deliver: Callable[[Sequence[Change]], None],
        faults: Faults,
    ) -> None:
        self._store = store
        self._clock = clock
        self._journal = journal
        self._deliver = deliver
        self._faults = faults
        self._requests = 0
        #: The way to add a Service, for the reason why there is none: Python code or the option of a command.
        self.seeding = "add_service(sid=...)"

    def __repr__(self) -> str:
        return f"<fakeproxy's WSGI application: {self._requests} requests answered>"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = from_environ(environ)
        fault = self._fault(request) if self._faults.orders else None
        status, headers, text = self._serve(request) if fault is None else self._serve_faulty(request, fault)
        body = text.encode()
        if status != 204:
            headers += _content_headers(text, len(body))
        if fault is not None and fault.failure is not None:
            raise BrokenConnection(fault.failure, status, headers, body)
        start_response(f"{status} {REASONS.get(status, 'Unknown')}", headers)
        return [body if request.method != "HEAD" else b""]

    def answer(
        self,
        method: str,
        path: str,
        query: str,
        form: str,
        authorization: str,
        fields: Form | None,
        base: str = TWILIO,
    ) -> _Served:
        """Answer a plain request without WSGI (see `web.plain`). Return status, headers and text.

        The caller has seen that no fault is ordered. `fields` are the values of the form by name, if they are known.
        `base` is the beginning of the URLs in the answer.
        """
        status, headers, text = self._serve(Request(method, path, query, form, authorization, fields, base))
        if status != 204:
            headers += _JSON, ("Content-Length", str(len(text)))  # Without faults it is JSON, in ASCII.
        return status, headers, text

    def _fault(self, request: Request) -> Fault | None:
        """Return the fault that a test ordered for this request, or None."""
        request.read_body()
        named = unquote_plus(f"{request.query}&{request.form}")
        request.name = operation_name(request)
        return self._faults.take(request.name, request.method, request.path, named)

    def _serve_faulty(self, request: Request, fault: Fault) -> _Served:
        if fault.seconds:
            if fault.real:
                sleep(fault.seconds)
            else:
                self._clock.advance(fault.seconds)
        client_timeout = None if request.environ is None else request.environ.get(CLIENT_TIMEOUT)
        if fault.seconds and client_timeout is not None and client_timeout < fault.seconds:
            # The client has given up by then. The request is carried out all the same.
            self._serve(request)
            raise BrokenConnection("timeout")
        if fault.after or (fault.status is None and fault.failure is None):
            served = self._serve(request)
        else:
            # The client sees some bytes of a truncated answer, and nothing of the others.
            served = 200, [], '{"account_sid": null}'
        if fault.status is not None:
            text = fault.text
            if fault.facts is not None and fault.code is not None:
                text = refused.text(refuse(fault.code, **{**EXAMPLES, **facts(request), **fault.facts}))
            served = fault.status, [*fault.headers.items()], text
        if fault.status is not None or fault.failure is not None:
            status = served[0] if fault.failure is None else 0
            text = "" if fault.code is None else served[2]
            with self._store.locked():
                store = self._store
                now, index, mark = self._clock.read(), store.events.count, len(store.log.entries)
                self._note(now, request, status, text, fault.code, (str(fault),), index, mark, "fault")
        return served

    def _serve(self, request: Request) -> _Served:
        """Answer a request, add it to the journal, and send the callbacks. Return status, headers and text."""
        is_outermost = not self._store.lock.is_held
        with self._store.lock:
            status, headers, text, changes = self._serve_locked(request, is_outermost)
        if changes:
            # An asynchronous client brings a list, and sends the callbacks itself.
            await_them = None if request.environ is None else request.environ.get(AWAITED)
            if await_them is None:
                self._deliver(changes)
            else:
                await_them += changes
        return status, headers, text

    def _serve_locked(
        self, request: Request, is_outermost: bool
    ) -> tuple[int, list[tuple[str, str]], str, Sequence[Change]]:
        """Return status, headers, text, and the changes of status whose callbacks must be sent.

        It is `store.locked()` and `store.transaction()` written out, which cost a tenth of a request.
        """
        store = self._store
        changes: Sequence[Change] = ()
        log = store.log
        start = len(log.entries)
        try:
            now = self._clock.settle()
            mark, index = len(log.entries), len(store.events.rows)
            store.cause = request.describe
            try:
                headers: list[tuple[str, str]] = []
                code: int | None = None
                why: tuple[str, ...] = ()
                try:
                    status, text = self._answer(request, now)
                except Refusal as refusal:
                    status, headers, text, code, why = refused.answer(request, refusal)
                if store.changes:
                    changes = store.take_changes()
            except BaseException:
                log.roll_back(mark)
                raise
            self._requests += 1
            # A count, not a draw from the seed: a refused request must not change the SIDs that follow.
            # The duration is in seconds; no time passes on the fake's clock while it answers.
            headers += ("Twilio-Request-Id", f"RQ{self._requests:032x}"), ("Twilio-Request-Duration", "0.000")
            self._note(now, request, status, text, code, why, index, mark)
        finally:
            store.cause = None
            if is_outermost:
                store.commit(start)
        return status, headers, text, changes

    def _note(
        self,
        now: int,
        request: Request,
        status: int,
        text: str,
        code: int | None,
        why: tuple[str, ...],
        index: int,
        mark: int,
        kind: Kind = "request",
    ) -> None:
        """Add a request to the journal and to the history, there before the events that it caused.

        `index` and `mark` are the number of events and the length of the log before it.
        """
        entry = Entry(
            now,
            request.method,
            request.path,
            request.query,
            request.form,
            request.name,
            status,
            text,
            code,
            why + request.ignored,
            request.ignored,
        )
        self._journal.add(entry)
        self._store.add_request_event(Event(now, kind, "", (), (), entry), index, mark)

    def _answer(self, request: Request, now: int) -> tuple[int, str]:
        """Return status and text. The order of checks: credentials, path, method, body, parameters, rule."""
        unreadable = request.read_body()
        if request.path == "/v2/token":  # of oauth.twilio.com; the SDK's credential_provider begins there
            return 200, to_json(_token(request))
        account = self._authenticate(request)
        store = self._store
        methods, named = route(request.path)
        if not methods:
            if not request.path.startswith(core.PREFIX):
                raise refuse(20404, "no operation of Proxy has this path", path=request.plain_path)
            if unreadable:
                raise unreadable
            return self._answer_core(request, account, now)
        request.methods = methods
        operation = methods.get(request.method)
        if operation is None:
            raise refuse(20004, f"this path takes {', '.join(methods)}, not {request.method}")
        request.name = operation.name
        if store.behavior.rate_limit:
            self._limit(operation.name, named[0][1] if named else account, now)
        row = lookup.find(store, request, operation, account, named, self.seeding)
        rule = operation.rule
        if rule is None:
            if operation.verb == "List":
                return 200, self._list(request, operation, row.sid if row else account)
            return 200, self._render(request, operation, row)
        if operation.verb == "Delete":
            rule(store, now, row)
            is_participant = operation.resource.name == "Participant"
            return store.behavior.participant_delete_status if is_participant else operation.status, ""
        if unreadable:
            raise unreadable
        form = parse_form(request.form) if request.fields is None else request.fields
        request.ignored = ignored.sentences(request.query, operation, form)
        given = operation.read(form, store.behavior, store.exists)
        row = rule(store, now, row or account, given)
        if store.schedule.due(now) is not None:
            self._clock.settle()  # What a request lets expire at once is closed in its own answer.
        return operation.status, self._render(request, operation, row)

    def _limit(self, operation: str, service: str, now: int) -> None:
        """Refuse requests beyond Twilio's rate limit: 30 per second, 150 in a burst (changelog of 2019-08-13)."""
        left, at = self._store.allowances.get((operation, service), (_BURST, now))
        left = min(_BURST, left + (now - at) / SECOND * _RATE)
        if left < 1:
            raise refuse(20429, f"{operation} of {service} may be asked {_RATE} times a second, {_BURST:g} in a burst")
        self._store.log.set_item(self._store.allowances, (operation, service), (left - 1, now))

    def _answer_core(self, request: Request, account: str, now: int) -> tuple[int, str]:
        methods = core.find(request.path)
        request.methods = methods
        if not methods:
            raise refuse(501, what=f"{request.method} {request.path} of Twilio's core API")
        operation = methods.get(request.method)
        if operation is None:
            raise refuse(20004, f"this path takes {', '.join(methods)}, not {request.method}")
        request.name = operation.name
        form = parse_form(request.query if request.method == "GET" else request.form)
        status, answer = core.answer(operation, self._store, now, account, request.path, form)
        return status, "" if answer is None else to_json(answer)

    def _authenticate(self, request: Request) -> str:
        """Return the key of the account whose credentials the request has. Raises `Refusal` if they are wrong."""
        presented = credentials(request.authorization)
        if presented is None:
            why = "it is neither Basic nor Bearer" if request.authorization else "there is no Authorization header"
            raise refuse(20003, why)
        if presented[0] in self._store.behavior.test_account_sids:
            raise refuse(20008)
        account = self._store.accounts.identify(*presented)
        if account is None:
            why = f"{presented[0]!r} and its password are not the account_sid and auth_token of the fake"
            if self._store.accounts.is_default(presented[0]):
                why += ": the account_sid is right, the auth token is another one"
            raise refuse(20003, why)
        return account

    def _list(self, request: Request, operation: Operation, parent: str) -> str:
        store = self._store
        key, table, render = RENDERINGS[operation.resource.name]
        base, listing, newest_first = request.base, f"{key} of {parent}", store.behavior.newest_first
        page = pages.read(parse_form(request.query), listing, newest_first)
        rows = store.tables[table].of(parent)
        url = base + VERSION + request.plain_path
        return pages.answer(page, rows, listing, url, key, newest_first, lambda row: render(row, store, base))

    def _render(self, request: Request, operation: Operation, row: Row | None) -> str:
        return RENDERINGS[operation.resource.name][2](row, self._store, request.base)


def _content_headers(text: str, length: int) -> tuple[tuple[str, str], ...]:
    """Return the headers of a body with this text and length in bytes."""
    kind = ("Content-Type", "text/html") if text[:1] == "<" else _JSON
    return kind, ("Content-Length", str(length))


def _token(request: Request) -> dict[str, object]:
    """Return the answer of `POST oauth.twilio.com/v2/token`: a token for the default account, for every client."""
    request.name = "CreateToken"
    # Guess (inferred, none): a token is valid for a day; the fake does not check it.
    return {
        "access_token": "fakeproxy",
        "refresh_token": None,
        "id_token": None,
        "token_type": "Bearer",
        "expires_in": 86_400,
    }
