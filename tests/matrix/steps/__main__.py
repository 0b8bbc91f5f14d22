"""Run all steps, print each one's outcome as a line of JSON, and exit with 1 if one failed."""

from __future__ import annotations

import faulthandler
import json
import sys
import traceback
from importlib import import_module
from importlib.metadata import distributions
from importlib.util import find_spec

from tests.matrix.steps import STEPS, Step

#: Seconds that one step may take.
LONGEST = 60

for topic in (
    "sdk",
    "sdk_client",
    "faults",
    "http_clients",
    "webhooks",
    "time",
    "pytest_plugin",
    "other_tools",
    "urllib3_future",
):
    import_module(f"tests.matrix.steps.{topic}")


def is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:  # of the package that it is in
        return False


def outcome(step: Step) -> str:
    """Return `"passed"`, `"not here"`, or the traceback of the failure."""
    if not all(map(is_installed, step.needs)):
        return "not here"
    faulthandler.dump_traceback_later(LONGEST, exit=True)
    try:
        step.check()
    except BaseException:
        return traceback.format_exc()
    finally:
        faulthandler.cancel_dump_traceback_later()
    return "passed"


def main() -> int:
    versions = {distribution.metadata["Name"].lower(): distribution.version for distribution in distributions()}
    print(json.dumps({"versions": versions}), flush=True)
    failed = 0
    for step in STEPS:
        print(json.dumps({"begun": step.name}), flush=True)  # the last one begun is the one that hung
        result = outcome(step)
        print(json.dumps({"step": step.name, "outcome": result}), flush=True)
        failed += result not in ("passed", "not here")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
