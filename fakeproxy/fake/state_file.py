"""The state on disk: each transaction is written to the file before it is valid.

A commit writes the rows that the transaction has changed, so its cost does not grow with the state. A store without a
file has no cost of this.
"""

from __future__ import annotations

import json
import os
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from fakeproxy.engine.parts import PARTS, merge
from fakeproxy.engine.plain import fixed
from fakeproxy.engine.records import Row
from fakeproxy.engine.schedule import Schedule
from fakeproxy.engine.store import Store
from fakeproxy.engine.tables import Table
from fakeproxy.engine.undo import Entry
from fakeproxy.exceptions import NotWritten, UsageError
from fakeproxy.web.json_text import to_json

#: The version of the file. One of another version is refused.
FORMAT = 2

_SET = (
    "INSERT INTO items (part, key, value) VALUES (?, ?, ?) ON CONFLICT (part, key) DO UPDATE SET value = excluded.value"
)

#: A key in the file: a SID, an index, or two names.
Key = str | int | tuple[str, str]


class StateFile:
    """A SQLite file with the state of one store. Meanwhile no other process or fake can open it.

    Raises `UsageError`, and changes nothing, for a file that is damaged, in use, or no state file. `time` returns own
    time, in microseconds since the epoch.
    """

    def __init__(self, path: str, store: Store, time: Callable[[], int]) -> None:
        self._store = store
        self._table_names = {id(table): name for name, table in store.tables.items()}
        self._time = time
        self._path = path
        if os.path.exists(path) and not os.path.isdir(path) and os.path.getsize(path) < 100:  # SQLite's header.
            raise UsageError(f"{path} is no state file of fakeproxy, and was not changed: it is too short")
        try:
            self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            # Python 3.13 warns of a connection that nobody closes, as that of a fake that was never stopped.
            weakref.finalize(self, self._connection.close).atexit = False
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        except (sqlite3.Error, ValueError) as error:
            raise UsageError(f"{path} cannot be opened: {error}") from error

    def __repr__(self) -> str:
        return f"<StateFile {self._path}>"

    def read(self) -> Mapping[str, object] | None:
        """Return the snapshot in the file, or None for a new file. Raises `UsageError` if it is damaged or in use."""
        try:
            self._connection.execute("BEGIN EXCLUSIVE")  # It is locked from here on.
            state = self._read()
            self._connection.execute("COMMIT")
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            self._connection.close()
            if "locked" in str(error):
                raise UsageError(f"{self._path} is in use: another fakeproxy keeps its state there") from error
            raise UsageError(f"{self._path} is no state file of fakeproxy, and was not changed: {error}") from error
        return state

    def _read(self) -> Mapping[str, object] | None:
        if self._connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise ValueError("it does not pass SQLite's integrity check")
        if not self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return None
        items = self._connection.execute("SELECT part, key, value FROM items ORDER BY rowid")
        found: dict[str, dict[str, Any]] = {}
        for part, key, value in items:
            found.setdefault(part, {})[key] = json.loads(value)
        meta = dict(found["meta"]["meta"])
        if meta.pop("format") != FORMAT:
            raise ValueError("its format is of another version")
        alerts = found.get("alerts", {})
        return {
            **meta,
            "tables": {name: list(found.get(name, {}).values()) for name in self._store.tables},
            "alerts": [alerts[key] for key in sorted(alerts, key=int)],
            **{name: merge(part, found.get(name, {}).values()) for name, part in PARTS.items()},
            "due": [[at, kind, sid] for at, _, kind, sid in sorted(found.get("due", {}).values())],
        }

    def keep(self) -> None:
        """Write the whole state now, and from now on the changes of each transaction.

        Raises `UsageError` for a file that cannot be written, and `NotWritten` if that happens half-way.
        """
        try:
            # One write and one fdatasync for a commit, in place of three.
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error as error:
            self._connection.close()
            raise UsageError(f"{self._path} cannot be written: {error}") from error
        self._store.was_loaded = True
        self._write(())
        self._store.before_commit = self._write

    def close(self) -> None:
        """Write the time, and end. It may be called more than once."""
        if self._store.before_commit == self._write:
            self._store.before_commit = None
            try:
                self._write(())
                self._connection.execute("PRAGMA journal_mode = DELETE")  # It is one file again.
            finally:
                self._connection.close()
        self._connection.close()

    def _write(self, entries: Sequence[Entry]) -> None:
        """Write the changes of these entries, all or none. Raises `NotWritten`."""
        connection, store = self._connection, self._store
        try:
            connection.execute("BEGIN")
            if store.was_loaded:
                connection.execute("DROP TABLE IF EXISTS items")
                connection.execute("CREATE TABLE items (part TEXT, key TEXT, value TEXT, UNIQUE (part, key))")
                touched = self._all()
            else:
                touched = self._touched(entries)
            absent: list[tuple[str, str]] = []
            connection.executemany(_SET, self._items(touched, absent))
            if absent:
                connection.executemany("DELETE FROM items WHERE part = ? AND key = ?", absent)
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise NotWritten(self._path, str(error)) from error
            raise
        store.was_loaded = False

    def _all(self) -> Iterable[tuple[str, Key]]:
        for name, table in self._store.tables.items():
            yield from ((name, sid) for sid in table.rows)
        for name, part in PARTS.items():
            yield from ((name, key) for key in getattr(self._store, part.attribute))
        yield from (("due", key) for key in self._store.schedule.current)
        yield from (("alerts", index) for index in range(len(self._store.alerts)))

    def _touched(self, entries: Sequence[Entry]) -> Iterable[tuple[str, Key]]:
        """Return part and key of each thing that these entries have changed, once."""
        store = self._store
        table_names = self._table_names
        # Not kept from write to write: the deletion of a Service replaces a mapping, and an undo puts it back.
        part_names = {id(getattr(store, part.attribute)): name for name, part in PARTS.items()}
        touched: dict[tuple[str, Key], None] = {}
        for _, target, key, before in entries:
            if isinstance(target, Row):
                touched[table_names[id(store.table_of[type(target)])], target.sid] = None
            elif isinstance(target, Table) and isinstance(key, Row):
                touched[table_names[id(target)], key.sid] = None
            elif isinstance(target, Schedule):
                touched["due", cast(Key, key)] = None
            elif target is store.alerts and isinstance(key, int) and isinstance(before, list):
                touched.update(
                    {("alerts", index): None for index in range(key, max(len(store.alerts), key + len(before)))}
                )
            elif target is store and key == "numbers_given" and isinstance(before, dict):
                touched.update({("history", name): None for name in (*before, *store.numbers_given)})
            elif id(target) in part_names:
                touched[part_names[id(target)], cast(Key, key)] = None
        return touched

    def _items(
        self, touched: Iterable[tuple[str, Key]], absent: list[tuple[str, str]]
    ) -> Iterator[tuple[str, str, str]]:
        """Yield part, key and present value of each, as text, and at the end the meta data.

        What has no value any more is added to `absent`.
        """
        for part, key in touched:
            value = self._value(part, key)
            name = key if isinstance(key, str) else str(key) if isinstance(key, int) else to_json(key)
            if value is None:
                absent.append((part, name))
            else:
                yield part, name, to_json(value)
        meta = {**fixed(self._store), "format": FORMAT, "fakeproxy": 1, "time": self._time()}
        yield "meta", "meta", to_json(meta)

    def _value(self, part: str, key: Key) -> object:
        """Return the present value of this key as plain data, or None if there is none."""
        store = self._store
        if part in store.tables and isinstance(key, str):
            row = store.tables[part].get(key)
            return row and store.tables[part].dump_row(row)
        if part == "due" and isinstance(key, tuple):
            due = store.schedule.current.get(key)
            return due and [due.at, due.order, due.kind, due.sid]
        if part == "alerts" and isinstance(key, int):
            return list(store.alerts[key]) if key < len(store.alerts) else None
        entries = getattr(store, PARTS[part].attribute)
        return PARTS[part].dump({key: entries[key]}) if key in entries else None
