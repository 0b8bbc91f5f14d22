"""`python -m benchmarks`: one table of the budgets, and which are met. The exit status is 1 if one is not."""

from __future__ import annotations

import sys

from benchmarks.budgets import BUDGETS


def main() -> int:
    missed = 0
    print(f"{'work':34}{'measured':26}{'reference':32}{'is':>10}{'budget':>12}")
    for budget in BUDGETS:
        for row in budget():
            missed += not row.met
            verdict = "met" if row.met else "MISSED"
            value, limit = f"{row.value:.2f} {row.unit}", f"{row.limit:.2f} {row.unit}"
            print(f"{row.work:34}{row.measured:26}{row.reference:32}{value:>10}{limit:>12}  {verdict}", flush=True)
    print(f"{missed} missed" if missed else "all met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
