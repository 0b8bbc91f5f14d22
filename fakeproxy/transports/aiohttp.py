"""aiohttp: a line in memory below the connector, where it would have a socket.

What aiohttp does above (traces, middlewares, redirects, streams, timeouts) is its own. The event loop is never
blocked, and no socket is opened.
"""

from __future__ import annotations

import asyncio
import sys
from errno import ECONNREFUSED, ECONNRESET
from functools import wraps
from types import ModuleType
from typing import Any

from fakeproxy import http1
from fakeproxy.control.faults import Broken
from fakeproxy.http1 import Request, RequestReader
from fakeproxy.transports import active
from fakeproxy.transports.active import Target
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.wsgi import PATIENCE


class Line(asyncio.Transport):
    """As much of a transport as aiohttp's protocol uses. The answer closes it."""

    def __init__(self, protocol: Any, target: Target, scheme: str, host: str, key: Any, timeout: Any) -> None:
        super().__init__({"peername": ("127.0.0.1", 0)})
        self._protocol = protocol
        self._target = target
        self._scheme = scheme
        self._host = host
        self._key = key
        self._patience: float | None = min(filter(None, (timeout.sock_read, timeout.total)), default=None)
        self._reader = RequestReader()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def write(self, data: Any) -> None:
        self._reader.feed(data)
        request = self._reader.read()
        if request is not None:
            self._task = asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: Request) -> None:
        try:
            extra = {} if self._patience is None else {PATIENCE: self._patience}
            answer = await self._target.ask(http1.call, request, self._scheme, self._host, extra=extra)
        except Broken as broken:
            self._break(broken, request.method)
        except Exception as error:
            self._protocol.set_exception(error)
        else:
            if not self._closing:
                self._protocol.data_received(http1.to_bytes(answer, request.method))

    def _break(self, broken: Broken, method: str) -> None:
        """Fail as a socket would, so that aiohttp raises what it would."""
        errors = sys.modules["aiohttp.client_exceptions"]
        match broken.failure:
            case "refused":
                refused = ConnectionRefusedError(ECONNREFUSED, "Connect call failed")
                self._protocol.set_exception(errors.ClientConnectorError(self._key, refused))
            case "reset":
                self._protocol.connection_lost(ConnectionResetError(ECONNRESET, "Connection reset by peer"))
            case "timeout":
                self._protocol.set_exception(errors.SocketTimeoutError("Timeout on reading data from socket"))
            case _:
                self._protocol.data_received(http1.truncated(broken, method))
                self._protocol.connection_lost(None)

    def writelines(self, pieces: Any) -> None:
        self.write(b"".join(pieces))

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    abort = close

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def is_reading(self) -> bool:
        return True


class _Connector:
    """The real connector, but a line goes into none of its pools."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def _release(self, key: Any, protocol: Any, *, should_close: bool = False) -> None:
        protocol.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _connect(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    async def connect(self: Any, req: Any, traces: Any, timeout: Any) -> Any:
        target = active.current()
        if target is None or not active.takes(target, req.method, str(req.url)):
            return await original(self, req, traces, timeout)
        loop = asyncio.get_running_loop()
        protocol = sys.modules["aiohttp.client_proto"].ResponseHandler(loop)
        host = req.url.host if req.url.is_default_port() else f"{req.url.host}:{req.url.port}"
        protocol.connection_made(Line(protocol, target, req.url.scheme, host, req.connection_key, timeout))
        return module.Connection(_Connector(self), req.connection_key, protocol, loop)

    return connect


SEAMS = {"aiohttp.connector": [Seam("BaseConnector", "connect", _connect)]}
