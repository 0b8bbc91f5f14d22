"""The fake's own time, which counts while no library is in charge of time."""

from __future__ import annotations

from threading import Lock

from fakeproxy.clock.foreign_time import Driver, initial_time
from fakeproxy.clock.real_time import Unfrozen


class OwnTime:
    """The fake's own time. It stands at an instant (microseconds since the epoch, UTC), or ticks if `runs`.

    It begins when it is first read or moved. `pause()` stops the ticking until the next reading. The clock notices a
    freeze only when it reads the time: a freeze that begins and ends between two readings counts as elapsed time.
    """

    name: Driver = "own"

    def __init__(self, at: int | None, *, runs: bool = False) -> None:
        self._at = at
        self._runs = runs
        self._since: int | None = None  # Nanoseconds of the performance counter; None while it stands.
        self._lock = Lock()

    def read(self) -> int:
        """Return own time in microseconds."""
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
        """Set own time, in microseconds."""
        with self._lock:
            self._at = to
            if self._since is not None:
                self._since = Unfrozen.perf_counter_ns()

    def pause(self) -> None:
        """Stop the ticking until the next reading."""
        if self._since is not None:
            with self._lock:
                self._at = self._elapsed()
                self._since = None

    def _elapsed(self) -> int:
        assert self._at is not None
        since = self._since
        return self._at if since is None else self._at + (Unfrozen.perf_counter_ns() - since) // 1000
