"""`Any` in the package: seldom, and in no public signature."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache

from tests.sources import FILES, name, nodes, tree

#: The most times that the name may stand in the code of the package, imports left out.
MOST = 100


def uses(walked: Iterable[ast.AST]) -> list[int]:
    """Return the lines in which `Any` stands, also under another name or in an annotation that is a text."""
    lines = []
    for node in walked:
        if (isinstance(node, ast.Name) and node.id == "Any") or (
            isinstance(node, ast.Attribute) and node.attr == "Any"
        ):
            lines.append(node.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "Any" in node.value[:200]:
            try:
                lines += [node.lineno for _ in uses(ast.walk(ast.parse(node.value, mode="eval")))]
            except (SyntaxError, ValueError):
                continue
    return lines


@cache
def aliases() -> set[str]:
    """Return the names of all types that are made of `Any`: an annotation with one of them has it too."""
    found = set()
    for path in FILES:
        for node in tree(path).body:
            if isinstance(node, ast.Assign) and uses(ast.walk(node.value)):
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
    counts = {name(path): len(uses(nodes(path))) for path in FILES}
    assert sum(counts.values()) <= MOST, {file: count for file, count in counts.items() if count}


def annotations_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    of = function.args
    arguments = [*of.posonlyargs, *of.args, *of.kwonlyargs, *(one for one in (of.vararg, of.kwarg) if one)]
    return [one.annotation for one in arguments if one.annotation] + ([function.returns] if function.returns else [])


def has_any(annotation: ast.expr) -> bool:
    walked = list(ast.walk(annotation))
    return bool(uses(walked)) or any(isinstance(node, ast.Name) and node.id in aliases() for node in walked)


def test_no_public_signature_has_any() -> None:
    found = [
        f"{name(path)}, line {annotation.lineno}: {function.name}, {ast.unparse(annotation)}"
        for path in FILES
        for function in public_functions(tree(path).body)
        for annotation in annotations_of(function)
        if has_any(annotation)
    ]
    assert found == []
