"""Coexistence with responses, respx, requests-mock and aioresponses.

A request that one of them has a stub for is theirs; everything else goes to the fake. Where a tool answers a request to
Proxy, the fake's journal gets an entry.
"""

from __future__ import annotations

import sys
from functools import wraps
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from fakeproxy.transports import targets
from fakeproxy.transports.patches import AsyncMethod, Method, Seam
from fakeproxy.transports.seams import originals
from fakeproxy.transports.targets import Destination, Target

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter
    from responses import RequestsMock
    from yarl import URL

#: The passthrough prefixes that were added to mocks of `responses`, to be removed with the last fake.
_added_passthroughs: list[tuple[RequestsMock, str]] = []


def patch_requests(session: object) -> bool:
    """Return whether another tool wrapped or replaced what `requests` sends with, in general or in this session."""
    if not originals.of_requests.are_original():
        return True
    if not isinstance(session, sys.modules["requests.sessions"].Session):
        return False
    adapters = [*session.adapters.values()]  # A copy: another thread may mount one meanwhile.
    for adapter in adapters:  # A loop, since it takes half the time of `any()`.
        if type(adapter) is not sys.modules["requests.adapters"].HTTPAdapter:
            return True
    return not adapters or "send" in vars(session)


def aioresponses_passes(method: str, url: str, params: object) -> bool:
    """Return whether `aioresponses` replaces aiohttp's request method and has no stub for this request."""
    request = vars(sys.modules["aiohttp.client"].ClientSession)["_request"]
    tool = getattr(getattr(request, "side_effect", None), "__self__", None)
    core = sys.modules.get("aioresponses.core")
    if core is None or not isinstance(tool, core.aioresponses):
        return False
    asked = core.normalize_url(core.merge_params(url, params))
    return not any(stub.match(method, asked) for stub in tool._matches.values())


def respx_answers(request: object) -> bool:
    """Return whether `respx` is active and has a stub for this request."""
    respx = sys.modules.get("respx.mocks")
    if respx is None:
        return False
    routes = [
        route for mocker in respx.Mocker.registry.values() for router in mocker.routers for route in router.routes
    ]
    stubs = [route for route in routes if route.pattern is not None and not route.is_pass_through]
    return any(route.pattern.match(request) for route in stubs)


def undo_passthroughs() -> None:
    """Remove the passthrough prefixes that were added to mocks of `responses`."""
    while _added_passthroughs:
        mock, prefix = _added_passthroughs.pop()
        mock.passthru_prefixes = tuple(other for other in mock.passthru_prefixes if other != prefix)


def letting_pass(adapter: HTTPAdapter, target: Target, mocks: list[RequestsMock], origin: str) -> object:
    """Return the adapter of a request: these mocks of `responses` let it pass where they have no stub for it."""
    for mock in mocks:
        if origin not in mock.passthru_prefixes:
            mock.add_passthru(origin)
            _added_passthroughs.append((mock, origin))
    return _ReportingAdapter(adapter, target, mocks)


class _ReportingAdapter:
    """An adapter that reports to the fake which requests `responses` answers."""

    def __init__(self, adapter: Any, target: Target, mocks: list[RequestsMock]) -> None:
        self._adapter = adapter
        self._target = target
        self._mocks = mocks

    def send(self, request: Any, *args: object, **kwargs: object) -> object:
        if any(stub.matches(request)[0] for mock in self._mocks for stub in mock.registered()):
            self._target.stubbed(request.method, request.url, "responses")
        return self._adapter.send(request, *args, **kwargs)

    def __getattr__(self, name: str) -> object:
        return getattr(self._adapter, name)


def active_responses_mocks() -> list[RequestsMock]:
    """Return the active mocks of `responses`: each is in the closure of its replacement of `HTTPAdapter.send`."""
    responses = sys.modules.get("responses")
    if responses is None:
        return []
    send = sys.modules["requests.adapters"].HTTPAdapter.send
    cells = [cell.cell_contents for cell in getattr(send, "__closure__", None) or ()]
    return [content for content in cells if isinstance(content, responses.RequestsMock)]


def _requests_mock_send(module: ModuleType, original: Method) -> Method:
    """Replace `requests_mock.adapter.Adapter.send`: what it has no stub for goes to the real adapter, and the fake."""

    @wraps(original)
    def send(self: object, request: Any, **kwargs: object) -> object:
        target = targets.current()
        if target is None or targets.destination(urlsplit(request.url).netloc) is Destination.OTHER:
            return original(self, request, **kwargs)
        try:
            answer = original(self, request, **kwargs)
        except sys.modules["requests_mock.exceptions"].NoMockAddress:
            if not targets.takes(target, request.method, request.url):
                raise
            return sys.modules["requests.adapters"].HTTPAdapter().send(request, **kwargs)
        target.stubbed(request.method, request.url, "requests-mock")
        return answer

    return send


def _aioresponses_match(module: ModuleType, original: Method) -> Method:
    """Replace `aioresponses.match`, which returns an answer, or None without a stub."""

    asynchronous = cast(AsyncMethod, original)

    @wraps(original)
    async def match(self: object, method: str, url: URL, *args: object, **kwargs: object) -> object:
        answer = await asynchronous(self, method, url, *args, **kwargs)
        target = targets.current()
        if answer is not None and target is not None and targets.destination(url.host or "") is Destination.PROXY:
            target.stubbed(method.upper(), str(url), "aioresponses")
        return answer

    return match


SEAMS = {
    "requests_mock.adapter": [Seam("Adapter", "send", _requests_mock_send)],
    "aioresponses.core": [Seam("aioresponses", "match", _aioresponses_match)],
}
