"""The time of freezegun and time-machine. If one of them has frozen or moved the time of the process, it is in charge.

This module imports neither: a library that is not loaded is not in charge. It reads names that the libraries do not
promise to keep (`freeze_factories`, `traveller_stack`). `time.time()` would be worse: under freezegun its result
depends on the depth of the stack and on `ignore=[...]`, it uses up `auto_tick_seconds`, and it can raise IndexError
while a freeze ends.
"""

from __future__ import annotations

import datetime
import sys
import time
import warnings
from typing import Any, Literal, Protocol

from fakeproxy.clock.real_time import MICROSECOND, NAIVE_EPOCH, SECOND, Unfrozen
from fakeproxy.exceptions import UsageError

#: The names of those who can be in charge of time, as `clock.driver` shows them.
Driver = Literal["own", "freezegun", "time-machine"]


class TimeKeeper(Protocol):
    """The protocol of those who can be in charge of time. Instants are microseconds since the epoch (UTC)."""

    @property
    def name(self) -> Driver:
        """The name, as `clock.driver` shows it."""

    def read(self) -> int | None:
        """Return the present, or None if this one is not in charge. Changes nothing that the application can see."""

    def move(self, to: int) -> None:
        """Set the present. Does nothing if this one is no longer in charge."""


class Freezegun:
    """The innermost freeze of freezegun, whoever began it."""

    name: Driver = "freezegun"
    #: The module without which it is not in charge.
    module = "freezegun.api"

    def __init__(self) -> None:
        self._warned = False

    def read(self) -> int | None:
        """Return the time of the freeze in microseconds, or None if there is no freeze."""
        api: Any = sys.modules.get(self.module)
        if api is None:
            return None
        try:
            factories = api.freeze_factories
            if not factories:
                return None
            factory = factories[-1]
            # A call is harmless only for a ticking freeze: otherwise it uses up `auto_tick_seconds`.
            moment = factory() if isinstance(factory, api.TickingDateTimeFactory) else factory.time_to_freeze
        except IndexError:  # The freeze ended in another thread.
            return None
        except AttributeError:  # An unknown version of freezegun, or one that is being imported.
            if datetime.datetime.__name__ != "FakeDatetime":
                return None
            self._warned = _follow(self.name, self._warned)
            # The freeze has replaced it, so it tells the frozen time: there is no better source in this version.
            return round(time.time() * SECOND)
        return int((moment - NAIVE_EPOCH) // MICROSECOND)

    def move(self, to: int) -> None:
        """Move the freeze to an instant in microseconds. Raises `UsageError` for an unknown version of freezegun."""
        api: Any = sys.modules["freezegun.api"]
        target = NAIVE_EPOCH + to * MICROSECOND
        try:
            factory = api.freeze_factories[-1]
            ticking = isinstance(factory, api.TickingDateTimeFactory)
        except IndexError:
            return
        except AttributeError:
            raise _immovable(self.name) from None
        # Not tick(delta): with tick=True it loses the time that has elapsed, and freezegun below 1.5 has neither tick()
        # nor move_to() here. A move_to() to the present would make `auto_tick_seconds` take a step.
        if ticking:
            factory.time_to_freeze += target - factory()
        elif factory.time_to_freeze != target:
            factory.move_to(target)


class TimeMachine:
    """The innermost travel of time-machine, whoever began it."""

    name: Driver = "time-machine"
    #: As above.
    module = "time_machine"

    def __init__(self) -> None:
        self._warned = False

    def read(self) -> int | None:
        """Return the time of the travel in microseconds, or None if there is no travel."""
        module: Any = sys.modules.get(self.module)
        if module is None:
            return None
        stack = _travellers(module)
        if stack is None:  # An unknown version of time-machine, or one that is being imported.
            hatch = getattr(module, "escape_hatch", None)
            if hatch is None or not hatch.is_travelling():
                return None
            self._warned = _follow(self.name, self._warned)
            # The travel has replaced it, so it tells the time of the travel: there is no better source in this version.
            return time.time_ns() // 1000
        if not stack:
            return None
        try:
            traveller = stack[-1]
        except IndexError:  # The travel ended in another thread.
            return None
        # Time stands at the destination until it is first asked for. That must be left to the application.
        if getattr(traveller, "_requested", True):
            return int(traveller.time_ns() // 1000)
        return int(traveller._destination_timestamp_ns // 1000)

    def move(self, to: int) -> None:
        """Move the travel to an instant in microseconds. Raises `UsageError` for an unknown version of time-machine."""
        stack = _travellers(sys.modules["time_machine"])
        now = self.read()
        if stack is None:
            raise _immovable(self.name)
        if stack and now is not None:
            # Not move_to(): it would restart the ticking, and may change the time zone of the process.
            stack[-1].shift((to - now) * MICROSECOND)


def _travellers(module: Any) -> list[Any] | None:
    """Return the travels that are on: `traveller_stack` since time-machine 3.0, `coordinates_stack` before."""
    stack: list[Any] | None = getattr(module, "traveller_stack", None)
    return getattr(module, "coordinates_stack", None) if stack is None else stack


def _follow(library: str, warned: bool) -> bool:
    if not warned:
        text = (
            f"fakeproxy does not know this version of {library}: it follows time.time(), which may be wrong in threads "
            f"and uses up automatic ticks, and advance() will not work. Please report the version."
        )
        warnings.warn(text, RuntimeWarning, stacklevel=3)
    return True


def _immovable(library: str) -> UsageError:
    return UsageError(f"fakeproxy cannot move this version of {library}; move it with its own object instead")


#: The libraries that can be in charge of the process's time. freezegun's patches hide time-machine's, so it is first.
FOREIGN = (Freezegun(), TimeMachine())
_MODULES = {keeper.module for keeper in FOREIGN}


def foreign_time() -> int | None:
    """Return the present of the library that is in charge, in microseconds, or None if none is."""
    if sys.modules.keys().isdisjoint(_MODULES):  # The usual case: neither is imported.
        return None
    for keeper in FOREIGN:
        if (now := keeper.read()) is not None:
            return now
    return None


def initial_time() -> int:
    """Return the present of the process, frozen or real, in microseconds, cut to the second."""
    now = foreign_time()
    return (Unfrozen.time_ns() // 1000 if now is None else now) // SECOND * SECOND
