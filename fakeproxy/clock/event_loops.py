"""Event loops while the fake freezes the application's time."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any, ClassVar

from fakeproxy.clock.real_time import Unfrozen


class EventLoops:
    """Event loops on real time while time="app": under a plain freeze `asyncio.sleep` would hang for ever.

    Not `real_asyncio=True`: that creates a loop, which pytest-socket forbids half-way through the freeze.
    """

    _lock = Lock()
    _users: ClassVar[list[object]] = []
    _originals: ClassVar[dict[type, Any]] = {}

    @classmethod
    def use_real_time(cls, user: object) -> None:
        # Here for start-up time: most fakes freeze nothing.
        from asyncio import BaseEventLoop

        with cls._lock:
            cls._users.append(user)
            # A freeze with real_asyncio=True leaves a `time` behind in a subclass, which would hide the one here.
            for kind in _family(BaseEventLoop):
                if "time" in vars(kind) and kind not in cls._originals:
                    cls._originals[kind] = vars(kind)["time"]
                    kind.time = lambda self: Unfrozen.monotonic()  # type: ignore[attr-defined]

    @classmethod
    def restore(cls, user: object) -> None:
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
