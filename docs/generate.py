"""The generator of the documentation's tables, lists and examples: `python docs/generate.py`.

It writes the text between `<!-- begin NAME -->` and `<!-- end NAME -->`. NAME is a file of tests/examples,
of examples or of docs/outputs, or a key of `TEXTS`. A test compares pages and code.
"""

from __future__ import annotations

import ast
import builtins
import json
import re
import runpy
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from fakeproxy import exceptions
from fakeproxy.doctor.known import OLD_VERSIONS, TOOLS
from fakeproxy.fake.settings import SETTINGS
from fakeproxy.transports.failures import RAISED

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_REGION = re.compile(r"(<!-- begin (?P<name>\S+) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)

#: The language of a block, by the suffix of the file in it.
_LANGUAGES = {".py": "python", ".sh": "sh", ".ini": "ini", ".cfg": "ini", ".txt": "text", ".json": "json"}


def settings() -> str:
    rows = ["| setting | meaning |", "| --- | --- |"]
    rows += [f"| `{setting.name}` | {setting.help} |" for setting in SETTINGS.values()]
    return "\n".join(rows) + "\n"


def failures() -> str:
    orders = {"refused": "connection_refused", "reset": "connection_reset", "timeout": "read_timeout"}
    columns = [orders.get(failure, failure) for failure in RAISED["requests"]]
    rows = [f"| client | {' | '.join(f'`{name}()`' for name in columns)} |", "| --- " * (len(columns) + 1) + "|"]
    for client, raised in RAISED.items():
        rows.append(f"| `{client}` | {' | '.join(f'`{names[0]}`' for names in raised.values())} |")
    return "\n".join(rows) + "\n"


def _texts(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    """Yield what a text of the code can be, with an ellipsis in place of each value."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            for line in ast.walk(tree):
                if not isinstance(line, ast.Assign) or isinstance(line.value, ast.Name | ast.Attribute):
                    continue
                if any(ast.unparse(target).rpartition(".")[2] == name for target in line.targets):
                    yield from _texts(line.value, tree)


def _raised(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield each call that makes an error, with the name of its class: `UsageError(...)`, `super().__init__(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node
        elif isinstance(node, ast.ClassDef):
            for call in ast.walk(node):
                match call:
                    case ast.Call(func=function, args=[ast.JoinedStr(), *_]):
                        if ast.unparse(function) == "super().__init__":
                            yield node.name, call


def error_texts() -> dict[str, list[tuple[str, str]]]:
    """Return, by the class of an error, each text that the package gives it, and the file."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((ROOT / "fakeproxy").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, call in _raised(tree):
            kind = vars(exceptions).get(name) or vars(builtins).get(name)
            if not isinstance(kind, type) or not issubclass(kind, Exception) or kind is exceptions.Refusal:
                continue
            texts = [text for argument in call.args for text in _texts(argument, tree)]
            if texts and re.search("[a-z]{2}", text := max(texts, key=len)):
                found.setdefault(name, []).append((text, path.relative_to(ROOT).as_posix()))
    return found


def errors() -> str:
    """Return the list of all texts of errors: the fake's own classes in the order of their file, then Python's."""
    found = error_texts()
    own = [name for name in vars(exceptions) if name in found]
    rows = []
    for name in own + sorted(set(found) - set(own)):
        kind = vars(exceptions).get(name)
        rows += ["", f"### {name}", ""]
        rows += [(kind.__doc__ or "").split("\n")[0], ""] if name in own and kind else []
        rows += [f"- ``{' '.join(text.split())}`` (`{file}`)" for text, file in dict.fromkeys(found[name])]
    return "\n".join(rows).lstrip("\n") + "\n"


def other_tools() -> str:
    rows = ["| tool | |", "| --- | --- |", *(f"| {tool.shown} | {tool.text} |" for tool in TOOLS)]
    return "\n".join(rows) + "\n"


def old_versions() -> str:
    rows = ["| before | what differs | what to do |", "| --- | --- | --- |"]
    rows += [f"| `{old.package}` {old.until} | {old.text} | {old.advice} |" for old in OLD_VERSIONS]
    return "\n".join(rows) + "\n"


def _caught(author: str) -> str:
    """Return a table of `docs/bugs.py`: for each bug, the numbers of the tests of each tool that fail."""
    bugs = json.loads((ROOT / "docs" / "compare" / "caught.json").read_text(encoding="utf-8"))[author]
    tools = list(next(iter(bugs.values())))
    rows = [f"| bug | {' | '.join(tools)} |", "| --- " * (len(tools) + 1) + "|"]
    rows += [f"| {bug} | {' | '.join(', '.join(by[tool]) or 'no' for tool in tools)} |" for bug, by in bugs.items()]
    caught = (sum(bool(by[tool]) for by in bugs.values()) for tool in tools)
    rows.append(f"| **caught, of {len(bugs)}** | {' | '.join(f'**{number}**' for number in caught)} |")
    return "\n".join(rows) + "\n"


def bugs() -> str:
    rows = ["| bug | right | wrong |", "| --- | --- | --- |"]
    rows += [
        f"| {bug.name} | `{bug.change[0].strip()}` | {f'`{bug.change[1]}`' if bug.change[1] else 'nothing'} |"
        for bug in runpy.run_path(str(ROOT / "docs" / "bugs.py"))["BUGS"]
    ]
    return "\n".join(rows) + "\n"


#: By name, the functions that make a text.
TEXTS: dict[str, Callable[[], str]] = {
    **{
        name: make
        for file in ("guesses", "names", "options", "control_api")
        for name, make in runpy.run_path(str(ROOT / "docs" / f"{file}.py"))["TEXTS"].items()
    },
    "settings": settings,
    "failures": failures,
    "errors": errors,
    "other-tools": other_tools,
    "old-versions": old_versions,
    "bugs": bugs,
    "caught-slips": partial(_caught, "slip"),
    "caught-beliefs": partial(_caught, "belief"),
}


def generated(name: str) -> str:
    if make := TEXTS.get(name):
        return make()
    language = _LANGUAGES[Path(name).suffix]
    return f"```{language}\n{(ROOT / name).read_text(encoding='utf-8')}```\n"


def page(text: str) -> str:
    """Return the page with all generated texts up to date."""
    return _REGION.sub(lambda match: match[1] + generated(match["name"]) + match[3], text)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
