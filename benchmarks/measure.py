"""How things are measured: interleaved, the best of several rounds."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from tempfile import TemporaryDirectory
from typing import Any

Work = Callable[[], Any]


def seconds(work: Mapping[str, Work], calls: int, rounds: int = 7) -> dict[str, float]:
    """The best time of one call of each, in seconds. The rounds take turns, so that a slow moment hits all alike."""
    best = dict.fromkeys(work, float("inf"))
    for _ in range(rounds):
        for name, run in work.items():
            gc.collect()
            gc.disable()
            begin = time.perf_counter()
            for _ in range(calls):
                run()
            best[name] = min(best[name], (time.perf_counter() - begin) / calls)
            gc.enable()
    return best


def seconds_in_turns(
    openings: Mapping[str, Callable[[], AbstractContextManager[Work]]], calls: int, rounds: int = 7
) -> dict[str, float]:
    """The same for work that cannot be open side by side: each is opened anew for its turn of each round."""
    best = dict.fromkeys(openings, float("inf"))
    for _ in range(rounds):
        for name, opened in openings.items():
            with opened() as run:
                best[name] = min(best[name], seconds({name: run}, calls, 1)[name])
    return best


def seconds_of_first(before: str, program: str, rounds: int = 9) -> float:
    """Return the best time of a program in a new interpreter, imports included, after `before` was run.

    The modules are compiled already, as they are after an installation; where bytecode is not written, here it is.
    """
    timed = f"import time; {before}; t = time.perf_counter(); {program}\nprint(time.perf_counter() - t)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with TemporaryDirectory() as bytecode:
        command = [sys.executable, "-X", f"pycache_prefix={bytecode}", "-c", timed]

        def run() -> float:
            return float(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)

        run()
        return min(run() for _ in range(rounds))
