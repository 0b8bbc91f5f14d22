"""The index of a store's events: the numbers of those of a kind, and of those that concern a SID or a number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import merge

from fakeproxy.engine.store import Store
from fakeproxy.history.sentences import Names
from fakeproxy.history.stored import add_names, sids_of


class EventIndex:
    """The index of a store's events. It is made at its first use, and grows with the history.

    The caller of each method holds the lock. Numbers of events are returned in ascending order.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._begin_anew()

    def __repr__(self) -> str:
        return f"<EventIndex of events {self._begin} to {self._end - 1}>"

    def _begin_anew(self) -> None:
        self._epoch, self._has_open_events = self._store.events.epoch, False
        self._begin = self._end = self._store.events.left_out
        self._by_sid: dict[str, list[int]] = defaultdict(list)
        self._by_number: dict[str, list[int]] = defaultdict(list)
        self._by_kind: dict[str, list[int]] = defaultdict(list)
        self._people: dict[str, str] = {}
        self._sessions: dict[str, str] = {}

    def _follow(self) -> None:
        """Add the new events."""
        events = self._store.events
        is_stale = events.left_out > self._begin + events.count  # Most numbers are those of removed events.
        if events.epoch != self._epoch or is_stale or self._has_open_events:
            self._begin_anew()
        self._has_open_events = bool(self._store.log.entries)  # Those of an open transaction may be undone.
        self._end = max(self._end, events.left_out)
        rows = events.rows[self._end - events.left_out :]
        for seq, row in enumerate(rows, self._end):
            self._by_kind[row.kind].append(seq)
            for sid in sids_of(row):
                self._by_sid[sid].append(seq)
            for number in dict.fromkeys(row.numbers):
                self._by_number[number].append(seq)
        add_names(rows, self._people, self._sessions)
        self._end = events.end

    def names(self) -> Names:
        """Return the names in the events."""
        self._follow()
        return Names(self._people, self._sessions)

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return, for each kind, the number of its events and the number of its last event."""
        self._follow()
        kinds = {kind: self._kept(seqs) for kind, seqs in sorted(self._by_kind.items())}
        return {kind: (len(seqs), seqs[-1]) for kind, seqs in kinds.items() if seqs}

    def of_kinds(self, kinds: Iterable[str]) -> list[int]:
        """Return the numbers of the events of these kinds."""
        self._follow()
        return [*merge(*(self._kept(self._by_kind.get(kind, ())) for kind in kinds))]

    def concerning(self, key: str) -> list[int]:
        """Return the numbers of the events that concern a SID or a number, and of the steps of the clock between them.

        They are those of `history.concerning_events()`.
        """
        self._follow()
        events = self._store.events
        named, numbered = self._of_sid(key), self._kept(self._by_number.get(key, ()))
        if not named and not numbered:
            return []
        first, found = min([*named[:1], *numbered[:1]]), {*named, *numbered}
        for seq in named:
            if (row := events.rows[seq - events.left_out]).kind in ("text", "call"):
                for sid in sids_of(row):
                    found.update(self._of_sid(sid))
        last = max(found)
        for kind in ("step", "note"):
            seqs = self._kept(self._by_kind.get(kind, ()))
            found.update(seqs[bisect_right(seqs, first) : bisect_right(seqs, last)])
        if events.rows[-1].kind == "step":
            found.add(events.end - 1)
        return sorted(found)

    def _of_sid(self, sid: str) -> Sequence[int]:
        return self._kept(self._by_sid.get(sid, ()))

    def _kept(self, seqs: Sequence[int]) -> Sequence[int]:
        """Return those of the numbers whose events were not removed."""
        return seqs[bisect_left(seqs, self._store.events.left_out) :]
