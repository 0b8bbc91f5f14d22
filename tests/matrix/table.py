"""The table of `docs/reference/versions.md`: which versions of which packages the steps passed under."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tests.matrix.environments import Result
from tests.matrix.rows import LOWEST, NEWEST, RANGES, ROOT

PAGE = ROOT / "docs" / "reference" / "versions.md"
BEGIN, END = "<!-- begin python -m tests.matrix -->", "<!-- end python -m tests.matrix -->"


def table(results: Sequence[Result]) -> str:
    """Return the table in Markdown."""
    by_name = {result.row.name: result for result in results}
    lines = ["| package | versions | Python |", "| --- | --- | --- |"]
    for range_ in RANGES:
        named = {version: by_name[f"{range_.package}=={version}"] for version in range_.versions}
        cells = [_cell(version, result) for version, result in named.items()]
        newest = by_name[NEWEST]
        if range_.package in newest.versions or newest.unavailable:  # else it cannot stand beside all the others
            cells.append(_cell(f"{newest.versions.get(range_.package, '')} (newest)".strip(), newest))
        lines.append(f"| `{range_.package}` | {', '.join(cells)} | {_pythons(named)} |")
    lowest = by_name[LOWEST]
    lines.append(f"| every lower bound of `setup.cfg` at once | {_cell('all', lowest)} | {_minor(lowest)} |")
    return "\n".join(lines)


def _cell(version: str, result: Result) -> str:
    if result.unavailable:
        reason = re.sub(r"[()|]", "", result.unavailable)
        return f"{version} (cannot be installed: {reason})"
    return f"{version} (fails: {'; '.join(result.failed)})" if result.failed else version


def _pythons(named: Mapping[str, Result]) -> str:
    return ", ".join(sorted({_minor(result) for result in named.values() if result.python}))


def _minor(result: Result) -> str:
    return ".".join(result.python.split(".")[:2])


def versions(page: str) -> dict[str, list[str]]:
    """Return the versions that the table of the page names, by package, without the newest one."""
    section = page.partition(BEGIN)[2].partition(END)[0]
    found = re.findall(r"^\| `([\w-]+)` \| (.*) \|[^|]*\|$", section, re.MULTILINE)
    return {
        package: re.sub(r" \([^)]*\)", "", re.sub(r", [^,]*\(newest\).*", "", cells)).split(", ")
        for package, cells in found
    }


def write(results: Sequence[Result]) -> None:
    """Put the table between its markers on its page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{after}", encoding="utf-8")
