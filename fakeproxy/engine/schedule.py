"""The schedule of due work: a heap. Its stale entries are skipped when they come up; nothing searches for them."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from fakeproxy.engine.instants import LAST
from fakeproxy.engine.undo import UndoLog


class Due(NamedTuple):
    """A piece of work, and the instant `at` which it is due, in microseconds since the epoch (UTC).

    Pieces of the same instant are done in the order in which they were scheduled (`order`).
    """

    at: int
    order: int
    kind: str
    sid: str


class Schedule:
    """The pieces of due work: at most one for each kind and SID."""

    def __init__(self, log: UndoLog | None = None) -> None:
        self._log = log or UndoLog()
        self._heap: list[Due] = []
        self.current: dict[tuple[str, str], Due] = {}
        self._order = 0

    def put(self, kind: str, sid: str, at: int) -> None:
        """Schedule work for an instant, or move it there. Work after the year 9999 is never due."""
        if at > LAST:
            self.cancel(kind, sid)
            return
        key = (kind, sid)
        self._order += 1
        due = Due(at, self._order, kind, sid)
        self._log.note(Schedule.put_back, self, key, self.current.get(key))
        self.current[key] = due
        heappush(self._heap, due)
        if len(self._heap) > 2 * len(self.current) + 64:
            self._heap = list(self.current.values())
            heapify(self._heap)

    def cancel(self, kind: str, sid: str) -> None:
        """Remove the work of this kind and SID, if there is any."""
        if (due := self.current.get((kind, sid))) is not None:
            self._log.note(Schedule.put_back, self, (kind, sid), due)
            self.current.pop((kind, sid), None)

    def put_back(self, key: tuple[str, str], before: Due | None) -> None:
        """Restore the work of this kind and SID. The heap may then hold it twice; the second entry is skipped."""
        if before is None:
            self.current.pop(key, None)
        else:
            self.current[key] = before
            heappush(self._heap, before)

    def first(self) -> Due | None:
        """Return the earliest work, or None."""
        heap = self._heap
        while heap:
            due = heap[0]
            if self.current.get((due.kind, due.sid)) is due:
                return due
            heappop(heap)
        return None

    def due(self, now: int) -> Due | None:
        """Return the earliest work if it is due by an instant, or None."""
        if (
            not self._heap or self._heap[0].at > now
        ):  # The usual case. Even if this entry is stale, the others are later.
            return None
        first = self.first()
        return first if first is not None and first.at <= now else None

    def pop(self) -> Due:
        """Remove the earliest work and return it. Raises IndexError if there is none."""
        due = self.first()
        if due is None:
            raise IndexError("nothing is due")
        self.cancel(due.kind, due.sid)
        return due

    def next(self, count: int) -> list[Due]:
        """Return the first `count` pieces of work in the order in which they will be done. It looks at few others."""
        heap, found = self._heap, list[Due]()
        frontier = [(due, 0) for due in heap[:1]]  # Pieces with their place in the heap, each before those below it.
        while frontier and len(found) < count:
            due, place = heappop(frontier)
            if self.current.get((due.kind, due.sid)) is due and due not in found[-1:]:
                found.append(due)
            for below in range(2 * place + 1, min(2 * place + 3, len(heap))):
                heappush(frontier, (heap[below], below))
        return found

    def pending(self) -> list[Due]:
        """Return all work in the order in which it will be done."""
        return sorted(self.current.values())

    def dump(self) -> list[list[int | str]]:
        """Return the schedule as plain data for JSON: a list of [instant, kind, SID]."""
        return [[due.at, due.kind, due.sid] for due in self.pending()]

    def fill(self, due: Mapping[tuple[str, str], Due]) -> None:
        """Replace the schedule by this work, by kind and SID."""
        self.current = dict(due)
        self._heap = list(self.current.values())
        heapify(self._heap)
        self._order = max((one.order for one in self._heap), default=0)
