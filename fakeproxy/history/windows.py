"""Windows of a history: a bounded number of events, newest first, and the place where older ones begin."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from fakeproxy.engine.store import Store
from fakeproxy.history.events import Event
from fakeproxy.history.index import EventIndex
from fakeproxy.history.stored import events_at

#: The most events whose text is made for one window, if only some of them fit.
MOST_TRIED = 2_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The events that a window is to have: at most `limit`, the newest that fit.

    `after` and `until` are numbers of events, `of` is a SID or a number, `kinds` are the kinds that count, or none
    for all. `fits` returns whether an event is wanted, if not all are.
    """

    after: int = -1
    until: int | None = None
    of: str = ""
    kinds: Collection[str] = ()
    fits: Callable[[Event], bool] | None = None
    limit: int = 100


def window(store: Store, index: EventIndex, asked: Asked) -> tuple[list[Event], int | None]:
    """Return the events, newest first, and the number of the newest event that may be in the next window, or None.

    The caller holds the lock.
    """
    events, kinds = store.events, asked.kinds
    seqs: Sequence[int] = range(events.left_out, events.end)
    if asked.of:
        seqs = index.concerning(asked.of)
        if kinds:
            seqs = [seq for seq in seqs if events.rows[seq - events.left_out].kind in kinds]
    elif kinds:
        seqs = index.of_kinds(kinds)
    end = len(seqs) if asked.until is None else bisect_right(seqs, asked.until)
    begin = min(bisect_left(seqs, asked.after + 1), end)
    most = MOST_TRIED if asked.fits else asked.limit
    tried = seqs[max(begin, end - most) : end]
    made = events_at(store, tried, index.names())[::-1]
    found = made if asked.fits is None else [event for event in made if asked.fits(event)]
    last = found[asked.limit - 1].seq if len(found) >= asked.limit else tried[0] if tried else 0
    rest = bisect_left(seqs, last)
    return found[: asked.limit], seqs[rest - 1] if tried and rest > begin else None
