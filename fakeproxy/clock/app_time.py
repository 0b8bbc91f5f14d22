"""A freeze of the application's time by the fake, for `time="app"` and `time="app-ticking"`."""

from __future__ import annotations

from typing import Any

from fakeproxy.clock.foreign_time import Driver
from fakeproxy.clock.real_time import MICROSECOND, NAIVE_EPOCH
from fakeproxy.exceptions import MissingPackage, UsageError


class AppFreeze:
    """A freeze of the application's time, from `begin()` to `end()`. With `ticks`, time runs on from `at`.

    Instants are microseconds since the epoch (UTC). Raises `MissingPackage` if freezegun cannot be imported; nothing
    else in fakeproxy imports it.
    """

    name: Driver = "freezegun"

    def __init__(self, at: int, *, ticks: bool = False) -> None:
        try:
            # Here for start-up time: most fakes freeze nothing.
            import freezegun.api
        except ImportError:
            raise MissingPackage('time="app" needs freezegun: pip install freezegun') from None
        self._api = freezegun.api
        # pytest measures the phases of a test in these two. pytest-freezer excepts them too.
        self._freeze = freezegun.freeze_time(
            NAIVE_EPOCH + at * MICROSECOND, ignore=["_pytest.runner", "_pytest.terminal"], tick=ticks
        )
        self._at = at
        self._ticks = ticks
        self._factory: Any = None
        self._depth = -1

    def begin(self) -> None:
        """Freeze the application's time."""
        self._depth = len(self._api.freeze_factories)
        self._freeze.start()
        self._factory = self._api.freeze_factories[self._depth]

    def read(self) -> int:
        """Return the time of the freeze in microseconds."""
        if self._factory is None:
            return self._at
        moment = self._factory() if self._ticks else self._factory.time_to_freeze
        return int((moment - NAIVE_EPOCH) // MICROSECOND)

    def move(self, to: int) -> None:
        """Set the time of the freeze, in microseconds."""
        target = NAIVE_EPOCH + to * MICROSECOND
        self._at = to
        if self._factory is None:
            return
        if self._ticks:
            self._factory.time_to_freeze += target - self._factory()
        else:
            self._factory.move_to(target)

    def pause(self) -> None:
        """Do nothing: the freeze stands or ticks by itself."""

    def end(self) -> None:
        """End the freeze, even if an exception interrupted `begin()`. Further calls do nothing.

        Raises `UsageError` if another freeze began later and is still on: freezegun would end that one instead, and
        FakeDatetime would stay.
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
                # Another freeze's stop() ended ours, and left our patches. After a new start(), stop() undoes them.
                self._freeze.start()
            if len(factories) > self._depth:
                self._freeze.stop()
            self._at = self.read()
            self._factory, self._depth = None, -1
