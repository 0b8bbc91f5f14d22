"""The tunnel: an HTTP proxy for programs in any language, which answers for Twilio with certificates of its own.

A program needs no change: its environment names the proxy and the certificate authority. `trustme` makes a certificate
for each host that a program asks for. The authority exists only as long as the tunnel.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Lock, Thread

from fakeproxy.clock.real_time import real_datetime
from fakeproxy.exceptions import BlockedRequest, MissingPackage
from fakeproxy.transports import targets
from fakeproxy.transports.loopback.server import IDLE_TIMEOUT, LARGEST_BODY, Respond, Server, shut_down
from fakeproxy.transports.targets import Target
from fakeproxy.web import http1
from fakeproxy.web.http1 import BadRequest, Request, RequestReader
from fakeproxy.web.urls import authority
from fakeproxy.web.wsgi import Answer, error_answer

_LOCAL = "localhost,127.0.0.1,::1"
_BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "TWILIO_CA_BUNDLE")
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
#: The first byte of a TLS connection.
_HANDSHAKE = b"\x16"
_NODE_MODULE = Path(__file__).parents[1] / "child" / "node.cjs"


class Tunnel:
    """A tunnel, from its construction to `stop()`.

    A request that the target takes is answered by `respond`; one to a host that the target allows is forwarded; every
    other one is refused. `date` returns the text of the date header. `port` 0 means any free port. Raises
    `MissingPackage` without `trustme`.
    """

    def __init__(self, target: Target, respond: Respond, date: Callable[[], str], port: int = 0) -> None:
        try:
            with real_datetime():
                # Here, since it may not be installed.
                import trustme
        except ImportError as error:
            raise MissingPackage(
                "a tunnel needs the package 'trustme', which is not installed: pip install 'pytest-fakeproxy[tunnel]'"
            ) from error
        with real_datetime():
            self._authority = trustme.CA()
        self._target = target
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = Lock()
        self._respond = respond
        self._date = date
        #: The open connections to hosts that are allowed.
        self.forwarded: set[socket.socket] = set()
        self._cleanup = ExitStack()
        with self._cleanup as cleanup:
            self._folder = Path(tempfile.mkdtemp(prefix="fakeproxy-"))
            cleanup.callback(shutil.rmtree, self._folder, ignore_errors=True)
            #: The certificate of the tunnel's authority, a PEM file.
            self.authority_file = self._folder / "authority.pem"
            #: The system's authorities and the tunnel's, a PEM file.
            self.bundle_file = self._folder / "bundle.pem"
            own = self._authority.cert_pem.bytes()
            self.authority_file.write_bytes(own)
            self.bundle_file.write_bytes(_system_authorities() + own)
            cleanup.callback(self._stop_servers)
            self._server = Server(self._answer, date, port=port, serve=self._serve)
            #: The server for programs that know of no proxy, and whose connections `child/node.cjs` redirects.
            self._direct = Server(self._answer, date, serve=self._serve_direct)
            #: The URL of the proxy, as the variables for proxies take it.
            self.url = self._server.url
            self._cleanup = cleanup.pop_all()

    def __repr__(self) -> str:
        return f"<Tunnel {self.url}>"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a program needs. docs/how-to/other-processes.md says which client reads which."""
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
        """Close the descriptors of this process, after a fork. The parent's stay open."""
        for server in (self._server, self._direct):
            server.abandon()

    def _stop_servers(self) -> None:
        for name in ("_server", "_direct"):  # The second one may not have been started.
            if (server := vars(self).get(name)) is not None:
                server.stop()

    def stop(self) -> None:
        """Close every connection, wait for the threads, and remove the files."""
        with self._lock:
            for connection in self.forwarded:
                shut_down(connection)
        self._cleanup.close()

    def _serve(self, server: Server, connection: socket.socket) -> None:
        """Serve a connection of the proxy. Its first request names the destination."""
        reader = RequestReader(LARGEST_BODY)
        try:
            request = server.receive(connection, reader)
            if request is not None:
                self._route(server, connection, reader, request)
        except BadRequest as error:
            server.refuse(connection, error)

    def _route(self, server: Server, connection: socket.socket, reader: RequestReader, request: Request) -> None:
        is_tunnel = request.method == "CONNECT"
        found = None if is_tunnel else http1.destination(request)
        if not is_tunnel and found is None:
            raise BadRequest(400, f"{server.url} is an HTTP proxy: it takes CONNECT, and http URLs as targets")
        place = found.authority if found else request.target
        host, port = authority(place)
        name = host.strip("[]")
        where = targets.destination(host)
        is_allowed = targets.is_allowed(self._target, name) and where is not targets.Destination.PROXY
        if where is targets.Destination.OTHER and not is_allowed:
            raise BadRequest(403, _not_allowed(name, self._target))
        if is_allowed:
            self._forward(connection, (name, port or 80), request)
        elif is_tunnel:
            context = self._context(host)
            connection.sendall(_ESTABLISHED)
            with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as encrypted:
                server.replace_connection(encrypted)
                server.while_waiting(reader, encrypted.do_handshake)
                server.serve_http(encrypted, "https", host)
        else:
            server.answer(connection, request._replace(keep_alive=False), "http", place)

    def _serve_direct(self, server: Server, connection: socket.socket) -> None:
        """Serve a connection that the client takes for one to the host itself, in TLS or plain HTTP.

        The certificate is for the name that the client asks for (SNI), else for proxy.twilio.com.
        """
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
            server.replace_connection(encrypted)
            encrypted.do_handshake()
            server.serve_http(encrypted, "https", names[0])

    def _answer(self, request: Request, scheme: str, host: str) -> Answer:
        """Answer for Twilio, or with 403 for a request that the target stops."""
        url = http1.url(request, scheme, host)
        try:
            if targets.takes(self._target, request.method, url):
                return self._respond(request, scheme, host)
            text = _not_allowed(url.split("/", 3)[2], self._target)
        except BlockedRequest as error:
            text = str(targets.blocked_request(self._target, error.method, error.url, over_http=True))
        return error_answer(403, text)

    def _forward(self, connection: socket.socket, address: tuple[str, int], request: Request) -> None:
        try:
            other = socket.create_connection(address, timeout=IDLE_TIMEOUT)
        except (OSError, UnicodeError) as error:
            raise BadRequest(502, f"{address[0]}:{address[1]} cannot be reached: {error}") from error
        with other:
            with self._lock:
                self.forwarded.add(other)
            try:
                for one in (connection, other):
                    one.settimeout(None)  # The client and the other server have time-outs of their own.
                if request.method == "CONNECT":
                    connection.sendall(_ESTABLISHED)
                else:
                    other.sendall(_in_origin_form(request))
                _copy_both_ways(connection, other)
            finally:
                with self._lock:
                    self.forwarded.discard(other)

    def _context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            context = self._contexts.get(host)
            if context is None:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.set_alpn_protocols(["http/1.1"])
                try:
                    with real_datetime():
                        self._authority.issue_cert(host).configure_cert(context)
                except OSError as error:
                    raise BadRequest(503, f"no certificate can be made for {host}: {error}") from error
                except ValueError as error:
                    raise BadRequest(400, f"there is no certificate for {host}: {error}") from error
                self._contexts[host] = context
            return context


def _in_origin_form(request: Request) -> bytes:
    """Return the bytes of a request as a server expects it, with one answer wanted. The body is complete by now."""
    found = http1.destination(request)
    assert found is not None
    length = str(len(request.body))
    headers = {**request.headers, "host": found.authority, "content-length": length, "connection": "close"}
    for name in ("transfer-encoding", "expect", "proxy-connection", "proxy-authorization"):
        headers.pop(name, None)
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{request.method} {found.target} HTTP/1.1\r\n{fields}\r\n".encode("latin-1") + request.body


def _node_options(own: str) -> str:
    """Return the value of NODE_OPTIONS that preloads `node.cjs`, and keeps the user's own options."""
    quoted = str(_NODE_MODULE).replace("\\", "\\\\").replace('"', '\\"')
    preload = f'--require "{quoted}"'
    return own if preload in own else f"{preload} {own}".rstrip()


def _not_allowed(host: str, target: Target) -> str:
    return f"fakeproxy forwards nothing to {host!r}; allow it with {target.how_to_allow(host, over_http=True)}"


def _system_authorities() -> bytes:
    """Return the certificates that programs here trust anyway. A bundle that a variable names replaces them."""
    for file in (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile):
        if file and Path(file).is_file():
            return Path(file).read_bytes() + b"\n"
    with suppress(ImportError):
        # Here, since it may not be installed.
        import certifi

        return Path(certifi.where()).read_bytes() + b"\n"
    return b""


def _copy_both_ways(one: socket.socket, other: socket.socket) -> None:
    """Copy bytes in both directions until both sides have closed."""

    def copy(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    back = Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join()
