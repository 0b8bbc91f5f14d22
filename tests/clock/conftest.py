"""A clock on its own: with a schedule, and a list in place of the engine."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any

import pytest

from fakeproxy.clock.clock import Clock
from fakeproxy.engine.schedule import Due, Schedule

NINE = "2030-01-01T09:00:00Z"


class Bench:
    """A clock, its schedule, and the work that it had done: (instant, SID, what the clock read meanwhile)."""

    def __init__(self, **settings: Any) -> None:
        self.schedule = Schedule()
        self.done: list[tuple[int, str, int]] = []
        self.also: Callable[[Due], None] = lambda due: None
        lock = RLock()
        self._locked = lambda: lock
        self.clock = Clock(self.schedule, self._run, self._locked, **{"start": NINE, **settings})

    def _run(self, due: Due) -> None:
        self.done.append((due.at, due.sid, self.clock.read()))
        self.also(due)

    def put(self, sid: str, seconds: float) -> int:
        """Schedule work so many seconds from now; return its instant."""
        at = self.clock.read() + round(seconds * 1_000_000)
        self.schedule.put("work", sid, at)
        return at


@pytest.fixture
def bench() -> Bench:
    return Bench()
