"""What an installation brings: its command, its plugin, its types, and nothing that nobody asked for."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path

DISTRIBUTION = distribution("pytest-fakeproxy")


def test_the_entry_points() -> None:
    assert {(point.group, point.name, point.value) for point in DISTRIBUTION.entry_points} == {
        ("console_scripts", "fakeproxy", "fakeproxy.cli.commands:main"),
        ("pytest11", "fakeproxy", "fakeproxy.pytest_plugin"),
    }


def test_what_is_needed_at_run_time() -> None:
    lines = [line for line in DISTRIBUTION.requires or [] if "extra ==" not in line]
    needed = {re.split(r"[^\w-]", line)[0] for line in lines if "python_version" not in line}
    assert needed == {"freezegun", "phonenumbers", "pytest", "werkzeug"}
    # Python 3.10 lacks `typing.Unpack`; pytest itself needs the package there.
    assert 'typing_extensions>=4.6; python_version < "3.11"' in Path("setup.cfg").read_text()


def test_the_extras_and_the_versions_of_python() -> None:
    assert set(DISTRIBUTION.metadata.get_all("Provides-Extra") or []) == {"browser", "test", "docs", "dev", "tunnel"}
    assert DISTRIBUTION.metadata["Requires-Python"] == ">=3.10"


def test_what_children_run_is_part_of_it() -> None:
    assert files("fakeproxy").joinpath("transports", "child", "node.cjs").is_file()
    assert re.search(r"^fakeproxy\.transports\.child = .*node\.cjs$", Path("setup.cfg").read_text(), re.MULTILINE)


def test_it_is_typed() -> None:
    assert files("fakeproxy").joinpath("py.typed").is_file()
