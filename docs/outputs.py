"""The outputs that the documentation shows: `python docs/outputs.py` runs each command and writes what it prints.

An output is a file of docs/outputs. A test runs the commands again, and compares.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "outputs"


@dataclass(frozen=True)
class Output:
    """A command in a copy of a folder of the repository, where a file may be changed first, and its exit status."""

    folder: str
    command: tuple[str, ...]
    status: int = 0
    #: A file, the text to replace in it, and the text in its place.
    change: tuple[str, str, str] | None = None


_TUTORIAL = "tests/examples/tutorial"

OUTPUTS = {
    "first_test": Output(_TUTORIAL, ("pytest", "-q", "test_rides.py")),
    "first_failure": Output(
        _TUTORIAL,
        ("pytest", "-q", "test_rides.py"),
        status=1,
        change=("test_rides.py", "text.from_ == numbers[DRIVER]", "text.from_ == RIDER"),
    ),
    "webhooks": Output(_TUTORIAL, ("pytest", "-q", "-s", "test_rides_web.py")),
    "time": Output(_TUTORIAL, ("pytest", "-q", "-s", "test_rides_end.py")),
    "refusals": Output(_TUTORIAL, ("pytest", "-q", "-s", "test_rides_errors.py")),
    "not_early": Output(
        "tests/examples/early", ("pytest", "-q", "--tb=no"), status=2, change=("pytest.ini", "true", "false")
    ),
    "early": Output("tests/examples/early", ("pytest", "-q")),
    "estate": Output(
        "examples/estate",
        ("pytest", "-q", "--tb=short", "tests/test_time.py", "-k", "postpones"),
        status=1,
        change=("estate/book.py", "DO UPDATE SET expires_at = excluded.expires_at", "DO NOTHING"),
    ),
}

#: The beginnings of variables that change what a command prints. In CI pytest prints its summary unabridged.
_OTHERS = ("PYTEST", "TWILIO", "FAKEPROXY", "CI", "BUILD_NUMBER", "NO_COLOR", "FORCE_COLOR")

#: What a reader's own runs leave in a folder.
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*cache", ".env", ".venv", "*.sqlite*")


def run(output: Output) -> str:
    """Return what the command prints, with each duration as 0.1s. Raise AssertionError for another exit status."""
    with TemporaryDirectory() as name:
        folder = shutil.copytree(ROOT / output.folder, Path(name) / "copy", ignore=_LEFT_OUT)
        if output.change:
            file, old, new = output.change
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text, f"{file} has no {old!r}"
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(_OTHERS)},
            "PYTHONPATH": str(ROOT),
            # The plugins of whoever builds the documentation print lines of their own.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_PLUGINS": "fakeproxy.pytest_plugin",
        }
        command = [sys.executable, "-m", *output.command]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == output.status, done.stdout + done.stderr
    return re.sub(r"\b(in )\d+\.\d+s", r"\g<1>0.1s", done.stdout)


if __name__ == "__main__":
    for name, output in OUTPUTS.items():
        (FOLDER / f"{name}.txt").write_text(run(output), encoding="utf-8")
