"""What `from fakeproxy import ...` promises."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest

import fakeproxy
from tests.processes import unmeasured


def test_at_most_twelve_names_each_there() -> None:
    names = [*fakeproxy._EXPORTS, "__version__"]
    assert len(names) <= 12
    for name in names:
        assert getattr(fakeproxy, name) is not None
    assert fakeproxy.FakeProxy.__module__ == "fakeproxy.fake.proxy"


def test_all_of_them_at_once() -> None:
    names: dict[str, object] = {}
    exec("from fakeproxy import *", names)
    assert set(fakeproxy._EXPORTS) <= set(names)


def test_another_name_is_none_of_ours() -> None:
    with pytest.raises(AttributeError, match="module 'fakeproxy' has no attribute 'Nothing'"):
        _ = fakeproxy.Nothing  # type: ignore[attr-defined]


def test_the_version_is_that_of_the_distribution() -> None:
    assert metadata.version("pytest-fakeproxy") == fakeproxy.__version__


def test_a_freeze_does_not_import_the_names_for_us() -> None:
    program = """
import sys, fakeproxy
from freezegun import freeze_time
with freeze_time("2030-01-01"):
    pass
assert "fakeproxy.fake.proxy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    assert "__dir__" not in vars(fakeproxy)


def test_a_fake_imports_nothing_that_it_does_not_use() -> None:
    program = """
import sys
from fakeproxy import FakeProxy
with FakeProxy() as proxy:
    proxy.add_service(numbers=["+14155550001"])
slow = {"asyncio", "fakeproxy.inspector.app", "fakeproxy.transports.loopback.server", "sqlite3", "werkzeug"}
assert not slow & sys.modules.keys(), slow & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", program], check=True, env=unmeasured())


def test_the_entry_points() -> None:
    points = metadata.distribution("pytest-fakeproxy").entry_points
    assert {(point.group, point.value) for point in points} == {
        ("console_scripts", "fakeproxy.cli.commands:main"),
        ("pytest11", "fakeproxy.pytest_plugin"),
    }
