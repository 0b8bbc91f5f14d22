"""Run the steps under every version, or some: `python -m tests.matrix --only ends,twilio==7.0`."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed

from tests.matrix.environments import Result, cache, run
from tests.matrix.rows import rows, selected
from tests.matrix.table import write


def main() -> int:
    """Print what became of each row; return 1 if a step failed or an environment could not be made."""
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--only", metavar="WORDS", help="rows, packages, or `ends`: the ends of each range")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many rows run at a time")
    parser.add_argument("--write", action="store_true", help="write docs/reference/versions.md; needs all rows")
    parser.add_argument("--list", action="store_true", help="name the rows and what each installs")
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write needs all rows, so it does not go with --only")
    try:
        chosen = selected(options.only.split(",")) if options.only else rows()
    except ValueError as error:
        parser.error(str(error))
    if options.list:
        for row in chosen:
            print(f"{row.name}: {' '.join(row.requirements)}{f' (Python {row.python} at most)' if row.python else ''}")
        return 0
    print(f"{len(chosen)} rows, in {cache()}", flush=True)
    results: list[Result] = []
    with ThreadPoolExecutor(options.jobs) as threads:
        for future in as_completed([threads.submit(run, row) for row in chosen]):
            results.append(future.result())
            _tell(results[-1])
    if options.write:
        write(results)
    if any(result.no_index for result in results):
        print("Packages cannot be had here: pip reaches no package index, so not all rows were run.")
    passed = sum(result.passed for result in results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if passed == len(results) else 1


def _tell(result: Result) -> None:
    where = f"{result.row.name} (Python {result.python or result.row.python}, {result.seconds:.0f} s)"
    if result.unavailable:
        print(f"NOT INSTALLED {where}: {result.unavailable}", flush=True)
        return
    counts = [outcome for outcome in result.outcomes.values() if outcome in ("passed", "not here")]
    told = f"{counts.count('passed')} steps passed, {counts.count('not here')} do not apply"
    print(f"{'FAILED' if result.failed else 'passed'} {where}: {told}", flush=True)
    for step, traceback in result.failed.items():
        print(f"--- {result.row.name}: {step}\n{traceback}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
