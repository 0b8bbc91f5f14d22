"""Clients in any event loop: httpx under trio, and requests that are cancelled while their answer takes its time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

import aiohttp
import httpx
import pytest
import trio
from flask import Flask
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from fakeproxy import BlockedRequest, FakeProxy

URL = "https://proxy.twilio.com/v1/Services"


async def by_httpx(method: str = "GET", url: str = URL, **form: str) -> int:
    async with httpx.AsyncClient() as client:
        return (await client.request(method, url, data=form or None, auth=("AC1", "x"))).status_code


async def by_aiohttp() -> int:
    headers = {"Authorization": "Basic QUMxOng="}
    async with aiohttp.ClientSession() as session, session.get(URL, headers=headers) as answer:
        return answer.status


async def by_the_sdk() -> int:
    async with AsyncTwilioHttpClient() as client:
        return len(await Client("AC1", "x", http_client=client).proxy.v1.services.list_async())


def test_httpx_under_trio(proxy: FakeProxy) -> None:
    assert trio.run(by_httpx) == 200


def test_answers_on_demand_under_trio(proxy: FakeProxy) -> None:
    proxy.faults.server_error(503)
    assert trio.run(by_httpx) == 503


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ("connection_refused", httpx.ConnectError),
        ("connection_reset", httpx.ReadError),
        ("read_timeout", httpx.ReadTimeout),
        ("truncated", httpx.RemoteProtocolError),
    ],
)
def test_failures_under_trio(proxy: FakeProxy, order: str, error: type[Exception]) -> None:
    getattr(proxy.faults, order)()
    with pytest.raises(error):
        trio.run(by_httpx)


@pytest.mark.parametrize("real", [False, True])
def test_slow_answers_under_trio(proxy: FakeProxy, real: bool) -> None:
    proxy.faults.slow(0.01, real=real)
    assert trio.run(by_httpx) == 200


def test_a_stopped_request_under_trio() -> None:
    with FakeProxy(blocked="raise"), pytest.raises(BlockedRequest):
        trio.run(by_httpx, "GET", "https://verify.twilio.com/v2")


def test_callbacks_under_trio(proxy: FakeProxy) -> None:
    app, told = Flask(__name__), []

    @app.post("/status")
    def status() -> str:
        told.append("status")
        return ""

    proxy.webhooks.mount("https://app.example.com", app)
    numbers, people = ["+14155550001", "+14155550002"], ["+14155550100", "+14155550101"]
    service = proxy.add_service(numbers=numbers, callback_url="https://app.example.com/status")
    session = proxy.add_session(service, participants=people)
    one, _ = session.participants
    url = f"{URL}/{service.sid}/Sessions/{session.sid}/Participants/{one.sid}/MessageInteractions"
    assert trio.run(lambda: by_httpx("POST", url, Body="hi")) in (200, 201)
    assert told


@pytest.mark.parametrize("ask", [by_httpx, by_aiohttp, by_the_sdk])
def test_a_cancelled_request_does_not_keep_the_loop(proxy: FakeProxy, ask: Callable[[], Awaitable[int]]) -> None:
    async def cancelled() -> None:
        asking = asyncio.ensure_future(ask())
        while not proxy.faults.orders[0].used:
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    proxy.faults.slow(30, real=True)
    before = monotonic()
    asyncio.run(cancelled())
    assert monotonic() - before < 20


def test_a_cancelled_request_does_not_keep_trio(proxy: FakeProxy) -> None:
    async def cancelled() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(by_httpx)
            while not proxy.faults.orders[0].used:
                await trio.sleep(0)
            nursery.cancel_scope.cancel()

    proxy.faults.slow(30, real=True)
    before = monotonic()
    trio.run(cancelled)
    assert monotonic() - before < 20
