"""requests, urllib3, http.client and urllib.request: a line in memory where they would have a socket.

All four end in `http.client`. `connect` gives a connection to a Twilio host an object in place of a socket, that takes
the bytes of a request and has the bytes of the answer; `putrequest`, which knows what is asked for, decides whether
the fake answers it. So what the clients do above (retries, redirects, streams, proxies, hooks) is theirs.

Every answer closes its line: one that stayed in a pool would outlive the fake.
"""

from __future__ import annotations

import sys
from functools import wraps
from io import BufferedReader, BytesIO, RawIOBase
from socket import SOCK_STREAM
from types import ModuleType
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from weakref import WeakSet

from fakeproxy.api.faults import Broken
from fakeproxy.transports import targets
from fakeproxy.transports.failures import kind, os_error
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.web import http1
from fakeproxy.web.http1 import BadRequest, Request, RequestReader
from fakeproxy.web.wsgi import PATIENCE

#: Connections whose last request was none for the fake: they connect as they would without it.
_passing: WeakSet[Any] = WeakSet()


class Line:
    """As much of a socket as `http.client`, urllib3 and urllib3-future use."""

    type = SOCK_STREAM

    def __init__(self, connection: Any, scheme: str, host: str) -> None:
        self._connection = connection
        self._scheme = scheme
        self._host = host
        self._reader = RequestReader()
        self._request: Request | None = None
        self._answer: BinaryIO = BytesIO()

    def sendall(self, data: Any, flags: int = 0) -> None:
        self._reader.feed(data)
        try:
            self._request = self._reader.read()
        except BadRequest as error:
            self._answer = BytesIO(http1.to_bytes(error.answer))
            return
        # urllib3 has one timeout to connect and another to read. Once all is sent, it sets the latter.
        if not _is_urllib3(self._connection):
            self._have_answered()

    def _have_answered(self) -> None:
        request, self._request = self._request, None
        if request is None:
            return
        target = targets.current()
        if target is None:
            raise ConnectionResetError("the fake that this connection led to was stopped")
        try:
            patience = self._connection.timeout  # a number, None, or http.client's mark for the default
            extra = {PATIENCE: patience} if isinstance(patience, int | float) else None
            answer = http1.call(target.app, request, self._scheme, self._host, extra)
        except Broken as broken:
            self._answer = _broken(broken, request.method, self._connection)
        else:
            self._answer = BytesIO(http1.to_bytes(answer, request.method))

    def send(self, data: Any, flags: int = 0) -> int:
        self.sendall(data)
        return len(data)

    def makefile(self, mode: str = "rb", buffering: int | None = None, **text: Any) -> BinaryIO:
        self._have_answered()  # if it was not before; what it raises here, Python 3.13 also complains of in a __del__
        return self._answer

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Read from the answer, as urllib3-future does."""
        self._have_answered()
        return self._answer.read(size)

    def settimeout(self, timeout: float | None) -> None:
        self._have_answered()

    def gettimeout(self) -> float | None:
        return None

    def setsockopt(self, *option: Any) -> None:
        pass

    def getsockopt(self, *option: int) -> int:
        return 1

    def fileno(self) -> int:
        return -1

    def shutdown(self, how: int) -> None:
        pass

    def close(self) -> None:
        pass


class _Failing(RawIOBase):
    """What is read where a connection fails."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        raise self._error


def _broken(broken: Broken, method: str, connection: Any) -> BinaryIO:
    """The answer, as far as there is one; a refused connection is one before the request was sent."""
    if broken.failure == "truncated":
        return BytesIO(http1.truncated(broken, method))
    error = os_error(broken.failure)
    if broken.failure != "refused":
        return BufferedReader(_Failing(error))
    if _is_urllib3(connection):
        text = f"Failed to establish a new connection: {error}"
        raise kind("urllib3", sys.modules["urllib3.exceptions"], "refused")(connection, text) from error
    raise error


def _is_urllib3(connection: Any) -> bool:
    urllib3 = sys.modules.get("urllib3.connection")
    return urllib3 is not None and isinstance(connection, urllib3.HTTPConnection)


def _origin(connection: Any) -> tuple[str, str]:
    """Scheme and host (with a port that is not the scheme's own) of the server that the connection is for."""
    tunnelled = getattr(connection, "_tunnel_host", None)
    host = str(tunnelled or connection.host)
    port = connection._tunnel_port if tunnelled else connection.port
    scheme = "https" if connection.default_port == 443 or tunnelled else "http"
    usual = port in (None, 443 if scheme == "https" else 80)
    return scheme, host if usual else f"{host}:{port}"


def _connect(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def connect(self: Any) -> None:
        scheme, host = _origin(self)
        is_elsewhere = targets.destination(host) is targets.Destination.ELSEWHERE
        if targets.current() is None or is_elsewhere or self in _passing:
            original(self)
        else:
            _lay(self, scheme, host)

    return connect


def _lay(connection: Any, scheme: str, host: str) -> None:
    connection.sock = Line(connection, scheme, host)
    connection.is_verified = True  # urllib3 warns of what is not


def _putrequest(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def putrequest(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        target = targets.current()
        scheme, host = _origin(self)
        is_absolute = "://" in url and not url.startswith("/")
        full = url if is_absolute else f"{scheme}://{host}/{url.removeprefix('/')}"
        _passing.discard(self)
        if target is not None and targets.takes(target, method, full):
            if not isinstance(self.sock, Line):  # a connection of before the fake, from a pool
                if self.sock is not None:
                    self.sock.close()
                _lay(self, scheme, urlsplit(full).netloc)
        else:
            if target is not None:
                _passing.add(self)
            if isinstance(self.sock, Line):
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
    # urllib3-future, which takes urllib3's name and does not end in http.client.
    "urllib3.backend.hface": [Seam("HfaceBackend", "putrequest", _putrequest)],
    "urllib3.connection": [
        Seam("HTTPConnection", "connect", _connect),
        Seam("HTTPSConnection", "connect", _connect),
    ],
}
