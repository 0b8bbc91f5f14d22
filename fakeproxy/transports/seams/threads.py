"""Threads: a thread gets the fake of the context that starts it, while any fake belongs to a context.

Python's own threads begin with an empty context. Only the variable of the fake is propagated, no other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Thread
from types import ModuleType

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Patches, Seam, lock

#: The targets that belong to a context.
_targets: list[object] = []


def propagate(target: object) -> None:
    """Propagate targets to new threads from now on: this one belongs to a context. The caller holds `patches.lock`."""
    _targets.append(target)
    _patches.install()


def stop_propagating(target: object) -> None:
    """Stop after the last target of a context has ended. The caller holds `patches.lock`."""
    _targets[:] = [other for other in _targets if other is not target]
    if not _targets:
        _patches.uninstall()


def _with_target(function: Callable[..., object]) -> Callable[..., object]:
    target = targets.context.get()
    if target is None:
        return function

    @wraps(function)
    def run(*arguments: object, **named: object) -> object:
        before = targets.context.get()
        targets.context.set(target)
        try:
            return function(*arguments, **named)
        finally:
            targets.context.set(before)  # A thread of a pool serves other contexts after this.

    return run


def _start(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def start(self: Thread) -> None:
        vars(self)["run"] = _with_target(self.run)
        original(self)

    return start


def _submit(module: ModuleType, original: Method) -> Method:
    @wraps(original)
    def submit(self: object, function: Callable[..., object], /, *args: object, **kwargs: object) -> object:
        return original(self, _with_target(function), *args, **kwargs)

    return submit


_patches = Patches(
    {
        "threading": [Seam("Thread", "start", _start)],
        "concurrent.futures.thread": [Seam("ThreadPoolExecutor", "submit", _submit)],
    },
    lock,
)
