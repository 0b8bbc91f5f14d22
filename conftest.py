"""Fixtures that the whole suite shares."""

from __future__ import annotations

import os
import time
from collections.abc import Generator

import pytest

from fakeproxy import FakeProxy
from fakeproxy.views import Service

pytest_plugins = ["pytester"]

# The suite must not depend on the time zone of the machine; tests that are about it set their own.
os.environ["TZ"] = "UTC"
if hasattr(time, "tzset"):
    time.tzset()

NINE = "2030-01-01T09:00:00Z"


@pytest.fixture
def proxy() -> Generator[FakeProxy]:
    """An active fake whose clock stands at nine in the morning of 2030-01-01, UTC."""
    with FakeProxy(start=NINE) as fake:
        yield fake


@pytest.fixture
def service(proxy: FakeProxy) -> Service:
    """A Service with a pool of three numbers of San Francisco."""
    return proxy.add_service("rides", numbers=["+14155550001", "+14155550002", "+14155550003"])
