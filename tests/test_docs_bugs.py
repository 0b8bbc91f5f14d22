"""The tables of docs/compare say what happens: each tool's tests run against the right application and each bug."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from tests import needs

DOCS = Path(__file__).parent.parent / "docs"
SCRIPT: dict[str, Any] = runpy.run_path(str(DOCS / "bugs.py"))
TOOLS: dict[str, str] = SCRIPT["TOOLS"]
BUGS: dict[str, Any] = {bug.name: bug for bug in SCRIPT["BUGS"]}
INSTALLED = [pytest.param(tool, marks=needs.prism) if tool == "Prism" else tool for tool in TOOLS]
CAUGHT: dict[str, dict[str, dict[str, list[str]]]] = json.loads(SCRIPT["CAUGHT"].read_text("utf-8"))


def test_the_tables_have_every_bug_and_every_tool() -> None:
    assert list(CAUGHT["slip"]) == list(BUGS)
    assert list(CAUGHT["belief"]) == [name for name, bug in BUGS.items() if bug.tests]
    assert all(list(row) == list(TOOLS) for rows in CAUGHT.values() for row in rows.values())


@pytest.mark.slow
def test_a_row_of_the_table() -> None:
    name = "The two numbers are swapped"
    assert SCRIPT["catches"]("fakeproxy", BUGS[name]) == CAUGHT["slip"][name]["fakeproxy"]


@pytest.mark.slow
@pytest.mark.parametrize("tool", INSTALLED)
def test_the_tests_of_a_tool_pass_with_the_right_application(tool: str) -> None:
    assert SCRIPT["catches"](tool, None) == []


@pytest.mark.slow
@pytest.mark.parametrize("tool", INSTALLED)
@pytest.mark.parametrize(("author", "name"), [(author, name) for author, rows in CAUGHT.items() for name in rows])
def test_a_cell_of_the_tables(author: str, name: str, tool: str) -> None:
    found = SCRIPT["catches"](tool, BUGS[name], believed=author == "belief")
    assert found == CAUGHT[author][name][tool], "run: python docs/bugs.py && python docs/generate.py"
