"""What a few tests need beside Python and the extra `test`, and how to get it. No other test skips."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from inspect import signature
from pathlib import Path

import pytest
from freezegun import freeze_time

#: The programs `node` that are tried, separated as in PATH.
NODES = os.environ.get("FAKEPROXY_NODES", shutil.which("node") or "node").split(os.pathsep)
#: The folder of packages of npm, or an empty string.
NODE_MODULES = os.environ.get("FAKEPROXY_NODE_MODULES", "")
#: The command `curl`. A machine without it has a program of this folder in its place.
CURL = ("curl",) if shutil.which("curl") else (sys.executable, "-I", str(Path(__file__).with_name("curl.py")))

node = pytest.mark.skipif(
    shutil.which(NODES[0]) is None,
    reason="Node is not installed: install it from https://nodejs.org, or run `npm install node` and name its binary "
    "in FAKEPROXY_NODES",
)
node_modules = pytest.mark.skipif(
    not NODE_MODULES,
    reason="FAKEPROXY_NODE_MODULES names no folder: run `npm install` beside a copy of tests/package.json, and name "
    "the node_modules that it made",
)
page_checks = pytest.mark.skipif(
    not all(Path(NODE_MODULES, name).is_dir() for name in ("eslint", "typescript", "axe-core")),
    reason="FAKEPROXY_NODE_MODULES names no folder with eslint, typescript and axe-core: run `npm install` beside a "
    "copy of tests/package.json, and name the node_modules that it made",
)
prism = pytest.mark.skipif(
    not shutil.which("node")
    or not (shutil.which("prism") or shutil.which("prism", path=os.path.join(NODE_MODULES, ".bin"))),
    reason="Prism is not installed: run `npm install` beside a copy of tests/package.json, and name the node_modules "
    "that it made in FAKEPROXY_NODE_MODULES",
)
#: A Chromium that is installed, or an empty string.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")

browser = pytest.mark.skipif(
    not CHROMIUM or find_spec("playwright") is None,
    reason="There is no browser: install Chromium (Debian: apt-get install chromium), then pip install playwright",
)
notes = pytest.mark.skipif(sys.version_info < (3, 11), reason="Python shows notes from 3.11 on: run a newer Python")
fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="This system has no fork: run Linux or macOS")
real_asyncio = pytest.mark.skipif(
    "real_asyncio" not in signature(freeze_time).parameters,
    reason="This freezegun has no real_asyncio: run `pip install 'freezegun>=1.5'`",
)

pytest_html = pytest.mark.skipif(
    find_spec("pytest_html") is None, reason="pytest-html is not installed: run `pip install pytest-html`"
)
allure = pytest.mark.skipif(
    find_spec("allure_pytest") is None, reason="Allure's plugin is not installed: run `pip install allure-pytest`"
)
packaging_tools = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("build", "twine", "check_wheel_contents")),
    reason="The tools of a release are not installed: run `pip install -e '.[dev]'`",
)


def node_at_least(number: int, version: str) -> None:
    """Skip a test whose package refuses a Node of this version, as `node --version` tells it."""
    if int(version.removeprefix("v").partition(".")[0]) < number:
        pytest.skip(f"The package needs Node {number}: install it, and name its binary in FAKEPROXY_NODES")
