"""The ten bugs of `docs/compare`, and which tests catch each: `python docs/bugs.py` runs them and writes the result.

A bug replaces a text of the application in `tests/examples/compare`. The result is `docs/compare/caught.json`. A test
runs all tests against all bugs again, and compares.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "examples" / "compare"
CAUGHT = ROOT / "docs" / "compare" / "caught.json"

#: By column of the table, the file of its tests.
TOOLS = {
    "fakeproxy": "test_with_fakeproxy.py",
    "unittest.mock": "test_with_mock.py",
    "responses": "test_with_responses.py",
    "respx": "test_with_respx.py",
    "vcrpy": "test_with_vcr.py",
    "Prism": "test_with_prism.py",
}

#: The folders where the program `prism` may be.
_PATH = os.pathsep.join(
    (os.path.join(os.environ.get("FAKEPROXY_NODE_MODULES", ""), ".bin"), os.environ.get("PATH", os.defpath))
)

Replacement = tuple[str, str]

#: By kind of author ("slip", "belief"), bug and tool, the numbers of the tests that fail.
Table = dict[str, dict[str, dict[str, list[str]]]]


@dataclass(frozen=True)
class Bug:
    """A change of the application. `tests` has the changes of tests whose author believes in the bug."""

    name: str
    change: Replacement
    tests: tuple[Replacement, ...] = ()


BUGS = (
    Bug(
        "The webhook reads a field that does not exist",
        ('form["interactionSessionSid"]', 'form["sessionSid"]'),
        (('"interactionSessionSid"', '"sessionSid"'),),
    ),
    Bug(
        "The `ttl` is in minutes",
        ("ttl=24 * 60 * 60", "ttl=24 * 60"),
        (("86_400", "1_440"), ('"86400"', '"1440"')),
    ),
    Bug(
        "The identifier has no `+`",
        ('"+1" + re.sub', '"1" + re.sub'),
        (('"+14155550100": ', '"14155550100": '), ('"+14155550101": ', '"14155550101": ')),
    ),
    Bug(
        "The two numbers are swapped",
        ("Job(session, customer_dials, driver_dials)", "Job(session, driver_dials, customer_dials)"),
    ),
    Bug(
        "A taken name is known by a wrong code",
        ("SESSION_NAME_IS_TAKEN = 80603", "SESSION_NAME_IS_TAKEN = 80409"),
        (("80603", "80409"),),
    ),
    Bug(
        "A closed session is known by a wrong status, and its job stays",
        ('status == "closed"', 'status == "completed"'),
        (('"closed"', '"completed"'),),
    ),
    Bug("The signature is not checked", ("abort(403)", "pass")),
    Bug("Only 50 sessions are read", ("sessions().list()", "sessions().list(limit=50)")),
    Bug("A second try opens a second session", ("unique_name=name, ", "")),
    Bug("The client asks another region", ("Client()", 'Client(region="au1")')),
)


def catches(tool: str, bug: Bug | None, *, believed: bool = False) -> list[str]:
    """Return the numbers of the tests that fail with this bug, or "recording" if vcrpy cannot record with it.

    With `believed`, the tests have the bug too, and the cassettes are recorded anew.
    """
    with TemporaryDirectory() as name:
        folder = Path(name) / "compare"
        shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
        if bug:
            _replace(folder / "jobs.py", bug.change)
        if bug and believed:
            for path in folder.glob("*.py"):
                _replace(path, *(() if path.stem in ("jobs", "record") else bug.tests), strict=False)
            if tool == "vcrpy" and _run(folder, "record.py").returncode:
                return ["recording"]
        network = "--allow-hosts=127.0.0.1" if tool == "Prism" else "--disable-socket"
        done = _run(folder, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", network, TOOLS[tool])
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stdout + done.stderr)
    return sorted(set(re.findall(r"^(?:FAILED|ERROR) \S+::test_(\d)_", done.stdout, re.MULTILINE)))


def _replace(path: Path, *changes: Replacement, strict: bool = True) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        if strict and text.count(old) != 1:
            raise ValueError(f"{path.name} must have {old!r} once")
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    others = ("PYTEST", "TWILIO", "FAKEPROXY")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(others)},
        "PATH": _PATH,
        "PYTHONPATH": str(ROOT),
        "TWILIO_OPENAPI": str(ROOT / "tests" / "contract" / "openapi.json"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "fakeproxy.pytest_plugin,pytest_socket",
    }
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def is_here(tool: str) -> bool:
    """Return whether the tool is installed: all are in the extra `test`, except Prism, which needs Node."""
    return tool != "Prism" or all(shutil.which(program, path=_PATH) for program in ("node", "prism"))


def table() -> Table:
    """Return what the file holds, run anew with the tools that are installed."""
    last: Table = json.loads(CAUGHT.read_text(encoding="utf-8"))

    def row(author: str, bug: Bug) -> dict[str, list[str]]:
        believed = author == "belief"
        return {
            tool: catches(tool, bug, believed=believed) if is_here(tool) else last[author][bug.name][tool]
            for tool in TOOLS
        }

    return {
        "slip": {bug.name: row("slip", bug) for bug in BUGS},
        "belief": {bug.name: row("belief", bug) for bug in BUGS if bug.tests},
    }


if __name__ == "__main__":
    CAUGHT.write_text(json.dumps(table(), indent=1) + "\n", encoding="utf-8")
