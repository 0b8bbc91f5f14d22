"""The clock: it tells the time, moves it, and runs due work. Nothing else in fakeproxy reads the time.

Instants are integers, microseconds since the epoch (UTC): no frozen `datetime` gets into the state, and sums are exact.
The clock makes datetimes only for tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, NoReturn, get_args

from fakeproxy.clock.app_time import AppFreeze
from fakeproxy.clock.datetimes import Instant, to_datetime, to_micros, within_range
from fakeproxy.clock.event_loops import EventLoops
from fakeproxy.clock.foreign_time import FOREIGN, Driver, TimeKeeper, foreign_time
from fakeproxy.clock.own_time import OwnTime
from fakeproxy.clock.steps import step
from fakeproxy.clock.waiting import Condition, advance_until
from fakeproxy.clock.worker_threads import WorkerThreads
from fakeproxy.engine.instants import LAST, SECOND
from fakeproxy.engine.schedule import Due, Schedule
from fakeproxy.exceptions import NotWritten, UsageError

#: The values of `time`: the fake's own time stands or ticks, or the application's time is frozen or ticks with it.
Pace = Literal["still", "ticking", "app", "app-ticking"]


@dataclass(frozen=True, repr=False)
class DueWork:
    """A piece of scheduled work: the instant (UTC), the kind, and the SID of the resource."""

    at: datetime
    kind: str
    sid: str

    def __repr__(self) -> str:
        return f"DueWork(at={self.at.isoformat().replace('+00:00', 'Z')!r}, kind={self.kind!r}, sid={self.sid!r})"


def _named(due: Due) -> DueWork:
    return DueWork(to_datetime(due.at), due.kind, due.sid)


class Clock:
    """The time of one fake.

    An active freeze of freezegun is in charge of time, else a travel of time-machine, else the fake's own time.
    `advance()` and `move_to()` move the one in charge, so that application and fake have the same time. Own time pauses
    while a freeze or a travel is on.

    `locked()` holds the lock of the state. The clock calls these functions under the lock: `run`, for each piece of due
    work, in a `transaction()`; `after`, when work was done; `moved`, before time moves, with a function that moves it
    back; `stepped`, for the history; `interrupted`, with the name of the exception that ends a step before its target.
    If `after` returns a function, the clock calls that one without the lock, before time moves on.
    """

    def __init__(
        self,
        schedule: Schedule,
        run: Callable[[Due], None],
        locked: Callable[[], AbstractContextManager[object]],
        *,
        start: Instant | None = None,
        time: Pace = "still",
        after: Callable[[], Callable[[], None] | None] = lambda: None,
        transaction: Callable[[], AbstractContextManager[object]] = nullcontext,
        moved: Callable[[Callable[[], None]], None] = lambda back: None,
        stepped: Callable[[int, int, str], None] = lambda start, end, by: None,
        interrupted: Callable[[str], None] = lambda why: None,
        since: Callable[[], Callable[[], str]] = lambda: str,
    ) -> None:
        if time not in get_args(Pace):
            raise UsageError(f"time={time!r}: expected {' or '.join(map(repr, get_args(Pace)))}")
        self._schedule = schedule
        self._run = run
        self._locked = locked
        self._after = after
        self._transaction = transaction
        self._moved = moved
        self._stepped = stepped
        self._interrupted = interrupted
        self._since = since
        #: The work that the last step did, in order.
        self._ran: list[Due] = []
        #: The present at the last reading, for the history. None before the first one.
        self._seen: int | None = None
        self._start = None if start is None else to_micros(start)
        self.pace = time  # The setting `time`.
        self._own: OwnTime | AppFreeze = OwnTime(self._start, runs=time == "ticking")

    def __repr__(self) -> str:
        return f"Clock({self.now().isoformat().replace('+00:00', 'Z')}, driver={self.driver!r})"

    def now(self) -> datetime:
        """Return the present as a datetime in UTC."""
        return to_datetime(self.read())

    def read(self) -> int:
        """Return the present in microseconds. Runs no due work, unlike `settle()`."""
        now = foreign_time()
        if now is not None:
            self._own.pause()
            return now
        return min(self._own.read(), LAST)  # A ticking clock stops there: no later date can be written.

    @property
    def driver(self) -> Driver:
        """The one in charge of time now: the fake itself ("own") or a library."""
        return self._in_charge().name

    def due(self) -> list[DueWork]:
        """Run overdue work, and return the work that is scheduled, in the order in which it will be done."""
        with self._locked():
            self.settle(reads=True)
            pending = [_named(due) for due in self._schedule.pending()]
            following = self._after()
        if following is not None:
            following()
        return pending

    @property
    def ran(self) -> Sequence[DueWork]:
        """The work that the last `advance()`, `move_to()` or `advance_to_next()` did, in order."""
        return [_named(due) for due in self._ran]

    def settle(self, *, reads: bool = False) -> int:
        """Run all work that is due by now, and return the present in microseconds. The caller holds the lock.

        Work is overdue if a library moved time past it. It is then done late, as of the instant at which it was due.
        With `reads`, for a block that only reads, the ticking of time is no event until work is due.
        """
        now = self.read()
        is_tick = reads and self.pace.endswith("ticking") and self._schedule.due(now) is None
        if now != self._seen and not is_tick:
            self._see(now)
        while (due := self._schedule.due(now)) is not None:
            self._do(due)
        return now

    def _announce(self, target: int) -> None:
        """Add the coming move to the history, and before it a move that the clock did not make itself."""
        now = self.read()
        self._see(now)
        if target != now:
            self._stepped(now, target, "advance")

    def _see(self, now: int) -> None:
        """Add a move of at least a second that the clock did not make: by a library, or by the ticking of time."""
        seen, self._seen = self._seen, now
        if seen is not None and abs(now - seen) >= SECOND:
            self._stepped(seen, now, self.driver)

    def _do(self, due: Due, *, move_on: bool = False) -> None:
        """Run a piece of due work. If an exception interrupts it, it stays due, and time is as before."""
        with self._transaction():
            self._schedule.pop()
            if move_on:
                self._move_on(due.at)
            self._run(due)

    def advance(
        self,
        seconds: float | timedelta = 0,
        *,
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
        **unknown: NoReturn,
    ) -> datetime:
        """Move time forward, and run the work that becomes due, each piece at its own instant. Return the present.

        Raises `UsageError` if the sum of the arguments is negative, and `TypeError` for another unit.
        """
        micros = step(seconds, minutes=minutes, hours=hours, days=days, **unknown)
        if micros < 0:
            raise UsageError(f"advance() goes forward, not by {micros / 1_000_000:g} seconds; move_to() may go back")
        return self._walk(micros)

    def move_to(self, instant: Instant) -> datetime:
        """Move time to an instant, and run the work that becomes due, as `advance()` does. Return the present.

        The instant may be in the past. Then no work is run, and none is undone: an expired session stays closed.
        """
        target = to_micros(instant)
        with self._locked():
            if target < self.read():
                with self._transaction():
                    self._announce(target)
                    self._move(target)
                self._ran = []
                return self.now()
            step = target - self.read()
        return self._walk(step)

    def advance_to_next(self) -> datetime | None:
        """Move time to the next due work, and run all work of that instant. Return the present.

        Returns None if no work is scheduled. Overdue work is run first, and does not count as the next.
        """
        with self._locked():
            self._ran = []
            self.settle()
            due = self._schedule.first()
            step = None if due is None else due.at - self.read()
            following = self._after()
        if following is not None:
            following()
        return None if step is None else self._walk(step)

    def advance_until(self, condition: Condition, *, within: float | timedelta = timedelta(days=30)) -> datetime:
        """Step from due work to due work until `condition()` is true, and return the present.

        Raises `NotInTime`, an AssertionError with the story, after `within` seconds of the fake's time.
        """
        return advance_until(self, condition, within, self._since)

    def start(self) -> None:
        """Start the clock. If the clock was made without `start`, own time begins at the present, cut to the second.

        With time="app" or "app-ticking", the application's time is frozen. If a freeze or a travel is already on, that
        one is used, and moved to `start` if there is one.
        """
        at = self._own.read()
        if not self.pace.startswith("app") or isinstance(self._own, AppFreeze):
            return
        with self._locked():
            if self.driver == "own":
                self._own = AppFreeze(at, ticks=self.pace == "app-ticking")
                self._own.begin()
            elif self._start is not None:
                self._move(at)
            EventLoops.use_real_time(self)
            WorkerThreads.freeze(self)

    def stop(self) -> None:
        """Undo `start()`. Own time stays where it is. Further calls do nothing.

        Raises `UsageError`, and changes nothing, while a freeze is on that began after the clock's own.
        """
        if not self.pace.startswith("app"):  # Then `start()` has changed nothing.
            return
        with self._locked():
            if isinstance(self._own, AppFreeze):
                self._own.end()
                self._own = OwnTime(self._own.read())
            EventLoops.restore(self)
            WorkerThreads.unfreeze(self)

    def dump(self) -> int:
        """Return own time in microseconds, even while a library is in charge. The caller holds the lock."""
        own = self._own.read()
        self.read()  # This pauses it again.
        return own

    def load(self, own: int) -> None:
        """Set own time, in microseconds. The time of a library does not change. Runs no due work."""
        with self._locked():
            self._own.move(own)
            self._seen = None

    def _in_charge(self) -> TimeKeeper:
        return next((keeper for keeper in FOREIGN if keeper.read() is not None), self._own)

    def _walk(self, step: int) -> datetime:
        """Move time forward by a step. Steps that others take while the lock is free are added to it."""
        target: int | None = None
        self._ran = ran = list[Due]()
        try:
            while True:
                with self._locked():
                    is_first, target = target is None, within_range(self.read() + step)
                    if is_first:
                        self._announce(target)
                    following = self._go(target, ran)
                    step = target - self.read()
                if following is None:
                    return self.now()
                following()
        except NotWritten:
            raise  # The note would not be written either.
        except BaseException as error:
            with self._locked():
                if target is not None and self.read() < target:
                    self._interrupted(type(error).__name__)
            raise

    def _go(self, target: int, ran: list[Due]) -> Callable[[], None] | None:
        """Move time to the target, or to where `after` returns a function. Add the work that is done to `ran`."""
        while (due := self._schedule.due(target)) is not None:
            self._do(due, move_on=True)
            ran.append(due)
            if (following := self._after()) is not None:
                return following
        with self._transaction():
            self._move_on(target)
        return self._after()

    def _move_on(self, to: int) -> None:
        # Never back: the work may be overdue, or a ticking clock may have passed it.
        if to > self.read():
            self._move(to)

    def _move(self, to: int) -> None:
        self._moved(partial(self._move_back, self.read()))
        self._set(to)

    def _move_back(self, to: int) -> None:
        if self.read() != to:
            self._set(to)

    def _set(self, to: int) -> None:
        self._in_charge().move(to)
        self._seen = to
        if isinstance(self._own, AppFreeze):
            # If an inner freeze is in charge, ours follows it: time must not jump back when the inner one ends.
            self._own.move(to)
