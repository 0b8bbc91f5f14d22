"""Queries on collections: all items that fit, exactly one, or none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from fakeproxy.exceptions import NoMatch
from fakeproxy.queries.differences import explain
from fakeproxy.queries.matching import describe, fits
from fakeproxy.queries.names import did_you_mean

T_co = TypeVar("T_co", covariant=True)


class Query(ABC, Generic[T_co]):
    """A collection with queries. Every subclass has `where`, `one`, `none` and `has`, with the fields of its items.

    The expected value of a field may be a value; a pattern (`re.compile`), which is searched for; a function, which is
    called with the value; or an object with an `__eq__` of its own.
    """

    @abstractmethod
    def _asked(self) -> Sequence[T_co]:
        """Return all items, oldest first."""

    @abstractmethod
    def _kind(self) -> tuple[str, tuple[str, ...]]:
        """Return the name of an item in errors, and the names of its fields."""

    def _elsewhere(self) -> Iterable[tuple[str, Sequence[object]]]:
        """Return other collections in which an item may fit: their names and their items."""
        return ()

    def _present(self) -> Sequence[T_co]:
        """Return the items that there are now. A list that was read before keeps those of then."""
        return self._asked()

    def _where(self, fields: Mapping[str, object]) -> list[T_co]:
        self._check(fields)
        return [item for item in self._asked() if _is_fitting(item, fields)]

    def _one(self, fields: Mapping[str, object]) -> T_co:
        found = self._where(fields)
        if len(found) == 1:
            return found[0]
        what, _ = self._kind()
        asked = f"{what}{_conditions(fields)}"
        if found:
            shown = "\n".join(f"  {item!r}" for item in found)
            raise NoMatch(f"expected one {asked}; there are {len(found)}:\n{shown}")
        raise NoMatch(f"expected one {asked}: {self._explain(fields, self._asked())}")

    def _none(self, fields: Mapping[str, object]) -> None:
        if found := self._where(fields):
            shown = "\n".join(f"  {item!r}" for item in found)
            raise NoMatch(f"expected no {self._kind()[0]}{_conditions(fields)}; there are {len(found)}:\n{shown}")

    def _has(self, fields: Mapping[str, object]) -> Has:
        self._check(fields)
        what, _ = self._kind()
        return Has(
            f"{what}{_conditions(fields)}",
            lambda: any(_is_fitting(item, fields) for item in self._present()),
            lambda: self._explain(fields, self._present()),
        )

    def _explain(self, fields: Mapping[str, object], items: Sequence[object]) -> str:
        return explain(self._kind()[0], fields, items, self._elsewhere())

    def _check(self, fields: Mapping[str, object]) -> None:
        what, names = self._kind()
        for name in fields:
            if name not in names:
                raise TypeError(f"a {what} has no field {name!r}; {did_you_mean([name], names, 'it has')}")


class Has:
    """A condition to wait for: that something fits. It can be called again and again, and explains itself."""

    def __init__(self, text: str, holds: Callable[[], object], near: Callable[[], str]) -> None:
        self._text = text
        self._holds = holds
        self._near = near

    def __call__(self) -> bool:
        return bool(self._holds())

    def explain(self) -> str:
        """Return how near it is to being true."""
        return self._near()

    def __repr__(self) -> str:
        return f"that there is a {self._text}"


def _is_fitting(item: object, fields: Mapping[str, object]) -> bool:
    return all(fits(expected, getattr(item, name)) for name, expected in fields.items())


def _conditions(fields: Mapping[str, object]) -> str:
    return f" with {', '.join(f'{name}={describe(expected)}' for name, expected in fields.items())}" if fields else ""
