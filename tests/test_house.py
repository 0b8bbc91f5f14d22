"""The rules of the house that neither ruff nor import-linter holds; see CONTRIBUTING."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest

from tests.sources import FILES, PACKAGE, name, nodes, tree

FOLDERS = sorted(path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE)


def test_the_top_level_holds_front_doors_and_values() -> None:
    assert len([*PACKAGE.glob("*.py")]) <= 10


def test_no_file_is_long() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {file: length for file, length in lengths.items() if length > 350} == {}
    assert median(lengths.values()) <= 130


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_folder_says_what_it_is_for(folder: Path) -> None:
    """What comes in, what goes out, and who may be asked for what."""
    module = tree(folder / "__init__.py")
    told = ast.get_docstring(module) or ""
    assert "Input: " in told or "What comes in is " in told
    assert "Output: " in told or "what goes out is " in told
    assert "`" in told, "the name of a file, and what it is asked for"
    assert len(module.body) == 1, "code stands in files of its own"


def unexplained_imports(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for function in nodes(path):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        inside = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
        imports = {number for node in inside for number in range(node.lineno, (node.end_lineno or 0) + 1)}
        for node in inside:
            above = node.lineno - 1
            while above in imports or not lines[above - 1].strip():  # The comment stands above the first of them.
                above -= 1
            if "# " not in lines[node.lineno - 1] and not lines[above - 1].lstrip().startswith("# "):
                found.append(f"{name(path)}, line {node.lineno}")
    return found


def test_an_import_inside_a_function_says_why() -> None:
    assert [told for path in FILES for told in unexplained_imports(path)] == []


#: Who may take the lock of the state or settle the clock. The others go through the world.
DOORS = {"world.py", "api/app.py", "fake/proxy.py", "fake/state.py", "fake/forks.py", "fake/past.py"}


def test_the_world_is_the_one_door_to_the_state() -> None:
    """The requests of the API take it by themselves, which saves a tenth of their time. A past has its own store."""
    others = [path for path in FILES if path.parent.name not in ("engine", "clock")]
    used = {
        f"{name(path)}: {node.attr}"
        for path in others
        if path.relative_to(PACKAGE).as_posix() not in DOORS
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in ("locked", "settle", "transaction", "roll_back")
    }
    assert used == set()
