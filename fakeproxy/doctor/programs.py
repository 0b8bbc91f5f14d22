"""Findings about Node and about what `fakeproxy run` needs."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec

from fakeproxy.doctor.finding import Finding
from fakeproxy.doctor.known import NODE, OTHER_PROCESSES


def node_version() -> str:
    """Return what `node --version` prints, or an empty string without Node."""
    node = shutil.which("node")
    if node is None:
        return ""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "no version"
    return done.stdout.strip() or "no version"


def programs(version: str, is_there: Callable[[str], object] = find_spec) -> list[Finding]:
    """Return the findings about this version of Node (empty: there is none), and the package of the tunnel."""
    found = []
    if version:
        oldest, newest = NODE
        major = re.match(r"v(\d+)\.", version)
        if major and oldest <= int(major[1]) <= newest:
            told = f"within {oldest} to {newest}, which `fakeproxy run` was tried with."
            found.append(Finding(f"Node {version}", told, "fine", "", OTHER_PROCESSES))
        else:
            told, advice = f"outside of {oldest} to {newest}, which were tried.", "Take one of these versions."
            found.append(Finding(f"Node {version}", told, "unknown", advice, OTHER_PROCESSES))
    if is_there("trustme") is None:
        told, advice = "is not installed, so `fakeproxy run` refuses.", "pip install 'pytest-fakeproxy[tunnel]'."
        found.append(Finding("trustme", told, "stops", advice, OTHER_PROCESSES))
    return found
