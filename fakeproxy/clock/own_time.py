"""The fake's own time, while nobody else is in charge of time."""

from __future__ import annotations

from threading import Lock

from fakeproxy.clock.foreign_time import Driver, initial_time
from fakeproxy.clock.real_time import Unfrozen


class OwnTime:
    """The fake's own time: stands where it was put, or runs on. It begins when it is first read or moved.

    While it is parked it does not run. It learns who is in charge only when somebody reads: a freeze that begins
    and ends between two readings counts as elapsed time.
    """

    name: Driver = "own"

    def __init__(self, at: int | None, *, runs: bool = False) -> None:
        self._at = at
        self._runs = runs
        self._since: int | None = None  # nanoseconds of the performance counter; None while it stands
        self._lock = Lock()

    def read(self) -> int:
        at = self._at
        if at is None:
            at = self._at = initial_time()
        if not self._runs:
            return at
        with self._lock:
            if self._since is None:
                self._since = Unfrozen.perf_counter_ns()
            return self._elapsed()

    def move(self, to: int) -> None:
        with self._lock:
            self._at = to
            if self._since is not None:
                self._since = Unfrozen.perf_counter_ns()

    def pause(self) -> None:
        """Stand from now on, until the next reading."""
        if self._since is not None:
            with self._lock:
                self._at = self._elapsed()
                self._since = None

    def _elapsed(self) -> int:
        assert self._at is not None
        since = self._since
        return self._at if since is None else self._at + (Unfrozen.perf_counter_ns() - since) // 1000
