"""The plugin, in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

from tests.matrix.steps import step

SUITE = """
import pytest
from twilio.rest import Client
from fakeproxy.unittest import FakeProxyTestCase


def test_good(fakeproxy):
    fakeproxy.add_service("rides")
    assert Client().proxy.v1.services.list()[0].unique_name == "rides"


@pytest.mark.parametrize("number", range(2))
def test_another_begins_empty(fakeproxy, number):
    assert len(fakeproxy.services) == 0


def test_bad(fakeproxy):
    Client().proxy.v1.services.create(unique_name="rides")
    assert False, "on purpose"


def test_swallowed(fakeproxy):
    try:
        Client().request("GET", "https://pricing.twilio.com/v1/Voice/Countries")
    except Exception:
        pass


class Tests(FakeProxyTestCase):
    def test_in_a_class(self):
        assert len(self.proxy.services) == 0
"""


@step()
def the_fixture_and_the_report() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "test_suite.py")
        path.write_text(SUITE, encoding="utf-8")
        root = Path(__file__).parents[3]
        # Where the project is not installed, pytest does not know of the plugin.
        plugin = [] if entry_points(group="pytest11", name="fakeproxy") else ["-p", "fakeproxy.pytest_plugin"]
        command = [sys.executable, "-m", "pytest", *plugin, "-p", "no:cacheprovider", "--rootdir", folder, str(path)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=50, check=False)
    assert "2 failed, 4 passed" in done.stdout, done.stdout + done.stderr
    for told in ("POST /v1/Services", "GET https://pricing.twilio.com/v1/Voice/Countries was stopped"):
        assert told in done.stdout, done.stdout
