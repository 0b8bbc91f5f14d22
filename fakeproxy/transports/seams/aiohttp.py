"""aiohttp: a line in memory below the connector, where it would have a socket.

What aiohttp does above (traces, middlewares, redirects, streams, timeouts) is its own. The event loop is never
blocked, and no socket is opened.
"""

from __future__ import annotations

import asyncio
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from types import ModuleType
from typing import Any, cast

from fakeproxy.api.faults import Broken
from fakeproxy.transports import targets
from fakeproxy.transports.failures import kind, os_error
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.transports.targets import Target
from fakeproxy.web import http1
from fakeproxy.web.http1 import BadRequest, Request, RequestReader
from fakeproxy.web.wsgi import PATIENCE


@dataclass(eq=False)
class _Attempt:
    """One attempt to send a request. `traces` is a list that aiohttp makes once per request."""

    traces: Any
    refused: Exception | None = None


#: The attempt that this context made last.
_last: ContextVar[_Attempt | None] = ContextVar("fakeproxy_aiohttp_attempt", default=None)


def error_of(broken: Broken, key: Any) -> Exception:
    """Return what aiohttp raises for a failure before the answer. `key` names the host, as a ConnectionKey does."""
    error = kind("aiohttp", import_module("aiohttp.client_exceptions"), broken.failure)
    match broken.failure:
        case "refused":
            raised = error(key, os_error("refused"))
        case "reset":
            raised = error(*os_error("reset").args)
        case "timeout":
            raised = error("Timeout on reading data from socket")
        case _:
            raised = error("Response payload is not completed")
    return cast(Exception, raised)


class Line(asyncio.Transport):
    """As much of a transport as aiohttp's protocol uses. The answer closes it."""

    def __init__(
        self, protocol: Any, target: Target, scheme: str, host: str, key: Any, timeout: Any, attempt: _Attempt
    ) -> None:
        super().__init__({"peername": ("127.0.0.1", 0)})
        self._protocol = protocol
        self._target = target
        self._scheme = scheme
        self._host = host
        self._key = key
        self._attempt = attempt
        self._patience: float | None = min(filter(None, (timeout.sock_read, timeout.total)), default=None)
        self._reader = RequestReader()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def write(self, data: Any) -> None:
        self._reader.feed(data)
        try:
            request = self._reader.read()
        except BadRequest as error:
            self._closing = True
            asyncio.get_running_loop().call_soon(self._protocol.data_received, http1.to_bytes(error.answer))
            return
        if request is not None:
            self._task = asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: Request) -> None:
        try:
            await self._receive(request)
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # for instance pytest.fail() in a webhook handler; nobody awaits this task
            self._protocol.set_exception(error)

    async def _receive(self, request: Request) -> None:
        try:
            extra = {} if self._patience is None else {PATIENCE: self._patience}
            answer = await self._target.ask(http1.call, request, self._scheme, self._host, extra=extra)
        except Broken as broken:
            self._break(broken, request.method)
        else:
            if not self._closing:
                self._protocol.data_received(http1.to_bytes(answer, request.method))

    def _break(self, broken: Broken, method: str) -> None:
        """Fail as a socket would, so that aiohttp raises what it would."""
        match broken.failure:
            case "refused":
                self._attempt.refused = error_of(broken, self._key)
                self._protocol.set_exception(self._attempt.refused)
            case "reset":
                self._protocol.connection_lost(os_error("reset"))
            case "timeout":
                self._protocol.set_exception(error_of(broken, self._key))
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
        target = targets.current()
        if target is None or not targets.takes(target, req.method, str(req.url)):
            return await original(self, req, traces, timeout)
        protocol = _lay(target, req, traces, timeout)
        return module.Connection(_Connector(self), req.connection_key, protocol, asyncio.get_running_loop())

    return connect


def _refused(traces: Any) -> Exception | None:
    """Return the error of this very request's first attempt, if that was refused and aiohttp tries again.

    Version 3.10 and 3.11 do so for an error that comes once there is a connection. A refused one never is, so the
    error is raised again where aiohttp connects. Since 3.12, which brought middlewares, only these try again.
    """
    last = _last.get()
    if last is None or last.traces is not traces or "aiohttp.client_middlewares" in sys.modules:
        return None
    return last.refused


def _create(module: ModuleType, original: Method) -> Method:
    """`TCPConnector._create_connection`. Who wrapped `TCPConnector.connect` may call the unpatched one of its base."""

    @wraps(original)
    async def create(self: Any, req: Any, traces: Any, timeout: Any) -> Any:
        target = targets.current()
        if target is None or not targets.takes(target, req.method, str(req.url)):
            return await original(self, req, traces, timeout)
        return _lay(target, req, traces, timeout)

    return create


def _lay(target: Target, req: Any, traces: Any, timeout: Any) -> Any:
    """Return a protocol of aiohttp's whose transport is a line."""
    if error := _refused(traces):
        raise error
    attempt = _Attempt(traces)
    _last.set(attempt)
    protocol = sys.modules["aiohttp.client_proto"].ResponseHandler(asyncio.get_running_loop())
    host = req.url.host if req.url.is_default_port() else f"{req.url.host}:{req.url.port}"
    protocol.connection_made(Line(protocol, target, req.url.scheme, host, req.connection_key, timeout, attempt))
    return protocol


SEAMS = {
    "aiohttp.connector": [
        Seam("BaseConnector", "connect", _connect),
        Seam("TCPConnector", "_create_connection", _create),
    ]
}
