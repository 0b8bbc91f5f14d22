"""The loopback server: HTTP/1.1 with keep-alive, a thread for each connection.

No time is read here, so that the server works under any freeze: the operating system measures the socket time-outs, and
the fake gives the date header. The server is ready once it is constructed, and stopped once `stop()` returns.

Where the process can open no more connections, or start no more threads, the server closes a connection that waits for
its client. It chooses among the older half of them: first one on which no request has begun, then the longest wait.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import islice
from threading import Event, Lock, Thread, current_thread
from typing import TypeVar

from fakeproxy.api.faults import BrokenConnection
from fakeproxy.web import http1
from fakeproxy.web.http1 import BadRequest, Request, RequestReader
from fakeproxy.web.wsgi import Answer, error_answer

#: Seconds of real time that a connection may be silent before it is closed.
IDLE_TIMEOUT = 30

#: The largest body that is read, in bytes. The API refuses smaller ones already, with Twilio's own answer.
LARGEST_BODY = 4 << 20

#: The most bytes that are read after a request that was refused.
LARGEST_REST = 64 << 20

#: Seconds of real time between two attempts to accept a connection, where the process can open no more.
_RETRY_INTERVAL = 0.05

R = TypeVar("R")

_RESET = struct.pack("ii", 1, 0)
_NO_ROOM = BadRequest(503, "no thread can be started for this connection, and no other connection is idle")

#: A function that answers a request to a scheme and a host, such as `http1.call` with an app.
Respond = Callable[[Request, str, str], Answer]


class Server:
    """A server of the answers of `respond`, from its construction to `stop()`.

    `date` returns the text of the date header, or None for no such header. `port` 0 means any free port. `serve`
    replaces `serve_http` as what is done with each connection. Raises `OSError` where the address cannot be bound.
    """

    def __init__(
        self,
        respond: Respond,
        date: Callable[[], str | None] = lambda: None,
        host: str = "127.0.0.1",
        port: int = 0,
        serve: Callable[[Server, socket.socket], None] | None = None,
    ) -> None:
        self._respond = respond
        self._date = date
        self._serve = serve or Server.serve_http
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=128)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        self._lock = Lock()
        self._connections: dict[Thread, socket.socket] = {}
        #: The threads that wait for their client, the longest wait first, each with the reader of its request.
        self._waiting: dict[Thread, RequestReader] = {}
        self._stopped = Event()
        self._thread = Thread(target=self._accept, name=f"fakeproxy server {self.port}", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        state = "stopped" if self._stopped.is_set() else f"{len(self._connections)} connections"
        return f"<Server {self.url}: {state}>"

    @property
    def address(self) -> str:
        """The host and the port, as in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL of the server, without a slash at the end."""
        return f"http://{self.address}"

    def abandon(self) -> None:
        """Close the descriptors of this process, after a fork. The parent's stay open."""
        for own in (self._listener, *self._connections.values()):
            own.close()

    def stop(self) -> None:
        """Close every connection and wait for the end of its thread."""
        with self._lock:
            self._stopped.set()
            connections = dict(self._connections)
        shut_down(self._listener)
        self._listener.close()
        for connection in connections.values():
            shut_down(connection)
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
                    self._stopped.wait(_RETRY_INTERVAL)
                continue
            try:
                self._start(connection)
            except (RuntimeError, MemoryError):  # No thread can be started.
                try:
                    self._make_room()
                    self._start(connection)
                except (RuntimeError, MemoryError):
                    with connection, suppress(OSError):
                        connection.settimeout(_RETRY_INTERVAL)
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
        """Close a connection that has waited long for its client, an idle one first; return whether there was one."""
        with self._lock:
            # Only of the older half: the first bytes of a new connection may be on their way.
            older = dict(islice(self._waiting.items(), (len(self._waiting) + 1) // 2))
            idle = [thread for thread, reader in older.items() if reader.is_idle]
            thread = next(iter(idle or older), None)
            if thread is None or self._stopped.is_set():
                return False
            shut_down(self._connections[thread])
        thread.join(1)  # The thread ends at once, unless a request has come meanwhile.
        return True

    def while_waiting(self, reader: RequestReader, wait: Callable[[], R]) -> R:
        """Call `wait`. Meanwhile the server may close this thread's connection, if it needs room for another one."""
        thread = current_thread()
        with self._lock:
            self._waiting[thread] = reader
        try:
            return wait()
        finally:
            with self._lock:
                self._waiting.pop(thread, None)

    def replace_connection(self, connection: socket.socket) -> None:
        """Register another socket for this thread's connection, as TLS makes one that takes the descriptor over."""
        with self._lock:
            self._connections[current_thread()] = connection
            if self._stopped.is_set():
                shut_down(connection)

    def _run(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(IDLE_TIMEOUT)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._serve(self, connection)
        except OSError:
            pass  # The client closed the connection or was silent for too long, or this server closed it.
        finally:
            with self._lock:
                self._connections.pop(current_thread(), None)
            connection.close()

    def serve_http(self, connection: socket.socket, scheme: str = "http", host: str | None = None) -> None:
        """Answer the requests of a connection, until either side closes it. `host` None: this server's own address."""
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
        """Return the next request of the connection, or None if the client closes it first.

        Raises `BadRequest` for what is no HTTP request, and `TimeoutError` after `IDLE_TIMEOUT` seconds of silence.
        """
        request = None if reader.is_idle else reader.read()
        return request or self.while_waiting(reader, partial(_receive, connection, reader))

    def refuse(self, connection: socket.socket, error: BadRequest) -> None:
        """Answer a request that cannot be served. The caller closes the connection then."""
        connection.sendall(http1.to_bytes(error.answer, date=self._date()))
        _drain(connection)

    def answer(self, connection: socket.socket, request: Request, scheme: str, host: str) -> bool:
        """Answer a request to `host`; return whether the connection stays open."""
        try:
            answer = self._respond(request, scheme, host)
            data = http1.to_bytes(answer, request.method, request.keep_alive, self._date())
        except BrokenConnection as broken:
            _fail(connection, broken, request.method)
            return False
        except Exception as error:
            # A handler or the application's own code raised this. No caller in this process can get it.
            text = f"{type(error).__name__}: {error}"
            answer = error_answer(500, text)
            data = http1.to_bytes(answer, request.method, request.keep_alive, self._date())
        connection.sendall(data)
        return request.keep_alive


def _receive(connection: socket.socket, reader: RequestReader) -> Request | None:
    while data := connection.recv(1 << 16):
        reader.feed(data)
        if (request := reader.read()) is not None:
            return request
        _acknowledge_at_once(connection)
    return None


def _acknowledge_at_once(connection: socket.socket) -> None:
    """Acknowledge the bytes that came. A client that sends head and body separately waits for it: 44 ms, measured."""
    if hasattr(socket, "TCP_QUICKACK"):  # Linux
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _drain(connection: socket.socket) -> None:
    """Read what the client still sends. Closing at once would reset the connection before it sees its answer."""
    connection.shutdown(socket.SHUT_WR)
    left = LARGEST_REST
    while left > 0 and (data := connection.recv(1 << 16)):
        left -= len(data)


def _fail(connection: socket.socket, broken: BrokenConnection, method: str) -> None:
    match broken.failure:
        case "timeout":
            while connection.recv(1 << 16):  # Until the client closes the connection.
                pass
        case "truncated":
            connection.sendall(http1.truncated(broken, method))
        case _:
            # An open connection cannot be refused any more, so it is reset for "refused" as well.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def shut_down(connection: socket.socket) -> None:
    """Shut a socket down in both directions, so that a thread that reads from it goes on. It may be closed already."""
    with suppress(OSError):
        # Not by the method of an SSL socket: that one drops the state which another thread reads with.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
