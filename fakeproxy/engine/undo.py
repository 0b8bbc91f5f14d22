"""A log of changes that can be undone. A change is noted before it is made; to undo one that was not made is harmless.

So an exception between any two lines of a rule leaves no change half done.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, MutableSequence, Sequence
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class _Absent:
    """The former value of an item that was not there."""


_ABSENT = _Absent()


#: A change: (undo, target, key, before), where `undo(target, key, before)` undoes it. It is a plain tuple for speed: a
#: request makes about ten.
Entry = tuple[Callable[..., object], object, object, object]


class UndoLog:
    """The changes of the open transaction, oldest first."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def note(self, undo: Callable[[T, K, V], object], target: T, key: K, before: V) -> None:
        """Note a change before it is made. `undo(target, key, before)` undoes it."""
        self.entries.append((undo, target, key, before))

    def set_attribute(self, owner: object, name: str, value: object) -> None:
        """Set an attribute, and note how to undo that."""
        self.entries.append((setattr, owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def set_item(self, mapping: MutableMapping[K, V], key: K, value: V) -> None:
        """Set an item of a dict, and note how to undo that."""
        self.entries.append((put_back, mapping, key, mapping.get(key, _ABSENT)))
        mapping[key] = value

    def delete_item(self, mapping: MutableMapping[K, V], key: K) -> None:
        """Delete an item of a dict if it is there, and note how to undo that."""
        self.entries.append((put_back, mapping, key, mapping.get(key, _ABSENT)))
        mapping.pop(key, None)

    def replace_tail(self, sequence: MutableSequence[V], start: int, tail: list[V]) -> None:
        """Replace the items of a list from an index on, and note how to undo that."""
        self.entries.append((put_back_tail, sequence, start, sequence[start:]))
        sequence[start:] = tail

    def roll_back(self, mark: int) -> None:
        """Undo all but the first `mark` changes, newest first."""
        entries = self.entries
        while len(entries) > mark:
            undo, target, key, before = entries[-1]
            undo(target, key, before)
            del entries[-1]


def put_back(mapping: MutableMapping[K, V], key: K, before: V | _Absent) -> None:
    """Restore an item of a dict: its former value, or its absence."""
    if isinstance(before, _Absent):
        mapping.pop(key, None)
    else:
        mapping[key] = before


def put_field_back(row: object, name: str, before: object) -> None:
    """Restore a field of a row."""
    setattr(row, name, before)


def put_back_tail(sequence: MutableSequence[V], start: int, before: Sequence[V]) -> None:
    """Restore the items of a list from an index on."""
    sequence[start:] = before
