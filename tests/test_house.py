"""The rules of the house that neither ruff nor import-linter holds; see CONTRIBUTING."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest

PACKAGE = Path(__file__).parents[1] / "fakeproxy"
FILES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = sorted(path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE)


def name(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


def test_the_top_level_holds_front_doors_and_values() -> None:
    assert len([*PACKAGE.glob("*.py")]) <= 10


def test_no_file_is_long() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {file: length for file, length in lengths.items() if length > 350} == {}
    assert median(lengths.values()) <= 130


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_folder_says_what_it_is_for(folder: Path) -> None:
    """What comes in, what goes out, and who may be asked for what."""
    module = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    told = ast.get_docstring(module) or ""
    assert "Input: " in told or "What comes in is " in told
    assert "Output: " in told or "what goes out is " in told
    assert "`" in told, "the name of a file, and what it is asked for"
    assert len(module.body) == 1, "code stands in files of its own"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_an_import_inside_a_function_says_why(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        inside = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
        imports = {number for node in inside for number in range(node.lineno, (node.end_lineno or 0) + 1)}
        for node in inside:
            above = node.lineno - 1
            while above in imports or not lines[above - 1].strip():  # The comment stands above the first of them.
                above -= 1
            explained = "# " in lines[node.lineno - 1] or lines[above - 1].lstrip().startswith("# ")
            assert explained, f"line {node.lineno}"


#: Who may take the lock of the state or settle the clock. The others go through the world.
DOORS = {"world.py", "api/app.py", "fake/proxy.py", "fake/state.py", "fake/forks.py", "fake/past.py"}


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name not in ("engine", "clock")], ids=name)
def test_the_world_is_the_one_door_to_the_state(path: Path) -> None:
    """The requests of the API take it by themselves, which saves a tenth of their time. A past has its own store."""
    used = {
        node.attr for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)
    }
    if path.relative_to(PACKAGE).as_posix() not in DOORS:
        assert not used & {"locked", "settle", "transaction", "roll_back"}
