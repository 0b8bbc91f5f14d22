"""The loopback server: HTTP/1.1 with keep-alive, a thread for each connection.

No time is read here, so that it works under any freeze: socket timeouts are the operating system's, and the date header
is the fake's. It is ready when it is started, and down when `stop()` returns.

Where the process can open no more connections, or start no more threads, the older half of those that wait for their
client makes room: first those on which no request has begun, the longest wait first.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from threading import Event, Lock, Thread, current_thread
from typing import Any

from fakeproxy.api.faults import Broken
from fakeproxy.web import http1
from fakeproxy.web.http1 import BadRequest, Request, RequestReader
from fakeproxy.web.wsgi import App, error_answer

#: Seconds of real time for which an open connection may be silent.
PATIENCE = 30

#: The largest body that is read, in bytes; the API itself refuses smaller ones with Twilio's own answer.
LARGEST_BODY = 4 << 20

#: How much is read, in bytes, of what follows a request that was refused.
LONGEST_REMNANT = 64 << 20

#: Seconds of real time between two attempts to accept a connection where there is no room for it.
_PAUSE = 0.05

_RESET = struct.pack("ii", 1, 0)
_NO_ROOM = BadRequest(503, "no thread can be started for this connection, and no other connection is idle")


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
        self._connections: dict[Thread, socket.socket] = {}
        #: The threads that wait for their client, the longest wait first, and what has come of a request.
        self._waiting: dict[Thread, RequestReader] = {}
        self._stopped = Event()
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

    def abandon(self) -> None:
        """Close this process's descriptors, after a fork; the parent goes on with its own."""
        for own in (self._listener, *self._connections.values()):
            own.close()

    def stop(self) -> None:
        """Close every connection and wait for its thread."""
        with self._lock:
            self._stopped.set()
            connections = dict(self._connections)
        shut(self._listener)
        self._listener.close()
        for connection in connections.values():
            shut(connection)
        self._thread.join()
        for thread in connections:
            thread.join()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except ConnectionError:  # The client has gone already.
                continue
            except OSError:  # There are no descriptors or no memory left, or the server is stopped.
                if not self._make_room():
                    self._stopped.wait(_PAUSE)
                continue
            try:
                self._start(connection)
            except (RuntimeError, MemoryError):  # No thread can be started.
                try:
                    self._make_room()
                    self._start(connection)
                except (RuntimeError, MemoryError):
                    with connection, suppress(OSError):
                        connection.settimeout(_PAUSE)
                        connection.sendall(http1.to_bytes(_NO_ROOM.answer))

    def _start(self, connection: socket.socket) -> None:
        thread = Thread(target=self._run, args=(connection,), name=f"fakeproxy connection {self.port}", daemon=True)
        with self._lock:
            if self._stopped.is_set():
                connection.close()
                return
            self._connections[thread] = connection
        try:
            thread.start()
        except BaseException:
            with self._lock:
                del self._connections[thread]
            raise

    def _make_room(self) -> bool:
        """Close a connection that has waited long for its client, an idle one first; say whether there was one."""
        with self._lock:
            # Of the older half alone: the first bytes of a new connection may be on their way.
            older = dict(islice(self._waiting.items(), (len(self._waiting) + 1) // 2))
            idle = [thread for thread, reader in older.items() if reader.is_idle]
            thread = next(iter(idle or older), None)
            if thread is None or self._stopped.is_set():
                return False
            shut(self._connections[thread])
        thread.join(1)  # It ends at once, unless a request has come meanwhile.
        return True

    @contextmanager
    def waiting(self, reader: RequestReader) -> Iterator[None]:
        """Have this thread's connection make room for others meanwhile, if there is none left."""
        thread = current_thread()
        with self._lock:
            self._waiting[thread] = reader
        try:
            yield
        finally:
            with self._lock:
                self._waiting.pop(thread, None)

    def adopt(self, connection: socket.socket) -> None:
        """Have this thread's connection go on as another object, to which its descriptor has moved."""
        with self._lock:
            self._connections[current_thread()] = connection
            if self._stopped.is_set():
                shut(connection)

    def _run(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(PATIENCE)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve(self, connection)
        except OSError:
            pass  # The client went away, was silent for too long, or the connection was closed from here.
        finally:
            with self._lock:
                self._connections.pop(current_thread(), None)
            connection.close()

    def serve_http(self, connection: socket.socket, scheme: str = "http", host: str | None = None) -> None:
        """Answer the requests that come over the connection, until either side ends it."""
        reader = RequestReader(LARGEST_BODY, proceed=lambda: connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"))
        while True:
            try:
                request = self.receive(connection, reader)
            except BadRequest as error:
                self.refuse(connection, error)
                return
            if request is None or not self.answer(connection, request, scheme, host or self.address):
                return

    def receive(self, connection: socket.socket, reader: RequestReader) -> Request | None:
        """Return the next request that comes over the connection, None where that ends first. Raises BadRequest."""
        request = reader.read()
        if request is None:
            with self.waiting(reader):
                while request is None:
                    data = connection.recv(1 << 16)
                    if not data:
                        return None
                    reader.feed(data)
                    request = reader.read()
                    if request is None:
                        _acknowledge_at_once(connection)
        return request

    def refuse(self, connection: socket.socket, error: BadRequest) -> None:
        """Answer what cannot be served; the connection is to be closed then."""
        connection.sendall(http1.to_bytes(error.answer, date=self._date()))
        _read_on(connection)

    def answer(self, connection: socket.socket, request: Request, scheme: str, host: str) -> bool:
        """Have the app answer a request that came for `host`; say whether the connection stays open."""
        try:
            answer = http1.call(self.app, request, scheme, host)
            data = http1.to_bytes(answer, request.method, request.keep_alive, self._date())
        except Broken as broken:
            _break(connection, broken, request.method)
            return False
        except Exception as error:
            # What a handler or the application's own code raised under this request; nobody is there to raise it to.
            text = f"{type(error).__name__}: {error}"
            answer = error_answer(500, text)
            data = http1.to_bytes(answer, request.method, request.keep_alive, self._date())
        connection.sendall(data)
        return request.keep_alive


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
        # Not by the method of an SSL socket, which takes its state from under the thread that reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
