"""pytest_httpx, pook and mocket beside the fake; what docs/how-to/other-stubs.md says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pook
import pytest
import requests
from mocket import Mocketizer
from mocket.mocks.mockhttp import Entry
from twilio.rest import Client

from fakeproxy import BlockedRequest, FakeProxy
from tests.transports.test_other_tools import both_orders, entered

PROXY, OTHER, ANY = "https://proxy.twilio.com/v1/Services", "https://lookups.twilio.com/v2", "https://example.com/a"

CLIENTS: dict[str, Callable[[str], str]] = {
    "requests": lambda url: requests.get(url, auth=("AC1", "x"), timeout=9).text,
    "sdk": lambda url: Client("AC1", "x").request("GET", url).text,
    "httpx": lambda url: httpx.get(url, auth=("AC1", "x")).text,
}
clients = pytest.mark.parametrize("client", CLIENTS)


@pytest.mark.parametrize("first", ["fakeproxy", "httpx_mock"])
@pytest.mark.parametrize("url", [PROXY, OTHER, ANY])
def test_pytest_httpx_keeps_what_it_was_told(request: pytest.FixtureRequest, first: str, url: str) -> None:
    request.getfixturevalue(first)
    tool, _ = request.getfixturevalue("httpx_mock"), request.getfixturevalue("fakeproxy")
    tool.add_response(url=url, text="theirs")
    assert httpx.get(url).text == "theirs"


@pytest.mark.httpx_mock(should_mock=lambda request: request.url.host != "proxy.twilio.com")
@pytest.mark.parametrize("first", ["fakeproxy", "httpx_mock"])
def test_pytest_httpx_lets_the_rest_pass(request: pytest.FixtureRequest, first: str) -> None:
    request.getfixturevalue(first)
    proxy, _ = request.getfixturevalue("fakeproxy"), request.getfixturevalue("httpx_mock")
    assert '"services"' in CLIENTS["httpx"](PROXY)
    assert len(proxy.journal) == 1


@both_orders
@clients
@pytest.mark.parametrize("url", [PROXY, OTHER, ANY])
def test_pook_keeps_what_it_was_told(order: str, client: str, url: str) -> None:
    with entered(order, FakeProxy(), pook.use()):
        pook.get(url, reply=200, response_body="theirs")
        assert CLIENTS[client](url) == "theirs"


@both_orders
@clients
def test_pook_lets_the_rest_pass(order: str, client: str) -> None:
    proxy = FakeProxy()
    with entered(order, proxy, pook.use()):
        pook.enable_network("proxy.twilio.com")
        assert '"services"' in CLIENTS[client](PROXY)
    assert len(proxy.journal) == 1


#: mocket makes a socket for each connection, and does not close it.
for_mocket = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@for_mocket
@both_orders
@clients
def test_mocket_has_what_is_not_the_fakes(order: str, client: str) -> None:
    proxy: Any = FakeProxy(blocked="raise")
    with entered(order, proxy, Mocketizer()):
        for url in (PROXY, OTHER, ANY):
            Entry.single_register(Entry.GET, url, body="theirs")
        assert CLIENTS[client](ANY) == "theirs"
        assert '"services"' in CLIENTS[client](PROXY)
        with pytest.raises(BlockedRequest):
            CLIENTS[client](OTHER)


@for_mocket
@clients
def test_mocket_has_a_host_of_twilio_that_is_allowed(client: str) -> None:
    with FakeProxy(allow_hosts=("lookups.twilio.com",)), Mocketizer():
        Entry.single_register(Entry.GET, OTHER, body="theirs")
        assert CLIENTS[client](OTHER) == "theirs"
