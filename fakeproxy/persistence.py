"""The state on disk: every change of a request in one transaction, at a cost that does not grow with the state.

The containers of the store are replaced by dicts that note which keys were set or deleted, and rows note that a field
was set. What was noted is what a commit writes. A store that is not persisted pays nothing for this.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from fakeproxy.engine.records import Row
from fakeproxy.engine.store import Store, Table
from fakeproxy.exceptions import UsageError

K = TypeVar("K")
V = TypeVar("V")

_FORMAT = 1

#: The databases that are open: each is told of the rows of any store in which a field was set.
_open: list[Database] = []


class Noting(dict[K, V]):
    """A dict that notes the keys that were set, handed out for change, or deleted."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.noted: dict[K, None] = {}

    def __setitem__(self, key: K, value: V) -> None:
        self.noted[key] = None
        super().__setitem__(key, value)

    def __delitem__(self, key: K) -> None:
        self.noted[key] = None
        super().__delitem__(key)

    def pop(self, key: K, *default: Any) -> Any:
        self.noted[key] = None
        return super().pop(key, *default)

    def setdefault(self, key: K, default: V = None) -> V:  # type: ignore[assignment]
        self.noted[key] = None
        return super().setdefault(key, default)


def _note(row: Row, name: str, value: Any) -> None:
    object.__setattr__(row, name, value)
    for database in _open:
        database.touched[id(row)] = row


def _dump_row(table: Table[Any], key: str, row: Row) -> dict[str, Any]:
    return table.dump_row(row)


class Database:
    """A SQLite file that holds the state of one store.

    Raises `UsageError`, and changes nothing, for a file that is damaged or none of these. `time` gives own time.
    """

    def __init__(self, path: str, store: Store, time: Callable[[], int]) -> None:
        self._store = store
        self._time = time
        self._path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise UsageError(f"{path} cannot be opened: {error}") from error
        self._alerts = 0
        #: The rows in which a field was set since the last commit, those of other stores among them.
        self.touched: dict[int, Row] = {}
        #: The containers that note what is done to them, as long as nobody has put others in their place.
        self._noting: Any = None

    def read(self) -> dict[str, Any] | None:
        """The snapshot that the file holds, None for a new file."""
        try:
            if self._connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise ValueError("it does not pass SQLite's integrity check")
            if not self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return None
            items = self._connection.execute("SELECT part, key, value FROM items ORDER BY rowid")
            parts: dict[str, dict[str, Any]] = {}
            for part, key, value in items:
                parts.setdefault(part, {})[key] = json.loads(value)
            meta: dict[str, Any] = parts["meta"]["meta"]
            if meta.pop("format") != _FORMAT:
                raise ValueError("it is of another version")
            tables = {name: list(parts.get(name, {}).values()) for name in self._store.tables}
            alerts = parts.get("alerts", {})
            return {
                **meta,
                "tables": tables,
                "alerts": [alerts[key] for key in sorted(alerts, key=int)],
                "graves": parts.get("graves", {}),
                "handsets": parts.get("handsets", {}),
                "history": [[*json.loads(key), had] for key, had in parts.get("history", {}).items()],
                "allowances": [[*json.loads(key), *left] for key, left in parts.get("allowances", {}).items()],
                "due": [[at, kind, sid] for at, _, kind, sid in sorted(parts.get("due", {}).values())],
            }
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            self._connection.close()
            raise UsageError(
                f"{self._path} is no state of fakeproxy that can be read, and was left alone: {error}"
            ) from error

    def commit(self) -> None:
        """Write what has changed since the last commit, in one transaction."""
        store, connection = self._store, self._connection
        connection.execute("BEGIN")
        try:
            if store.graves is not self._noting:  # the first commit, or a restore
                self._begin()
            for part, container, to_value in self._containers():
                for key in container.noted:
                    name = key if isinstance(key, str) else json.dumps(key)
                    if key in container:
                        self._put(part, name, to_value(key, container[key]))
                    else:
                        connection.execute("DELETE FROM items WHERE part = ? AND key = ?", (part, name))
                container.noted.clear()
            for index in range(self._alerts, len(store.alerts)):
                self._put("alerts", str(index), list(store.alerts[index]))
            self._alerts = len(store.alerts)
            self._put("meta", "meta", {**store.dump_meta(), "format": _FORMAT, "fakeproxy": 1, "time": self._time()})
            connection.execute("COMMIT")
        except BaseException:
            self._noting = None  # so that the next commit writes all there is
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Note no more. To be called as often as you like."""
        if self in _open:
            _open.remove(self)
            if not _open:
                del Row.__setattr__
        self._connection.close()

    def _put(self, part: str, key: str, value: Any) -> None:
        self._connection.execute(
            "INSERT INTO items (part, key, value) VALUES (?, ?, ?) "
            "ON CONFLICT (part, key) DO UPDATE SET value = excluded.value",
            (part, key, json.dumps(value)),
        )

    def _begin(self) -> None:
        """Empty the file, and have everything noted from now on, beginning with all there is."""
        store = self._store
        if self not in _open:
            _open.append(self)
            Row.__setattr__ = _note  # type: ignore[assignment, method-assign]
        self._connection.execute("DROP TABLE IF EXISTS items")
        self._connection.execute("CREATE TABLE items (part TEXT, key TEXT, value TEXT, UNIQUE (part, key))")
        for table in store.tables.values():
            table.rows = Noting(table.rows)
        store.graves, store.handsets = Noting(store.graves), Noting(store.handsets)
        store.history, store.allowances = Noting(store.history), Noting(store.allowances)
        store.schedule.current = Noting(store.schedule.current)
        for _, container, _ in self._containers():
            container.noted.update(dict.fromkeys(container))
        self._noting, self._alerts = store.graves, 0

    def _containers(self) -> Iterator[tuple[str, Any, Callable[[Any, Any], Any]]]:
        """Each part of the state: its name, its container, and how an entry is written."""
        store = self._store
        for row in self.touched.values():
            for table in store.tables.values():
                if table.rows.get(row.sid) is row:
                    table.rows.noted[row.sid] = None  # type: ignore[attr-defined]
        self.touched.clear()
        for name, table in store.tables.items():
            yield name, table.rows, partial(_dump_row, table)
        yield "graves", store.graves, lambda key, at: at
        yield "handsets", store.handsets, lambda key, end: end
        yield "history", store.history, lambda key, had: list(had)
        yield "allowances", store.allowances, lambda key, left: list(left)
        yield "due", store.schedule.current, lambda key, due: [due.at, due.order, due.kind, due.sid]
