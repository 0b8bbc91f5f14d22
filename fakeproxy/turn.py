"""Whose turn it is: everything that reads or changes a fake's state holds its lock, and settles the clock first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from fakeproxy.clock import Clock
from fakeproxy.engine.records import Change
from fakeproxy.engine.store import Store


class Turn:
    """`with turn() as (now, changes)`: what is due is done, and `now` is the present in microseconds.

    After the block `changes` holds the status changes that came about, for the callbacks, which are delivered without
    the lock: a handler may call the fake back, from this thread or another. Turns nest; the outermost one has them.
    """

    def __init__(self, store: Store, clock: Clock, lock: AbstractContextManager[Any]) -> None:
        self._store = store
        self._clock = clock
        self._lock = lock
        self._depth = 0
        #: The present in microseconds, outside a turn.
        self.now = clock.read

    @contextmanager
    def __call__(self) -> Iterator[tuple[int, list[Change]]]:
        changes: list[Change] = []
        with self._lock:
            self._depth += 1
            try:
                yield self._clock.settle(), changes
            finally:
                self._depth -= 1
                if not self._depth:
                    changes += self._store.take_changes()
