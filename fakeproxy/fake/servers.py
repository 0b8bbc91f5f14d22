"""The server and the tunnel of one fake, for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from fakeproxy.clock.clock import Clock
from fakeproxy.exceptions import NotWritten
from fakeproxy.fake.teardown import Teardown
from fakeproxy.inspector import origins
from fakeproxy.inspector.routes import PREFIX
from fakeproxy.transports.loopback import forward
from fakeproxy.transports.loopback.server import Server
from fakeproxy.transports.loopback.tunnel import Tunnel
from fakeproxy.transports.targets import Target
from fakeproxy.web import http1
from fakeproxy.web.wsgi import App


class Servers:
    """Starts each at its first use; it is stopped at the fake's teardown.

    `app` is the API. `control(hosts)` makes the control API, which is served beside it. `clock` gives the
    Date header.
    """

    def __init__(
        self,
        target: Target,
        app: App,
        control: Callable[[Callable[[], Iterable[str]]], App],
        clock: Clock,
        teardown: Teardown,
    ) -> None:
        self._target = target
        self._app = app
        self._control = control(self._own_hosts)
        self._clock = clock
        self._teardown = teardown
        self._server: Server | None = None
        self._tunnel: Tunnel | None = None

    def serve(self, host: str, port: int) -> Server:
        """Start the server, unless it runs."""
        if self._server is None:
            self._teardown.begin(partial(self._start_server, host, port), self._stop_server)
            assert self._server is not None
        return self._server

    def tunnel(self, port: int) -> Tunnel:
        """Start the tunnel, unless it runs."""
        if self._tunnel is None:
            self._teardown.begin(partial(self._start_tunnel, port), self._stop_tunnel)
            assert self._tunnel is not None
        return self._tunnel

    def abandon(self) -> None:
        """Close this process's copies of what belongs to its parent, without ending it there."""
        for part in (self._server, self._tunnel):
            if part is not None:
                part.abandon()
        self._server = self._tunnel = None

    def _start_server(self, host: str, port: int) -> None:
        self._server = Server(_answering(self._web), self._http_date, host, port)

    def _stop_server(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _start_tunnel(self, port: int) -> None:
        self._tunnel = Tunnel(self._target, _answering(self._app), self._http_date, port)

    def _stop_tunnel(self) -> None:
        tunnel, self._tunnel = self._tunnel, None
        if tunnel is not None:
            tunnel.stop()

    def _web(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """What the server serves: the API, and beside it the control API."""
        if environ["PATH_INFO"].startswith(PREFIX):
            return self._control(environ, start_response)
        if refusal := origins.refusal(environ, self._own_hosts):
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [refusal.encode()]
        return forward.serve(self._app, environ, start_response)

    def _http_date(self) -> str:
        return http1.date(self._clock.read() // 1_000_000)

    def _own_hosts(self) -> list[str]:
        server = self._server
        return [f"{host}:{server.port}" for host in ("127.0.0.1", "localhost", "[::1]", server.host)] if server else []


def _answering(app: App) -> App:
    """Return the app for clients of other processes, to which nothing can be raised: what was not written is a 500."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except NotWritten as error:
            more = "https://www.twilio.com/docs/errors/20500"
            body = json.dumps({"code": 20500, "message": str(error), "more_info": more, "status": 500}).encode()
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
            start_response("500 Internal Server Error", headers)
            return [body]

    return answer
