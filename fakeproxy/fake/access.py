"""The ways into a fake, beside interception: clients of its own, the WSGI app, a server, a tunnel."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from fakeproxy.api.app import Application
from fakeproxy.clock.clock import Clock
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import NotWritten
from fakeproxy.fake.teardown import Endings
from fakeproxy.inspector import origins
from fakeproxy.inspector.app import Control
from fakeproxy.inspector.routes import PREFIX
from fakeproxy.transports import clients
from fakeproxy.transports.loopback import forward
from fakeproxy.transports.loopback.server import Server
from fakeproxy.transports.loopback.tunnel import Tunnel
from fakeproxy.transports.seams import child_processes
from fakeproxy.transports.targets import Target
from fakeproxy.web import http1
from fakeproxy.web.wsgi import App

if TYPE_CHECKING:
    from twilio.http import HttpClient
    from twilio.http.async_http_client import AsyncHttpClient
    from twilio.rest import Client

    from fakeproxy.fake.state_file import Database


#: Connections to files of a parent; closing one here would end the parent's locks.
_abandoned: list[Database | None] = []


class Clients:
    """The part of a fake, here or elsewhere, that hands out SDK clients of its own."""

    _target: Target

    def _require_active(self, what: str) -> None:
        raise NotImplementedError

    def _account_sid(self) -> str:
        raise NotImplementedError

    def _token(self) -> str:
        raise NotImplementedError

    @property
    def http_client(self) -> HttpClient:
        """A client for `twilio.rest.Client(http_client=...)` that lands in this fake, whatever else is active."""
        self._require_active("http_client")
        return clients.http_client(self._target)

    @property
    def async_http_client(self) -> AsyncHttpClient:
        """The same for the SDK's asynchronous calls."""
        self._require_active("async_http_client")
        return clients.async_http_client(self._target)

    def client(self) -> Client:
        """A ready SDK client of the default account. Raises `MissingPackage` where `twilio` is not installed."""
        return self._client(self.http_client)

    def async_client(self) -> Client:
        """A ready SDK client for the asynchronous calls (`..._async`)."""
        return self._client(self.async_http_client)

    def _client(self, http_client: Any) -> Client:
        from twilio.rest import Client

        return Client(self._account_sid(), self._token(), http_client=http_client)


class Ways(Clients):
    """The part of a fake that other programs and clients come in by."""

    clock: Clock
    _store: Store
    _app: Application
    _control: Control
    _server: Server | None
    _tunnel: Tunnel | None
    _database: Database | None
    _endings: Endings
    _leave_setting: str
    #: In a copy: where the fake itself is.
    _parents_url: str = ""

    def restore(self, snapshot: dict[str, Any]) -> None:
        raise NotImplementedError

    @property
    def url(self) -> str:
        """A loopback server for everything that speaks HTTP, without a slash at the end; it is started at first use.

        The API is at `/v1`, as on `proxy.twilio.com`, the control API at `/_fakeproxy/`.
        """
        return self._parents_url or self.serve().url

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Server:
        """Start the server, unless it runs. It is stopped with the fake."""
        self._require_active("a server")
        if self._server is None:
            self._endings.begin(partial(self._start_server, host, port), self._stop_server)
            assert self._server is not None
        return self._server

    def tunnel(self, port: int = 0) -> Tunnel:
        """An HTTP proxy for programs in any language; started at first use, stopped with the fake.

        Its `environment` is what a program needs to be started with. It answers for Twilio with certificates of its own
        and passes nothing on but to `allow_hosts`. Raises `MissingPackage` where `trustme` is not installed.
        """
        self._require_active("a tunnel")
        if self._tunnel is None:
            self._endings.begin(partial(self._start_tunnel, port), self._stop_tunnel)
            assert self._tunnel is not None
        return self._tunnel

    @property
    def environment(self) -> dict[str, str]:
        """What to add to the environment of a program, in any language, whose calls to Twilio are to land in this fake.

        It has the tunnel, the server's URL as FAKEPROXY_URL, credentials where there are none, and for programs in
        Python that have fakeproxy installed too, what makes them land there in process, whatever client they use.
        """
        tunnel = self.tunnel().environment
        own = {f"TWILIO_{name.upper()}": value for name, value in self.account.items()}
        credentials = {name: os.environ.get(name) or value for name, value in own.items()}
        return {
            **tunnel,
            **credentials,
            **child_processes.environment(self._target, os.environ),
        }

    def _name_settings(self, allow: str, leave: str) -> None:
        """Have errors about stopped requests name these options in place of the settings `allow_hosts` and `blocked`.

        `allow` has `{host}` in it.
        """
        self._target.allow_setting, self._leave_setting = allow, leave

    def _abandon(self) -> None:
        """Close this process's copies of what belongs to its parent, without ending it there."""
        for part in (self._server, self._tunnel):
            if part is not None:
                part.abandon()
        self._server = self._tunnel = None
        _abandoned.append(self._database)
        self._database = None

    def _start_server(self, host: str, port: int) -> None:
        self._server = Server(_answering(self._web), self._http_date, host, port)

    def _start_tunnel(self, port: int) -> None:
        self._tunnel = Tunnel(self._target, _answering(self._app), self._http_date, port)

    def _stop_tunnel(self) -> None:
        tunnel, self._tunnel = self._tunnel, None
        if tunnel is not None:
            tunnel.stop()

    def _http_date(self) -> str:
        return http1.date(self.clock.read() // 1_000_000)

    def _stop_server(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _web(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """What a server serves: the API, and beside it the control API."""
        if environ["PATH_INFO"].startswith(PREFIX):
            return self._control(environ, start_response)
        if refusal := origins.refusal(environ, self._own_hosts):
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [refusal.encode()]
        return forward.serve(self._app, environ, start_response)

    def keep_state(self, path: str, *, anew: bool = False) -> bool:
        """Go on from the state in this file, or begin one; say whether there was one. To be called before `start()`.

        From then on, until the fake is stopped, whatever is changed is in the file before it counts: what cannot be
        written raises `NotWritten`, and is not done. `anew`: the state of this fake replaces that of the file. Raises
        `UsageError` for a file that cannot be read or written, or in which another fake keeps its state.
        """
        from fakeproxy.fake.state_file import Database

        database = Database(path, self._store, self.clock.dump)
        state = database.read()
        if state is not None and not anew:
            try:
                self.restore(state)
            except BaseException:
                database.close()
                raise
        database.keep()
        self._database = database
        return state is not None

    def _close_database(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            with self._store.lock:
                database.close()

    def _own_hosts(self) -> list[str]:
        server = self._server
        return [f"{host}:{server.port}" for host in ("127.0.0.1", "localhost", "[::1]", server.host)] if server else []

    @property
    def account(self) -> dict[str, str]:
        """SID and token that a client may use; they are also what an unset environment is filled with."""
        return {"account_sid": self._account_sid(), "auth_token": self._token()}

    @property
    def wsgi_app(self) -> Application:
        """The API as a WSGI application, for any client that takes one."""
        return self._app


def _answering(app: App) -> App:
    """The app for clients of other processes, to which nothing can be raised: what was not written is answered 500."""

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
