"""The rows of the matrix: the versions that the steps run under, and what is installed for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from configparser import ConfigParser
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

#: The row in which every package is the newest.
NEWEST = "newest"

#: The row in which every package is at the lower bound that `setup.cfg` states.
LOWEST = "lowest"


class Range(NamedTuple):
    """A package and versions of it, from old to new; the newest one is in the row `NEWEST`.

    A version is a whole one or the beginning of one: `7.9` is the last 7.9.x. `python` is the newest Python that all
    of them run under, empty for any. `beside` is what they need beside them.
    """

    package: str
    versions: Sequence[str]
    python: str = ""
    beside: Sequence[str] = ()


RANGES = [
    Range("twilio", ["6.9", "6.35", "6.63", "7.0", "7.9", "7.16", "8.0", "8.13", "9.0", "9.6"]),
    Range("urllib3", ["1.26", "2.0"]),
    Range("niquests", ["3.21"]),  # with urllib3-future in the place of urllib3
    Range("requests", ["2.28", "2.31"]),
    Range("httpx", ["0.24", "0.25", "0.26", "0.27"]),
    Range("aiohttp", ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"], python="3.11"),
    Range("werkzeug", ["3.0.0", "3.0"]),
    Range("pytest", ["8.0.0", "8.4"]),
    Range("freezegun", ["1.2.2", "1.4"]),
    Range("time-machine", ["2.13.0", "2.19"], python="3.12"),
    Range("django", ["2.2", "3.1", "3.2", "4.2"], python="3.11"),
    Range("flask", ["2.3", "3.0"]),
    Range("starlette", ["0.19", "0.27", "0.37"], beside=["anyio<4", "httpx<0.28"]),
]


class Row(NamedTuple):
    """One virtual environment: `requirements` as pip takes them, and the newest Python that will do.

    `is_end`: it is one of the rows that together have the ends of all ranges.
    """

    name: str
    requirements: Sequence[str]
    python: str = ""
    is_end: bool = False


def _bounds(extra: str = "") -> list[str]:
    """Return the requirements that `setup.cfg` states, of the package itself or of an extra."""
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = settings["options.extras_require"][extra] if extra else settings["options"]["install_requires"]
    return [line for line in listed.split("\n") if line]


#: What every row has beside what fakeproxy needs. The SDK signs requests with cryptography.
_CLIENTS = ["twilio", "cryptography", "requests", "httpx", "aiohttp", "time-machine"]
_FRAMEWORKS = ["django", "flask", "starlette"]


def _row(range_: Range, version: str) -> Row:
    places = version.count(".")
    # `==2.*` would be a 2.2 where `2` is meant; a whole version has three places.
    pin = f"{range_.package}=={version}" if places == 2 else f"{range_.package}=={version}.*"
    others = [name for name in (*_bounds(), *_CLIENTS) if re.split(r"[^\w-]", name)[0] != range_.package]
    is_end = version == range_.versions[0] and (range_.package, _three(version)) not in _lowest()
    return Row(f"{range_.package}=={version}", [pin, *others, *range_.beside], range_.python, is_end)


def _lowest() -> set[tuple[str, str]]:
    """Return package and version of what the row `LOWEST` has, where an end need not be run once more."""
    split = [line.lower().partition(">=") for line in (*_bounds(), *_bounds("test"))]
    return {(package, _three(version)) for package, _, version in split}


def _three(version: str) -> str:
    """Return the version in three places."""
    return ".".join([*version.split("."), "0", "0"][:3])


def rows() -> list[Row]:
    """Return all rows, the newest and the lowest first."""
    lowest = [line.replace(">=", "==") for line in (*_bounds(), *_bounds("test"))]
    return [
        Row(NEWEST, [*_bounds(), *_CLIENTS, *_FRAMEWORKS], is_end=True),
        Row(LOWEST, [*lowest, "requests", "cryptography"], python="3.12", is_end=True),
        *(_row(range_, version) for range_ in RANGES for version in range_.versions),
    ]


def _words(row: Row) -> set[str]:
    """Return the words that name the row."""
    return {row.name, row.name.partition("==")[0], "ends" if row.is_end else row.name}


def selected(words: Sequence[str]) -> list[Row]:
    """Return the rows that the words name: `ends`, a package, or a row. Raises ValueError for a word that fits none."""
    chosen = []
    for word in words:
        fitting = [row for row in rows() if word in _words(row)]
        if not fitting:
            raise ValueError(f"{word!r} names no row; there are: ends, {', '.join(row.name for row in rows())}")
        chosen += [row for row in fitting if row not in chosen]
    return chosen
