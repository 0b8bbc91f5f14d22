"""A clone is whole: no test reads a file from outside of the project, and what is skipped says how to get its need."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests import needs

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "conftest.py", *sorted((ROOT / "tests").rglob("*.py"))]


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def steps_up(node: ast.AST) -> int:
    """Return how many folders above the file that it names an expression ends: 2 for `Path(__file__).parents[1]`."""
    match node:
        case ast.Attribute(value=inner, attr="parent"):
            return 1 + steps_up(inner)
        case ast.Subscript(value=ast.Attribute(value=inner, attr="parents"), slice=ast.Constant(value=int(number))):
            return 1 + number + steps_up(inner)
        case ast.Attribute(value=inner) | ast.Call(func=ast.Attribute(value=inner)):
            return steps_up(inner)
    return 0


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Path(__file__)", 0),
        ("Path(__file__).parent", 1),
        ("Path(__file__).resolve().parent.parent", 2),
        ("Path(__file__).parents[3]", 4),
        ("HERE.parent.parents[0]", 2),
    ],
)
def test_the_steps_up_of_an_expression(expression: str, expected: int) -> None:
    assert steps_up(ast.parse(expression, mode="eval").body) == expected


def test_no_test_reads_a_file_from_outside_of_the_project() -> None:
    for path in (path for path in FILES if ".parent" in path.read_text(encoding="utf-8")):
        depth = len(path.relative_to(ROOT).parts)
        for node in nodes(path):
            assert steps_up(node) <= depth, f"{path}:{getattr(node, 'lineno', 0)} goes above the repository"


def test_tests_are_skipped_for_the_needs_of_one_table_alone() -> None:
    found = {
        path.name
        for path in FILES
        if "skip" in path.read_text(encoding="utf-8")
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "importorskip", "skipTest", "skipUnless")
    }
    assert found == {"needs.py"}


def test_every_need_says_how_to_get_it() -> None:
    marks = {name: mark for name, mark in vars(needs).items() if isinstance(mark, pytest.MarkDecorator)}
    assert marks.keys() == {
        "node",
        "node_modules",
        "notes",
        "fork",
        "real_asyncio",
        "pytest_html",
        "allure",
        "browser",
        "packaging_tools",
        "page_checks",
        "prism",
    }
    for name, mark in marks.items():
        need, how = mark.kwargs["reason"].split(": ", 1)
        assert need, name
        assert how.startswith(("run ", "install ")), name
