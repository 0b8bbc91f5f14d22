"""Changes that can be taken back: each is noted before it is made, and taking back one that was never made is harmless.

So an exception between any two lines of a rule leaves nothing half done.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, MutableSequence
from typing import Any

_ABSENT = object()


#: One change: (take_back, target, key, before), where `take_back(target, key, before)` undoes it. A plain tuple: each
#: request makes about ten.
Entry = tuple[Callable[[Any, Any, Any], object], Any, Any, Any]


class UndoLog:
    """The changes of the transaction that is open, the oldest first."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def note(self, take_back: Callable[[Any, Any, Any], object], target: Any, key: Any, before: Any = None) -> None:
        """Note a change that is about to be made."""
        self.entries.append((take_back, target, key, before))

    def set_attribute(self, owner: Any, name: str, value: Any) -> None:
        """Set an attribute."""
        self.entries.append((setattr, owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    def set_item(self, mapping: MutableMapping[Any, Any], key: Any, value: Any) -> None:
        """Set an item of a dict."""
        self.entries.append((put_back, mapping, key, mapping.get(key, _ABSENT)))
        mapping[key] = value

    def delete_item(self, mapping: MutableMapping[Any, Any], key: Any) -> None:
        """Delete an item of a dict, if it is there."""
        self.entries.append((put_back, mapping, key, mapping.get(key, _ABSENT)))
        mapping.pop(key, None)

    def replace_tail(self, sequence: MutableSequence[Any], start: int, tail: list[Any]) -> None:
        """Replace what a list has from an index on."""
        self.entries.append((put_back_tail, sequence, start, sequence[start:]))
        sequence[start:] = tail

    def roll_back(self, mark: int) -> None:
        """Take back all but the first `mark` changes, the newest first."""
        entries = self.entries
        while len(entries) > mark:
            take_back, target, key, before = entries[-1]
            take_back(target, key, before)
            del entries[-1]


def put_back(mapping: MutableMapping[Any, Any], key: Any, before: Any) -> None:
    """Put an item of a dict back as it was."""
    if before is _ABSENT:
        mapping.pop(key, None)
    else:
        mapping[key] = before


def put_back_tail(sequence: MutableSequence[Any], start: int, before: Any) -> None:
    """Put the end of a list back as it was."""
    sequence[start:] = before
