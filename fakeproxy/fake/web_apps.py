"""The answers of a fake's server and tunnel: its API, and beside it the control API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from fakeproxy.api.request import VERSION, base_of
from fakeproxy.exceptions import NotWritten
from fakeproxy.inspector import origins
from fakeproxy.inspector.app import Control
from fakeproxy.inspector.prefix import PREFIX
from fakeproxy.surface.windows import ShownFake
from fakeproxy.transports.loopback import forward
from fakeproxy.transports.loopback.server import Respond
from fakeproxy.web import http1, plain
from fakeproxy.web.http1 import Request
from fakeproxy.web.wsgi import Answer, App, error_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from fakeproxy.api.app import Application

#: The headers that mean something to the control API and to `forward`, and nothing to the API.
_OTHERS = {"origin", "sec-fetch-site", forward.PATIENCE.lower()}


def with_control(app: App, fake: ShownFake, hosts: Callable[[], Iterable[str]]) -> App:
    """Return an app of the API and, below its prefix, of the control API. `hosts()` are the server's Host headers."""
    control = Control(fake, hosts)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(PREFIX):
            return control(environ, start_response)
        if refusal := origins.refusal(environ, hosts):
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [refusal.encode()]
        return forward.serve(app, environ, start_response)

    return answer


def responding(app: App, api: Application, faults: Sequence[object]) -> Respond:
    """Return a function that answers the clients of other processes: they get a 500 in place of `NotWritten`.

    `app` is the API, perhaps with others beside it. A plain request to the API needs no WSGI.
    """

    def respond(request: Request, scheme: str, host: str) -> Answer:
        method, target, headers, body, _ = request
        is_plain = target.startswith(VERSION) and not faults and _OTHERS.isdisjoint(headers)
        texts = plain.texts(method, target, headers, body) if is_plain else None
        try:
            if texts is None:
                return http1.call(app, request, scheme, host)
            status, fields, text = api.answer(method, *texts, None, base_of(scheme, headers.get("host", host)))
            return Answer(status, fields, text.encode())
        except NotWritten as error:
            # Twilio's "Internal Server Error" (error dictionary).
            return error_answer(500, str(error))

    return respond
