"""urllib3-future, which niquests brings, takes the place of urllib3: its requests land in the fake or are stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
import requests
import urllib3
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fakeproxy import BlockedRequest, FakeProxy
from tests.matrix.steps import step

URL, OTHER = "https://proxy.twilio.com/v1/Services", "https://lookups.twilio.com/v2"
AUTH = ("AC1", "x")
HEADERS = {"Authorization": "Basic QUMxOng="}

CLIENTS: dict[str, Callable[[str], Any]] = {
    "sdk": lambda url: Client(*AUTH).request("GET", url).status_code,
    "requests": lambda url: requests.get(url, auth=AUTH).status_code,
    "niquests": lambda url: import_module("niquests").get(url, auth=AUTH).status_code,
    "urllib3": lambda url: urllib3.PoolManager().request("GET", url, headers=HEADERS).status,
}


@step("niquests")
def urllib3_future_lands_in_the_fake_or_is_stopped() -> None:
    with FakeProxy(blocked="raise") as proxy:
        for name, ask in CLIENTS.items():
            assert ask(URL) == 200, name
            with pytest.raises(BlockedRequest):
                ask(OTHER)
        assert len(proxy.journal) == len(CLIENTS)


@step("niquests")
def urllib3_future_meets_faults() -> None:
    failures = (*(import_module(name) for name in ("requests", "niquests")),)
    errors = (*(package.exceptions.RequestException for package in failures), urllib3.exceptions.HTTPError)
    with FakeProxy() as proxy:
        for name, ask in CLIENTS.items():
            proxy.faults.server_error()
            assert ask(URL) == 500, name
            for order in ("connection_refused", "connection_reset", "read_timeout", "truncated"):
                with getattr(proxy.faults, order)(times=None), pytest.raises(errors):
                    ask(URL)
        proxy.faults.server_error()
        with pytest.raises(TwilioRestException):
            Client(*AUTH).proxy.v1.services.create("rides")


@step("niquests")
def asynchronous_requests_of_niquests_are_stopped() -> None:
    async def ask() -> None:
        async with import_module("niquests").AsyncSession() as session:
            await session.get(URL, auth=AUTH)

    with FakeProxy(blocked="raise"), pytest.raises(BlockedRequest):
        asyncio.run(ask())
