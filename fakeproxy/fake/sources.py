"""The line of a test that is running: the outermost frame of the stack that is neither a library's nor a runner's."""

from __future__ import annotations

import os
import sysconfig
from functools import cache
from inspect import currentframe
from pathlib import Path

#: The folders of code that is not the user's: this package, installed packages, the standard library.
_OTHERS = tuple(
    {
        str(Path(__file__).parent.parent) + os.sep,
        *(sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib", "stdlib", "platstdlib")),
    }
)

#: The modules that call the function of a test. Its frames begin there.
_RUNNERS = ("_pytest", "pluggy", "unittest")

#: The most frames that are looked at.
_MOST = 200


@cache
def _is_users(file: str) -> bool:
    """Return whether the code of a file is the user's."""
    return not file.startswith((*_OTHERS, "<"))


@cache
def _is_runner(module: str) -> bool:
    return module.partition(".")[0] in _RUNNERS


def line_of_test() -> tuple[str, int] | None:
    """Return the file and the line of the test that is running in this thread, or None where there is none.

    If no runner has called it, it is the line of the program.
    """
    found = None
    frame = currentframe()
    for _ in range(_MOST):
        if frame is None:
            break
        name = frame.f_code.co_filename
        if found is not None and _is_runner(frame.f_globals.get("__name__", "")):
            break
        if _is_users(name):
            found = name, frame.f_lineno
        frame = frame.f_back
    return found
