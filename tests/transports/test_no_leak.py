"""Nothing leaks: whatever the client, no connection is made to Twilio while a fake is active.

Python itself says what reaches the operating system: its audit events count every look-up and connection.
"""

from __future__ import annotations

import asyncio
import ftplib
import http.client
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from functools import cache
from typing import Any

import aiohttp
import httpx
import pytest
import pytest_socket
import requests
import urllib3

from fakeproxy import BlockedRequest, FakeProxy

pytestmark = pytest.mark.audit

HOSTS = ["verify.twilio.com", "api.twilio.com", "proxy.twilio.com"]


#: Each network call of this process that got to the operating system while somebody listened. Audit hooks stay, so
#: this one is made once, and looks away but for these tests.
_reached: list[tuple[str, Any]] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _reached is not None and event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect"):
        host = arguments[1] if event == "socket.connect" else arguments[0]
        _reached.append((event, host))
        raise OSError("no network in tests")


@pytest.fixture
def reached() -> Generator[list[tuple[str, Any]]]:
    """What gets to the operating system."""
    global _reached
    pytest_socket.enable_socket()
    _add_hook()
    _reached = []
    yield _reached
    _reached = None


@cache
def _add_hook() -> None:
    sys.addaudithook(_hook)


def _connect_by_name(host: str) -> None:
    with socket.socket() as connection:
        connection.connect((host, 443))


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
    "socket, by name": _connect_by_name,
    "gethostbyname": lambda host: socket.gethostbyname(host),
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


#: Those that speak no HTTP, so that the fake can only stop them.
RAW = ("socket", "socket, by name", "gethostbyname", "ftplib", "asyncio")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", HOSTS)
def test_no_connection_is_made_to_twilio(reached: list[Any], way: str, host: str) -> None:
    proxy = FakeProxy().start()
    try:
        if host == "proxy.twilio.com" and way not in RAW:
            with suppress(urllib.error.HTTPError):  # The fake answers: without credentials 401.
                WAYS[way](host)
        else:
            with pytest.raises(BlockedRequest):
                WAYS[way](host)
            with pytest.raises(BlockedRequest):
                proxy.check()
    finally:
        proxy.stop()
    assert reached == []


# Python looks such a name up without an audit event.
@pytest.mark.parametrize("way", [way for way in WAYS if way != "socket, by name"])
def test_another_host_is_reached_as_ever(reached: list[Any], way: str) -> None:
    with FakeProxy(), pytest.raises(Exception):  # noqa: B017, PT011
        WAYS[way]("example.com")
    assert reached[0][1] in ("example.com", b"example.com", ("example.com", 443))


def test_the_guard_goes_with_the_fake() -> None:
    def functions() -> tuple[Any, ...]:
        return socket.getaddrinfo, socket.gethostbyname, vars(socket.socket).get("connect")

    pytest_socket.enable_socket()
    before = functions()
    with FakeProxy():
        assert not set(functions()) & set(before)
    assert functions() == before


def test_pytest_sockets_own_guard_is_left_alone() -> None:
    pytest_socket.disable_socket()
    with FakeProxy():
        pytest_socket.enable_socket()
        assert socket.getaddrinfo.__module__ == "socket"
    assert socket.getaddrinfo.__module__ == "socket"
