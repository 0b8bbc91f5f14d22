"""Lists with a limit on the number of their items and on their size in characters."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

#: The most characters of all items of a list.
MOST_CHARACTERS = 16_000_000


class Bounded(Generic[T]):
    """A list of the newest items, oldest first. The newest one stays, whatever its size.

    `weigh` returns the size of an item in characters.
    """

    def __init__(self, number: int, weigh: Callable[[T], int]) -> None:
        self._items: deque[T] = deque(maxlen=number)
        self._weigh = weigh
        #: At least the size of all items: those that left since it was last counted are in it.
        self._weight = 0

    def add(self, item: T) -> None:
        """Add an item. Remove the oldest ones if there are too many, or if they are too large together."""
        self._items.append(item)
        self._weight += self._weigh(item)
        if self._weight > MOST_CHARACTERS:
            self._lighten()

    def grow(self, characters: int) -> None:
        """Note that an item has grown by a number of characters."""
        self._weight += characters
        if self._weight > MOST_CHARACTERS:
            self._lighten()

    def _lighten(self) -> None:
        self._weight = sum(map(self._weigh, self._items))
        if self._weight <= MOST_CHARACTERS:
            return
        # Down to nine tenths, so that not each of the next items makes another count of all.
        while self._weight > MOST_CHARACTERS * 9 // 10 and len(self._items) > 1:
            self._weight -= self._weigh(self._items.popleft())

    def clear(self) -> None:
        """Remove all items."""
        self._items.clear()
        self._weight = 0

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> T:
        return self._items[index]
