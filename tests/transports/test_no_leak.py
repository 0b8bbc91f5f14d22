"""Nothing leaks: whatever the client, no connection is made to Twilio while a fake is active."""

from __future__ import annotations

import asyncio
import ftplib
import http.client
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import aiohttp
import httpx
import pytest
import pytest_socket
import requests
import urllib3

from fakeproxy import BlockedRequest, FakeProxy

HOSTS = ["verify.twilio.com", "api.twilio.com", "proxy.twilio.com"]


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What gets to the real functions of the socket module."""
    pytest_socket.enable_socket()
    reached: list[Any] = []

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        reached.append(host)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return reached


async def _open_connection(host: str) -> None:
    await asyncio.open_connection(host, 443)


async def _aiohttp(host: str) -> None:
    async with aiohttp.ClientSession() as session:
        await session.get(f"https://{host}/other")


async def _httpx(host: str) -> None:
    async with httpx.AsyncClient() as client:
        await client.get(f"https://{host}/other")


def _loop(ask: Callable[[str], Coroutine[Any, Any, None]]) -> Callable[[str], None]:
    return lambda host: asyncio.run(ask(host))


WAYS: dict[str, Callable[[str], Any]] = {
    "socket": lambda host: socket.create_connection((host, 443)),
    "ftplib": lambda host: ftplib.FTP(host),
    "asyncio": _loop(_open_connection),
    "requests": lambda host: requests.get(f"https://{host}/other"),
    "urllib3": lambda host: urllib3.PoolManager().request("GET", f"https://{host}/other"),
    "urllib": lambda host: urllib.request.urlopen(f"https://{host}/other"),
    "http.client": lambda host: http.client.HTTPSConnection(host).request("GET", "/other"),
    "httpx": lambda host: httpx.get(f"https://{host}/other"),
    "httpx-async": _loop(_httpx),
    "aiohttp": _loop(_aiohttp),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", HOSTS)
def test_no_name_of_twilio_is_looked_up(lookups: list[Any], way: str, host: str) -> None:
    proxy = FakeProxy().start()
    try:
        if host == "proxy.twilio.com" and way not in ("socket", "ftplib", "asyncio"):
            with suppress(urllib.error.HTTPError):  # The fake answers: without credentials 401.
                WAYS[way](host)
        else:
            with pytest.raises(BlockedRequest):
                WAYS[way](host)
            with pytest.raises(BlockedRequest):
                proxy.check()
    finally:
        proxy.stop()
    assert lookups == []


@pytest.mark.parametrize("way", WAYS)
def test_another_host_is_looked_up_as_ever(lookups: list[Any], way: str) -> None:
    with FakeProxy(), pytest.raises(Exception):  # noqa: B017, PT011
        WAYS[way]("example.com")
    assert lookups[0] in ("example.com", b"example.com")


def test_the_guard_goes_with_the_fake(lookups: list[Any]) -> None:
    before = socket.getaddrinfo
    with FakeProxy():
        assert socket.getaddrinfo is not before
    assert socket.getaddrinfo is before


def test_pytest_sockets_own_guard_is_left_alone() -> None:
    pytest_socket.disable_socket()
    with FakeProxy():
        pytest_socket.enable_socket()
        assert socket.getaddrinfo.__module__ == "socket"
    assert socket.getaddrinfo.__module__ == "socket"
