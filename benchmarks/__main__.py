"""`python -m benchmarks`: one table of the budgets, and which are met. The exit status is 1 if one is not."""

from __future__ import annotations

import sys

from benchmarks.budgets import BUDGETS
from benchmarks.table import HEAD
from benchmarks.transports import transports


def main() -> int:
    missed = 0
    print(HEAD)
    for part in (*BUDGETS, transports):
        for row in part():
            missed += row.verdict == "MISSED"
            print(row, flush=True)
    print(f"{missed} missed" if missed else "all met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
