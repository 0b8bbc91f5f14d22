"""Which tool was told of a request is asked first, then whether the fake answers it, then whether it is stopped.

So it is in every client, for a host of the fake's, another host of Twilio's, and any host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
import requests_mock
import responses
import respx
from aioresponses import aioresponses
from requests.adapters import HTTPAdapter
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from fakeproxy import BlockedRequest, FakeProxy
from tests.quick import slow_but
from tests.transports.test_other_tools import both_orders, entered

ACCOUNT = "AC" + "1" * 32
MESSAGES = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
LOOKUP = "https://lookups.twilio.com/v2/PhoneNumbers/+14155550100"
PROXY = "https://proxy.twilio.com/v1/Services"
FORM = {"UniqueName": "rides"}
HOSTS = {"api": MESSAGES, "another": LOOKUP, "proxy": PROXY, "any": "https://example.com/a"}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def _http_client(kind: str) -> TwilioHttpClient:
    client = TwilioHttpClient(pool_connections=kind != "no pool", max_retries=2 if kind == "retries" else None)
    if kind == "own session":
        client.session = type("Session", (requests.Session,), {})()
    elif kind == "own adapter":
        client.session.mount("https://", type("Adapter", (HTTPAdapter,), {})())
    elif kind == "hooks":
        client.request_hooks = {"response": [lambda *args, **kwargs: None]}
    return client


def by_the_sdk(kind: str) -> Callable[[str], Any]:
    return lambda url: Client(ACCOUNT, "x", http_client=_http_client(kind)).request("POST", url, data=FORM).text


BY_REQUESTS: dict[str, Callable[[str], Any]] = {
    "requests": lambda url: requests.post(url, data=FORM, auth=(ACCOUNT, "x")).text,
    "session": lambda url: requests.Session().post(url, data=FORM, auth=(ACCOUNT, "x")).text,
    **{
        f"sdk, {kind}": by_the_sdk(kind)
        for kind in ("plain", "no pool", "retries", "own session", "own adapter", "hooks")
    },
}


async def _async_sdk(url: str) -> Any:
    async with AsyncTwilioHttpClient() as http_client:
        client = Client(ACCOUNT, "x", http_client=http_client)
        return (await client.request_async("POST", url, data=FORM)).text


async def _async_httpx(url: str) -> str:
    async with httpx.AsyncClient() as client:
        return (await client.post(url, data=FORM, auth=(ACCOUNT, "x"))).text


BY_HTTPX: dict[str, Callable[[str], Any]] = {
    "httpx": lambda url: httpx.post(url, data=FORM, auth=(ACCOUNT, "x")).text,
    "async httpx": lambda url: asyncio.run(_async_httpx(url)),
}

hosts = pytest.mark.parametrize("host", HOSTS)


@both_orders
@hosts
@pytest.mark.parametrize("client", BY_REQUESTS)
def test_responses(order: str, host: str, client: str) -> None:
    tool = responses.RequestsMock()
    with entered(order, FakeProxy(), tool):
        tool.post(HOSTS[host], body="theirs")
        assert BY_REQUESTS[client](HOSTS[host]) == "theirs"


@both_orders
@hosts
@pytest.mark.parametrize("client", BY_REQUESTS)
def test_requests_mock(order: str, host: str, client: str) -> None:
    tool = requests_mock.Mocker()
    with entered(order, FakeProxy(), tool):
        tool.post(HOSTS[host], text="theirs")
        assert BY_REQUESTS[client](HOSTS[host]) == "theirs"


@hosts
def test_requests_mock_of_one_session(host: str) -> None:
    http_client = TwilioHttpClient()
    with FakeProxy(), requests_mock.Mocker(session=http_client.session) as tool:
        tool.post(HOSTS[host], text="theirs")
        client = Client(ACCOUNT, "x", http_client=http_client)
        assert client.request("POST", HOSTS[host], data={}).text == "theirs"


@both_orders
@hosts
@pytest.mark.parametrize("using", slow_but(["httpcore", "httpx"], "httpx"))
@pytest.mark.parametrize("client", BY_HTTPX)
def test_respx(order: str, host: str, using: str, client: str) -> None:
    tool = respx.mock(using=using)
    with entered(order, FakeProxy(), tool):
        tool.post(HOSTS[host]).respond(text="theirs")
        assert BY_HTTPX[client](HOSTS[host]) == "theirs"


@both_orders
@hosts
def test_aioresponses(order: str, host: str) -> None:
    tool = aioresponses()
    with entered(order, FakeProxy(), tool):
        tool.post(
            HOSTS[host], exception=ArithmeticError("theirs")
        )  # aioresponses 0.7.9 cannot answer under aiohttp 3.14
        with pytest.raises(ArithmeticError, match="theirs"):
            asyncio.run(_async_sdk(HOSTS[host]))


@both_orders
@pytest.mark.parametrize("client", BY_REQUESTS)
@pytest.mark.parametrize("tool", [responses.RequestsMock, requests_mock.Mocker])
def test_what_nobody_was_told_of_is_answered_or_stopped(order: str, client: str, tool: Callable[[], Any]) -> None:
    proxy = FakeProxy(blocked="raise")
    with entered(order, proxy, tool()):
        assert '"unique_name"' in BY_REQUESTS[client](PROXY)
        with pytest.raises(BlockedRequest):
            BY_REQUESTS[client](LOOKUP)
    assert len(proxy.services) == 1


def test_the_sdks_own_call_of_another_service() -> None:
    with FakeProxy(), responses.RequestsMock() as tool:
        tool.post(MESSAGES, json={"sid": "SM1"}, status=201)
        sent = Client(ACCOUNT, "x").messages.create(to="+14155550100", from_="+14155550101", body="hi")
        assert sent.sid == "SM1"
