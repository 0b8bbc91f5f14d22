"""The apps of a fake's server and tunnel: its API, and beside it the control API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from fakeproxy.exceptions import NotWritten
from fakeproxy.inspector import origins
from fakeproxy.inspector.app import Control
from fakeproxy.inspector.prefix import PREFIX
from fakeproxy.surface.windows import ShownFake
from fakeproxy.transports.loopback import forward
from fakeproxy.web.wsgi import App

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


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


def answering(app: App) -> App:
    """Return the app for clients of other processes: they get a 500 in place of `NotWritten`."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except NotWritten as error:
            # Twilio's "Internal Server Error" (error dictionary).
            more = "https://www.twilio.com/docs/errors/20500"
            body = json.dumps({"code": 20500, "message": str(error), "more_info": more, "status": 500}).encode()
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            start_response("500 Internal Server Error", headers)
            return [body]

    return answer
