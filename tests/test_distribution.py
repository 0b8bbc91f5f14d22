"""What an installation brings: its command, its plugin, its types, and nothing that nobody asked for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from fakeproxy import __version__ as VERSION
from tests import needs

ROOT = Path(__file__).parent.parent
DISTRIBUTION = distribution("pytest-fakeproxy")


def test_the_entry_points() -> None:
    assert {(point.group, point.name, point.value) for point in DISTRIBUTION.entry_points} == {
        ("console_scripts", "fakeproxy", "fakeproxy.cli.commands:main"),
        ("pytest11", "fakeproxy", "fakeproxy.pytest_plugin"),
    }


def test_what_is_needed_at_run_time() -> None:
    lines = [line for line in DISTRIBUTION.requires or [] if "extra ==" not in line]
    needed = {re.split(r"[^\w-]", line)[0] for line in lines if "python_version" not in line}
    assert needed == {"freezegun", "phonenumbers", "pytest", "werkzeug"}
    # Python 3.10 lacks `typing.Unpack`; pytest itself needs the package there.
    assert 'typing_extensions>=4.6; python_version < "3.11"' in Path("setup.cfg").read_text()


def test_the_extras_and_the_versions_of_python() -> None:
    assert set(DISTRIBUTION.metadata.get_all("Provides-Extra") or []) == {"browser", "test", "docs", "dev", "tunnel"}
    assert DISTRIBUTION.metadata["Requires-Python"] == ">=3.10"


def test_what_children_run_is_part_of_it() -> None:
    assert files("fakeproxy").joinpath("transports", "child", "node.cjs").is_file()
    assert re.search(r"^fakeproxy\.transports\.child = .*node\.cjs$", Path("setup.cfg").read_text(), re.MULTILINE)


def test_it_is_typed() -> None:
    assert files("fakeproxy").joinpath("py.typed").is_file()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist, made of a copy of the project."""
    copy, output = tmp_path_factory.mktemp("project") / "copy", tmp_path_factory.mktemp("built")
    left_out = shutil.ignore_patterns(".git", ".*cache", ".venv", "*.egg-info", "build", "dist", "node_modules")
    shutil.copytree(ROOT, copy, ignore=left_out)
    run("build", "--no-isolation", "--skip-dependency-check", "--outdir", str(output), str(copy))
    return output


def run(module: str, *arguments: str, **options: Any) -> str:
    """Run a module, and return its output. Fails with it."""
    command = [sys.executable, "-m", module, *arguments]
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@needs.packaging_tools
def test_what_is_built_passes_the_checks_of_the_index(built: Path) -> None:
    files = [str(path) for path in built.iterdir()]
    # setuptools before 69.3 wrote the name of the sdist with a hyphen.
    assert {Path(name).name.replace("pytest-", "pytest_") for name in files} == {
        f"pytest_fakeproxy-{VERSION}-py3-none-any.whl",
        f"pytest_fakeproxy-{VERSION}.tar.gz",
    }
    assert run("twine", "check", "--strict", *files).count("PASSED") == 2
    assert "OK" in run("check_wheel_contents", *[name for name in files if name.endswith(".whl")])


@pytest.mark.slow
@needs.packaging_tools
def test_the_tests_run_from_the_unpacked_sdist(built: Path, tmp_path: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    for part in (".ci", "docs", "examples", "tests", "fakeproxy", "benchmarks"):
        there = {path.relative_to(folder) for path in (folder / part).rglob("*")}
        expected = {path.relative_to(ROOT) for path in (ROOT / part).rglob("*") if path.is_file()}
        assert {path for path in expected if not any("cache" in folder for folder in path.parts[:-1])} <= there
    where = {"cwd": folder, "env": {**os.environ, "PYTHONPATH": str(folder)}}
    told = run("pytest", "-q", "tests/test_house.py", "tests/test_docs.py", "tests/examples", "tests/engine", **where)
    assert " passed" in told


#: Opens the page of a fake, with each module and style that it loads. Prints the folder of the package.
OPEN_THE_PAGE = """
import pathlib, re
from urllib.parse import urljoin
from urllib.request import urlopen
import fakeproxy

with fakeproxy.FakeProxy(intercept=False) as proxy:
    left, seen = [f"{proxy.url}/_fakeproxy/"], {}
    while left:
        url = left.pop()
        if url not in seen:
            with urlopen(url) as answer:
                seen[url] = answer.read().decode()
            named = re.findall(r'(?:src|href)="(static/[^"]+)"|(?:from|import) "(\\./[^"]+)"', seen[url])
            left += [urljoin(url, "".join(names)) for names in named]
assert len(seen) > 15, seen.keys()
print(pathlib.Path(fakeproxy.__file__).parent)
"""


@pytest.mark.slow
@needs.packaging_tools
@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_what_is_built_has_the_page_of_the_inspector(built: Path, tmp_path: Path, kind: str) -> None:
    (file,) = built.glob(kind)
    install = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", f"--target={tmp_path}")
    run("pip", "install", *install, str(file))
    command = [sys.executable, "-c", OPEN_THE_PAGE]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stderr, done.stdout.strip()) == ("", str(tmp_path / "fakeproxy"))


def test_the_changelog_begins_with_the_version() -> None:
    first = next(line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line[:3] == "## ")
    assert first == f"## {VERSION}"
