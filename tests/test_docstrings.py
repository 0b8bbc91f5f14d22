"""Docstrings begin with a verb or with a noun and its article. That every public name has one, `interrogate` holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from tests.sources import FILES, name, nodes

QUESTION = re.compile(r"(What|Who|Whose|Whom|Where|When|Why|How|Which|Whether)\b")


def _docstrings(walked: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in walked:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text


def test_no_docstring_begins_with_a_question_word() -> None:
    found = [(name(file), line, text[:60]) for file in FILES for line, text in _docstrings(nodes(file))]
    assert len(found) > 1000
    assert [told for told in found if QUESTION.match(told[2])] == []


def test_no_comment_on_an_attribute_begins_with_a_question_word() -> None:
    found = []
    for file in FILES:
        lines = file.read_text("utf-8").splitlines()
        # The first line of each `#:` comment.
        found += [line.strip()[3:] for line, above in zip(lines, ["", *lines], strict=False) if _is_first(line, above)]
    assert len(found) > 100
    assert [text for text in found if QUESTION.match(text)] == []


def _is_first(line: str, above: str) -> bool:
    return line.strip().startswith("#: ") and not above.strip().startswith("#:")
