"""Who can keep time: freezegun and time-machine behind one seam of two methods, the fake's own time, a freeze of ours.

Neither library is imported here: one that is not loaded does not keep time. What is read of them is not promised by
them (`freeze_factories`, `traveller_stack`), but asking `time.time()` instead would depend on the depth of the stack
and on `ignore=[...]`, use up `auto_tick_seconds`, and now and then raise IndexError while a freeze ends.
"""

from __future__ import annotations

import datetime
import sys
import time
import warnings
from collections.abc import Iterator
from threading import Lock
from types import FrameType
from typing import Any, ClassVar, Literal, Protocol

from fakeproxy.exceptions import MissingPackage, UsageError

Driver = Literal["own", "freezegun", "time-machine"]


class Unfrozen:
    """The real things, where freezegun does not find them: it replaces attributes of modules, not of classes.

    They are the real ones also if this module is imported inside a freeze.
    """

    _freezegun: ClassVar[Any] = sys.modules.get("freezegun.api")
    datetime: ClassVar[type[datetime.datetime]] = getattr(_freezegun, "real_datetime", datetime.datetime)
    time_ns = staticmethod(getattr(_freezegun, "real_time_ns", time.time_ns))
    monotonic = staticmethod(getattr(_freezegun, "real_monotonic", time.monotonic))
    # time-machine below 3.0 travels with time.monotonic() too, in C, whoever keeps the function; not with this one.
    perf_counter_ns = staticmethod(getattr(_freezegun, "real_perf_counter_ns", time.perf_counter_ns))


MICROSECOND = datetime.timedelta(microseconds=1)
SECOND = 1_000_000
EPOCH = Unfrozen.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
# freezegun keeps naive datetimes, which are UTC whatever its tz_offset.
_NAIVE_EPOCH = EPOCH.replace(tzinfo=None)


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
        return int((moment - _NAIVE_EPOCH) // MICROSECOND)

    def move(self, to: int) -> None:
        api: Any = sys.modules["freezegun.api"]
        target = _NAIVE_EPOCH + to * MICROSECOND
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


def present() -> int:
    """What the process takes for the present, cut to the second."""
    now = next((now for keeper in FOREIGN if (now := keeper.read()) is not None), Unfrozen.time_ns() // 1000)
    return now // SECOND * SECOND


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
            at = self._at = present()
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

    def park(self) -> None:
        """Stand from now on, until the next reading."""
        if self._since is not None:
            with self._lock:
                self._at = self._elapsed()
                self._since = None

    def _elapsed(self) -> int:
        assert self._at is not None
        since = self._since
        return self._at if since is None else self._at + (Unfrozen.perf_counter_ns() - since) // 1000


class AppFreeze:
    """A freeze of the application's time, from `begin()` to `end()`.

    One that ticks runs on from where it was put. freezegun is imported only here.
    """

    name: Driver = "freezegun"

    def __init__(self, at: int, *, ticks: bool = False) -> None:
        try:
            import freezegun.api
        except ImportError:
            raise MissingPackage('time="app" needs freezegun: pip install freezegun') from None
        self._api = freezegun.api
        # pytest measures the phases of a test with these two; pytest-freezer excepts them too, where it is installed.
        self._freeze = freezegun.freeze_time(
            _NAIVE_EPOCH + at * MICROSECOND, ignore=["_pytest.runner", "_pytest.terminal"], tick=ticks
        )
        self._at = at
        self._ticks = ticks
        self._factory: Any = None
        self._depth = -1

    def begin(self) -> None:
        """Freeze."""
        self._depth = len(self._api.freeze_factories)
        self._freeze.start()
        self._factory = self._api.freeze_factories[self._depth]

    def read(self) -> int:
        if self._factory is None:
            return self._at
        moment = self._factory() if self._ticks else self._factory.time_to_freeze
        return int((moment - _NAIVE_EPOCH) // MICROSECOND)

    def move(self, to: int) -> None:
        target = _NAIVE_EPOCH + to * MICROSECOND
        self._at = to
        if self._factory is None:
            return
        if self._ticks:
            self._factory.time_to_freeze += target - self._factory()
        else:
            self._factory.move_to(target)

    def park(self) -> None:
        """Nothing: it stands anyway."""

    def end(self) -> None:
        """End it, also where it has begun by half. To be called as often as you like.

        Raises UsageError if another freeze is inside: freezegun would end that one, and FakeDatetime would stay.
        """
        factories = self._api.freeze_factories
        if self._factory is not None and factories and factories[-1] is not self._factory:
            inner: Any = factories[-1]
            raise UsageError(
                f"a freeze that began after the one of time='app' is still on, at {inner.time_to_freeze}: stop that "
                f"one first (leave its `with`, or ask for `freezer` after `fakeproxy`), then stop the fake again"
            )
        if self._depth >= 0:
            if self._factory is not None and not factories:
                # Somebody's stop() ended ours and left its patches in place. Begun again, it can undo them.
                self._freeze.start()
            if len(factories) > self._depth:
                self._freeze.stop()
            self._at = self.read()
            self._factory, self._depth = None, -1


class WorkerThreads:
    """Frozen `time.time()` and its like in worker threads while time="app".

    freezegun gives the real time to whatever has `threading` among its nearest five callers: a function that a thread
    runs, an endpoint in a pool. Here that counts only where such a module asks itself, as for its own time-outs.
    """

    #: Modules that measure time-outs; under a frozen time those would never strike.
    _MEASURING = ("threading", "queue", "multiprocessing", "concurrent.futures", "subprocess", "selectors")
    #: The functions of theirs that carry out what they were given, as in `pool.submit(time.time)`; none measures.
    _CARRYING_OUT = frozenset({"run", "worker", "mapstar", "starmapstar"})

    _lock = Lock()
    _users: ClassVar[list[object]] = []
    _original: ClassVar[Any] = None

    @classmethod
    def freeze(cls, user: object) -> None:
        """Begin, where freezegun is loaded: time-machine reaches every thread by itself."""
        api: Any = sys.modules.get("freezegun.api")
        with cls._lock:
            cls._users.append(user)
            if cls._original is None and hasattr(api, "_should_use_real_time"):
                cls._original = api._should_use_real_time
                api._should_use_real_time = lambda: cls._uses_real_time(api)

    @classmethod
    def unfreeze(cls, user: object) -> None:
        """End, also where it has not begun."""
        api: Any = sys.modules.get("freezegun.api")
        with cls._lock:
            cls._users[:] = [other for other in cls._users if other is not user]
            if not cls._users and cls._original is not None:
                api._should_use_real_time = cls._original
                cls._original = None

    @classmethod
    def _uses_real_time(cls, api: Any) -> bool:
        """What freezegun decides, with the one difference."""
        ignored = api.ignore_lists[-1] if api.ignore_lists else None
        if ignored is None or not api.call_stack_inspection_limit:
            return ignored is None and bool(api.call_stack_inspection_limit)
        frame: FrameType | None = sys._getframe(3)  # This method, the lambda, freezegun's function; then who asks.
        for distance in range(api.call_stack_inspection_limit):
            if frame is None:
                return False
            name = str(frame.f_globals.get("__name__") or "")
            measures = name.startswith(cls._MEASURING)
            measures_now = measures and distance == 0 and frame.f_code.co_name not in cls._CARRYING_OUT
            if measures_now or (not measures and name.startswith(ignored or ())):
                return True
            frame = frame.f_back
        return False


class EventLoops:
    """Event loops on real time while time="app": under a plain freeze `asyncio.sleep` would hang for ever.

    Not `real_asyncio=True`: that creates a loop, which pytest-socket forbids half-way through the freeze.
    """

    _lock = Lock()
    _users: ClassVar[list[object]] = []
    _originals: ClassVar[dict[type, Any]] = {}

    @classmethod
    def hold(cls, user: object) -> None:
        from asyncio import BaseEventLoop

        with cls._lock:
            cls._users.append(user)
            # A freeze with real_asyncio=True leaves a `time` behind in a subclass, which would hide the one here.
            for kind in _family(BaseEventLoop):
                if "time" in vars(kind) and kind not in cls._originals:
                    cls._originals[kind] = vars(kind)["time"]
                    kind.time = lambda self: Unfrozen.monotonic()  # type: ignore[attr-defined]

    @classmethod
    def release(cls, user: object) -> None:
        with cls._lock:
            cls._users[:] = [other for other in cls._users if other is not user]
            if not cls._users:
                for kind, original in list(cls._originals.items()):
                    kind.time = original  # type: ignore[attr-defined]
                    cls._originals.pop(kind, None)


def _family(kind: type) -> Iterator[type]:
    yield kind
    children: list[type] = kind.__subclasses__()
    for child in children:
        yield from _family(child)
