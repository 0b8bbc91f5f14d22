"""Tools that a suite may use in the same test: what they were told of stays theirs, the rest is the fake's.

Where the tool answers a request to Proxy, the fake is told, for its journal.
"""

from __future__ import annotations

import sys
from functools import wraps
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.transports.seams import originals
from fakeproxy.transports.targets import Destination, Target

#: What `responses` was made to let pass, to be taken back.
_passing: list[tuple[Any, str]] = []


def stand_before(session: Any) -> bool:
    """Return whether anybody wrapped or replaced what `requests` sends with, for all or in this session of it."""
    if not originals.of_requests.are_untouched():
        return True
    adapter, kind = sys.modules["requests.adapters"].HTTPAdapter, sys.modules["requests.sessions"].Session
    return isinstance(session, kind) and (
        {*map(type, session.adapters.values())} != {adapter} or "send" in vars(session)
    )


def aioresponses_passes(method: str, url: str, params: Any) -> bool:
    """Return whether what stands in place of aiohttp's request is `aioresponses`, which was not told of this one."""
    request = vars(sys.modules["aiohttp.client"].ClientSession)["_request"]
    tool = getattr(getattr(request, "side_effect", None), "__self__", None)
    core = sys.modules.get("aioresponses.core")
    if core is None or not isinstance(tool, core.aioresponses):
        return False
    asked = core.normalize_url(core.merge_params(url, params))
    return not any(told.match(method, asked) for told in tool._matches.values())


def respx_answers(request: Any) -> bool:
    """Whether `respx`, if it is on, was told of this very request."""
    respx = sys.modules.get("respx.mocks")
    if respx is None:
        return False
    routes = [
        route for mocker in respx.Mocker.registry.values() for router in mocker.routers for route in router.routes
    ]
    told = [route for route in routes if route.pattern is not None and not route.is_pass_through]
    return any(route.pattern.match(request) for route in told)


def take_back() -> None:
    """Have `responses` let nothing pass any more."""
    while _passing:
        mock, prefix = _passing.pop()
        mock.passthru_prefixes = tuple(other for other in mock.passthru_prefixes if other != prefix)


def _get_adapter(module: ModuleType, original: Method) -> Method:
    """`requests.Session.get_adapter`: have `responses`, if it is on, let what it does not know pass on to the line."""

    @wraps(original)
    def get_adapter(self: Any, url: str) -> Any:
        adapter = original(self, url)
        target = targets.current()
        parts = urlsplit(url)
        if target is None or targets.destination(parts.netloc) is Destination.ELSEWHERE:
            return adapter
        mocks = _responses()
        for mock in mocks:
            if (prefix := f"{parts.scheme}://{parts.netloc}") not in mock.passthru_prefixes:
                mock.add_passthru(prefix)
                _passing.append((mock, prefix))
        return _Watched(adapter, target, mocks) if mocks else adapter

    return get_adapter


class _Watched:
    """An adapter under `responses`: the fake is told of what that one answers."""

    def __init__(self, adapter: Any, target: Target, mocks: list[Any]) -> None:
        self._adapter = adapter
        self._target = target
        self._mocks = mocks

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if any(told.matches(request)[0] for mock in self._mocks for told in mock.registered()):
            self._target.elsewhere(request.method, request.url, "responses")
        return self._adapter.send(request, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._adapter, name)


def _responses() -> list[Any]:
    """What of `responses` is on: it stands in the closure of what it puts in place of `HTTPAdapter.send`."""
    responses = sys.modules.get("responses")
    if responses is None:
        return []
    send = sys.modules["requests.adapters"].HTTPAdapter.send
    cells = [cell.cell_contents for cell in getattr(send, "__closure__", None) or ()]
    return [content for content in cells if isinstance(content, responses.RequestsMock)]


def _requests_mock(module: ModuleType, original: Method) -> Method:
    """`requests_mock.adapter.Adapter.send`: what it was not told of goes on to the line."""

    @wraps(original)
    def send(self: Any, request: Any, **kwargs: Any) -> Any:
        target = targets.current()
        if target is None or targets.destination(urlsplit(request.url).netloc) is Destination.ELSEWHERE:
            return original(self, request, **kwargs)
        try:
            answer = original(self, request, **kwargs)
        except sys.modules["requests_mock.exceptions"].NoMockAddress:
            if not targets.takes(target, request.method, request.url):
                raise
            return sys.modules["requests.adapters"].HTTPAdapter().send(request, **kwargs)
        target.elsewhere(request.method, request.url, "requests-mock")
        return answer

    return send


def _match(module: ModuleType, original: Method) -> Method:
    """`aioresponses.match`: it has an answer, or None."""

    @wraps(original)
    async def match(self: Any, method: str, url: Any, *args: Any, **kwargs: Any) -> Any:
        answer = await original(self, method, url, *args, **kwargs)
        target = targets.current()
        if answer is not None and target is not None and targets.destination(url.host or "") is Destination.PROXY:
            target.elsewhere(method.upper(), str(url), "aioresponses")
        return answer

    return match


SEAMS = {
    "requests.sessions": [Seam("Session", "get_adapter", _get_adapter)],
    "requests_mock.adapter": [Seam("Adapter", "send", _requests_mock)],
    "aioresponses.core": [Seam("aioresponses", "match", _match)],
}
