"""A connection in memory for aiohttp, in place of one with a socket.

`aiohttp` imports this file once aiohttp itself is imported: asyncio takes 10 ms.
"""

from __future__ import annotations

import asyncio
import sys
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fakeproxy.api.faults import BrokenConnection
from fakeproxy.transports.failures import aiohttp_error, os_error
from fakeproxy.transports.targets import Target
from fakeproxy.web import http1
from fakeproxy.web.http1 import BadRequest, Request, RequestReader
from fakeproxy.web.wsgi import CLIENT_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import BaseConnector, ClientTimeout
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.client_reqrep import ClientRequest, ConnectionKey
    from aiohttp.tracing import Trace


@dataclass(eq=False)
class _Attempt:
    """An attempt to send a request. `traces` is a list that aiohttp makes once per request."""

    traces: list[Trace]
    refused: Exception | None = None


#: The last attempt of this context.
_last_attempt: ContextVar[_Attempt | None] = ContextVar("fakeproxy_aiohttp_attempt", default=None)


class MemoryTransport(asyncio.Transport):
    """A transport in memory: as much of `asyncio.Transport` as aiohttp's protocol uses. The answer closes it."""

    def __init__(
        self,
        protocol: ResponseHandler,
        target: Target,
        scheme: str,
        host: str,
        key: ConnectionKey,
        timeout: ClientTimeout,
        attempt: _Attempt,
    ) -> None:
        super().__init__({"peername": ("127.0.0.1", 0)})
        self._protocol = protocol
        self._target = target
        self._scheme = scheme
        self._host = host
        self._key = key
        self._attempt = attempt
        self._timeout: float | None = min(filter(None, (timeout.sock_read, timeout.total)), default=None)
        self._reader = RequestReader()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<MemoryTransport to {self._scheme}://{self._host}>"

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take bytes of the request. Once it is complete, a task has the app answer it."""
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
            await self._pass_on_answer(request)
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # Such as pytest.fail() in a webhook handler. Nobody awaits this task.
            self._protocol.set_exception(error)

    async def _pass_on_answer(self, request: Request) -> None:
        try:
            extra = {} if self._timeout is None else {CLIENT_TIMEOUT: self._timeout}
            answer = await self._target.ask(http1.call, request, self._scheme, self._host, extra=extra)
        except BrokenConnection as broken:
            self._fail(broken, request.method)
        else:
            if not self._closing:
                self._protocol.data_received(http1.to_bytes(answer, request.method))

    def _fail(self, broken: BrokenConnection, method: str) -> None:
        """Fail as a socket would, so that aiohttp raises what it would."""
        match broken.failure:
            case "refused":
                self._attempt.refused = aiohttp_error(broken, self._key)
                self._protocol.set_exception(self._attempt.refused)
            case "reset":
                self._protocol.connection_lost(os_error("reset"))
            case "timeout":
                self._protocol.set_exception(aiohttp_error(broken, self._key))
            case _:
                self._protocol.data_received(http1.truncated(broken, method))
                self._protocol.connection_lost(None)

    def writelines(self, pieces: Iterable[bytes | bytearray | memoryview]) -> None:
        """Take bytes of the request, in pieces."""
        self.write(b"".join(pieces))

    def is_closing(self) -> bool:
        """Return whether aiohttp has closed it."""
        return self._closing

    def close(self) -> None:
        """Tell the protocol that the connection is closed, in the next step of the loop."""
        if not self._closing:
            self._closing = True
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    abort = close

    def can_write_eof(self) -> bool:
        """Return False: the end of a request is known by its length."""
        return False

    def get_write_buffer_size(self) -> int:
        """Return 0: what is written is taken at once."""
        return 0

    def pause_reading(self) -> None:
        """Do nothing: the answer is given as a whole."""

    def resume_reading(self) -> None:
        """Do nothing: the answer is given as a whole."""

    def is_reading(self) -> bool:
        """Return True."""
        return True


class _Connector:
    """The real connector, except that it puts no transport in memory into its pool."""

    def __init__(self, real: BaseConnector) -> None:
        self._real = real

    def _release(self, key: Any, protocol: Any, *, should_close: bool = False) -> None:
        protocol.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def _error_of_refused_attempt(traces: list[Trace]) -> Exception | None:
    """Return the error of this request's first attempt, if that one was refused and aiohttp tries again.

    aiohttp 3.10 and 3.11 try again after an error of an open connection. A refused connection never was open, so
    the error is raised again where aiohttp connects. From 3.12 on, which has middlewares, only these try again.
    """
    last = _last_attempt.get()
    if last is None or last.traces is not traces or "aiohttp.client_middlewares" in sys.modules:
        return None
    return last.refused


def connect(target: Target, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> object:
    """Return a protocol of aiohttp's whose transport is in memory."""
    if error := _error_of_refused_attempt(traces):
        raise error
    attempt = _Attempt(traces)
    _last_attempt.set(attempt)
    protocol = sys.modules["aiohttp.client_proto"].ResponseHandler(asyncio.get_running_loop())
    host = str(req.url.host) if req.url.is_default_port() else f"{req.url.host}:{req.url.port}"
    protocol.connection_made(
        MemoryTransport(protocol, target, req.url.scheme, host, req.connection_key, timeout, attempt)
    )
    return protocol


def connection(
    module: ModuleType,
    connector: BaseConnector,
    target: Target,
    req: ClientRequest,
    traces: list[Trace],
    timeout: ClientTimeout,
) -> object:
    """Return what `BaseConnector.connect` returns, in memory. `module` is `aiohttp.connector`."""
    protocol = connect(target, req, traces, timeout)
    return module.Connection(_Connector(connector), req.connection_key, protocol, asyncio.get_running_loop())
