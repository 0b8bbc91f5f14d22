"""An exception at any line of `start()` or `stop()`, Ctrl-C among them, leaks no patch, variable, freeze or server."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import requests
from aiohttp.connector import TCPConnector
from twilio.http.http_client import TwilioHttpClient

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.clock.event_loops import EventLoops
from fakeproxy.clock.worker_threads import WorkerThreads
from fakeproxy.fake import lifecycle
from tests.properties.test_interrupted import Interrupt, interrupted
from tests.quick import slow

STRIDE = 1 if os.environ.get("FAKEPROXY_EVERY_LINE") else 7
#: The quick suite takes fewer lines, and none of freezegun, whose start goes through every module of the process: of
#: its many lines, the slow tests take fewer, too.
FEW = STRIDE if STRIDE == 1 else 83
OF_FREEZEGUN = STRIDE if STRIDE == 1 else 23


def traces() -> dict[str, Any]:
    """Everything that a fake changes of its process."""
    import asyncio
    import datetime
    import socket
    import time

    return {
        "sdk": TwilioHttpClient.request,
        "requests": requests.Session.send,
        "httpx": httpx.Client._init_transport,
        "aiohttp": TCPConnector.connect,
        "names": socket.getaddrinfo,
        "finders": list(sys.meta_path),
        "threads": threading.Thread.start,
        "time": time.time,
        "datetime": datetime.datetime,
        "loops": asyncio.BaseEventLoop.time,
        "environment": dict(os.environ),
        "active": list(lifecycle.active),
        "held": (list(EventLoops._users), list(WorkerThreads._users)),
        "running": sorted(one.name for one in threading.enumerate() if one.name.startswith("fakeproxy server")),
    }


SETTINGS: dict[str, dict[str, Any]] = {
    "process": {},
    "context": {"scope": "context"},
    "app": {"time": "app"},
    "app-ticking": {"time": "app-ticking"},
}


# What an interrupt leaves half made, such as a socket, is the garbage collector's; here, not in a later test.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("TWILIO_ACCOUNT_SID", raising=False)
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    yield
    gc.collect()


def fakes(name: str) -> Callable[[], Any]:
    if name == "elsewhere":
        return lambda: fakeproxy.connect(URL[0])
    return lambda: FakeProxy(**SETTINGS[name])


URL: list[str] = []


strides = pytest.mark.parametrize(
    ("make", "stride"),
    [
        ("process", FEW),
        *(slow(name, STRIDE) for name in ("process", "context", "elsewhere")),
        *(slow(name, OF_FREEZEGUN) for name in ("app", "app-ticking")),
    ],
    indirect=["make"],
)


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Iterator[Callable[[], Any]]:
    with FakeProxy(intercept=False) as served:
        URL[:] = [served.url]
        fakes("process")().start().stop()  # what is imported and remembered for good
        yield fakes(request.param)


def lines_of(act: Callable[[], object]) -> int:
    with interrupted(0) as count:
        act()
    return count[0]


@strides
def test_start_leaks_nothing(make: Callable[[], Any], stride: int) -> None:
    before = traces()
    fake = make()
    total = lines_of(fake.start)
    fake.stop()
    assert traces() == before
    for line in range(1, total + 1, stride):
        fake = make()
        with interrupted(line):
            try:
                fake.start()
            except Interrupt:
                started = False
            else:
                started = True
        if started or fake.is_active:  # It was interrupted once it had started: that is for stop() to undo.
            fake.stop()
        assert traces() == before, line


@strides
def test_stop_leaks_nothing(make: Callable[[], Any], stride: int) -> None:
    before = traces()
    fake = make()
    fake.start()
    total = lines_of(fake.stop)
    assert traces() == before
    for line in range(1, total + 1, stride):
        fake = make()
        fake.start()
        with interrupted(line), suppress(Interrupt):
            fake.stop()
        if line == 1:  # before its first line
            fake.stop()
        assert traces() == before, line


def test_a_server_and_a_tunnel_are_stopped_too() -> None:
    before = traces()
    for line in range(1, 400, FEW):
        fake = FakeProxy(intercept=False).start()
        with interrupted(line):
            try:
                _ = fake.url
                fake.tunnel()
            except Interrupt:
                pass
        fake.stop()
        assert traces() == before, line


def test_with_blocks_are_left_clean() -> None:
    before = traces()
    for line in range(1, 200, FEW):
        with interrupted(line):
            try:
                with FakeProxy():
                    pass
            except Interrupt:
                pass
        for fake in list(lifecycle.active):
            fake.stop()
        assert traces() == before, line
