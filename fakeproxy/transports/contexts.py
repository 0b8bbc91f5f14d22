"""Threads take the fake of the context that starts them along, while there is a fake that belongs to a context.

Python's own threads begin with an empty context. What is carried is that one variable, no other.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from threading import Thread
from typing import Any

from fakeproxy.transports import active

_start, _submit = Thread.start, ThreadPoolExecutor.submit
_fakes = 0


def carry() -> None:
    """One more fake of a context is active. The caller holds `active.lock`."""
    global _fakes
    _fakes += 1
    if _fakes == 1:
        Thread.start = _carrying_start  # type: ignore[method-assign]
        ThreadPoolExecutor.submit = _carrying_submit  # type: ignore[method-assign, assignment]


def carry_no_more() -> None:
    """One less. The caller holds `active.lock`."""
    global _fakes
    _fakes -= 1
    if not _fakes:
        Thread.start = _start  # type: ignore[method-assign]
        ThreadPoolExecutor.submit = _submit  # type: ignore[method-assign]


def _taken_along(function: Callable[..., Any]) -> Callable[..., Any]:
    target = active.context.get()
    if target is None:
        return function

    @wraps(function)
    def run(*arguments: Any, **named: Any) -> Any:
        before = active.context.get()
        active.context.set(target)
        try:
            return function(*arguments, **named)
        finally:
            active.context.set(before)  # a thread of a pool serves others after this

    return run


@wraps(_start)
def _carrying_start(self: Thread) -> None:
    self.run = _taken_along(self.run)  # type: ignore[method-assign]
    _start(self)


def _carrying_submit(self: ThreadPoolExecutor, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    return _submit(self, _taken_along(function), *args, **kwargs)
