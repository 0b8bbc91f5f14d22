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
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from fakeproxy import http1
from fakeproxy.exceptions import MissingPackage
from fakeproxy.http1 import BadRequest, Request, RequestReader
from fakeproxy.transports import active
from fakeproxy.transports.server import Server, receive
from fakeproxy.wsgi import Answer, App

_LOCAL = "localhost,127.0.0.1,::1"
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Tunnel:
    """Serves from its construction to `stop()`. `allow_hosts`: other destinations that it passes requests on to."""

    def __init__(self, app: App, date: Callable[[], str], allow_hosts: Sequence[str] = (), port: int = 0) -> None:
        try:
            import trustme
        except ImportError as error:
            raise MissingPackage(
                "a tunnel needs the package 'trustme', which is not installed: pip install trustme"
            ) from error
        self._authority = trustme.CA()
        self._allow_hosts = tuple(host.lower() for host in allow_hosts)
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = Lock()
        self._folder = Path(tempfile.mkdtemp(prefix="fakeproxy-"))
        #: The authority's certificate, and the same with the system's authorities; PEM files.
        self.authority_file = self._folder / "authority.pem"
        self.bundle_file = self._folder / "bundle.pem"
        own = self._authority.cert_pem.bytes()
        self.authority_file.write_bytes(own)
        self.bundle_file.write_bytes(_system_authorities() + own)
        self._app = app
        self._date = date
        self._server = Server(app, date, port=port, serve=self._serve)
        #: Where it is reached, as the variables for proxies have it.
        self.url = self._server.url

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a program needs; which client reads which is in the docs."""
        proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), self.url)
        bundles = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), str(self.bundle_file))
        local = dict.fromkeys(("NO_PROXY", "no_proxy"), _LOCAL)
        return {**proxies, **bundles, **local, "NODE_EXTRA_CA_CERTS": str(self.authority_file)}

    def stop(self) -> None:
        self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _serve(self, server: Server, connection: socket.socket) -> None:
        """The first request of a connection says where it leads."""
        try:
            request = receive(connection, RequestReader(0))
        except BadRequest as error:
            self._refuse(connection, error.status, str(error))
            return
        if request is None:
            return
        if request.method != "CONNECT":
            self._answer_plain(connection, request)
            return
        host, _, port = request.target.rpartition(":")
        if active.destination(host) is not active.Destination.ELSEWHERE:
            connection.sendall(_ESTABLISHED)
            with self._context(host).wrap_socket(connection.dup(), server_side=True) as encrypted:
                server.serve_http(encrypted, "https", host)
        elif host.lower() in self._allow_hosts:
            with socket.create_connection((host, int(port)), timeout=15) as other:
                connection.sendall(_ESTABLISHED)
                _join(connection, other)
        else:
            self._refuse(connection, 403, _not_allowed(host))

    def _answer_plain(self, connection: socket.socket, request: Request) -> None:
        """A request for an `http:` URL. Those to Twilio are answered, no other is passed on."""
        host = request.target.partition("://")[2].partition("/")[0]
        if active.destination(host) is active.Destination.ELSEWHERE:
            self._refuse(connection, 403, _not_allowed(host))
        else:
            answer = http1.call(self._app, request, "http", host)
            connection.sendall(http1.to_bytes(answer, request.method, date=self._date()))

    def _refuse(self, connection: socket.socket, status: int, text: str) -> None:
        answer = Answer(status, [("Content-Type", "text/plain; charset=utf-8")], f"{text}\n".encode())
        connection.sendall(http1.to_bytes(answer, date=self._date()))

    def _context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            context = self._contexts.get(host)
            if context is None:
                context = self._contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.set_alpn_protocols(["http/1.1"])
                self._authority.issue_cert(host).configure_cert(context)
            return context


def _not_allowed(host: str) -> str:
    return f"fakeproxy passes nothing on to {host!r}; allow it with FakeProxy(allow_hosts=({host!r},))"


def _system_authorities() -> bytes:
    """The authorities that programs here trust anyway, since a bundle that is named replaces them."""
    for file in (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile):
        if file and Path(file).is_file():
            return Path(file).read_bytes() + b"\n"
    with suppress(ImportError):
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
