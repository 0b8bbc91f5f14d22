"""Tables: the rows of a resource by SID, by name, and, in order of creation, by parent."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Generic, TypeVar

from fakeproxy.engine.records import Row

if TYPE_CHECKING:
    from fakeproxy.engine.snapshot import PlainRow

R = TypeVar("R", bound=Row)


_position = attrgetter("position")


class Listing(Generic[R]):
    """The rows of one parent in order of creation. Bisection finds a page, so the last is as fast as the first."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: list[R] = []

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def remove(self, row: R) -> None:
        """Remove a row, if it is there."""
        index = bisect_left(self.rows, row.position, key=_position)
        if index < len(self.rows) and self.rows[index] is row:
            del self.rows[index]

    def put_back(self, row: R) -> None:
        """Insert a removed row again at its position, unless it is there."""
        index = bisect_left(self.rows, row.position, key=_position)
        if index == len(self.rows) or self.rows[index] is not row:
            self.rows.insert(index, row)

    def after(self, position: int, size: int) -> list[R]:
        """Return up to `size` rows after a position, in order. No row needs to have that position."""
        start = bisect_right(self.rows, position, key=_position)
        return self.rows[start : start + size]

    def before(self, position: int, size: int) -> list[R]:
        """Return up to `size` rows directly before a position, in order."""
        end = bisect_left(self.rows, position, key=_position)
        return self.rows[max(0, end - size) : end]


@cache
def field_names(record: type[Row]) -> tuple[str, ...]:
    """Return the names of the fields of a record."""
    return tuple(field.name for field in fields(record))


@cache
def copier(record: type[object]) -> Callable[[Row], Row]:
    """Return a function that copies a row of this record."""
    # Python's own dataclasses are made in this way. A loop over the fields takes four times as long: rows are many.
    names = field_names(record)  # type: ignore[arg-type]  # mypy takes the class for an instance.
    assigned = "".join(f"    copy.{name} = row.{name}\n" for name in names)
    made: dict[str, Callable[[Row], Row]] = {}
    exec(
        f"def copied(row):\n    copy = new(record)\n{assigned}    return copy",
        {"new": object.__new__, "record": record},
        made,
    )
    return made["copied"]


class Table(Generic[R]):
    """The rows of one resource: by SID, by each parent and, with a field `name`, by name within the first parent."""

    def __init__(self, record: type[R], *parents: str, name: str | None = None) -> None:
        self.record = record
        self.fields = field_names(record)  # type: ignore[arg-type]  # A type variable counts as unhashable.
        self.parents = parents
        self.name = name
        self.clear()

    def clear(self) -> None:
        """Remove all rows."""
        self.rows: dict[str, R] = {}
        self.listings: dict[str, Listing[R]] = {}
        self.names: dict[tuple[str, str], R] = {}

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, sid: str) -> R | None:
        """Return the row with this SID, or None."""
        return self.rows.get(sid)

    def named(self, parent: str, name: str) -> R | None:
        """Return the row of the parent that has this name, or None."""
        return self.names.get((parent, name))

    def of(self, parent: str) -> Listing[R]:
        """Return the rows of a parent. The caller must not change them."""
        return self.listings.get(parent) or Listing()

    def insert(self, row: R) -> None:
        """Add a row. Its position must be higher than all others."""
        self.rows[row.sid] = row
        for parent in self.parents:
            if (sid := getattr(row, parent)) is not None:
                listing = self.listings.get(sid)
                if listing is None:
                    listing = self.listings[sid] = Listing()
                listing.rows.append(row)
        if (key := self.name_key(row)) is not None:
            self.names[key] = row

    def remove(self, row: R) -> None:
        """Remove a row, even if an exception interrupted its `insert()`."""
        self.rows.pop(row.sid, None)
        for parent in self.parents:
            sid = getattr(row, parent)
            if sid is not None and (listing := self.listings.get(sid)) is not None:
                listing.remove(row)
                if not listing.rows:
                    self.listings.pop(sid, None)
        if (key := self.name_key(row)) is not None and self.names.get(key) is row:
            self.names.pop(key, None)

    def put_back(self, row: R) -> None:
        """Insert a removed row again at its position, even if an exception interrupted its `remove()`."""
        if row.sid not in self.rows:
            rows = sorted((*self.rows.values(), row), key=_position)
            self.rows.clear()
            self.rows.update({row.sid: row for row in rows})
        for parent in self.parents:
            if (sid := getattr(row, parent)) is not None:
                self.listings.setdefault(sid, Listing()).put_back(row)
        if (key := self.name_key(row)) is not None:
            self.names[key] = row

    def name_key(self, row: R) -> tuple[str, str] | None:
        """Return the key of `names` for a row: its parent and its name. None if it has no name."""
        name = getattr(row, self.name) if self.name else None
        return None if name is None else (getattr(row, self.parents[0]), name)

    def dump(self) -> list[PlainRow]:
        """Return all rows as plain data for JSON."""
        return [self.dump_row(row) for row in self.rows.values()]

    def dump_row(self, row: R) -> PlainRow:
        """Return one row as plain data for JSON: tuples become lists."""
        return {name: list(value) if isinstance(value := getattr(row, name), tuple) else value for name in self.fields}

    def parse(self, rows: list[PlainRow]) -> dict[str, R]:
        """Return the rows that `dump()` returned, by SID, in order of their positions."""
        make: Callable[..., R] = self.record
        made = (make(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}) for row in rows)
        return {row.sid: row for row in sorted(made, key=_position)}

    def fill(self, rows: Iterable[R]) -> None:
        """Replace all rows by these. They are in order of their positions."""
        self.clear()
        for row in rows:
            self.insert(row)


def take_row_out(table: Table[R], row: R, _: None) -> None:
    """Undo that a row was added."""
    table.remove(row)


def put_row_back(table: Table[R], row: R, _: None) -> None:
    """Undo that a row was removed."""
    table.put_back(row)
