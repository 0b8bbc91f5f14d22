"""Differences between the expected fields and the items of a collection, nearest items first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from fakeproxy.queries.matching import describe, fits

#: The most candidates in an error.
_MOST = 3


class Candidate(NamedTuple):
    """An item that does not fit, and the fields that differ, with their values."""

    item: object
    differing: Mapping[str, object]


def candidates(items: Iterable[object], fields: Mapping[str, object]) -> list[Candidate]:
    """Return the items that do not fit: those with fewest differences first, and newer ones before older ones."""
    found = []
    for item in items:
        differing = {
            name: value for name, expected in fields.items() if not fits(expected, value := getattr(item, name))
        }
        if differing:
            found.append(Candidate(item, differing))
    found.reverse()
    return sorted(found, key=lambda candidate: len(candidate.differing))


def explain(
    what: str,
    fields: Mapping[str, object],
    items: Sequence[object],
    elsewhere: Iterable[tuple[str, Sequence[object]]] = (),
) -> str:
    """Return an explanation why nothing fits: the nearest items, their differences, and fitting items elsewhere."""
    found = []
    for where, others in elsewhere:
        fitting = [item for item in others if not candidates([item], fields)]
        found += [f"  but {where} has {item!r}" for item in fitting[:_MOST]]
    if not items:
        return "\n".join([f"there is no {what} at all", *found])
    near = candidates(items, fields)
    lines = [f"none fits, the nearest of {len(items)} are", *found]
    for candidate in near[:_MOST]:
        lines.append(f"  {candidate.item!r}")
        lines += [f"    {_difference(name, fields[name], value)}" for name, value in candidate.differing.items()]
    return "\n".join(lines)


def _difference(name: str, expected: object, actual: object) -> str:
    """Return a text on a field that differs. For instants, it has the difference in seconds."""
    text = f"{name} is {actual!r}, not {describe(expected)}"
    if isinstance(expected, datetime) and isinstance(actual, datetime) and expected.tzinfo and actual.tzinfo:
        apart = abs((actual - expected).total_seconds())
        text += f": {apart:g} seconds {'later' if actual > expected else 'earlier'}"
    return text
