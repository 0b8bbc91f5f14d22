"""Every HTTP client lands in the fake: requests, urllib3, http.client, httpx, aiohttp, and the loopback server."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any

import pytest
import requests
import urllib3

import fakeproxy
from fakeproxy import BlockedRequest, FakeProxy
from tests.matrix.steps import step

URL = "https://proxy.twilio.com/v1/Services"
OTHER = "https://pricing.twilio.com/v1/Voice/Countries"
HEADERS = {"Authorization": "Basic QUMxMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTp4"}


def _names(document: Any) -> list[str]:
    return [service["unique_name"] for service in document["services"]]


@step()
def requests_and_its_sessions() -> None:
    before = requests.Session()
    with FakeProxy(blocked="raise"):
        assert requests.post(URL, data={"UniqueName": "rides"}, headers=HEADERS).status_code == 201
        for client in (before, requests.Session(), requests):
            answer = client.get(URL, headers=HEADERS, timeout=5)
            assert (_names(answer.json()), answer.headers["content-type"]) == (["rides"], "application/json")
        streamed = before.get(URL, headers=HEADERS, stream=True)
        assert _names(json.loads(b"".join(streamed.iter_content(7)))) == ["rides"]
        assert before.head(URL, headers=HEADERS).text == ""
        with pytest.raises(BlockedRequest):
            requests.get(OTHER)


@step()
def urllib3_and_its_pools() -> None:
    before = urllib3.PoolManager()
    with FakeProxy(blocked="raise") as proxy:
        proxy.add_service("rides")
        for pool in (before, urllib3.PoolManager(), urllib3.HTTPSConnectionPool("proxy.twilio.com")):
            for _ in range(2):
                answer = pool.request("GET", "https://proxy.twilio.com/v1/Services", headers=HEADERS, timeout=5.0)
                assert _names(json.loads(answer.data)) == ["rides"]
        proxy.faults.server_error(503, times=2)
        again = urllib3.Retry(total=3, status_forcelist=[503], backoff_factor=0)
        assert before.request("GET", URL, headers=HEADERS, retries=again).status == 200
        with pytest.raises(BlockedRequest):
            before.request("GET", OTHER)


@step()
def urllib_request() -> None:
    with FakeProxy(blocked="raise") as proxy:
        proxy.add_service("rides")
        with urllib.request.urlopen(urllib.request.Request(URL, headers=HEADERS)) as answer:
            assert _names(json.load(answer)) == ["rides"]


@step("httpx")
def httpx_both_ways() -> None:
    import httpx

    before = httpx.Client()

    async def ask() -> tuple[Any, Any]:
        async with httpx.AsyncClient(headers=HEADERS) as client:
            whole = (await client.get(URL)).json()
            async with client.stream("GET", URL) as answer:
                return whole, json.loads(b"".join([chunk async for chunk in answer.aiter_bytes(5)]))

    with FakeProxy(blocked="raise") as proxy:
        assert before.post(URL, data={"UniqueName": "rides"}, headers=HEADERS).status_code == 201
        assert _names(httpx.get(URL, headers=HEADERS).json()) == ["rides"]
        assert [_names(document) for document in asyncio.run(ask())] == [["rides"]] * 2
        assert proxy.journal[0].form == "UniqueName=rides"
        with pytest.raises(BlockedRequest):
            httpx.get(OTHER)
    before.close()


@step("aiohttp")
def aiohttp_sessions() -> None:
    import aiohttp

    traced: list[int] = []

    async def note(session: Any, context: Any, parameters: Any) -> None:
        traced.append(parameters.response.status)

    async def ask() -> None:
        traces = aiohttp.TraceConfig()
        traces.on_request_end.append(note)
        async with aiohttp.ClientSession(headers=HEADERS, trace_configs=[traces]) as session:
            async with session.post(URL, data={"UniqueName": "rides"}) as answer:
                assert answer.status == 201
            for _ in range(2):
                async with session.get(URL, params={"PageSize": "5"}) as answer:
                    assert _names(await answer.json()) == ["rides"]
            async with session.get(URL) as answer:
                assert _names(json.loads(b"".join([chunk async for chunk in answer.content.iter_chunked(5)]))) == [
                    "rides"
                ]
            with pytest.raises(BlockedRequest):
                await session.get(OTHER)
            await asyncio.gather(*[session.get(URL) for _ in range(5)])

    with FakeProxy(blocked="raise"):
        asyncio.run(ask())
    assert traced == [201, *[200] * 8]


@step("aiohttp")
def an_error_below_aiohttp_reaches_the_caller() -> None:
    import aiohttp

    from fakeproxy.transports import interception, targets

    class Ours(BaseException):
        """An error of no kind that a client expects."""

    async def ask() -> None:
        async with aiohttp.ClientSession() as session:
            await session.get(URL, timeout=aiohttp.ClientTimeout(total=20))

    def broken(environ: Any, start_response: Any) -> Any:
        raise Ours

    target = targets.Target(broken, (), lambda error: None)
    interception.activate(target)
    try:
        with pytest.raises(Ours):
            asyncio.run(ask())
    finally:
        interception.deactivate(target)


@step()
def over_loopback() -> None:
    with FakeProxy(intercept=False) as proxy:
        assert requests.post(f"{proxy.url}/v1/Services", {"UniqueName": "rides"}, headers=HEADERS).status_code == 201
        wrong = requests.get(f"{proxy.url}/v1/Services", headers={"Authorization": "Basic !!!"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, 20003)
        for value in (
            "",
            "Basic",
            "Basic ",
            "Bearer",
            "Basic AAA",
            "nothing known",
            'Digest username="AC1"',
            "Basic =",
        ):
            assert requests.get(f"{proxy.url}/v1/Services", headers={"Authorization": value}).status_code == 401
        with fakeproxy.connect(proxy.url) as remote:
            assert _names(requests.get(URL, headers=HEADERS).json()) == ["rides"]
            remote.clock.advance(1)
            assert len(remote.services) == 1
