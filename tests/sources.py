"""The files of the package, each parsed once for all tests of the house."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import fakeproxy

PACKAGE = Path(fakeproxy.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))


def name(path: Path) -> str:
    """Return the path of a file as a person writes it, such as `fakeproxy/engine/store.py`."""
    return path.relative_to(PACKAGE.parent).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Return every node of the syntax tree of a file."""
    return list(ast.walk(tree(path)))
