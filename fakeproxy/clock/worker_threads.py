"""Frozen time for worker threads while the fake freezes the application's time."""

from __future__ import annotations

import sys
from threading import Lock
from types import FrameType
from typing import Any, ClassVar


class WorkerThreads:
    """Frozen time in worker threads while time="app".

    freezegun gives real time to every function that has `threading` among its nearest five callers, such as an endpoint
    that runs in a thread pool. Here only `threading` and its like get real time, for their own time-outs.
    """

    #: Modules that measure time-outs. In frozen time those would never end. A worker of Celery asks kombu for tasks.
    _MEASURING = (
        "threading",
        "queue",
        "multiprocessing",
        "concurrent.futures",
        "subprocess",
        "selectors",
        "kombu.transport",
        "kombu.simple",
        "celery.backends",
    )
    #: The functions of these modules that run what they are given, as in `pool.submit(time.time)`. None measures time.
    _CARRYING_OUT = frozenset({"run", "worker", "mapstar", "starmapstar"})

    _lock = Lock()
    _users: ClassVar[list[object]] = []
    _original: ClassVar[Any] = None

    @classmethod
    def freeze(cls, user: object) -> None:
        """Give worker threads frozen time until every `user` has called `unfreeze()`.

        Does nothing if freezegun is not loaded: time-machine reaches every thread by itself.
        """
        api: Any = sys.modules.get("freezegun.api")
        with cls._lock:
            cls._users.append(user)
            if cls._original is None and hasattr(api, "_should_use_real_time"):
                cls._original = api._should_use_real_time
                api._should_use_real_time = lambda: cls._uses_real_time(api)

    @classmethod
    def unfreeze(cls, user: object) -> None:
        """Undo `freeze()` when no other user is left. Further calls do nothing."""
        api: Any = sys.modules.get("freezegun.api")
        with cls._lock:
            cls._users[:] = [other for other in cls._users if other is not user]
            if not cls._users and cls._original is not None:
                api._should_use_real_time = cls._original
                cls._original = None

    @classmethod
    def _uses_real_time(cls, api: Any) -> bool:
        """Decide as freezegun does, with the one difference."""
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
