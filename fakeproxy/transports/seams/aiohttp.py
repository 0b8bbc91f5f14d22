"""aiohttp: a transport in memory in place of a socket, below the connector.

What aiohttp does above the connector stays its own: traces, middlewares, redirects, streams, time-outs. The event loop
is never blocked, and no socket is opened.
"""

from __future__ import annotations

from functools import wraps
from types import ModuleType
from typing import TYPE_CHECKING, cast

from fakeproxy.transports import targets
from fakeproxy.transports.patches import AsyncMethod, Method, Seam

if TYPE_CHECKING:
    from aiohttp import BaseConnector, ClientTimeout
    from aiohttp.client_reqrep import ClientRequest
    from aiohttp.tracing import Trace


def _connect(module: ModuleType, original: Method) -> Method:
    # Here for start-up time: asyncio takes 10 ms, and aiohttp has imported it.
    from fakeproxy.transports.seams import aiohttp_transport

    asynchronous = cast(AsyncMethod, original)

    @wraps(original)
    async def connect(self: BaseConnector, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> object:
        target = targets.current()
        if target is None or not targets.takes(target, req.method, str(req.url)):
            return await asynchronous(self, req, traces, timeout)
        return aiohttp_transport.connection(module, self, target, req, traces, timeout)

    return connect


def _create(module: ModuleType, original: Method) -> Method:
    """Replace `TCPConnector._create_connection`: a wrapper of `TCPConnector.connect` may call the base's original."""

    # Here for start-up time, as above.
    from fakeproxy.transports.seams import aiohttp_transport

    asynchronous = cast(AsyncMethod, original)

    @wraps(original)
    async def create(self: object, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> object:
        target = targets.current()
        if target is None or not targets.takes(target, req.method, str(req.url)):
            return await asynchronous(self, req, traces, timeout)
        return aiohttp_transport.connect(target, req, traces, timeout)

    return create


SEAMS = {
    "aiohttp.connector": [
        Seam("BaseConnector", "connect", _connect),
        Seam("TCPConnector", "_create_connection", _create),
    ]
}
