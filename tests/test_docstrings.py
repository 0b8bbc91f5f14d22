"""Docstrings begin with a verb or with a noun and its article. That every public name has one, `interrogate` holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
QUESTION = re.compile(r"(What|Who|Whose|Whom|Where|When|Why|How|Which|Whether)\b")

FILES = sorted((ROOT / "fakeproxy").glob("**/*.py"))


def _docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_docstring_begins_with_a_question_word(file: Path) -> None:
    found = [f"line {line}: {text[:60]}" for line, text in _docstrings(ast.parse(file.read_text("utf-8")))]
    assert not [text for text in found if QUESTION.match(text.partition(": ")[2])]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_comment_on_an_attribute_begins_with_a_question_word(file: Path) -> None:
    lines = file.read_text("utf-8").splitlines()
    # The first line of each `#:` comment.
    first = [line.strip()[3:] for line, above in zip(lines, ["", *lines], strict=False) if _is_first(line, above)]
    assert not [text for text in first if QUESTION.match(text)]


def _is_first(line: str, above: str) -> bool:
    return line.strip().startswith("#: ") and not above.strip().startswith("#:")
