"""`Any` in the package: seldom, and in no public signature."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "fakeproxy"
FILES = sorted(PACKAGE.rglob("*.py"))

#: The most times that the name may stand in the code of the package, imports left out.
MOST = 100


def name(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


def uses(tree: ast.AST) -> list[int]:
    """Return the lines in which `Any` stands, also under another name or in an annotation that is a text."""
    lines = []
    for node in ast.walk(tree):
        if (isinstance(node, ast.Name) and node.id == "Any") or (
            isinstance(node, ast.Attribute) and node.attr == "Any"
        ):
            lines.append(node.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value[:12]:
            try:
                lines += [node.lineno for _ in uses(ast.parse(node.value, mode="eval"))]
            except (SyntaxError, ValueError):
                continue
    return lines


@cache
def aliases() -> set[str]:
    """Return the names of all types that are made of `Any`: an annotation with one of them has it too."""
    found = set()
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and uses(node.value):
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def public_functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        is_public = not getattr(node, "name", "_").startswith("_") or getattr(node, "name", "") in (
            "__init__",
            "__call__",
        )
        if isinstance(node, ast.ClassDef) and is_public:
            yield from public_functions(node.body)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_public:
            yield node


def test_any_is_rare() -> None:
    counts = {name(path): len(uses(ast.parse(path.read_text(encoding="utf-8")))) for path in FILES}
    assert sum(counts.values()) <= MOST, {file: count for file, count in counts.items() if count}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_public_signature_has_any(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in public_functions(tree.body):
        of = function.args
        arguments = [*of.posonlyargs, *of.args, *of.kwonlyargs, *(one for one in (of.vararg, of.kwarg) if one)]
        annotations = [one.annotation for one in arguments if one.annotation] + [function.returns or ast.Constant(None)]
        for annotation in annotations:
            names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
            assert not uses(annotation), f"{function.name}, line {annotation.lineno}: {ast.unparse(annotation)}"
            assert not names & aliases(), f"{function.name}, line {annotation.lineno}: {ast.unparse(annotation)}"
