"""The content of a store as a value, and what it was before some changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from fakeproxy.engine.records import Alert, Row
from fakeproxy.engine.schedule import Due, Schedule
from fakeproxy.engine.tables import copier, put_row_back, take_row_out
from fakeproxy.engine.undo import Entry, put_back, put_back_tail, put_field_back

if TYPE_CHECKING:
    from fakeproxy.engine.snapshot import PlainAccounts

K = TypeVar("K")
V = TypeVar("V")


class Content(NamedTuple):
    """The content of a store. Its rows and mappings may be those of the store itself."""

    seed: int
    counts: Mapping[str, int]
    accounts: PlainAccounts
    position: int
    #: The rows of each table by SID, in order of their positions.
    tables: Mapping[type[Row], Mapping[str, Row]]
    alerts: Sequence[Alert]
    #: The parts of `PARTS`, by the name of their attribute.
    parts: Mapping[str, Mapping[Any, Any]]
    due: Mapping[tuple[str, str], Due]


def rewound(content: Content, entries: Iterable[Entry]) -> Content:
    """Return a content as it was before these changes, with copies of its rows. The changes are of one store, in order.

    The first change of a thing has its value from before all of them.
    """
    attributes: dict[Any, Any] = {}
    items: dict[int, dict[Any, Any]] = {}
    fields: dict[int, dict[Any, Any]] = {}
    added: dict[int, Row] = {}
    removed: dict[int, Row] = {}
    due: dict[Any, Any] = {}
    tails: list[tuple[int, list[Alert]]] = []
    for undo, target, key, before in entries:
        if undo is put_field_back:
            if id(target) not in added:  # Such a row is left out, whatever its fields were.
                fields.setdefault(id(target), {}).setdefault(key, before)
        elif undo is put_back:
            items.setdefault(id(target), {}).setdefault(key, before)
        elif undo is setattr:
            attributes.setdefault(key, before)
        elif undo is take_row_out:
            added[id(key)] = cast(Row, key)
        elif undo is put_row_back:
            removed[id(key)] = cast(Row, key)
        elif undo is Schedule.put_back:
            due.setdefault(key, before)
        elif undo is put_back_tail and target is content.alerts:
            tails.append((cast(int, key), cast("list[Alert]", before)))
    alerts = list(content.alerts)
    for start, tail in reversed(tails):
        alerts[start:] = tail
    lost: dict[type[Row], list[Row]] = {}
    for row_id, row in removed.items():
        if row_id not in added:
            lost.setdefault(type(row), []).append(row)
    parts = {name: attributes.get(name, mapping) for name, mapping in content.parts.items()}
    return content._replace(
        counts=_with(items, content.counts),
        accounts={"default_sid": attributes.get("_default_sid", content.accounts["default_sid"])},
        position=attributes.get("position", content.position),
        tables={
            record: _copies([row for row in rows.values() if id(row) not in added], lost.get(record, ()), fields)
            for record, rows in content.tables.items()
        },
        alerts=alerts,
        parts={name: _with(items, mapping) for name, mapping in parts.items()},
        due={key: value for key, value in {**content.due, **due}.items() if value is not None},
    )


def _with(items: Mapping[int, Mapping[K, Any]], mapping: Mapping[K, V]) -> Mapping[K, V]:
    """Return a copy of a mapping in which its `items`, by its `id()`, are put back."""
    copy = dict(mapping)
    for key, before in items.get(id(mapping), {}).items():
        put_back(copy, key, before)
    return copy


def _copies(rows: Sequence[Row], lost: Sequence[Row], fields: Mapping[int, Mapping[str, Any]]) -> Mapping[str, Row]:
    """Return copies of rows by SID, with their former fields."""
    if lost:
        rows = sorted([*rows, *lost], key=lambda row: row.position)
    copies = {}
    for row in rows:
        copy = copier(type(row))(row)  # type: ignore[arg-type]  # mypy takes the class for an instance.
        for name, value in fields.get(id(row), {}).items():
            setattr(copy, name, value)
        copies[copy.sid] = copy
    return copies
