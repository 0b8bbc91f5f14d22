"""requests, urllib3, http.client and urllib.request: a socket in memory in place of a real one.

All four end in `http.client`. `connect` gives a connection to a Twilio host a socket in memory, which takes the bytes
of a request and returns the bytes of the answer. `putrequest` knows the URL and decides whether the fake answers. So
what the clients do above stays their own: retries, redirects, streams, proxies, hooks.

Every answer closes its socket: one that stayed in a pool would outlive the fake.
"""

from __future__ import annotations

import sys
from functools import wraps
from io import BufferedReader, BytesIO, RawIOBase
from socket import SOCK_STREAM
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit
from weakref import WeakSet

from fakeproxy.api.faults import BrokenConnection
from fakeproxy.transports import targets
from fakeproxy.transports.failures import error_class, os_error
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.web import http1
from fakeproxy.web.http1 import BadRequest, Request, RequestReader
from fakeproxy.web.wsgi import CLIENT_TIMEOUT

if TYPE_CHECKING:
    from http.client import HTTPConnection

    from _typeshed import WriteableBuffer

#: Connections whose last request was not for the fake. They connect as they would without it.
_not_for_the_fake: WeakSet[HTTPConnection] = WeakSet()


class MemorySocket:
    """A socket in memory: as much of a socket as `http.client`, urllib3 and urllib3-future use."""

    #: The kind of a real TCP socket.
    type = SOCK_STREAM

    def __init__(self, connection: HTTPConnection, scheme: str, host: str) -> None:
        self._connection = connection
        self._scheme = scheme
        self._host = host
        self._reader = RequestReader()
        self._request: Request | None = None
        self._answer: BinaryIO = BytesIO()

    def __repr__(self) -> str:
        return f"<MemorySocket to {self._scheme}://{self._host}>"

    def sendall(self, data: bytes, flags: int = 0) -> None:
        """Take bytes of the request, and have the app answer once it is complete. Raises what a real socket raises."""
        self._reader.feed(data)
        try:
            self._request = self._reader.read()
        except BadRequest as error:
            self._answer = BytesIO(http1.to_bytes(error.answer))
            return
        # urllib3 has one time-out to connect and another to read. It sets the second one once all is sent.
        if not _is_urllib3(self._connection):
            self._get_answer()

    def _get_answer(self) -> None:
        request, self._request = self._request, None
        if request is None:
            return
        target = targets.current()
        if target is None:
            raise ConnectionResetError("the fake of this connection was stopped")
        try:
            timeout = self._connection.timeout  # Seconds, None, or the object by which http.client marks its default.
            extra = {CLIENT_TIMEOUT: timeout} if isinstance(timeout, int | float) else None
            answer = http1.call(target.app, request, self._scheme, self._host, extra)
        except BrokenConnection as broken:
            self._answer = _answer_of_failure(broken, request.method, self._connection)
        else:
            self._answer = BytesIO(http1.to_bytes(answer, request.method))

    def send(self, data: bytes, flags: int = 0) -> int:
        """Take bytes of the request, all of them; return how many."""
        self.sendall(data)
        return len(data)

    def makefile(self, mode: str = "rb", buffering: int | None = None, **text: object) -> BinaryIO:
        """Return the answer as a file."""
        self._get_answer()  # If there is none yet. An error here makes Python 3.13 complain in a __del__ as well.
        return self._answer

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Return at most `size` bytes of the answer. Only urllib3-future calls this."""
        self._get_answer()
        return self._answer.read(size)

    def settimeout(self, timeout: float | None) -> None:
        """Have the app answer, if the request is complete: urllib3 calls this once all is sent."""
        self._get_answer()

    def gettimeout(self) -> float | None:
        """Return None: there is no time-out of the socket's own."""
        return None

    def setsockopt(self, *option: object) -> None:
        """Ignore the option."""

    def getsockopt(self, *option: int) -> int:
        """Return 1 for every option."""
        return 1

    def fileno(self) -> int:
        """Return -1: there is no descriptor."""
        return -1

    def shutdown(self, how: int) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class _Failing(RawIOBase):
    """An answer that fails when it is read."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        raise self._error


def _answer_of_failure(broken: BrokenConnection, method: str, connection: HTTPConnection) -> BinaryIO:
    """Return the answer that a failure leaves to read, or raise for a refused connection, as before the request."""
    if broken.failure == "truncated":
        return BytesIO(http1.truncated(broken, method))
    error = os_error(broken.failure)
    if broken.failure != "refused":
        return BufferedReader(_Failing(error))
    if _is_urllib3(connection):
        text = f"Failed to establish a new connection: {error}"
        raise error_class("urllib3", sys.modules["urllib3.exceptions"], "refused")(connection, text) from error
    raise error


def _is_urllib3(connection: HTTPConnection) -> bool:
    urllib3 = sys.modules.get("urllib3.connection")
    return urllib3 is not None and isinstance(connection, urllib3.HTTPConnection)


def _origin(connection: Any) -> tuple[str, str]:
    """Return scheme and host of the connection's server. The host has its port, unless it is the scheme's own."""
    tunnel_host = getattr(connection, "_tunnel_host", None)
    host = str(tunnel_host or connection.host)
    port = connection._tunnel_port if tunnel_host else connection.port
    scheme = "https" if connection.default_port == 443 or tunnel_host else "http"
    usual = port in (None, 443 if scheme == "https" else 80)
    return scheme, host if usual else f"{host}:{port}"


def _connect(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def connect(self: HTTPConnection) -> None:
        scheme, host = _origin(self)
        is_elsewhere = targets.destination(host) is targets.Destination.OTHER
        if targets.current() is None or is_elsewhere or self in _not_for_the_fake:
            original(self)
        else:
            _give_memory_socket(self, scheme, host)

    return connect


def _give_memory_socket(connection: Any, scheme: str, host: str) -> None:
    connection.sock = MemorySocket(connection, scheme, host)
    connection.is_verified = True  # urllib3 warns of a connection that is not.


def _putrequest(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def putrequest(self: HTTPConnection, method: str, url: str, *args: object, **kwargs: object) -> None:
        target = targets.current()
        scheme, host = _origin(self)
        is_absolute = "://" in url and not url.startswith("/")
        full = url if is_absolute else f"{scheme}://{host}/{url.removeprefix('/')}"
        _not_for_the_fake.discard(self)
        if target is not None and targets.takes(target, method, full):
            if not isinstance(self.sock, MemorySocket):  # An older connection, from a pool.
                if self.sock is not None:
                    self.sock.close()
                _give_memory_socket(self, scheme, urlsplit(full).netloc)
        else:
            if target is not None:
                _not_for_the_fake.add(self)
            if isinstance(self.sock, MemorySocket):
                self.sock = None
                self.connect()
        original(self, method, url, *args, **kwargs)

    return putrequest


SEAMS = {
    "http.client": [
        Seam("HTTPConnection", "connect", _connect),
        Seam("HTTPSConnection", "connect", _connect),
        Seam("HTTPConnection", "putrequest", _putrequest),
    ],
    # urllib3-future has urllib3's name, but does not end in http.client.
    "urllib3.backend.hface": [Seam("HfaceBackend", "putrequest", _putrequest)],
    "urllib3.connection": [
        Seam("HTTPConnection", "connect", _connect),
        Seam("HTTPSConnection", "connect", _connect),
    ],
}
