"""The changes of the newest events: with them the state right after each event can be read.

The log of a transaction is kept in place of being dropped. Nothing is kept until `Store.keep_past()` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import NamedTuple, cast

from fakeproxy.engine.content import Content
from fakeproxy.engine.events import Event, Events
from fakeproxy.engine.undo import Entry

#: A line of a program: the path of the file, and the number of the line.
Source = tuple[str, int]


class _Stretch:
    """The changes between two replacements of the whole state, oldest first."""

    def __init__(self) -> None:
        # The four items of each entry, one after the other, so that the garbage collector has fewer tuples to visit.
        self._items: list[object] = []
        #: The number of changes that were removed. They were the oldest.
        self._left_out = 0
        #: The content of the store at its end, or None if it goes on.
        self.end: Content | None = None

    @property
    def made(self) -> int:
        """The number of changes so far, including those that were removed."""
        return self._left_out + len(self._items) // 4

    def add(self, entries: Sequence[Entry]) -> None:
        """Add changes."""
        self._items += chain.from_iterable(entries)

    def finish(self, content: Content) -> None:
        """End with this content, which nobody changes any more."""
        self.end = content

    def after(self, made: int) -> Iterable[Entry]:
        """Return all but the first `made` changes."""
        # Not a slice: a new list of a half million items would be looked at by each run of the garbage collector.
        items = islice(self._items, 4 * (made - self._left_out), None)
        return cast("Iterable[Entry]", zip(items, items, items, items, strict=True))

    def trim(self, made: int) -> None:
        """Remove the first `made` changes, some of which may be gone already."""
        del self._items[: 4 * (made - self._left_out)]
        self._left_out = made


class _End(NamedTuple):
    """The changes that count for the state after an event: the first `made` ones of a stretch."""

    stretch: _Stretch
    made: int
    #: The present right after the event, in microseconds (UTC).
    time: int
    source: Source | None


class KeptChanges:
    """The changes of a store since an event, the number of which is `first`.

    An event is added after the changes that it is about. So the changes before it count, and those after it belong to
    the next event of the same block, or to it if it is the last one. A request is the first event of its block: right
    after it nothing has happened yet, unless it is the only one.

    `time()` is the present, in microseconds (UTC); no lines of a test are kept before `keep_lines()`.
    """

    def __init__(self, events: Events, time: Callable[[], int]) -> None:
        self._time = time
        self._source: Callable[[], Source | None] | None = None
        #: The number of the oldest event after which the state can be read.
        self.first = self._next = events.end
        self._stretch = _Stretch()
        #: For each event from `first` on.
        # They are plain tuples: a named one takes three times as long to make, and seldom is one read.
        self._ends: list[tuple[_Stretch, int, int, Source | None]] = []
        #: For each new event of the open block, by `id()`: the number of changes in the log before it.
        self._marks: dict[int, int] = {}
        #: The line that has begun the open block, and caused all of its events.
        self._line: Source | None = None

    def keep_lines(self, source: Callable[[], Source | None]) -> None:
        """From now on keep the line of the test that causes each event."""
        self._source = source

    def mark(self, event: Event, changes: int) -> None:
        """Note an event that follows so many changes of the log."""
        if self._source is not None and not self._marks:
            self._line = self._source()
        self._marks[id(event)] = changes

    def keep(self, entries: Sequence[Entry], events: Events) -> None:
        """Keep the changes of a block, and note which of them its events follow."""
        stretch = self._stretch
        end = start = stretch.made
        stretch.add(entries)
        new = events.rows[max(0, self._next - events.left_out) :]
        for event in new[:-1]:
            end = max(end, start + self._marks.get(id(event), 0))
            self._ends.append((stretch, end, event.at, self._line))
        if new:
            self._ends.append((stretch, stretch.made, self._time(), self._line))
        self._next = events.end
        self._marks.clear()
        self._line = None

    def end_stretch(self, content: Content) -> None:
        """Note that the whole state is replaced. `content` is the one before, which nobody changes any more."""
        self._stretch.finish(content)
        self._stretch = _Stretch()

    def trim(self, events: Events) -> None:
        """Forget what belongs to events that were removed."""
        number = events.left_out - self.first
        if number <= 0:
            return
        del self._ends[:number]
        self.first = events.left_out
        if self._ends:
            first = _End(*self._ends[0])
            first.stretch.trim(first.made)
        else:
            self._stretch.trim(self._stretch.made)

    def time_at(self, seq: int) -> int:
        """Return the time right after an event, in microseconds. Raises IndexError as `at()` does."""
        return self._end(seq).time

    def source_of(self, seq: int) -> Source | None:
        """Return the line that caused an event, or None. Raises IndexError as `at()` does."""
        return self._end(seq).source

    def at(self, seq: int) -> tuple[Content | None, Iterable[Entry]]:
        """Return the changes to be undone for the state right after an event, and the content before which they end.

        The content is None for the present one. Raises IndexError for an event whose state is not kept.
        """
        end = self._end(seq)
        return end.stretch.end, end.stretch.after(end.made)

    def _end(self, seq: int) -> _End:
        if not self.first <= seq < self._next:
            raise IndexError(seq)
        return _End(*self._ends[seq - self.first])
