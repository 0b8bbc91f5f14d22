"""The files of the page hold to eslint and to TypeScript's strict checks of their JSDoc types."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import fakeproxy
from tests import needs

HERE = Path(__file__).parent
STATIC = Path(fakeproxy.__file__).parent / "inspector" / "static"

pytestmark = [needs.node, needs.page_checks]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as both tools want it: their settings, the files, and the packages of npm."""
    for name in ("eslint.config.js", "tsconfig.json"):
        shutil.copy(HERE / name, tmp_path)
    shutil.copytree(STATIC, tmp_path / "static")
    (tmp_path / "node_modules").symlink_to(Path(needs.NODE_MODULES).resolve(), target_is_directory=True)
    return tmp_path


def check(folder: Path, tool: str, *arguments: str) -> str:
    """Return what a tool finds in the files."""
    command = [needs.NODES[0], f"node_modules/{tool}", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120).stdout


def eslint(folder: Path) -> str:
    return check(folder, "eslint/bin/eslint.js", "--max-warnings", "0", "static")


def tsc(folder: Path) -> str:
    return check(folder, "typescript/bin/tsc", "--project", ".")


def test_eslint_finds_nothing(folder: Path) -> None:
    assert eslint(folder) == ""


def test_the_types_fit(folder: Path) -> None:
    assert tsc(folder) == ""


def test_both_would_find_something(folder: Path) -> None:
    (folder / "static" / "wrong.js").write_text("export const made = document.body;\nmade.innerHTML = made.colour;\n")
    assert "no-restricted-properties" in eslint(folder)
    assert "Property 'colour' does not exist" in tsc(folder)
