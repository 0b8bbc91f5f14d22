"""A log of changes that can be undone. A change is noted before it is made; to undo one that was not made is harmless.

So an exception between any two lines of a rule leaves no change half done.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, MutableSequence
from typing import Any

_ABSENT = object()


#: A change: (undo, target, key, before), where `undo(target, key, before)` undoes it. It is a plain tuple for speed: a
#: request makes about ten.
Entry = tuple[Callable[[Any, Any, Any], object], Any, Any, Any]


class UndoLog:
    """The changes of the open transaction, oldest first."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def note(self, undo: Callable[[Any, Any, Any], object], target: Any, key: Any, before: Any = None) -> None:
        """Note a change before it is made. `undo(target, key, before)` undoes it."""
        self.entries.append((undo, target, key, before))

    def set_attribute(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute, and note how to undo that."""
        self.entries.append((setattr, owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def set_item(self, mapping: MutableMapping[Any, Any], key: Any, value: Any) -> None:
        """Set an item of a dict, and note how to undo that."""
        self.entries.append((put_back, mapping, key, mapping.get(key, _ABSENT)))
        mapping[key] = value

    def delete_item(self, mapping: MutableMapping[Any, Any], key: Any) -> None:
        """Delete an item of a dict if it is there, and note how to undo that."""
        self.entries.append((put_back, mapping, key, mapping.get(key, _ABSENT)))
        mapping.pop(key, None)

    def replace_tail(self, sequence: MutableSequence[Any], start: int, tail: list[Any]) -> None:
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


def put_back(mapping: MutableMapping[Any, Any], key: Any, before: Any) -> None:
    """Restore an item of a dict: its former value, or its absence."""
    if before is _ABSENT:
        mapping.pop(key, None)
    else:
        mapping[key] = before


def put_back_tail(sequence: MutableSequence[Any], start: int, before: Any) -> None:
    """Restore the items of a list from an index on."""
    sequence[start:] = before
