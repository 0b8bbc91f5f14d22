"""Tools that a suite may use in the same test: what they were told stays theirs, the rest lands in the fake."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import aiohttp
import httpx
import httpx2
import pytest
import pytest_socket
import requests
import requests_mock
import responses
import respx
import vcr
from aioresponses import aioresponses
from pytest_httpserver import HTTPServer
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from fakeproxy import FakeProxy

URL = "https://proxy.twilio.com/v1/Services"
TOLD = URL + "/KS" + "1" * 32


@pytest.fixture
def server() -> Generator[HTTPServer]:
    pytest_socket.enable_socket()
    server = HTTPServer()
    server.start()
    yield server
    server.stop()


def entered(order: str, proxy: FakeProxy, tool: AbstractContextManager[Any]) -> ExitStack:
    """Both, the fake first or second."""
    stack = ExitStack()
    for one in (proxy, tool) if order == "fake first" else (tool, proxy):
        stack.enter_context(one)
    return stack


both_orders = pytest.mark.parametrize("order", ["fake first", "fake second"])


def asked(proxy: FakeProxy) -> list[tuple[str, str | None]]:
    """Path and operation of each request in the journal, with None for what another tool has answered."""
    return [(entry.path.rpartition("/")[2], entry.operation) for entry in proxy.journal]


def why(proxy: FakeProxy) -> str:
    (text,) = proxy.journal[0].why
    return text


# Tools for requests, by requests itself and by the SDK


def _by_requests(url: str) -> str:
    answer = requests.get(url, auth=("AC1", "x")).json()
    name: str = answer["unique_name"] if "unique_name" in answer else answer["services"][0]["unique_name"]
    return name


def _by_the_sdk(url: str) -> str:
    services = Client("AC1", "x").proxy.v1.services
    name: str = services("KS" + "1" * 32).fetch().unique_name if url == TOLD else services.list()[0].unique_name
    return name


ANSWER = {"sid": "KS" + "1" * 32, "unique_name": "theirs"}

by_requests_and_the_sdk = pytest.mark.parametrize("ask", [_by_requests, _by_the_sdk])


@both_orders
@by_requests_and_the_sdk
def test_responses(order: str, ask: Callable[[str], str]) -> None:
    proxy, tool = FakeProxy(), responses.RequestsMock(assert_all_requests_are_fired=False)
    with entered(order, proxy, tool):
        tool.get(TOLD, json=ANSWER)
        tool.get("https://example.com/a", body="theirs")
        proxy.add_service("ours")
        assert ask(TOLD) == "theirs"
        assert ask(URL) == "ours"
        assert requests.get("https://example.com/a").text == "theirs"
        with pytest.raises(requests.ConnectionError, match="doesn't match any registered mock"):
            requests.get("https://example.com/b")
    assert asked(proxy) == [("KS" + "1" * 32, None), ("Services", "ListService")]
    assert why(proxy) == "responses has a stub for this request and answered it, not the fake"


def test_responses_lets_nothing_pass_after_the_fake() -> None:
    with responses.RequestsMock() as tool:
        with FakeProxy():
            requests.get(URL, auth=("AC1", "x"))
        assert tool.passthru_prefixes == ()


@both_orders
@by_requests_and_the_sdk
def test_requests_mock(order: str, ask: Callable[[str], str]) -> None:
    proxy, tool = FakeProxy(), requests_mock.Mocker()
    with entered(order, proxy, tool):
        tool.get(TOLD, json=ANSWER)
        tool.get("https://example.com/a", text="theirs")
        proxy.add_service("ours")
        assert ask(TOLD) == "theirs"
        assert ask(URL) == "ours"
        assert requests.get("https://example.com/a").text == "theirs"
        with pytest.raises(requests_mock.NoMockAddress):
            requests.get("https://example.com/b")
    assert asked(proxy) == [("KS" + "1" * 32, None), ("Services", "ListService")]
    assert why(proxy) == "requests-mock has a stub for this request and answered it, not the fake"


def test_an_adapter_that_was_mounted_on_the_sdks_own_session() -> None:
    adapter = requests_mock.Adapter()
    adapter.register_uri("GET", TOLD, json=ANSWER)
    client = Client("AC1", "x")
    with FakeProxy() as proxy:
        client.http_client.session.mount("https://proxy.twilio.com", adapter)
        assert client.proxy.v1.services("KS" + "1" * 32).fetch().unique_name == "theirs"
        assert adapter.call_count == 1
    assert why(proxy) == "requests-mock has a stub for this request and answered it, not the fake"


# Tools for httpx and aiohttp


@both_orders
def test_respx(order: str) -> None:
    proxy, tool = FakeProxy(), respx.mock(assert_all_called=False)
    with entered(order, proxy, tool):
        tool.get(TOLD).respond(json=ANSWER)
        proxy.add_service("ours")
        assert httpx.get(TOLD).json() == ANSWER
        assert httpx.get(URL, auth=("AC1", "x")).json()["services"][0]["unique_name"] == "ours"
    assert asked(proxy) == [("KS" + "1" * 32, None), ("Services", "ListService")]
    assert why(proxy) == "respx has a stub for this request and answered it, not the fake"


class Answer(aiohttp.ClientResponse):
    """aioresponses 0.7.9 builds an answer without an argument that aiohttp has asked for since 3.14."""

    def __init__(self, *args: Any, **more: Any) -> None:
        if "stream_writer" in inspect.signature(aiohttp.ClientResponse.__init__).parameters:
            more.setdefault("stream_writer", Mock(output_size=0))
        super().__init__(*args, **more)


async def _by_aiohttp(url: str) -> Any:
    headers = {"Authorization": "Basic QUMxOng="}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return await answer.json()


async def _by_the_async_sdk(url: str) -> Any:
    async with AsyncTwilioHttpClient() as client:
        services = Client("AC1", "x", http_client=client).proxy.v1.services
        if url == TOLD:
            return {"unique_name": (await services("KS" + "1" * 32).fetch_async()).unique_name}
        return {"services": [{"unique_name": (await services.list_async())[0].unique_name}]}


@both_orders
@pytest.mark.parametrize("ask", [_by_aiohttp, _by_the_async_sdk])
def test_aioresponses_lets_the_rest_pass(order: str, ask: Callable[[str], Any]) -> None:
    proxy, tool = FakeProxy(), aioresponses(passthrough_unmatched=True)
    with entered(order, proxy, tool):
        tool.get(TOLD, payload=ANSWER)
        proxy.add_service("ours")
        assert asyncio.run(ask(URL))["services"][0]["unique_name"] == "ours"
    assert asked(proxy) == [("Services", "ListService")]


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # which Twilio's SDK uses
@both_orders
@pytest.mark.parametrize("ask", [_by_aiohttp, _by_the_async_sdk])
def test_aioresponses_keeps_what_it_was_told(order: str, ask: Callable[[str], Any]) -> None:
    proxy, tool = FakeProxy(), aioresponses(passthrough_unmatched=True)
    with entered(order, proxy, tool):
        tool.get(TOLD, payload=ANSWER, response_class=Answer)
        assert asyncio.run(ask(TOLD))["unique_name"] == "theirs"
    assert asked(proxy) == [("KS" + "1" * 32, None)]
    assert why(proxy) == "aioresponses has a stub for this request and answered it, not the fake"


# Tools that are not about one client


def test_pytest_httpserver(proxy: FakeProxy, server: HTTPServer) -> None:
    server.expect_request("/a").respond_with_data("theirs")
    assert requests.get(server.url_for("/a")).text == "theirs"
    assert requests.get(URL, auth=("AC1", "x")).json()["services"] == []
    server.check()


@both_orders
def test_vcrpy_that_ignores_the_host(tmp_path: Path, order: str) -> None:
    recorder = vcr.VCR(ignore_hosts=["proxy.twilio.com"], record_mode="none")
    proxy = FakeProxy()
    with entered(order, proxy, recorder.use_cassette(str(tmp_path / "a.yaml"))):
        assert requests.get(URL, auth=("AC1", "x")).json()["services"] == []
        assert Client("AC1", "x").proxy.v1.services.list() == []
        assert len(proxy.journal) == 2


@both_orders
def test_a_cassette_records_from_the_fake_and_then_answers(tmp_path: Path, order: str) -> None:
    recorder = vcr.VCR(record_mode="once")
    for requests_to_the_fake in (2, 0):
        proxy = FakeProxy()
        with entered(order, proxy, recorder.use_cassette(str(tmp_path / "a.yaml"))):
            proxy.add_service("rides")
            assert requests.get(URL, auth=("AC1", "x")).json()["services"][0]["unique_name"] == "rides"
            assert Client("AC1", "x").proxy.v1.services.list()[0].unique_name == "rides"
            assert len(proxy.journal) == requests_to_the_fake


@both_orders
@pytest.mark.parametrize("package", [httpx, httpx2], ids=lambda package: str(package.__name__))
def test_a_cassette_and_httpx(tmp_path: Path, package: Any, order: str) -> None:
    async def get_in_a_loop() -> str:
        async with package.AsyncClient(auth=("AC1", "x")) as client:
            return str((await client.get(URL)).json()["services"][0]["unique_name"])

    cassette = str(tmp_path / "a.yaml")
    modes: list[tuple[dict[str, object], int]] = [
        ({"ignore_hosts": ["proxy.twilio.com"]}, 2),
        ({"record_mode": vcr.mode.ALL}, 2),
        ({"record_mode": vcr.mode.NONE}, 0),
    ]
    for options, requests_to_the_fake in modes:
        proxy = FakeProxy()
        with entered(order, proxy, vcr.use_cassette(cassette, **options)):
            proxy.add_service("rides")
            assert package.get(URL, auth=("AC1", "x")).json()["services"][0]["unique_name"] == "rides"
            assert asyncio.run(get_in_a_loop()) == "rides"
            assert len(proxy.journal) == requests_to_the_fake


def test_pytest_socket() -> None:
    pytest_socket.disable_socket()
    try:
        with FakeProxy() as proxy:
            assert requests.get(URL, auth=("AC1", "x")).json()["services"] == []
            assert Client("AC1", "x").proxy.v1.services.list() == []
            assert len(proxy.journal) == 2
    finally:
        pytest_socket.enable_socket()
