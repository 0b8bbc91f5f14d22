"""The rows of a store, as views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Generic

from fakeproxy.engine import records
from fakeproxy.engine.instants import iso8601
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import UnknownKey
from fakeproxy.views import V, table_of, there_are, view


class StoredRows(Generic[V]):
    """The rows of one table of a store. `reading()` holds the lock, after overdue work was run."""

    def __init__(self, kind: type[V], store: Store, reading: Callable[[], AbstractContextManager[object]]) -> None:
        self.kind = kind
        self._store = store
        self._table = store.tables[table_of(kind)]
        self._reading = reading

    def __repr__(self) -> str:
        return f"<StoredRows: {table_of(self.kind)}>"

    def all(self) -> Sequence[V]:
        """Return all rows, oldest first."""
        with self._reading():
            return [view(self.kind, row, self._store) for row in self._table]

    def sids(self) -> Sequence[str]:
        """Return the SIDs of all rows, oldest first."""
        with self._reading():
            return list(self._table.rows)

    def find(self, key: str) -> V:
        """Return the row of this SID or name. Raises `UnknownKey`."""
        with self._reading():
            row = self._table.get(key) or self._named(key)
            return view(self.kind, row, self._store)

    def _named(self, key: str) -> records.Row:
        found: list[records.Row] = []
        if self._table.name == "unique_name":
            named = [self._table.named(parent, key) for parent in self._table.listings]
            found = [row for row in named if row is not None]
        if len(found) > 1:
            raise UnknownKey(f"{key!r} is the name of {', '.join(row.sid for row in found)}; use the SID")
        if not found:
            deleted = self._store.deleted_at.get(key)
            ended = f"; it was deleted at {iso8601(deleted)}" if deleted is not None else ""
            raise UnknownKey(f"no {self.kind.__name__} {key!r}{ended or there_are(self._table)}")
        return found[0]
