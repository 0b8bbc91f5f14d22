"""Waiting for a condition: in the fake's time, by steps of its clock, or in real time, for programs beside the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from fakeproxy.clock.real_time import Unfrozen
from fakeproxy.exceptions import NotInTime, UsageError

#: A function that returns a true value as soon as the condition holds.
Condition = Callable[[], object]


class Scheduled(Protocol):
    """The protocol of a piece of due work."""

    @property
    def at(self) -> datetime:
        """The instant at which it is due, as a datetime in UTC."""


class Stepped(Protocol):
    """The protocol of a clock that can be stepped."""

    def now(self) -> datetime:
        """Return the present as a datetime in UTC."""

    def due(self) -> Sequence[Scheduled]:
        """Return the scheduled work, earliest first."""

    def move_to(self, instant: datetime) -> datetime:
        """Move time to an instant, and run the work that becomes due. Return the present."""


def advance_until(
    clock: Stepped, condition: Condition, within: float | timedelta, since: Callable[[], Callable[[], str]]
) -> datetime:
    """Step the clock from due work to due work until the condition holds, and return the present.

    `since()` is called before the first step, and returns a function that returns the story since then. Raises
    `NotInTime` if the condition does not hold after `within` seconds of the fake's time, and `UsageError` if that is
    negative.
    """
    seconds = within.total_seconds() if isinstance(within, timedelta) else float(within)
    if seconds < 0:
        raise UsageError(f"within={within!r}: expected 0 or more seconds")
    story, end = since(), clock.now() + timedelta(seconds=seconds)
    while not condition():
        if clock.now() >= end:
            raise _late(condition, f"{seconds:g} seconds of the fake's time", story())
        upcoming = [due.at for due in clock.due() if due.at > clock.now()]
        clock.move_to(min([*upcoming, end]))
    return clock.now()


def wait_for(
    condition: Condition, timeout: float, pause: Callable[[float], object], since: Callable[[], Callable[[], str]]
) -> None:
    """Wait in real time until the condition holds. `pause(seconds)` returns after them, or when the fake has changed.

    Raises `NotInTime` if the condition does not hold within `timeout` seconds.
    """
    story, end = since(), Unfrozen.monotonic() + timeout
    while not condition():
        left = end - Unfrozen.monotonic()
        if left <= 0:
            raise _late(condition, f"{timeout:g} seconds of real time", story())
        pause(left)


def _late(condition: Condition, time: str, story: str) -> NotInTime:
    """Return the error for a condition that did not hold in time. A condition may have an `explain()` for its text."""
    name = str(getattr(condition, "__name__", repr(condition)))
    what = "the condition" if "lambda" in name else name
    explain = getattr(condition, "explain", None)
    near = f"; {explain()}" if explain is not None else ""
    return NotInTime(f"{what} did not come true within {time}{near}", story)
