"""The base of the tables: rows by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from fakeproxy.queries.query import Query
from fakeproxy.views import V, View, rows_repr

V_co = TypeVar("V_co", bound=View, covariant=True)


class Source(Protocol[V_co]):
    """The protocol of a source of a table's rows."""

    @property
    def kind(self) -> type[V_co]:
        """The class of the views."""

    def all(self) -> Sequence[V_co]:
        """Return all rows, oldest first."""

    def sids(self) -> Sequence[str]:
        """Return the SIDs of all rows, oldest first."""

    def find(self, key: str) -> V_co:
        """Return the row of this SID or name. Raises `UnknownKey`."""


class Rows(Mapping[str, V], Query[V]):
    """The rows of one table, by SID; Services and Sessions also by unique name. Overdue work is run before each read.

    Iteration gives each SID once, oldest first. An unknown key raises `UnknownKey`, a KeyError, which says whether
    the row was deleted or never existed. So does a name that several rows have; the error lists them.
    """

    def __init__(self, source: Source[V]) -> None:
        self._source = source

    def __getitem__(self, key: str) -> V:
        return self._source.find(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._source.sids())

    def __len__(self) -> int:
        return len(self._source.sids())

    def __repr__(self) -> str:
        return rows_repr(self._source.kind, self._source.all())

    def _asked(self) -> Sequence[V]:
        return self._source.all()

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        return self._source.kind.__name__, _fields(self._source.kind)


def _fields(kind: type[View]) -> tuple[str, ...]:
    """Return the public fields and properties of a view."""
    shown = [name for one in reversed(kind.__mro__) for name in getattr(one, "__annotations__", {})]
    return tuple(dict.fromkeys(name for name in shown if not name.startswith("_")))
