"""Real time for event loops while the fake freezes the application's time."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any, ClassVar

from fakeproxy.clock.real_time import Unfrozen


class EventLoops:
    """Real time in event loops while time="app". Under a plain freeze, `asyncio.sleep` would never end.

    freezegun's `real_asyncio=True` is not used: it creates an event loop, which pytest-socket forbids.
    """

    _lock = Lock()
    _users: ClassVar[list[object]] = []
    _originals: ClassVar[dict[type, Any]] = {}

    @classmethod
    def use_real_time(cls, user: object) -> None:
        """Give event loops real time until every `user` has called `restore()`."""
        # Here for start-up time: most fakes freeze nothing.
        from asyncio import BaseEventLoop

        with cls._lock:
            cls._users.append(user)
            # A freeze with real_asyncio=True leaves a `time` in a subclass, which would hide the one of the base class.
            for kind in _family(BaseEventLoop):
                if "time" in vars(kind) and kind not in cls._originals:
                    cls._originals[kind] = vars(kind)["time"]
                    kind.time = lambda self: Unfrozen.monotonic()  # type: ignore[attr-defined]

    @classmethod
    def restore(cls, user: object) -> None:
        """Undo `use_real_time()` when no other user is left. Further calls do nothing."""
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
