"""Faults as the SDK and other clients meet them."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fakeproxy import FakeProxy
from tests.matrix.steps import step

URL = "https://proxy.twilio.com/v1/Services"


@step()
def a_429() -> None:
    with FakeProxy() as proxy:
        proxy.faults.too_many_requests(operation="CreateService")
        with pytest.raises(TwilioRestException) as caught:
            Client().proxy.v1.services.create(unique_name="rides")
        assert (caught.value.status, caught.value.code) == (429, 20429)
        assert Client().proxy.v1.services.create(unique_name="rides").sid in proxy.services


def _meets(proxy: FakeProxy, ask: Callable[[], Any], failures: Mapping[str, type[BaseException]]) -> None:
    """Have each failure happen once, and one request succeed after it."""
    for order, error in failures.items():
        fault = getattr(proxy.faults, order)(times=None)
        with pytest.raises(error):
            ask()
        assert proxy.journal[-1].why == (str(fault),), "the request met another order"
        fault.remove()
        ask()


@step()
def a_reset_and_other_failures() -> None:
    with FakeProxy() as proxy:
        failures = {
            "connection_reset": requests.ConnectionError,
            "connection_refused": requests.ConnectionError,
            "read_timeout": requests.ReadTimeout,
            "truncated": requests.exceptions.ChunkedEncodingError,
        }
        services = Client().proxy.v1.services
        _meets(proxy, services.list, _by_version(failures))


def _by_version(failures: Mapping[str, type[BaseException]]) -> Mapping[str, type[BaseException]]:
    """urllib3 below 2 does not notice that an answer is too short, nor does `requests` upon it."""
    if version("urllib3") < "2":
        return {order: error for order, error in failures.items() if order != "truncated"}
    return failures


@step()
def failures_of_http_client() -> None:
    def ask() -> None:
        connection = http.client.HTTPSConnection("proxy.twilio.com", timeout=5)
        connection.request("GET", "/v1/Services", headers={"Authorization": "Basic QUMxOjE="})
        connection.getresponse().read()

    with FakeProxy() as proxy:
        failures = {
            "connection_reset": ConnectionResetError,
            "connection_refused": ConnectionRefusedError,
            "read_timeout": TimeoutError,
            "truncated": http.client.IncompleteRead,
        }
        _meets(proxy, ask, failures)


@step("httpx")
def failures_of_httpx() -> None:
    import httpx

    failures = {
        "connection_reset": httpx.ReadError,
        "connection_refused": httpx.ConnectError,
        "read_timeout": httpx.ReadTimeout,
        "truncated": httpx.RemoteProtocolError,
    }

    async def ask() -> None:
        async with httpx.AsyncClient() as client:
            await client.get(URL, auth=("AC1", "x"))

    with FakeProxy() as proxy:
        _meets(proxy, lambda: httpx.get(URL, auth=("AC1", "x")), failures)
        _meets(proxy, lambda: asyncio.run(ask()), failures)


@step("aiohttp")
def failures_of_aiohttp() -> None:
    import aiohttp

    async def ask() -> None:
        async with (
            aiohttp.ClientSession(headers={"Authorization": "Basic QUMxOjE="}) as session,
            session.get(URL, timeout=aiohttp.ClientTimeout(total=20)) as answer,
        ):
            await answer.read()

    with FakeProxy() as proxy:
        failures = {
            "connection_reset": aiohttp.ClientOSError,
            "connection_refused": aiohttp.ClientConnectorError,
            "read_timeout": aiohttp.ServerTimeoutError,
            "truncated": aiohttp.ClientPayloadError,
        }
        _meets(proxy, lambda: asyncio.run(ask()), failures)
        # A refused connection is not tried again.
        before = len(proxy.journal)
        with proxy.faults.connection_refused(times=None), pytest.raises(aiohttp.ClientConnectorError):
            asyncio.run(ask())
        assert len(proxy.journal) == before + 1


@step("twilio.http.async_http_client")
def failures_of_the_asynchronous_sdk() -> None:
    import aiohttp
    from twilio.http.async_http_client import AsyncTwilioHttpClient

    async def ask(proxy: FakeProxy | None) -> None:
        if proxy is not None:
            await proxy.async_client().proxy.v1.services.list_async()
            return
        async with AsyncTwilioHttpClient() as http_client:
            await Client(http_client=http_client).proxy.v1.services.list_async()

    failures = {
        "connection_reset": aiohttp.ClientOSError,
        "connection_refused": aiohttp.ClientConnectorError,
        "read_timeout": asyncio.TimeoutError,
        "truncated": aiohttp.ClientPayloadError,
    }
    with FakeProxy() as proxy:
        _meets(proxy, lambda: asyncio.run(ask(None)), failures)
        _meets(proxy, lambda: asyncio.run(ask(proxy)), failures)
