"""How things are measured: interleaved, the best of several rounds."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
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


def import_seconds(before: str, statement: str, rounds: int = 9) -> float:
    """The best time of an import in a new interpreter, after `before` was run."""
    program = f"import time; {before}; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", program]
    return min(float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(rounds))
