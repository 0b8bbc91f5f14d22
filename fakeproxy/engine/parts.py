"""The parts of the state beside its tables: mappings of the store, each with its form as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, cast

#: Plain data for JSON.
Plain = dict[str, object] | list[object]


class Part(NamedTuple):
    """A mapping of the store: its `attribute`, and functions to and from plain data.

    `dump` returns the mapping as plain data, a dict or a list. `load` returns the mapping again.
    """

    attribute: str
    dump: Callable[[Mapping[Any, Any]], Plain]
    load: Callable[[Any], Mapping[Any, Any]]


def _dump_history(history: Mapping[tuple[str, str], Mapping[str, None]]) -> list[object]:
    return [[*key, list(had)] for key, had in history.items()]


def _load_history(entries: Iterable[tuple[str, str, Iterable[str]]]) -> dict[tuple[str, str], dict[str, None]]:
    return {(service, person): dict.fromkeys(had) for service, person, had in entries}


def _dump_allowances(allowances: Mapping[tuple[str, str], tuple[float, int]]) -> list[object]:
    return [[*key, *left] for key, left in allowances.items()]


def _load_allowances(entries: Iterable[tuple[str, str, float, int]]) -> dict[tuple[str, str], tuple[float, int]]:
    return {(operation, service): (left, at) for operation, service, left, at in entries}


#: The parts by their names in a snapshot.
PARTS = {
    "handsets": Part("handsets", dict, dict),
    "received": Part("received", dict, dict),
    "graves": Part("deleted_at", dict, dict),
    "history": Part("numbers_given", _dump_history, _load_history),
    "allowances": Part("allowances", _dump_allowances, _load_allowances),
}


def merge(part: Part, pieces: Iterable[Plain]) -> Plain:
    """Return the plain data of a part whose entries were dumped one by one."""
    whole = part.dump({})
    for piece in pieces:
        if isinstance(whole, dict):
            whole.update(cast(dict[str, object], piece))
        else:
            whole.extend(piece)
    return whole
