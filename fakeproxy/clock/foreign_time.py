"""freezegun and time-machine: whoever has frozen or moved the time of the process is in charge of it.

Neither library is imported here: one that is not loaded does not keep time. What is read of them is not promised by
them (`freeze_factories`, `traveller_stack`), but asking `time.time()` instead would depend on the depth of the stack
and on `ignore=[...]`, use up `auto_tick_seconds`, and now and then raise IndexError while a freeze ends.
"""

from __future__ import annotations

import datetime
import sys
import time
import warnings
from typing import Any, Literal, Protocol

from fakeproxy.clock.real_time import MICROSECOND, NAIVE_EPOCH, SECOND, Unfrozen
from fakeproxy.exceptions import UsageError

Driver = Literal["own", "freezegun", "time-machine"]


class TimeKeeper(Protocol):
    """Somebody who may be in charge of time. Instants are microseconds since the epoch (UTC)."""

    @property
    def name(self) -> Driver: ...

    def read(self) -> int | None:
        """The present, or None if this one is not in charge. Changes nothing that the application can see."""

    def move(self, to: int) -> None:
        """Set the present. Does nothing if this one is no longer in charge."""


class Freezegun:
    """The innermost freeze, whoever began it."""

    name: Driver = "freezegun"

    def __init__(self) -> None:
        self._warned = False

    def read(self) -> int | None:
        api: Any = sys.modules.get("freezegun.api")
        if api is None:
            return None
        try:
            factories = api.freeze_factories
            if not factories:
                return None
            factory = factories[-1]
            # Calling is harmless only where time ticks by itself: elsewhere it uses up `auto_tick_seconds`.
            moment = factory() if isinstance(factory, api.TickingDateTimeFactory) else factory.time_to_freeze
        except IndexError:  # the freeze ended in another thread
            return None
        except AttributeError:  # a freezegun that is not known here, or that is being imported
            if datetime.datetime.__name__ != "FakeDatetime":
                return None
            self._warned = _follow(self.name, self._warned)
            return round(time.time() * SECOND)
        return int((moment - NAIVE_EPOCH) // MICROSECOND)

    def move(self, to: int) -> None:
        api: Any = sys.modules["freezegun.api"]
        target = NAIVE_EPOCH + to * MICROSECOND
        try:
            factory = api.freeze_factories[-1]
            ticking = isinstance(factory, api.TickingDateTimeFactory)
        except IndexError:
            return
        except AttributeError:
            raise _immovable(self.name) from None
        # Never tick(delta): with tick=True that loses what has elapsed; before 1.5 there is neither that nor move_to().
        # And a move_to() to where time stands makes `auto_tick_seconds` take a step.
        if ticking:
            factory.time_to_freeze += target - factory()
        elif factory.time_to_freeze != target:
            factory.move_to(target)


class TimeMachine:
    """The innermost travel, whoever began it."""

    name: Driver = "time-machine"

    def __init__(self) -> None:
        self._warned = False

    def read(self) -> int | None:
        module: Any = sys.modules.get("time_machine")
        if module is None:
            return None
        stack = _travellers(module)
        if stack is None:  # a time-machine that is not known here, or that is being imported
            hatch = getattr(module, "escape_hatch", None)
            if hatch is None or not hatch.is_travelling():
                return None
            self._warned = _follow(self.name, self._warned)
            return time.time_ns() // 1000
        if not stack:
            return None
        try:
            traveller = stack[-1]
        except IndexError:  # the travel ended in another thread
            return None
        # Time stands at the destination until somebody asks for it; that is left to the application.
        if getattr(traveller, "_requested", True):
            return int(traveller.time_ns() // 1000)
        return int(traveller._destination_timestamp_ns // 1000)

    def move(self, to: int) -> None:
        stack = _travellers(sys.modules["time_machine"])
        now = self.read()
        if stack is None:
            raise _immovable(self.name)
        if stack and now is not None:
            # Not move_to(): that would start its ticking anew, and may change TZ.
            stack[-1].shift((to - now) * MICROSECOND)


def _travellers(module: Any) -> list[Any] | None:
    """The travels that are on: `traveller_stack` since time-machine 3.0, `coordinates_stack` before."""
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


#: Those who may be in charge of the process's time, the innermost patch first.
FOREIGN: tuple[TimeKeeper, ...] = (Freezegun(), TimeMachine())


def initial_time() -> int:
    """What the process takes for the present, cut to the second."""
    now = next((now for keeper in FOREIGN if (now := keeper.read()) is not None), Unfrozen.time_ns() // 1000)
    return now // SECOND * SECOND
