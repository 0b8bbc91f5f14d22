"""`python -m benchmarks`: one table of the budgets, and which are met. The exit status is 1 if one is not."""

from __future__ import annotations

import signal
import sys

from benchmarks.budgets import BUDGETS
from benchmarks.history import history
from benchmarks.inspector import inspector
from benchmarks.past import past
from benchmarks.prism import prism
from benchmarks.server import created_session_on_disk, state_on_disk, stop_the_server
from benchmarks.table import HEAD
from benchmarks.transports import transports


def main() -> int:
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that Prism is stopped then, too
    missed = 0
    print(HEAD)
    for part in (
        *BUDGETS,
        history,
        past,
        inspector,
        stop_the_server,
        state_on_disk,
        created_session_on_disk,
        transports,
        prism,
    ):
        for row in part():
            missed += row.verdict == "MISSED"
            print(row, flush=True)
    print(f"{missed} missed" if missed else "all met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
