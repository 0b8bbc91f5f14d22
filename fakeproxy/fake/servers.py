"""The server and the tunnel of a fake, for other programs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fakeproxy.clock.clock import Clock
from fakeproxy.fake.teardown import Teardown
from fakeproxy.transports.targets import Target
from fakeproxy.web import http1

if TYPE_CHECKING:
    from fakeproxy.api.app import Application
    from fakeproxy.surface.windows import ShownFake
    from fakeproxy.transports.loopback.server import Server
    from fakeproxy.transports.loopback.tunnel import Tunnel


class Servers:
    """The server and the tunnel: each is started at its first use, and stopped at the fake's teardown.

    `app` is the API, `fake` the fake that the control API acts on, which the server serves too. `clock` gives the Date
    header.
    """

    def __init__(self, target: Target, app: Application, fake: ShownFake, clock: Clock, teardown: Teardown) -> None:
        self._target = target
        self._app = app
        self._fake = fake
        self._clock = clock
        self._teardown = teardown
        self._server: Server | None = None
        self._tunnel: Tunnel | None = None

    def __repr__(self) -> str:
        return f"<Servers: {self._server or 'no server'}, {self._tunnel or 'no tunnel'}>"

    def serve(self, host: str, port: int) -> Server:
        """Start the server, unless it runs. Raises `OSError` where the address cannot be bound."""
        if self._server is None:
            self._teardown.begin(partial(self._start_server, host, port), self._stop_server)
            assert self._server is not None
        return self._server

    def tunnel(self, port: int) -> Tunnel:
        """Start the tunnel, unless it runs. Raises `MissingPackage` without `trustme`."""
        if self._tunnel is None:
            self._teardown.begin(partial(self._start_tunnel, port), self._stop_tunnel)
            assert self._tunnel is not None
        return self._tunnel

    def abandon(self) -> None:
        """Close this process's copies of the parent's sockets, after a fork. The parent's stay open."""
        for part in (self._server, self._tunnel):
            if part is not None:
                part.abandon()
        self._server = self._tunnel = None

    def _start_server(self, host: str, port: int) -> None:
        # Here for start-up time, as below: most fakes serve nothing.
        from fakeproxy.fake import web_apps
        from fakeproxy.transports.loopback.server import Server

        app = web_apps.with_control(self._app, self._fake, self._own_hosts)
        respond = web_apps.responding(app, self._app, self._target.faults)
        self._server = Server(respond, self._http_date, host, port)

    def _stop_server(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _start_tunnel(self, port: int) -> None:
        # Here for start-up time.
        from fakeproxy.fake import web_apps
        from fakeproxy.transports.loopback.tunnel import Tunnel

        respond = web_apps.responding(self._app, self._app, self._target.faults)
        self._tunnel = Tunnel(self._target, respond, self._http_date, port)

    def _stop_tunnel(self) -> None:
        tunnel, self._tunnel = self._tunnel, None
        if tunnel is not None:
            tunnel.stop()

    def _http_date(self) -> str:
        return http1.date(self._clock.read() // 1_000_000)

    def _own_hosts(self) -> list[str]:
        server = self._server
        return [f"{host}:{server.port}" for host in ("127.0.0.1", "localhost", "[::1]", server.host)] if server else []
