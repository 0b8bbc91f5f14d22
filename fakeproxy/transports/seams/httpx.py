"""httpx and httpx2: the answer is given in place of their transports, synchronous and asynchronous, HTTP/2 too."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from fakeproxy.api.faults import BrokenConnection
from fakeproxy.transports import targets
from fakeproxy.transports.failures import error_class, os_error
from fakeproxy.transports.patches import AsyncMethod, Method, Seam
from fakeproxy.transports.seams import originals, other_tools
from fakeproxy.transports.targets import Target
from fakeproxy.web.wsgi import CLIENT_TIMEOUT, Answer, call

if TYPE_CHECKING:
    import httpcore
    import httpx


def _sync(module: ModuleType, original: Method) -> Method:
    is_wrapped = not originals.is_original(original, module.HTTPTransport)

    def answer(transport: object, request: httpx.Request) -> Any:
        """Return the fake's answer, or None if the request is not for the fake."""
        target = _target(request)
        if target is None:
            return None
        for attempts_left in _retries(transport):
            try:
                return _response(
                    module, call(target.app, *_arguments(request, request.read()), extra=_environ(request))
                )
            except BrokenConnection as broken:
                if broken.failure != "refused" or not attempts_left:
                    return _fail(module, broken, request)

    @wraps(original)
    def handle_request(self: object, request: httpx.Request) -> object:
        if targets.current() is None:
            return original(self, request)
        if is_wrapped:
            return original(_with_pool(self, _Pool(self, module, answer)), request)
        answered = answer(self, request)
        return original(self, request) if answered is None else answered

    return handle_request


def _async(module: ModuleType, original: Method) -> Method:
    is_wrapped = not originals.is_original(original, module.AsyncHTTPTransport)

    async def answer(transport: object, request: httpx.Request) -> Any:
        target = _target(request)
        if target is None:
            return None
        for attempts_left in _retries(transport):
            try:
                answer = await target.ask(call, *_arguments(request, await request.aread()), extra=_environ(request))
            except BrokenConnection as broken:
                if broken.failure != "refused" or not attempts_left:
                    return _fail(module, broken, request)
            else:
                return _response(module, answer)

    asynchronous = cast(AsyncMethod, original)

    @wraps(original)
    async def handle_async_request(self: object, request: httpx.Request) -> object:
        if targets.current() is None:
            return await asynchronous(self, request)
        if is_wrapped:
            return await asynchronous(_with_pool(self, _Pool(self, module, answer)), request)
        answered = await answer(self, request)
        return await asynchronous(self, request) if answered is None else answered

    return handle_async_request


class _Pool:
    """A replacement of a transport's pool of connections, below a tool that wrapped the transport before the fake.

    What the fake does not answer goes to the real pool.
    """

    def __init__(self, transport: Any, module: ModuleType, answer: Callable[[object, httpx.Request], Any]) -> None:
        self._transport = transport
        self._module = module
        self._answer = answer

    def handle_request(self, request: httpcore.Request) -> object:
        answer = self._answer(self._transport, _of_pool(self._module, request))
        return self._transport._pool.handle_request(request) if answer is None else _to_pool(answer)

    async def handle_async_request(self, request: httpcore.Request) -> object:
        answer = await self._answer(self._transport, _of_pool(self._module, request))
        return await self._transport._pool.handle_async_request(request) if answer is None else _to_pool(answer)

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport._pool, name)


def _with_pool(transport: Any, pool: _Pool) -> object:
    """Return a copy of the transport with another pool. Other threads may be using the transport itself."""
    copy = object.__new__(type(transport))
    vars(copy).update(vars(transport), _pool=pool)
    return copy


def _of_pool(module: ModuleType, request: httpcore.Request) -> httpx.Request:
    """Return a request of httpcore as one of httpx."""
    package = sys.modules[module.__name__.partition(".")[0]]
    url = request.url
    host = b"[%s]" % url.host if b":" in url.host else url.host
    port = b"" if url.port is None else b":%d" % url.port
    converted: httpx.Request = package.Request(
        request.method.decode(),
        (url.scheme + b"://" + host + port + url.target).decode(),
        headers=request.headers,
        stream=request.stream,
        extensions=request.extensions,
    )
    return converted


def _to_pool(answer: httpx.Response) -> object:
    """Return an answer of httpx as one of httpcore."""
    return SimpleNamespace(
        status=answer.status_code, headers=answer.headers.raw, stream=answer.stream, extensions=answer.extensions
    )


def _retries(transport: object) -> range:
    """Return, for each attempt to connect, how many are left after it. `HTTPTransport(retries=...)` sets them."""
    return range(getattr(getattr(transport, "_pool", None), "_retries", 0), -1, -1)


def _target(request: httpx.Request) -> Target | None:
    target = targets.current()
    if target is None:
        return None
    if other_tools.respx_answers(request):
        if targets.destination(request.url.host) is targets.Destination.PROXY:
            target.stubbed(request.method, str(request.url), "respx")
        return None
    return target if targets.takes(target, request.method, str(request.url)) else None


def _arguments(request: httpx.Request, body: bytes) -> tuple[str, str, dict[str, str], bytes]:
    url = request.url
    host = url.netloc.decode("ascii").rpartition("@")[2]
    return request.method, f"{url.scheme}://{host}{url.raw_path.decode('ascii')}", dict(request.headers), body


def _environ(request: httpx.Request) -> dict[str, object]:
    timeout = request.extensions.get("timeout", {}).get("read")
    return {} if timeout is None else {CLIENT_TIMEOUT: timeout}


def _fail(module: ModuleType, broken: BrokenConnection, request: httpx.Request) -> object:
    """Raise what httpx raises for this failure, or return a truncated answer, which raises when it is read."""
    package = sys.modules[module.__name__.partition(".")[0]]
    error = error_class("httpx", package, broken.failure)
    if broken.failure != "truncated":
        raise error(str(os_error(broken.failure)), request=request)
    ended_early = error("peer closed connection without sending complete message body", request=request)

    class Truncated(package.ByteStream):  # type: ignore[misc, name-defined]
        def __iter__(self) -> Iterator[bytes]:
            yield broken.body[: len(broken.body) // 2]
            raise ended_early

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield broken.body[: len(broken.body) // 2]
            raise ended_early

    return package.Response(broken.status, headers=broken.headers, stream=Truncated(b""))


def _response(module: ModuleType, answer: Answer) -> object:
    package = sys.modules[module.__name__.partition(".")[0]]
    stream = package.ByteStream(answer.body)
    extensions = {"http_version": b"HTTP/1.1"}
    return package.Response(answer.status, headers=answer.headers, stream=stream, extensions=extensions)


_SEAMS = [
    Seam("HTTPTransport", "handle_request", _sync),
    Seam("AsyncHTTPTransport", "handle_async_request", _async),
]


def _kept_by_vcrpy(
    package: str, make: Callable[[ModuleType, Method], Method]
) -> Callable[[ModuleType, Method], Method]:
    """Patch the method that vcrpy has kept since its import: a cassette calls that one for what it does not answer."""
    return lambda _, original: make(sys.modules[f"{package}._transports.default"], original)


SEAMS = {
    "httpx._transports.default": _SEAMS,
    "httpx2._transports.default": _SEAMS,
    "vcr.patch": [
        Seam("", f"_{package.title()}{name}", _kept_by_vcrpy(package, make))
        for package in ("httpx", "httpx2")
        for name, make in (
            ("HttpTransport_handle_request", _sync),
            ("AsyncHttpTransport_handle_async_request", _async),
        )
    ],
}
