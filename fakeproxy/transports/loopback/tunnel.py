"""The tunnel: an HTTP proxy for programs in any language, which answers for Twilio with certificates of its own.

A program that is told of the proxy and of the authority by its environment needs no change. Certificates are made by
`trustme`, one for each host that is asked for, of an authority that is thrown away with the tunnel.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from fakeproxy.exceptions import BlockedRequest, MissingPackage
from fakeproxy.transports import targets
from fakeproxy.transports.loopback.server import LARGEST_BODY, PATIENCE, Server, shut
from fakeproxy.transports.targets import Target
from fakeproxy.web import http1
from fakeproxy.web.http1 import BadRequest, Request, RequestReader
from fakeproxy.web.urls import authority
from fakeproxy.web.wsgi import App, error_answer

_LOCAL = "localhost,127.0.0.1,::1"
_BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "TWILIO_CA_BUNDLE")
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
#: What TLS begins with.
_HANDSHAKE = b"\x16"
_PRELOADED = Path(__file__).parents[1] / "child" / "node.cjs"


class Tunnel:
    """Serves `app` from its construction to `stop()`.

    The target's rules hold: what it takes is answered, other hosts of Twilio's are stopped, what it allows passes.
    """

    def __init__(self, target: Target, app: App, date: Callable[[], str], port: int = 0) -> None:
        try:
            # Here, since it may not be installed.
            import trustme
        except ImportError as error:
            raise MissingPackage(
                "a tunnel needs the package 'trustme', which is not installed: pip install 'fakeproxy[tunnel]'"
            ) from error
        self._authority = trustme.CA()
        self._target = target
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = Lock()
        self._app = app
        self._date = date
        #: The connections to destinations that are allowed.
        self.passing: set[socket.socket] = set()
        self._begun = ExitStack()
        with self._begun as begun:
            self._folder = Path(tempfile.mkdtemp(prefix="fakeproxy-"))
            begun.callback(shutil.rmtree, self._folder, ignore_errors=True)
            #: The authority's certificate, and the same with the system's authorities; PEM files.
            self.authority_file = self._folder / "authority.pem"
            self.bundle_file = self._folder / "bundle.pem"
            own = self._authority.cert_pem.bytes()
            self.authority_file.write_bytes(own)
            self.bundle_file.write_bytes(_system_authorities() + own)
            begun.callback(self._stop_servers)
            self._server = Server(self._answer, date, port=port, serve=self._serve)
            #: For programs whose connections are led here without being told of a proxy: see `child/node.cjs`.
            self._direct = Server(self._answer, date, serve=self._serve_direct)
            #: Where it is reached, as the variables for proxies have it.
            self.url = self._server.url
            self._begun = begun.pop_all()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a program needs; which client reads which is in the docs."""
        proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), self.url)
        bundles = dict.fromkeys(_BUNDLES, str(self.bundle_file))
        local = dict.fromkeys(("NO_PROXY", "no_proxy"), _LOCAL)
        return {
            **proxies,
            **bundles,
            **local,
            "NODE_EXTRA_CA_CERTS": str(self.authority_file),
            "DENO_CERT": str(self.authority_file),
            "NODE_USE_ENV_PROXY": "1",
            "NODE_OPTIONS": _node_options(os.environ.get("NODE_OPTIONS", "")),
            "FAKEPROXY_DIRECT": self._direct.address,
            "FAKEPROXY_ALLOW_HOSTS": " ".join(self._target.allow_hosts),
        }

    def abandon(self) -> None:
        """Close this process's descriptors, after a fork; the parent goes on with its own."""
        for server in (self._server, self._direct):
            server.abandon()

    def _stop_servers(self) -> None:
        for name in ("_server", "_direct"):  # One may not be there yet.
            if (server := vars(self).get(name)) is not None:
                server.stop()

    def stop(self) -> None:
        with self._lock:
            for connection in self.passing:
                shut(connection)
        self._begun.close()

    def _serve(self, server: Server, connection: socket.socket) -> None:
        """The first request of a connection says where it leads."""
        reader = RequestReader(LARGEST_BODY)
        try:
            request = server.receive(connection, reader)
            if request is not None:
                self._lead(server, connection, reader, request)
        except BadRequest as error:
            server.refuse(connection, error)

    def _lead(self, server: Server, connection: socket.socket, reader: RequestReader, request: Request) -> None:
        is_tunnel = request.method == "CONNECT"
        found = None if is_tunnel else http1.place(request)
        if not is_tunnel and found is None:
            raise BadRequest(400, f"{server.url} is an HTTP proxy: it takes CONNECT, and http URLs as targets")
        place = found.authority if found else request.target
        host, port = authority(place)
        name = host.strip("[]")
        where = targets.destination(host)
        is_allowed = targets.is_allowed(self._target, name) and where is not targets.Destination.PROXY
        if where is targets.Destination.ELSEWHERE and not is_allowed:
            raise BadRequest(403, _not_allowed(name, self._target))
        if is_allowed:
            self._pass_on(connection, (name, port or 80), request)
        elif is_tunnel:
            context = self._context(host)
            connection.sendall(_ESTABLISHED)
            with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as encrypted:
                server.adopt(encrypted)
                with server.waiting(reader):
                    encrypted.do_handshake()
                server.serve_http(encrypted, "https", host)
        else:
            server.answer(connection, request._replace(keep_alive=False), "http", place)

    def _serve_direct(self, server: Server, connection: socket.socket) -> None:
        """Serve a connection that its client takes for one to the host itself: TLS by that name, or plain HTTP."""
        if connection.recv(1, socket.MSG_PEEK) != _HANDSHAKE:
            server.serve_http(connection)
            return
        names = ["proxy.twilio.com"]

        def choose(encrypted: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
            if name:
                names[0] = name
            encrypted.context = self._context(names[0])

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = choose
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as encrypted:
            server.adopt(encrypted)
            encrypted.do_handshake()
            server.serve_http(encrypted, "https", names[0])

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """What the fake answers for Twilio; a request that it stops is refused, and fails the test at its end."""
        url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['REQUEST_URI']}"
        try:
            if targets.takes(self._target, environ["REQUEST_METHOD"], url):
                return self._app(environ, start_response)
            text = _not_allowed(environ["HTTP_HOST"], self._target)
        except BlockedRequest as error:
            text = str(error)
        answer = error_answer(403, text)
        start_response("403 Forbidden", answer.headers)
        return [answer.body]

    def _pass_on(self, connection: socket.socket, address: tuple[str, int], request: Request) -> None:
        try:
            other = socket.create_connection(address, timeout=PATIENCE)
        except (OSError, UnicodeError) as error:
            raise BadRequest(502, f"{address[0]}:{address[1]} cannot be reached: {error}") from error
        with other:
            with self._lock:
                self.passing.add(other)
            try:
                for one in (connection, other):
                    one.settimeout(None)  # How long an answer may take is between those two.
                if request.method == "CONNECT":
                    connection.sendall(_ESTABLISHED)
                else:
                    other.sendall(_in_origin_form(request))
                _join(connection, other)
            finally:
                with self._lock:
                    self.passing.discard(other)

    def _context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            context = self._contexts.get(host)
            if context is None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.set_alpn_protocols(["http/1.1"])
                try:
                    self._authority.issue_cert(host).configure_cert(context)
                except OSError as error:
                    raise BadRequest(503, f"no certificate can be made for {host}: {error}") from error
                except ValueError as error:
                    raise BadRequest(400, f"there is no certificate for {host}: {error}") from error
                self._contexts[host] = context
            return context


def _in_origin_form(request: Request) -> bytes:
    """A request as a server has it, for one answer: the body is known as a whole by now."""
    found = http1.place(request)
    assert found is not None
    length = str(len(request.body))
    headers = {**request.headers, "host": found.authority, "content-length": length, "connection": "close"}
    for name in ("transfer-encoding", "expect", "proxy-connection", "proxy-authorization"):
        headers.pop(name, None)
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{request.method} {found.target} HTTP/1.1\r\n{fields}\r\n".encode("latin-1") + request.body


def _node_options(own: str) -> str:
    """The value of NODE_OPTIONS that preloads the module which leads Node's connections here, and keeps the user's."""
    quoted = str(_PRELOADED).replace("\\", "\\\\").replace('"', '\\"')
    preload = f'--require "{quoted}"'
    return own if preload in own else f"{preload} {own}".rstrip()


def _not_allowed(host: str, target: Target) -> str:
    return f"fakeproxy passes nothing on to {host!r}; allow it with {target.how_to_allow(host)}"


def _system_authorities() -> bytes:
    """The authorities that programs here trust anyway, since a bundle that is named replaces them."""
    for file in (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile):
        if file and Path(file).is_file():
            return Path(file).read_bytes() + b"\n"
    with suppress(ImportError):
        # Here, since it may not be installed.
        import certifi

        return Path(certifi.where()).read_bytes() + b"\n"
    return b""


def _join(one: Any, other: Any) -> None:
    """Pass bytes on in both directions until both sides have ended."""

    def copy(source: Any, sink: Any) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    back = Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join()
