"""Make `codes.json` of this folder from a catalogue of Twilio's codes: numbers, titles, levels and statuses, no prose.

    python -m tests.contract.extract_codes PATH/TO/errors.md

The catalogue is Markdown. One table has a row for each code of Proxy: code, title, level (E or W), HTTP status (bold
where it was seen on the wire). The other, in section 4, says which code each request can be answered with.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TypedDict

#: The file that this writes.
CODES = Path(__file__).with_name("codes.json")

_ROW = re.compile(
    r"^\| (?P<code>80\d{3}) \| `(?P<title>.*?)`.*? \| (?P<level>[EW])\b.*? \| (?P<status>.*?) \|", re.MULTILINE
)
_LEVELS = {"E": "error", "W": "warning"}


class Code(TypedDict):
    """The facts of one code; `status` is null where nobody has seen an answer with the code."""

    title: str
    level: str
    status: int | None


class Catalogue(TypedDict):
    """Every code of Proxy, by its number, and the numbers that an answer to a request can have."""

    codes: dict[str, Code]
    answers: list[int]


def catalogue(markdown: str) -> Catalogue:
    """Return the facts of the catalogue."""
    answers = markdown.split("## 4. ")[1].split("\nOrder of checks")[0]
    return {
        "codes": {row["code"]: _code(row) for row in _ROW.finditer(markdown)},
        "answers": sorted({int(code) for code in re.findall(r"\b(?:2[01]|80)\d{3}\b", answers)}),
    }


def _code(row: re.Match[str]) -> Code:
    seen = re.match(r"\*\*(\d{3})\*\*", row["status"])
    return {"title": row["title"].strip(), "level": _LEVELS[row["level"]], "status": int(seen[1]) if seen else None}


def read() -> Catalogue:
    """Return the catalogue as this folder holds it."""
    kept: Catalogue = json.loads(CODES.read_text(encoding="utf-8"))
    return kept


if __name__ == "__main__":
    source = Path(sys.argv[1]).read_text(encoding="utf-8")
    CODES.write_text(json.dumps(catalogue(source), indent=1) + "\n", encoding="utf-8")
