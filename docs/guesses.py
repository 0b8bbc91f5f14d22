"""The guesses about Twilio, read from the code, each with its certainty, its source and the code that holds it.

A guess is a comment `# Guess (CERTAINTY, SOURCE): TEXT`. TEXT goes to the end of the block of comments.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fakeproxy.behavior import SOURCES, Behavior

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "fakeproxy"

CERTAINTIES = ("documented", "seen", "inferred")

_GUESS = re.compile(r"Guess \((?P<certainty>\w+), (?P<source>[^)]+)\): (?P<text>.+)")


class Guess(NamedTuple):
    """A guess without a switch. `code` is the function or the name that holds it."""

    path: Path
    code: str
    certainty: str
    source: str
    text: str


def read(path: Path) -> Iterator[Guess]:
    """Yield the guesses of a file, in its order. Raises ValueError for one without certainty or source."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text if "# Guess" in text else "")  # Few files have any.
    for line, comment in _comments(text.splitlines()):
        found = _GUESS.fullmatch(comment)
        if found is None or found["certainty"] not in CERTAINTIES:
            raise ValueError(f"{path}:{line}: expected `# Guess (certainty, source): text`, not `# {comment}`")
        yield Guess(path, _holder(tree, line), *found.group("certainty", "source", "text"))


def _comments(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield each comment that begins with `Guess`, in one line of text, with the number of its first line."""
    for number, line in enumerate(lines):
        before, sign, text = line.partition("# Guess")
        if not sign or text.startswith("`"):  # A docstring about guesses.
            continue
        block = ["Guess" + text]
        for following in map(str.strip, lines[number + 1 :]):
            if before.strip() or not following.startswith("# ") or following.startswith("# Guess"):
                break
            block.append(following.removeprefix("# "))
        yield number + 1, " ".join(block)


def _holder(tree: ast.AST, line: int, outer: str = "") -> str:
    """Return the name of the function, class or variable that a line is in, or else of the one that follows it."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                pass
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                pass
            case _:
                continue
        if (node.end_lineno or node.lineno) >= line:
            name = f"{outer}.{name}" if outer else name
            return _holder(node, line, name) if isinstance(node, ast.ClassDef) and node.lineno <= line else name
    return outer


def link(path: Path, code: str = "") -> str:
    """Return the link from a page of `docs` to a file of the package, and the name in it."""
    name = path.relative_to(PACKAGE).as_posix()
    return f"[`{name}`](../fakeproxy/{name})" + (f" `{code}`" if code else "")


def _origin(certainty: str, source: str) -> str:
    if source == "none":
        return f"**{certainty}**"
    return f"**{certainty}**{' from' if certainty == 'inferred' else ':'} {source}"


def _switch_holders(name: str) -> Iterable[Path]:
    """Return the files of the package that read a field of `Behavior`."""
    return (path for path, words in _words().items() if name in words and path.name != "behavior.py")


@cache
def _words() -> dict[Path, set[str]]:
    """Return the words of each file of the package."""
    return {path: {*re.findall(r"\w+", path.read_text(encoding="utf-8"))} for path in sorted(PACKAGE.rglob("*.py"))}


def all_guesses() -> list[Guess]:
    """Return the guesses without a switch, by file."""
    return [guess for path in sorted(PACKAGE.rglob("*.py")) for guess in read(path)]


def behavior() -> str:
    """Return the table of the switches."""
    rows = ["| field and default | certainty and source | why | code |", "| --- " * 4 + "|"]
    for point in fields(Behavior):
        choices = " or ".join(f"`{choice!r}`" for choice in point.metadata["choices"] if choice != point.default)
        default = f"`{point.default!r}`" + (f" (or {choices})" if choices else "")
        code = ", ".join(map(link, _switch_holders(point.name)))
        cells = (f"`{point.name}`: {default}", _origin(*SOURCES[point.name]), point.metadata["why"], code)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def guesses() -> str:
    """Return the table of the guesses without a switch."""
    rows = ["| certainty and source | guess | code |", "| --- " * 3 + "|"]
    for guess in all_guesses():
        text, source = (re.sub(r"<(\w+)>", r"`<\1>`", cell) for cell in (guess.text, guess.source))
        rows.append(f"| {_origin(guess.certainty, source)} | {text} | {link(guess.path, guess.code)} |")
    return "\n".join(rows) + "\n"


def certainties() -> str:
    """Return the table of how many switches and guesses are documented, seen and inferred."""
    switches = Counter(certainty for certainty, _ in SOURCES.values())
    found = Counter(guess.certainty for guess in all_guesses())
    rows = ["| certainty | with a switch | without a switch |", "| --- | --- | --- |"]
    rows += [f"| {name} | {switches[name]} | {found[name]} |" for name in CERTAINTIES]
    return "\n".join(rows) + "\n"


#: By name, the functions that make a text of `docs/generate.py`.
TEXTS = {"behavior": behavior, "guesses": guesses, "certainties": certainties}
