"""httpx and httpx2: their transports for HTTP/1.1 and HTTP/2, synchronous and asynchronous."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from functools import wraps
from types import ModuleType
from typing import Any

from fakeproxy.control.faults import Broken
from fakeproxy.transports import active, neighbours
from fakeproxy.transports.active import Target
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.wsgi import PATIENCE, Answer, call


def _sync(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def handle_request(self: Any, request: Any) -> Any:
        target = _target(request)
        if target is None:
            return original(self, request)
        for left in _retries(self):
            try:
                return _response(module, call(target.app, *_wire(request, request.read()), extra=_extra(request)))
            except Broken as broken:
                if broken.failure != "refused" or not left:
                    return _broken(module, broken, request)

    return handle_request


def _async(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    async def handle_async_request(self: Any, request: Any) -> Any:
        target = _target(request)
        if target is None:
            return await original(self, request)
        for left in _retries(self):
            try:
                answer = await target.ask(call, *_wire(request, await request.aread()), extra=_extra(request))
            except Broken as broken:
                if broken.failure != "refused" or not left:
                    return _broken(module, broken, request)
            else:
                return _response(module, answer)

    return handle_async_request


def _retries(transport: Any) -> range:
    """For each attempt to connect, how many are left after it: those that the transport was built with (`retries=`)."""
    return range(getattr(getattr(transport, "_pool", None), "_retries", 0), -1, -1)


def _target(request: Any) -> Target | None:
    target = active.current()
    if target is None:
        return None
    if neighbours.respx_answers(request):
        if active.destination(request.url.host) is active.Destination.PROXY:
            target.elsewhere(request.method, str(request.url), "respx")
        return None
    return target if active.takes(target, request.method, str(request.url)) else None


def _wire(request: Any, body: bytes) -> tuple[str, str, dict[str, str], bytes]:
    url = request.url
    host = url.netloc.decode("ascii").rpartition("@")[2]
    return request.method, f"{url.scheme}://{host}{url.raw_path.decode('ascii')}", dict(request.headers), body


def _extra(request: Any) -> dict[str, Any]:
    patience = request.extensions.get("timeout", {}).get("read")
    return {} if patience is None else {PATIENCE: patience}


def _broken(module: ModuleType, broken: Broken, request: Any) -> Any:
    """Raise what httpx would; a truncated answer begins well, and breaks when it is read."""
    package = sys.modules[module.__name__.partition(".")[0]]
    match broken.failure:
        case "refused":
            raise package.ConnectError("[Errno 111] Connection refused", request=request)
        case "reset":
            raise package.ReadError("[Errno 104] Connection reset by peer", request=request)
        case "timeout":
            raise package.ReadTimeout("timed out", request=request)
    error = package.RemoteProtocolError("peer closed connection without sending complete message body", request=request)

    class Truncated(package.ByteStream):  # type: ignore[misc, name-defined]
        def __iter__(self) -> Iterator[bytes]:
            yield broken.body[: len(broken.body) // 2]
            raise error

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield broken.body[: len(broken.body) // 2]
            raise error

    return package.Response(broken.status, headers=broken.headers, stream=Truncated(b""))


def _response(module: ModuleType, answer: Answer) -> Any:
    package = sys.modules[module.__name__.partition(".")[0]]
    stream = package.ByteStream(answer.body)
    extensions = {"http_version": b"HTTP/1.1"}
    return package.Response(answer.status, headers=answer.headers, stream=stream, extensions=extensions)


_SEAMS = [
    Seam("HTTPTransport", "handle_request", _sync),
    Seam("AsyncHTTPTransport", "handle_async_request", _async),
]
SEAMS = {"httpx._transports.default": _SEAMS, "httpx2._transports.default": _SEAMS}
