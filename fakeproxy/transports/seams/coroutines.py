"""Coroutines that nobody awaited, such as `session.update_async(...)` without `await`: the active fake is told.

Python warns of them when they are removed from memory. The warning stays as it is.
"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType, FunctionType, ModuleType
from typing import Any
from weakref import ref

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Seam


class _Told(str):
    """The name of a coroutine whose `owner` was told that it has not begun to run.

    It marks the coroutine for as long as that exists. An id would not do: the next object may get the same one.
    """

    owner: ref[object]


def _warn(message: str, category: type[Warning], stacklevel: int, source: object) -> None:
    target = targets.current()
    if target is not None and type(getattr(source, "__name__", None)) is not _Told:
        target.unawaited(getattr(source, "__qualname__", "of unknown name"))
    warnings.warn(message, category, stacklevel=stacklevel + 1, source=source)


def _warn_unawaited(module: ModuleType, original: Method) -> Method | None:
    """Replace the function that CPython calls for such a coroutine by a copy that warns with `_warn`.

    A function around it would be one more frame, and the warning would name a line of this file.
    """
    if not isinstance(original, FunctionType) or "warn" not in original.__code__.co_names:
        return None
    return FunctionType(original.__code__, {**original.__globals__, "warn": _warn}, original.__name__)


def not_started(owner: object) -> Iterator[str]:
    """Yield the names of the SDK's and the fake's coroutines that exist and have not begun to run, each once.

    A coroutine that an earlier owner was told of is left out: the failure of another test may still hold it.
    """
    for found in gc.get_objects():
        # `isinstance` would ask every proxy of a process, those of Celery and Django too, for the class behind it.
        if type(found) is CoroutineType and found.cr_frame is not None and getcoroutinestate(found) == CORO_CREATED:
            package = str(found.cr_frame.f_globals.get("__name__")).partition(".")[0]
            if package in ("twilio", "fakeproxy") and _is_told(found, owner):
                yield found.__qualname__


def _is_told(coroutine: CoroutineType[Any, Any, Any], owner: object) -> bool:
    """Return whether this owner is the one that is told of a coroutine: the first that asks."""
    if type(coroutine.__name__) is not _Told:
        coroutine.__name__ = name = _Told(coroutine.__name__)
        name.owner = ref(owner)
    return coroutine.__name__.owner() is owner


SEAMS = {"warnings": [Seam("", "_warn_unawaited_coroutine", _warn_unawaited)]}
