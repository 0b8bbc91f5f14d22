"""The generator of the documentation's tables, lists and examples: `python docs/generate.py`.

It writes the text between `<!-- begin NAME -->` and `<!-- end NAME -->`. By NAME, this is a file of tests/examples, the
table of `Behavior`, of the settings or of the failures, or the list of guesses. A test compares pages and code.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from fakeproxy.behavior import Behavior
from fakeproxy.fake.settings import SETTINGS
from fakeproxy.transports.failures import RAISED

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_REGION = re.compile(r"(<!-- begin (?P<name>\S+) -->\n).*?(<!-- end (?P=name) -->)", re.DOTALL)
_GUESS = re.compile(r"#:? Guess: (?P<text>.*)")


def behavior() -> str:
    rows = ["| field | default | why |", "| --- | --- | --- |"]
    for point in fields(Behavior):
        choices = " or ".join(f"`{choice!r}`" for choice in point.metadata["choices"] if choice != point.default)
        default = f"`{point.default!r}`" + (f" (or {choices})" if choices else "")
        rows.append(f"| `{point.name}` | {default} | {point.metadata['why']} |")
    return "\n".join(rows) + "\n"


def guesses() -> str:
    """Return the list of guesses: each comment or docstring that begins with `Guess:`, to the end of its block."""
    rows = []
    for path in sorted((ROOT / "fakeproxy").rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if match := _GUESS.search(line):
                text = [match["text"]]
                if line.lstrip().startswith("#"):
                    for following in lines[number + 1 :]:
                        following = following.strip()
                        if not following.startswith("# ") or "Guess:" in following:
                            break
                        text.append(following.removeprefix("# "))
                rows.append(f"- `{path.relative_to(ROOT).as_posix()}`: {' '.join(text)}")
    return "\n".join(rows) + "\n"


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


def generated(name: str) -> str:
    if name == "behavior":
        return behavior()
    if name == "guesses":
        return guesses()
    if name == "settings":
        return settings()
    if name == "failures":
        return failures()
    language = {".py": "python", ".sh": "sh", ".ini": "ini", ".cfg": "ini", ".txt": "text"}[Path(name).suffix]
    return f"```{language}\n{(ROOT / name).read_text(encoding='utf-8')}```\n"


def page(text: str) -> str:
    """Return the page with all generated texts up to date."""
    return _REGION.sub(lambda match: match[1] + generated(match["name"]) + match[3], text)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
