"""Fixtures that the whole suite shares."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from fakeproxy import FakeProxy
from fakeproxy.views import Service

pytest_plugins = ["pytester"]

# The suite must not depend on the time zone of the machine; tests that are about it set their own.
os.environ["TZ"] = "UTC"
if hasattr(time, "tzset"):
    time.tzset()

# Each client of httpx reads the authorities that it trusts, 15 milliseconds for those of certifi. No test meets any of
# them, so they read the one of this file, whose key nobody has.
os.environ["SSL_CERT_FILE"] = str(Path(__file__).parent / "tests" / "authority.pem")

# How many cases hypothesis tries: some in every run, many with `--hypothesis-profile=ci`.
settings.register_profile("suite", max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("suite"), max_examples=300, print_blob=True)
settings.load_profile("suite")

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


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Run suites that have no plugin but fakeproxy: to import those of the extra `test` takes seconds."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "fakeproxy.pytest_plugin")
    return pytester


def pytest_collection_finish() -> None:
    """Keep the collector from what pytest has collected: half a million objects, to which it would come back often."""
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Keep the collector from what the tests of a file have left, too. Each report of a fake looks through the rest."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were left out as slow, and how to run them."""
    left_out = [item for item in terminalreporter.stats.get("deselected", ()) if item.get_closest_marker("slow")]
    if left_out:
        terminalreporter.section("slow tests")
        terminalreporter.line(f"{len(left_out)} slow tests were left out. Run them too with: python -m pytest -m ''")
