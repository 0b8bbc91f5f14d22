"""The clock of a past state: it stands still, whatever library drives time, and does no due work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NoReturn

from fakeproxy.clock.clock import Clock
from fakeproxy.clock.foreign_time import Driver
from fakeproxy.engine.schedule import Due, Schedule
from fakeproxy.exceptions import NotActive


class PastClock(Clock):
    """A clock that stands at an instant (microseconds since the epoch, UTC). To move it raises `NotActive`."""

    def __init__(self, schedule: Schedule, locked: Callable[[], AbstractContextManager[object]], at: int) -> None:
        super().__init__(schedule, _do_nothing, locked)
        self._at = at

    def read(self) -> int:
        """Return the instant in microseconds."""
        return self._at

    @property
    def driver(self) -> Driver:
        """The fake itself: no library moves the past."""
        return "own"

    def settle(self, *, reads: bool = False) -> int:
        """Return the instant. What was due then is not done: it was done after the event."""
        return self._at

    def dump(self) -> int:
        """Return the instant in microseconds."""
        return self._at

    def move_to(self, instant: object) -> NoReturn:
        """Raise `NotActive`."""
        raise NotActive("this is the past: its time cannot be moved")

    def advance_to_next(self) -> NoReturn:
        """Raise `NotActive`."""
        self.move_to(None)

    def _walk(self, step: int) -> datetime:
        self.move_to(step)


def _do_nothing(due: Due) -> None:
    """Do no work."""
