"""Coroutines that nobody awaited, such as `session.update_async(...)` without `await`: the active fake is told.

Python warns of them when they are removed from memory. The warning stays as it is.
"""

from __future__ import annotations

import warnings
from types import FunctionType, ModuleType

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Seam


def _warn(message: str, category: type[Warning], stacklevel: int, source: object) -> None:
    target = targets.current()
    if target is not None:
        target.unawaited(getattr(source, "__qualname__", "of unknown name"))
    warnings.warn(message, category, stacklevel=stacklevel + 1, source=source)


def _warn_unawaited(module: ModuleType, original: Method) -> Method | None:
    """Replace the function that CPython calls for such a coroutine by a copy that warns with `_warn`.

    A function around it would be one more frame, and the warning would name a line of this file.
    """
    if not isinstance(original, FunctionType) or "warn" not in original.__code__.co_names:
        return None
    return FunctionType(original.__code__, {**original.__globals__, "warn": _warn}, original.__name__)


SEAMS = {"warnings": [Seam("", "_warn_unawaited_coroutine", _warn_unawaited)]}
