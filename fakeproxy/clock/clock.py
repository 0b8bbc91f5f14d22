"""The clock: says what time it is, moves it, and has due work done on the way. Nothing else in fakeproxy reads time.

Instants are integers, microseconds since the epoch (UTC): nothing of a frozen `datetime` stays in the state, and sums
are exact. Datetimes are made only for the test to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, get_args

from fakeproxy.clock.app_time import AppFreeze
from fakeproxy.clock.event_loops import EventLoops
from fakeproxy.clock.foreign_time import FOREIGN, Driver, TimeKeeper
from fakeproxy.clock.own_time import OwnTime
from fakeproxy.clock.real_time import EPOCH, MICROSECOND, Unfrozen
from fakeproxy.clock.worker_threads import WorkerThreads
from fakeproxy.engine.instants import FIRST, LAST, NoTimeZone, parse_iso8601
from fakeproxy.engine.schedule import Due, Schedule
from fakeproxy.exceptions import UsageError

Instant = datetime | str | int | float
Pace = Literal["still", "ticking", "app", "app-ticking"]


@dataclass(frozen=True, repr=False)
class DueWork:
    """What is scheduled, for which resource, and when."""

    at: datetime
    kind: str
    sid: str

    def __repr__(self) -> str:
        return f"DueWork(at={self.at.isoformat().replace('+00:00', 'Z')!r}, kind={self.kind!r}, sid={self.sid!r})"


def to_micros(instant: Instant) -> int:
    """An instant in microseconds since the epoch: an aware datetime, ISO 8601 with Z or an offset, or epoch seconds.

    Raises UsageError for a datetime or a string without a time zone: nothing here guesses one.
    """
    if isinstance(instant, Unfrozen.datetime):
        moment = instant
        if moment.utcoffset() is None:
            raise UsageError(f"{instant!r} has no time zone; say which: datetime(..., tzinfo=timezone.utc)")
        micros = (moment - EPOCH) // MICROSECOND
    elif isinstance(instant, str):
        try:
            micros = parse_iso8601(instant)
        except NoTimeZone:
            raise UsageError(
                f"{instant!r} has no time zone; write one at the end, as in '2030-01-01T09:00:00Z' or "
                f"'2030-01-01T09:00:00+02:00'"
            ) from None
        except ValueError:
            raise UsageError(f"{instant!r} is not an ISO 8601 instant, such as '2030-01-01T09:00:00Z'") from None
    else:
        micros = _span("an instant", seconds=instant)
    return _within_range(micros)


def to_datetime(micros: int) -> datetime:
    """The instant as an aware datetime in UTC; a real one, never a `FakeDatetime`, also inside a freeze."""
    return EPOCH + micros * MICROSECOND


def _span(what: str, **parts: Any) -> int:
    """Numbers of seconds, minutes ... in microseconds; floats are rounded to the microsecond, the rest is exact."""
    for name, value in parts.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"{what} cannot be made of {name}={value!r}, a {type(value).__name__}; {_ACCEPTED[what]}")
    try:
        return timedelta(**parts) // MICROSECOND
    except (ValueError, OverflowError):
        wrong = ", ".join(f"{name}={value!r}" for name, value in parts.items() if value)
        raise UsageError(f"{what} cannot be made of {wrong}; {_ACCEPTED[what]}") from None


def step(seconds: float | timedelta = 0, **more: float) -> int:
    """How far `advance()` goes, in microseconds. Raises UsageError for what is no number."""
    exact = seconds // MICROSECOND if isinstance(seconds, timedelta) else 0
    return exact + _span("a step", seconds=0 if isinstance(seconds, timedelta) else seconds, **more)


_ACCEPTED = {
    "an instant": "give an aware datetime, an ISO 8601 string that ends in Z or an offset, or finite epoch seconds",
    "a step": "give finite numbers, or a timedelta for the seconds",
}


def _within_range(micros: int) -> int:
    if not FIRST <= micros <= LAST:
        raise UsageError(f"{micros // 1_000_000} seconds from the epoch lies outside the years 1 to 9999")
    return micros


class Clock:
    """The time of one fake. Whoever controls the process's time is in charge, else the fake's own time is.

    That is an active freezegun freeze, else time-machine travel. `advance()` and `move_to()` move the one in charge,
    so that application and fake agree; with neither on, only the fake's time moves. Own time waits meanwhile, and
    goes on from where it stood.

    `locked()` holds the lock of the state. Under it are called: `run`, which does a piece of due work as of its own
    instant, in a `transaction()`; `after`, once some was done; and `moved`, when time is about to move, with what
    moves it back. What `after`
    returns is called without the lock, while time still stands at that instant.
    """

    def __init__(
        self,
        schedule: Schedule,
        run: Callable[[Due], None],
        locked: Callable[[], AbstractContextManager[Any]],
        *,
        start: Instant | None = None,
        time: Pace = "still",
        after: Callable[[], Callable[[], None] | None] = lambda: None,
        transaction: Callable[[], AbstractContextManager[Any]] = nullcontext,
        moved: Callable[[Callable[[], None]], None] = lambda back: None,
    ) -> None:
        if time not in get_args(Pace):
            raise UsageError(f"time={time!r}: expected {' or '.join(map(repr, get_args(Pace)))}")
        self._schedule = schedule
        self._run = run
        self._locked = locked
        self._after = after
        self._transaction = transaction
        self._moved = moved
        self._start = None if start is None else to_micros(start)
        self._pace = time
        self._own: OwnTime | AppFreeze = OwnTime(self._start, runs=time == "ticking")

    def __repr__(self) -> str:
        return f"Clock({self.now().isoformat().replace('+00:00', 'Z')}, driver={self.driver!r})"

    def now(self) -> datetime:
        """The present, in UTC."""
        return to_datetime(self.read())

    def read(self) -> int:
        """The present in microseconds. Does no due work; see `settle()`."""
        for keeper in FOREIGN:
            now = keeper.read()
            if now is not None:
                self._own.pause()
                return now
        return min(self._own.read(), LAST)  # A clock that runs on stands still there: no date can be written beyond.

    @property
    def driver(self) -> Driver:
        """Who is in charge of time now."""
        return self._in_charge().name

    def due(self) -> list[DueWork]:
        """What is scheduled, in the order in which it will be done. What is overdue is done first."""
        with self._locked():
            self.settle()
            pending = [DueWork(to_datetime(due.at), due.kind, due.sid) for due in self._schedule.pending()]
            following = self._after()
        if following is not None:
            following()
        return pending

    def settle(self) -> int:
        """Do all work that is due by now, and return the present in microseconds. The caller holds the lock.

        Somebody else may have moved time past it: it is done late, as of its own instant.
        """
        now = self.read()
        while (due := self._schedule.first()) is not None and due.at <= now:
            self._do(due)
        return now

    def _do(self, due: Due, *, move_on: bool = False) -> None:
        """Do a piece of due work, or, where an exception interrupts it, leave it due, and time where it was."""
        with self._transaction():
            self._schedule.pop()
            if move_on:
                self._move_on(due.at)
            self._run(due)

    def advance(
        self, seconds: float | timedelta = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> datetime:
        """Move time on and do what becomes due on the way, each piece at its own instant. Returns the present.

        Raises UsageError for a negative step, in total.
        """
        micros = step(seconds, minutes=minutes, hours=hours, days=days)
        if micros < 0:
            raise UsageError(f"advance() goes forward, not by {micros / 1_000_000:g} seconds; move_to() may go back")
        return self._walk(micros)

    def move_to(self, instant: Instant) -> datetime:
        """Move time to the instant, doing what becomes due on the way as `advance()` does. Returns the present.

        It may go back: nothing is done then, and nothing undone. A session that has expired stays closed.
        """
        target = to_micros(instant)
        with self._locked():
            if target < self.read():
                with self._transaction():
                    self._move(target)
                return self.now()
            step = target - self.read()
        return self._walk(step)

    def advance_to_next(self) -> datetime | None:
        """Move time to the next due work and do all that is due at that instant. None if nothing is scheduled.

        What is overdue is done first and does not count as next.
        """
        with self._locked():
            self.settle()
            due = self._schedule.first()
            step = None if due is None else due.at - self.read()
            following = self._after()
        if following is not None:
            following()
        return None if step is None else self._walk(step)

    def start(self) -> None:
        """Begin. Without a `start` given, own time begins at the present, cut to the second.

        With time="app" or "app-ticking" the application's time is frozen, or the freeze or travel that is already on
        is joined; `start`, if given, moves that one.
        """
        with self._locked():
            at = self._own.read()
            if not self._pace.startswith("app") or isinstance(self._own, AppFreeze):
                return
            if self.driver == "own":
                self._own = AppFreeze(at, ticks=self._pace == "app-ticking")
                self._own.begin()
            elif self._start is not None:
                self._move(at)
            EventLoops.use_real_time(self)
            WorkerThreads.freeze(self)

    def stop(self) -> None:
        """End what `start()` began; own time stays where it is. To be called as often as you like.

        Raises UsageError, and changes nothing, while another freeze is on that began after ours.
        """
        with self._locked():
            if isinstance(self._own, AppFreeze):
                self._own.end()
                self._own = OwnTime(self._own.read())
            EventLoops.restore(self)
            WorkerThreads.unfreeze(self)

    def dump(self) -> int:
        """Own time in microseconds, also while somebody else is in charge."""
        with self._locked():
            own = self._own.read()
            self.read()  # parks it again
            return own

    def load(self, own: int) -> None:
        """Set own time; somebody else's is left alone. Does no work."""
        with self._locked():
            self._own.move(own)

    def _in_charge(self) -> TimeKeeper:
        return next((keeper for keeper in FOREIGN if keeper.read() is not None), self._own)

    def _walk(self, step: int) -> datetime:
        """Go forward by so much. What others add meanwhile, while the lock is not held, comes on top."""
        while True:
            with self._locked():
                target = _within_range(self.read() + step)
                following = self._go(target)
                step = target - self.read()
            if following is None:
                return self.now()
            following()

    def _go(self, target: int) -> Callable[[], None] | None:
        """Go to the target, or as far as something is to be done without the lock."""
        while (due := self._schedule.first()) is not None and due.at <= target:
            self._do(due, move_on=True)
            if (following := self._after()) is not None:
                return following
        with self._transaction():
            self._move_on(target)
        return self._after()

    def _move_on(self, to: int) -> None:
        # Not back: the work may be overdue, or a ticking clock may have run past it meanwhile.
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
        if isinstance(self._own, AppFreeze):
            # Where a freeze inside ours is in charge, ours must not be found in the past when that one ends.
            self._own.move(to)
