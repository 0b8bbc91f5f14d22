"""The applications of `examples/`: the suite of each passes, and finds the mistakes of its table."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

import fakeproxy
from tests.example_applications import Breakage
from tests.processes import running, unmeasured

ROOT = Path(__file__).parent.parent
NAMES = sorted(path.stem for path in ROOT.glob("tests/example_applications/[a-z]*.py"))


def breakages(name: str) -> Sequence[Breakage]:
    """Return the table of an application."""
    table: Sequence[Breakage] = import_module(f"tests.example_applications.{name}").BREAKAGES
    return table


def copy(name: str, folder: Path) -> Path:
    """Copy an application, and return the folder of the copy."""
    left_out = shutil.ignore_patterns("__pycache__", ".*cache", ".venv", "*.sqlite*")
    return shutil.copytree(ROOT / "examples" / name, folder / name, ignore=left_out)


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run pytest in a folder, with no plugins but fakeproxy and pytest-socket. Return its status and its output."""
    others = ("PYTEST", "TWILIO", "FAKEPROXY", "NO_COLOR", "FORCE_COLOR")
    environment = {
        **{key: value for key, value in unmeasured().items() if not key.startswith(others)},
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": "fakeproxy.pytest_plugin,pytest_socket",
    }
    # A socket of the Unix domain is no network: each event loop has a pair of them.
    options = ("-q", "-p", "no:cacheprovider", "--disable-socket", "--allow-unix-socket")
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_each_application_has_a_table_of_mistakes() -> None:
    assert sorted(path.parent.name for path in ROOT.glob("examples/*/pytest.ini")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_application_has_what_a_reader_needs_and_a_line_in_the_index(name: str) -> None:
    there = {path.name for path in (ROOT / "examples" / name).iterdir()}
    assert {"README.md", "requirements.txt", "pytest.ini", "tests"} <= there
    assert f"({name}/README.md)" in (ROOT / "examples" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_each_mistake_can_be_made(name: str) -> None:
    folder, table = ROOT / "examples" / name, breakages(name)
    paths = folder.glob("tests/**/test_*.py")
    assert len(table) >= 10
    assert len({(breakage.file, breakage.old, breakage.new) for breakage in table}) == len(table)
    tests = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    for breakage in table:
        assert (folder / breakage.file).read_text(encoding="utf-8").count(breakage.old) == 1, breakage
        assert not breakage.file.startswith("tests/")
        file, _, function = breakage.test.partition("::")
        assert f"def {function.rpartition('::')[2].partition('[')[0]}(" in tests[file], breakage
        assert breakage.told, breakage
        assert breakage.told not in breakage.new + "".join(tests.values()), breakage


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_suite_of_an_application_passes(name: str, tmp_path: Path) -> None:
    status, told = run(copy(name, tmp_path))
    assert status == 0, told
    assert re.search(r"^\d+ passed in", told, re.MULTILINE), told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "breakage"),
    [pytest.param(name, one, id=f"{name}-{number}") for name in NAMES for number, one in enumerate(breakages(name))],
)
def test_a_mistake_fails_a_test_whose_report_names_it(name: str, breakage: Breakage, tmp_path: Path) -> None:
    folder = copy(name, tmp_path)
    file = folder / breakage.file
    file.write_text(file.read_text(encoding="utf-8").replace(breakage.old, breakage.new), encoding="utf-8")
    status, told = run(folder, breakage.test)
    assert status == pytest.ExitCode.TESTS_FAILED, told
    assert breakage.told in told, told


@pytest.mark.slow
def test_estate_runs_beside_a_fake_as_its_readme_says(tmp_path: Path) -> None:
    folder = copy("estate", tmp_path)
    page = (folder / "README.md").read_text(encoding="utf-8")
    made, program, hire = re.findall(r"^(?:cp|fakeproxy|curl) .*", page, re.MULTILINE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"])),
        "PYTHONPATH": str(ROOT),
        "BROWSER": "true",
    }
    command = ["sh", "-c", f"{made} && exec {program.replace('5000', port)} --port {port}"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with running(command, cwd=folder, env=environment, **pipes) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            url = re.findall(r"http\S+(?=/_fakeproxy/)", process.stdout.readline())[0]
            assert next(line for line in process.stderr if "Running on" in line)
            body = shlex.split(hire)[-1].encode()
            request = Request(f"http://127.0.0.1:{port}/agents", body, {"Content-Type": "application/json"})
            with urlopen(request, timeout=60) as answer:
                sign = json.load(answer)["sign"]
            with fakeproxy.connect(url) as remote:
                assert remote.phone("+14155550101").text(sign, "What does it cost?").delivered_to == "+14155550201"
        finally:
            process.terminate()  # The application ends with it.
            process.communicate(timeout=60)
