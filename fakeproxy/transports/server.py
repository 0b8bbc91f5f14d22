"""The loopback server: HTTP/1.1 with keep-alive, a thread for each connection.

No time is read here, so that it works under any freeze: socket timeouts are the operating system's, and the date header
is the fake's. It is ready when it is started, and down when `stop()` returns.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from typing import Any

from fakeproxy import http1
from fakeproxy.control.faults import Broken
from fakeproxy.http1 import BadRequest, Request, RequestReader
from fakeproxy.wsgi import Answer, App

#: Seconds of real time for which an open connection may be silent.
PATIENCE = 30

#: The largest body that is read, in bytes; the API itself refuses smaller ones with Twilio's own answer.
LARGEST_BODY = 4 << 20

#: How much is read, in bytes, of what follows a request that was refused.
LONGEST_REMNANT = 64 << 20

_RESET = struct.pack("ii", 1, 0)


class Server:
    """Serves a WSGI app from its construction to `stop()`.

    `date` gives the text of the date header, None for none. `port` 0 takes a free one. `serve`, if given, is what is
    done with each connection instead of serving HTTP on it.
    """

    def __init__(
        self,
        app: App,
        date: Callable[[], str | None] = lambda: None,
        host: str = "127.0.0.1",
        port: int = 0,
        serve: Callable[[Server, socket.socket], None] | None = None,
    ) -> None:
        self.app = app
        self._date = date
        self._serve = serve or Server.serve_http
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=128)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._lock = Lock()
        self._connections: dict[socket.socket, Thread] = {}
        self._stopped = False
        self._thread = Thread(target=self._accept, name=f"fakeproxy server {self.port}", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port, as in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Where it is reached, without a slash at the end."""
        return f"http://{self.address}"

    def stop(self) -> None:
        """Close every connection and wait for its thread."""
        with self._lock:
            self._stopped = True
            connections = dict(self._connections)
        shut(self._listener)
        self._listener.close()
        for connection in connections:
            shut(connection)
        self._thread.join()
        for thread in connections.values():
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = Thread(target=self._run, args=(connection,), name=f"fakeproxy connection {self.port}", daemon=True)
            with self._lock:
                if self._stopped:
                    connection.close()
                    return
                self._connections[connection] = thread
            thread.start()

    def _run(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(PATIENCE)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve(self, connection)
        except OSError:
            pass  # The client went away, was silent for too long, or the server is stopped.
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            connection.close()

    def serve_http(self, connection: socket.socket, scheme: str = "http", host: str | None = None) -> None:
        """Answer the requests that come over the connection, until either side ends it."""
        reader = RequestReader(LARGEST_BODY, proceed=lambda: connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"))
        while True:
            try:
                request = receive(connection, reader)
            except BadRequest as error:
                answer = Answer(error.status, [("Content-Type", "text/plain")], str(error).encode())
                connection.sendall(http1.to_bytes(answer, date=self._date()))
                _read_on(connection)
                return
            if request is None or not self.answer(connection, request, scheme, host or self.address):
                return

    def answer(self, connection: socket.socket, request: Request, scheme: str, host: str) -> bool:
        """Have the app answer a request that came for `host`; say whether the connection stays open."""
        try:
            answer = http1.call(self.app, request, scheme, host)
        except Broken as broken:
            _break(connection, broken, request.method)
            return False
        except Exception as error:
            # What a handler or the application's own code raised under this request; nobody is there to raise it to.
            text = f"{type(error).__name__}: {error}"
            answer = Answer(500, [("Content-Type", "text/plain; charset=utf-8")], text.encode())
        connection.sendall(http1.to_bytes(answer, request.method, request.keep_alive, self._date()))
        return request.keep_alive


def receive(connection: socket.socket, reader: RequestReader) -> Request | None:
    """The next request that comes over the connection, None where that ends first. Raises BadRequest."""
    request = reader.read()
    while request is None:
        data = connection.recv(1 << 16)
        if not data:
            return None
        reader.feed(data)
        request = reader.read()
        if request is None:
            _acknowledge_at_once(connection)
    return request


def _acknowledge_at_once(connection: socket.socket) -> None:
    """Clients that send head and body one after the other wait for this: 44 ms each time, measured in the tunnel."""
    if hasattr(socket, "TCP_QUICKACK"):  # Linux
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _read_on(connection: socket.socket) -> None:
    """Have a client that is still sending see its answer: closing at once would reset the connection before that."""
    connection.shutdown(socket.SHUT_WR)
    left = LONGEST_REMNANT
    while left > 0 and (data := connection.recv(1 << 16)):
        left -= len(data)


def _break(connection: Any, broken: Broken, method: str) -> None:
    match broken.failure:
        case "timeout":
            while connection.recv(1 << 16):  # until the client has had enough
                pass
        case "truncated":
            connection.sendall(http1.truncated(broken, method))
        case _:
            # A connection that is open cannot be refused any more; it is reset like the other.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def shut(connection: socket.socket) -> None:
    with suppress(OSError):  # It may be closed already.
        connection.shutdown(socket.SHUT_RDWR)
