"""Whose turn it is: everything that reads or changes a fake's state holds its lock, and settles the clock first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from fakeproxy.clock import Clock
from fakeproxy.engine.records import Change
from fakeproxy.engine.store import Store


class Turn:
    """`with turn() as now:` what is due is done, and `now` is the present in microseconds. Turns nest."""

    def __init__(self, store: Store, clock: Clock, lock: AbstractContextManager[Any]) -> None:
        self._store = store
        self._clock = clock
        self._lock = lock
        self._depth = 0

    @contextmanager
    def __call__(self) -> Iterator[int]:
        with self._lock:
            self._depth += 1
            try:
                yield self._clock.settle()
            finally:
                self._depth -= 1

    def take_changes(self) -> list[Change]:
        """The status changes that nobody was told of yet; to be called in a turn, at its end.

        Whoever gets them sends the callbacks after the turn, without the lock: a handler may call the fake back, from
        this thread or another. In a turn within another there are none, for that reason.
        """
        return self._store.take_changes() if self._depth == 1 else []
