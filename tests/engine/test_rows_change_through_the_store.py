"""Rows change through the Store alone: no rule sets a field of a row itself, nor a part of the state."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.sources import PACKAGE, tree

#: The containers behind the door, which change their own attributes, and the maker of copies of rows.
DOOR = {"store.py", "content.py", "undo.py", "schedule.py", "sids.py", "accounts.py"}
RULES = [path for path in sorted((PACKAGE / "engine").glob("*.py")) if path.name not in DOOR]
OTHERS = sorted((PACKAGE / "api").glob("*.py")) + sorted((PACKAGE / "network").glob("*.py"))
MUTATORS = {"append", "extend", "pop", "clear", "update", "setdefault", "insert", "remove", "__setitem__"}


def attributes_set(rule: ast.AST) -> list[str]:
    """The attributes of other objects than `self` that are assigned, by `setattr` too."""
    found = []
    for node in ast.walk(rule):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr":
            found.append(ast.unparse(node))
        for target in targets:
            for part in ast.walk(target):
                if not isinstance(part, ast.Attribute) or not isinstance(part.ctx, ast.Store):
                    continue
                if ast.unparse(part.value) != "self":
                    found.append(ast.unparse(part))
    return found


def state_changed(rule: ast.AST) -> list[str]:
    """Calls such as `store.alerts.append(...)`, and items of the store's containers that are set."""
    found = []
    for node in ast.walk(rule):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            owner = ast.unparse(node.func.value)
            if owner.removeprefix("self._").startswith("store."):
                found.append(ast.unparse(node.func))
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            owner = ast.unparse(node.value)
            if owner.removeprefix("self._").startswith("store."):
                found.append(owner)
    return found


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_no_rule_sets_an_attribute(path: Path) -> None:
    assert attributes_set(tree(path)) == []


@pytest.mark.parametrize("path", RULES + OTHERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nobody_changes_a_container_of_the_store(path: Path) -> None:
    assert state_changed(tree(path)) == []


def test_the_check_notices() -> None:
    rule = ast.parse("session.status = 'closed'\nsetattr(row, 'a', 1)\nstore.alerts.append(1)\nstore.pairs[1] = 2")
    assert len(attributes_set(rule)) == 2
    assert len(state_changed(rule)) == 2
