"""Instrumentation sees the requests of every client, whether it is switched on before the fake or inside it."""

from __future__ import annotations

import asyncio
import functools
import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import urllib3
import urllib3.connectionpool
import wrapt
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from fakeproxy import FakeProxy
from fakeproxy.transports.seams import originals

URL = "https://proxy.twilio.com/v1/Services"
AUTH = ("AC1", "x")

orders = pytest.mark.parametrize("order", ["before", "inside"])


@contextmanager
def in_order(order: str, tool: AbstractContextManager[Any]) -> Generator[FakeProxy]:
    """A fake and the tool, which is entered before it or inside it."""
    proxy = FakeProxy()
    with ExitStack() as stack:
        for one in (proxy, tool) if order == "inside" else (tool, proxy):
            stack.enter_context(one)
        yield proxy


def _sdk() -> None:
    Client(*AUTH).proxy.v1.services.list()


def _sdk_without_a_pool() -> None:
    Client(*AUTH, http_client=TwilioHttpClient(pool_connections=False)).proxy.v1.services.list()


async def _list(**settings: Any) -> None:
    async with AsyncTwilioHttpClient(**settings) as client:
        await Client(*AUTH, http_client=client).proxy.v1.services.list_async()


async def _httpx() -> None:
    async with httpx.AsyncClient() as client:
        await client.get(URL, auth=AUTH)


async def _aiohttp() -> None:
    headers = {"Authorization": "Basic QUMxOng="}
    async with aiohttp.ClientSession() as session, session.get(URL, headers=headers) as answer:
        await answer.read()


CLIENTS: dict[str, Callable[[], Any]] = {
    "sdk": _sdk,
    "sdk without a pool": _sdk_without_a_pool,
    "async sdk": lambda: asyncio.run(_list()),
    "async sdk without a pool": lambda: asyncio.run(_list(pool_connections=False)),
    "async sdk with retries": lambda: asyncio.run(_list(max_retries=2)),
    "requests": lambda: requests.get(URL, auth=AUTH),
    "urllib3": lambda: urllib3.PoolManager().request("GET", URL, headers={"Authorization": "Basic QUMxOng="}),
    "httpx": lambda: httpx.get(URL, auth=AUTH),
    "async httpx": lambda: asyncio.run(_httpx()),
    "aiohttp": lambda: asyncio.run(_aiohttp()),
}
clients = pytest.mark.parametrize("client", CLIENTS)

#: The SDK's BasicAuth, which aiohttp deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


# OpenTelemetry


@contextmanager
def opentelemetry(spans: InMemorySpanExporter, *kinds: type[Any]) -> Generator[None]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    instrumentors = [kind() for kind in kinds]
    for instrumentor in instrumentors:
        instrumentor.instrument(tracer_provider=provider)
    yield
    for instrumentor in instrumentors:
        instrumentor.uninstrument()


_INSTRUMENTORS: dict[str, type[Any]] = {
    "requests": RequestsInstrumentor,
    "urllib3": URLLib3Instrumentor,
    "httpx": HTTPXClientInstrumentor,
    "aiohttp": AioHttpClientInstrumentor,
}


def _instrumentors(client: str) -> list[type[Any]]:
    """Those that see this client, each alone."""
    below = {"sdk": ["requests", "urllib3"], "requests": ["requests", "urllib3"], "urllib3": ["urllib3"]}
    name = client.removesuffix(" without a pool")
    names = below.get(name) or ["httpx" if "httpx" in name else "aiohttp"]
    return [_INSTRUMENTORS[name] for name in names]


@orders
@pytest.mark.parametrize(
    ("client", "instrumentor"), [(client, one) for client in CLIENTS for one in _instrumentors(client)]
)
def test_opentelemetry(order: str, client: str, instrumentor: type[Any]) -> None:
    spans = InMemorySpanExporter()
    with in_order(order, opentelemetry(spans, instrumentor)) as proxy:
        CLIENTS[client]()
        assert len(proxy.journal) == 1
    (span,) = spans.get_finished_spans()
    attributes = dict(span.attributes or {})
    url = str(attributes.get("http.url") or attributes["url.full"])
    assert (attributes.get("http.method") or attributes["http.request.method"]) == "GET"
    assert url.partition("?")[0] == URL
    assert (attributes.get("http.status_code") or attributes["http.response.status_code"]) == 200


def test_a_client_built_before_opentelemetry_and_the_fake() -> None:
    spans, client = InMemorySpanExporter(), Client(*AUTH)
    with httpx.Client() as other, in_order("before", opentelemetry(spans, *_INSTRUMENTORS.values())):
        client.proxy.v1.services.list()
        assert other.get(URL, auth=AUTH).status_code == 200
        assert other.get(URL, auth=("", "")).status_code == 401
    assert len(spans.get_finished_spans()) >= 3


@orders
def test_a_fault_shows_in_a_span(order: str) -> None:
    spans = InMemorySpanExporter()
    with in_order(order, opentelemetry(spans, RequestsInstrumentor, HTTPXClientInstrumentor)) as proxy:
        proxy.faults.connection_reset(times=2)
        with pytest.raises(requests.ConnectionError):
            Client(*AUTH).proxy.v1.services.list()
        with pytest.raises(httpx.ReadError):
            httpx.get(URL, auth=AUTH)
    assert [span.status.is_ok for span in spans.get_finished_spans()] == [False, False]


# Tools that patch for good: each in a process of its own


@pytest.mark.slow
@pytest.mark.parametrize("tool", [tool for tool in ("sentry_sdk", "newrelic", "ddtrace") if find_spec(tool)])
@pytest.mark.parametrize("order", ["before", "inside"])
def test_a_tool_that_patches_for_good(tool: str, order: str) -> None:
    command = [sys.executable, "-m", "tests.transports.instrumented", tool, order]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen.keys() == CLIENTS.keys()
    for client, spans in seen.items():
        if tool != "newrelic":  # ddtrace has two: of requests, and of urllib3 below it
            assert {tuple(span) for span in spans} == {("GET", URL, 200)}, client
        else:  # which has neither the method nor the status nor the path for every client
            assert [(URL + "?").startswith(url.removesuffix(":443")) for _, url, _ in spans] == [True], client


# Wrappers of the user's own, whatever makes them


def _function(owner: type, name: str, seen: list[str]) -> Any:
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        seen.append(name)
        return original(*args, **kwargs)

    return wrapper


def _wrapt(owner: type, name: str, seen: list[str]) -> Any:
    def wrapper(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        seen.append(name)
        return wrapped(*args, **kwargs)

    return wrapt.FunctionWrapper(vars(owner).get(name, getattr(owner, name)), wrapper)


@contextmanager
def wrapped(owner: type, name: str, make: Callable[[type, str, list[str]], Any], seen: list[str]) -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, make(owner, name, seen))
        yield


_OF_REQUESTS: list[tuple[type, str]] = [
    *((requests.Session, name) for name in ("prepare_request", "merge_environment_settings", "send", "get_adapter")),
    *((requests.adapters.HTTPAdapter, name) for name in ("send", "build_response")),
    (urllib3.connectionpool.HTTPConnectionPool, "urlopen"),
    *((http.client.HTTPConnection, name) for name in ("putrequest", "getresponse", "endheaders")),
]
_METHODS: list[tuple[str, type, str]] = [
    *((client, *method) for client in ("sdk", "requests") for method in _OF_REQUESTS),
    ("sdk", TwilioHttpClient, "request"),
    ("async sdk", AsyncTwilioHttpClient, "request"),
    ("async sdk", aiohttp.ClientSession, "_request"),
    ("async sdk", aiohttp.TCPConnector, "connect"),
    ("httpx", httpx.HTTPTransport, "handle_request"),
    ("async httpx", httpx.AsyncHTTPTransport, "handle_async_request"),
]


@orders
@pytest.mark.parametrize("make", [_function, _wrapt])
@pytest.mark.parametrize(("client", "owner", "name"), _METHODS)
def test_any_wrapper_is_called(
    order: str, make: Callable[[type, str, list[str]], Any], client: str, owner: type, name: str
) -> None:
    seen: list[str] = []
    before = vars(owner).get(name)
    with in_order(order, wrapped(owner, name, make, seen)) as proxy:
        CLIENTS[client]()
        assert len(proxy.journal) == 1
    assert name in seen
    assert vars(owner).get(name) is before


def test_once_nobody_wraps_any_more_the_lean_way_is_taken_again() -> None:
    seen: list[str] = []
    with FakeProxy():
        for _ in range(2):
            assert originals.of_requests.are_original()
            with wrapped(requests.Session, "send", _wrapt, seen):
                assert not originals.of_requests.are_original()
                _sdk()
            _sdk()
    assert seen == ["send", "send"]
