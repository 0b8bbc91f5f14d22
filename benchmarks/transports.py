"""The same request through every transport, beside what a user would stub it with or serve it from.

One Service is fetched, by a client that is kept. What stands in for the fake answers with the same body.
"""

from __future__ import annotations

import asyncio
import http.client
import logging
import socket
import ssl
import urllib.request
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from functools import partial
from io import StringIO
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import httpx
import httpx2
import requests
import responses
import respx
import urllib3
from pytest_httpserver import HTTPServer
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

import fakeproxy
from benchmarks.measure import Work, seconds_in_turns
from benchmarks.table import Row
from fakeproxy import FakeProxy

_AUTH = ("SK", "secret")
_HEADERS = {"Authorization": "Basic " + b64encode(":".join(_AUTH).encode()).decode()}
_JSON = "application/json"


class Place(NamedTuple):
    """Where a Service can be fetched, and what a client is to be told for that."""

    url: str
    settings: Mapping[str, Any] = {}


class Canned(NamedTuple):
    """What is asked for and answered where the fake is not."""

    url: str
    body: bytes


class Unusable(Exception):
    """A reference cannot be measured here; the text says why."""


#: (url, settings) to the work of fetching it once, with a client that is open for as long.
Open = Callable[..., AbstractContextManager[Work]]


@contextmanager
def _sdk(url: str) -> Iterator[Work]:
    yield Client(*_AUTH).proxy.v1.services(url.rpartition("/")[2]).fetch


@contextmanager
def _requests(url: str, **settings: Any) -> Iterator[Work]:
    with requests.Session() as session:
        session.auth = _AUTH
        yield lambda: session.get(url, **settings).content


@contextmanager
def _urllib3(url: str) -> Iterator[Work]:
    with urllib3.PoolManager(headers=_HEADERS) as pool:
        yield lambda: pool.request("GET", url).data


@contextmanager
def _http_client(url: str) -> Iterator[Work]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc)

    def ask() -> bytes:
        connection.request("GET", parts.path, headers=_HEADERS)
        return connection.getresponse().read()

    yield ask
    connection.close()


@contextmanager
def _urllib(url: str) -> Iterator[Work]:
    # Without a context of its own it reads the system's authorities for each request: 20 ms, whoever answers.
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=ssl.create_default_context()))

    def ask() -> bytes:
        with opener.open(urllib.request.Request(url, headers=_HEADERS)) as answer:
            body: bytes = answer.read()
        return body

    yield ask


@contextmanager
def _httpx(module: Any, url: str, **settings: Any) -> Iterator[Work]:
    with module.Client(auth=_AUTH, **settings) as client:
        yield lambda: client.get(url).content


_Ask = Callable[[], Awaitable[Any]]


def _in_a_loop(open_async: Callable[..., AbstractAsyncContextManager[_Ask]]) -> Open:
    """Each request is a run of the same event loop, which costs the fake and its reference the same."""

    @contextmanager
    def opened(*arguments: Any, **settings: Any) -> Iterator[Work]:
        loop = asyncio.new_event_loop()
        stack = AsyncExitStack()
        try:
            ask = loop.run_until_complete(stack.enter_async_context(open_async(*arguments, **settings)))
            yield lambda: loop.run_until_complete(ask())
        finally:
            loop.run_until_complete(stack.aclose())
            loop.close()

    return opened


@_in_a_loop
@asynccontextmanager
async def _sdk_async(url: str) -> Any:
    async with AsyncTwilioHttpClient() as client:
        yield Client(*_AUTH, http_client=client).proxy.v1.services(url.rpartition("/")[2]).fetch_async


@_in_a_loop
@asynccontextmanager
async def _httpx_async(module: Any, url: str, **settings: Any) -> Any:
    async with module.AsyncClient(auth=_AUTH, **settings) as client:

        async def ask() -> bytes:
            body: bytes = (await client.get(url)).content
            return body

        yield ask


@_in_a_loop
@asynccontextmanager
async def _aiohttp(url: str) -> Any:
    async with aiohttp.ClientSession(headers=_HEADERS) as session:

        async def ask() -> bytes:
            async with session.get(url) as answer:
                return await answer.read()

        yield ask


@contextmanager
def _intercepted() -> Iterator[Place]:
    with FakeProxy() as proxy:
        yield Place(f"https://proxy.twilio.com/v1/Services/{proxy.add_service().sid}")


@contextmanager
def _served() -> Iterator[Place]:
    with FakeProxy(intercept=False) as proxy:
        yield Place(f"{proxy.url}/v1/Services/{proxy.add_service().sid}")


@contextmanager
def _tunnelled() -> Iterator[Place]:
    with FakeProxy(intercept=False) as proxy:
        tunnel = proxy.tunnel()
        settings = {"proxies": {"https": tunnel.url}, "verify": str(tunnel.bundle_file)}
        yield Place(f"https://proxy.twilio.com/v1/Services/{proxy.add_service().sid}", settings)


@contextmanager
def _remote() -> Iterator[Place]:
    with FakeProxy(intercept=False) as proxy, fakeproxy.connect(proxy.url):
        yield Place(f"https://proxy.twilio.com/v1/Services/{proxy.add_service().sid}")


@contextmanager
def _canned_socket(canned: Canned) -> Iterator[Place]:
    """The floor: a thread that reads something and writes always the same."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {_JSON}\r\nContent-Length: {len(canned.body)}\r\n\r\n"
    answer = head.encode() + canned.body

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while connection.recv(1 << 16):
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        yield Place(f"http://127.0.0.1:{listener.getsockname()[1]}{urlsplit(canned.url).path}")
    thread.join()


@contextmanager
def _responses(canned: Canned) -> Iterator[Place]:
    with responses.RequestsMock() as mock:
        mock.get(canned.url, body=canned.body, content_type=_JSON)
        yield Place(canned.url)


@contextmanager
def _respx(canned: Canned) -> Iterator[Place]:
    with respx.mock:
        respx.get(canned.url).respond(content=canned.body, content_type=_JSON)
        yield Place(canned.url)


@contextmanager
def _mock_transport(canned: Canned) -> Iterator[Place]:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=canned.body, headers={"Content-Type": _JSON})

    yield Place(canned.url, {"transport": httpx2.MockTransport(answer)})


@contextmanager
def _aioresponses(canned: Canned) -> Iterator[Place]:
    try:
        from aioresponses import aioresponses
    except ImportError as error:
        raise Unusable("not installed") from error
    with aioresponses() as mock:
        mock.get(canned.url, body=canned.body, content_type=_JSON, repeat=True)
        try:
            yield Place(canned.url)
        except TypeError as error:  # 0.7.9 raises it at every match
            raise Unusable(f"TypeError on aiohttp {aiohttp.__version__}") from error


@contextmanager
def _httpserver(server: HTTPServer, canned: Canned) -> Iterator[Place]:
    path = urlsplit(canned.url).path
    server.expect_request(path).respond_with_data(canned.body, content_type=_JSON)
    yield Place(f"http://127.0.0.1:{server.port}{path}")
    server.clear()


class Transport(NamedTuple):
    """A client and a way into the fake; the name of its reference, and the budget of the design if it has one."""

    name: str
    client: Open
    way: Callable[[], AbstractContextManager[Place]]
    reference: str | None
    limit: float | None = None


TRANSPORTS = (
    Transport("sdk", _sdk, _intercepted, "responses"),
    Transport("sdk-async", _sdk_async, _intercepted, "aioresponses"),
    Transport("requests", _requests, _intercepted, "responses", 1.0),
    Transport("urllib3", _urllib3, _intercepted, "pytest-httpserver"),
    Transport("http.client", _http_client, _intercepted, "pytest-httpserver"),
    Transport("urllib.request", _urllib, _intercepted, "pytest-httpserver"),
    Transport("httpx", partial(_httpx, httpx), _intercepted, "respx"),
    Transport("httpx-async", partial(_httpx_async, httpx), _intercepted, "respx"),
    Transport("httpx2", partial(_httpx, httpx2), _intercepted, "MockTransport"),
    Transport("httpx2-async", partial(_httpx_async, httpx2), _intercepted, "MockTransport"),
    Transport("aiohttp", _aiohttp, _intercepted, "aioresponses"),
    Transport("server, http.client", _http_client, _served, "canned socket", 1.7),
    Transport("server, requests.Session", _requests, _served, "canned socket", 1.7),
    Transport("server, http.client", _http_client, _served, "pytest-httpserver"),
    Transport("server, requests.Session", _requests, _served, "pytest-httpserver"),
    Transport("remote, sdk", _sdk, _remote, None),
    Transport("tunnel, requests.Session", _requests, _tunnelled, None),
)


def transports() -> Iterator[Row]:
    # Werkzeug writes a line for each request; pytest keeps it as this does.
    logging.getLogger("werkzeug").addHandler(logging.StreamHandler(StringIO()))
    with HTTPServer() as server:
        references: dict[str, Callable[[Canned], AbstractContextManager[Place]]] = {
            "responses": _responses,
            "respx": _respx,
            "MockTransport": _mock_transport,
            "aioresponses": _aioresponses,
            "pytest-httpserver": partial(_httpserver, server),
            "canned socket": _canned_socket,
        }
        canned = _canned()
        for transport in TRANSPORTS:
            name = transport.reference
            yield _row(transport, partial(references[name], canned) if name else None)


def _row(transport: Transport, reference: Callable[[], AbstractContextManager[Place]] | None) -> Row:
    work, shown = f"fetch by {transport.name}", transport.reference or "-"
    openings = {"ours": partial(_opened, transport.client, transport.way)}
    if reference is not None:
        both = {**openings, "theirs": partial(_opened, transport.client, reference)}
        try:
            times = seconds_in_turns(both, 50, 20)
        except Unusable as unusable:
            shown = f"{shown}: {unusable}"
        else:
            ours, theirs = times["ours"], times["theirs"]
            return Row(work, f"{ours * 1e6:.0f} us", f"{shown} {theirs * 1e6:.0f} us", ours / theirs, transport.limit)
    alone = seconds_in_turns(openings, 100)["ours"] * 1e6
    return Row(work, f"{alone:.0f} us", shown, alone, None, "us")


def _canned() -> Canned:
    with _intercepted() as place, _requests(place.url) as ask:
        return Canned(place.url, ask())


@contextmanager
def _opened(client: Open, way: Callable[[], AbstractContextManager[Place]]) -> Iterator[Work]:
    """A client that was seen to get the Service; its connections are there, its caches are filled."""
    with way() as place, client(place.url, **place.settings) as ask:
        sid = place.url.rpartition("/")[2]
        answer = str(ask())
        if sid not in answer:
            raise AssertionError(f"{sid} was asked for at {place.url}, and the answer was {answer}")
        yield ask
