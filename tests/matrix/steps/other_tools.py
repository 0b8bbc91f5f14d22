"""Tools that stub HTTP: what they have a stub for is theirs, everything else goes to the fake."""

from __future__ import annotations

import asyncio

import requests
from twilio.rest import Client

from fakeproxy import FakeProxy
from tests.matrix.steps import step

OTHER = "https://api.example.com/jobs"


def _reaches_the_fake(proxy: FakeProxy) -> None:
    before = len(proxy.journal)
    Client().proxy.v1.services.list()
    requests.get("https://proxy.twilio.com/v1/Services", auth=("AC" + "1" * 32, "token"))
    assert [entry.status for entry in proxy.journal[before:]] == [200, 200]


@step("responses")
def beside_responses() -> None:
    import responses

    with FakeProxy() as proxy, responses.RequestsMock() as stubs:
        stubs.get(OTHER, json={"jobs": 7})
        assert requests.get(OTHER).json() == {"jobs": 7}
        _reaches_the_fake(proxy)


@step("requests_mock")
def beside_requests_mock() -> None:
    import requests_mock

    with FakeProxy() as proxy, requests_mock.Mocker() as stubs:
        stubs.get(OTHER, json={"jobs": 7})
        assert requests.get(OTHER).json() == {"jobs": 7}
        _reaches_the_fake(proxy)


@step("respx")
def beside_respx() -> None:
    import httpx
    import respx

    with FakeProxy() as proxy, respx.mock:
        respx.get(OTHER).respond(json={"jobs": 7})
        assert httpx.get(OTHER).json() == {"jobs": 7}
        _reaches_the_fake(proxy)
        url = "https://proxy.twilio.com/v1/Services"
        assert httpx.get(url, auth=("AC" + "1" * 32, "token")).json()["services"] == []


@step("aioresponses")
def beside_aioresponses() -> None:
    import aiohttp
    from aioresponses import aioresponses

    async def ask() -> None:
        async with aiohttp.ClientSession(auth=aiohttp.BasicAuth("AC" + "1" * 32, "token")) as session:
            async with session.get(OTHER) as answer:
                assert await answer.json() == {"jobs": 7}
            async with session.get("https://proxy.twilio.com/v1/Services") as answer:
                assert (await answer.json())["services"] == []

    with FakeProxy() as proxy, aioresponses(passthrough=["https://proxy.twilio.com"]) as stubs:
        stubs.get(OTHER, payload={"jobs": 7})
        asyncio.run(ask())
        _reaches_the_fake(proxy)
