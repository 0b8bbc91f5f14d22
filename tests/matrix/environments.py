"""A virtual environment for a row, kept in a cache folder, and the steps run in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.matrix.rows import ROOT, Row

#: Seconds that pip and the steps may take for one row.
_LONGEST_INSTALL, _LONGEST_RUN = 600, 300

#: What pip says where there is no package index to ask.
_NO_INDEX = re.compile(r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ProxyError|from versions: none")


class Unavailable(Exception):
    """The environment of a row cannot be made. `no_index`: since no package index can be reached."""

    def __init__(self, reason: str, *, no_index: bool = False) -> None:
        super().__init__(reason)
        self.no_index = no_index


class Result(NamedTuple):
    """What became of a row.

    `outcomes` has `"passed"`, `"not here"` or a traceback, by step. `unavailable` says why there are none.
    """

    row: Row
    python: str
    seconds: float
    versions: Mapping[str, str]
    outcomes: Mapping[str, str]
    unavailable: str = ""
    no_index: bool = False

    @property
    def failed(self) -> dict[str, str]:
        return {step: told for step, told in self.outcomes.items() if told not in ("passed", "not here")}

    @property
    def passed(self) -> bool:
        return not self.unavailable and not self.failed


def cache() -> Path:
    """Return the folder of the environments: `FAKEPROXY_MATRIX`, else one in the user's folder for caches."""
    if given := os.environ.get("FAKEPROXY_MATRIX"):
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "fakeproxy-matrix")


def run(row: Row) -> Result:
    """Make the row's environment, or bring it up to date, and run the steps in it."""
    began = time.monotonic()
    python = ""
    versions: dict[str, str] = {}
    outcomes: dict[str, str] = {}
    try:
        interpreter = _interpreter(row)
        python = _version(interpreter)
        versions, outcomes = _steps(_environment(row, interpreter, python))
    except Unavailable as error:
        return Result(row, python, time.monotonic() - began, {}, {}, str(error), error.no_index)
    return Result(row, python, time.monotonic() - began, versions, outcomes)


def _interpreter(row: Row) -> str:
    """Return this Python, or, where it is too new for the row, the newest on this machine that is not."""
    if not row.python:
        return sys.executable
    newest = int(row.python.partition(".")[2])
    if sys.version_info[1] <= newest:
        return sys.executable
    for minor in range(newest, 9, -1):
        found = shutil.which(f"python3.{minor}")
        pyenv = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        if found or pyenv:
            return found or str(pyenv[-1])
    raise Unavailable(f"it needs a Python of 3.10 to {row.python}, and there is none")


def _version(interpreter: str) -> str:
    ask = "import platform; print(platform.python_version())"
    return subprocess.run([interpreter, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()


def _environment(row: Row, interpreter: str, version: str) -> str:
    """Return the Python of the row's environment, with the newest packages that its requirements allow."""
    folder = cache() / f"{row.name}-python{version}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        subprocess.run([interpreter, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    command = [*pip, "--prefer-binary", "--upgrade", "--upgrade-strategy", "eager", *row.requirements]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_INSTALL, check=False)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or [done.stderr[-300:]]
        raise Unavailable(f"pip says: {errors[0]}", no_index=_NO_INDEX.search(done.stderr) is not None)
    return str(python)


def _steps(python: str) -> tuple[dict[str, str], dict[str, str]]:
    """Run the steps, and return the versions of what is installed, and the outcomes."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "PYTHON"))}
    command = [python, "-m", "tests.matrix.steps"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=_LONGEST_RUN, check=False
        )
        output, error, code = done.stdout, done.stderr, done.returncode
    except subprocess.TimeoutExpired as late:
        output, error, code = str(late.stdout or ""), f"after {_LONGEST_RUN} s it was still running", -1
    told = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    versions: dict[str, str] = next((line["versions"] for line in told if "versions" in line), {})
    outcomes: dict[str, str] = {line["step"]: line["outcome"] for line in told if "step" in line}
    begun = [line["begun"] for line in told if "begun" in line]
    broke_off = len(begun) > len(outcomes) or not begun
    if broke_off or (code and all(outcome in ("passed", "not here") for outcome in outcomes.values())):
        outcomes[begun[-1] if begun else "start"] = f"the steps broke off with {code}:\n{error[-3000:]}"
    return versions, outcomes
