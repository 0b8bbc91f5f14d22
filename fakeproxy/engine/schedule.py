"""What is due when: a heap, in which stale entries are skipped, not searched for."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import NamedTuple

from fakeproxy.engine.instants import LAST
from fakeproxy.engine.undo import UndoLog


class Due(NamedTuple):
    """A piece of work and the instant at which it is due, in microseconds since the epoch (UTC).

    Work of the same instant is done in the order in which it was scheduled.
    """

    at: int
    order: int
    kind: str
    sid: str


class Schedule:
    """At most one piece of due work for each (kind, SID); putting it again moves it.

    What is put behind the end of time is never due.
    """

    def __init__(self, log: UndoLog | None = None) -> None:
        self._log = log or UndoLog()
        self._heap: list[Due] = []
        self.current: dict[tuple[str, str], Due] = {}
        self._order = 0

    def put(self, kind: str, sid: str, at: int) -> None:
        if at > LAST:
            self.cancel(kind, sid)
            return
        self._order += 1
        due = Due(at, self._order, kind, sid)
        self._log.note(Schedule.put_back, self, (kind, sid), self.current.get((kind, sid)))
        self.current[kind, sid] = due
        heappush(self._heap, due)
        if len(self._heap) > 2 * len(self.current) + 64:
            self._heap = list(self.current.values())
            heapify(self._heap)

    def cancel(self, kind: str, sid: str) -> None:
        """Schedule it no more."""
        if (due := self.current.get((kind, sid))) is not None:
            self._log.note(Schedule.put_back, self, (kind, sid), due)
            self.current.pop((kind, sid), None)

    def put_back(self, key: tuple[str, str], before: Due | None) -> None:
        """Put the work of this kind and SID back as it was. The heap may then hold it twice; one is stale once done."""
        if before is None:
            self.current.pop(key, None)
        else:
            self.current[key] = before
            heappush(self._heap, before)

    def first(self) -> Due | None:
        """The earliest work, or None."""
        heap = self._heap
        while heap:
            due = heap[0]
            if self.current.get((due.kind, due.sid)) is due:
                return due
            heappop(heap)
        return None

    def pop(self) -> Due:
        """Take out the work that `first()` names. Raises IndexError when there is none."""
        due = self.first()
        if due is None:
            raise IndexError("nothing is due")
        self.cancel(due.kind, due.sid)
        return due

    def pending(self) -> list[Due]:
        """All work in the order in which it will be done."""
        return sorted(self.current.values())

    def dump(self) -> list[list[int | str]]:
        return [[due.at, due.kind, due.sid] for due in self.pending()]

    def load(self, rows: list[list[int | str]]) -> None:
        """Replace everything by what `dump()` gave."""
        self._heap = []
        self.current = {}
        for at, kind, sid in rows:
            self.put(str(kind), str(sid), int(at))
