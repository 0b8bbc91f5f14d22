"""Findings about installed packages: versions against those that were tried, and other tools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import metadata

from fakeproxy.doctor.finding import Finding
from fakeproxy.doctor.known import CLIENTS, OLD_VERSIONS, OTHER_STUBS, OUTSIDE_OF_PYTHON, TOOLS, TRIED


def installed() -> dict[str, str]:
    """Return the versions of the packages in the tables that are installed."""
    names = {*TRIED, *OUTSIDE_OF_PYTHON, *(name for tool in TOOLS for name in tool.distributions)}
    found = {}
    for name in sorted(names):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def versions(installed: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each installed package that the matrix tries."""
    return [_version(name, installed[name]) for name in TRIED if name in installed]


def _version(name: str, version: str) -> Finding:
    oldest, newest = TRIED[name]
    if _minor(version) < _minor(oldest):
        told, advice = f"older than {oldest}, the oldest version that was tried.", f"Install {name}>={oldest}."
    elif _minor(version) > _minor(newest):
        told, advice = f"newer than {newest}, the newest version that was tried.", "Look at its probe below."
    else:
        return Finding(f"{name} {version}", f"within {oldest} to {newest}, which were tried.", "fine", "", CLIENTS)
    return Finding(f"{name} {version}", told, "unknown", advice, CLIENTS)


def old_versions(installed: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each thing that an installed package, being old, does otherwise than newer versions."""
    return [
        Finding(f"{package} {installed[package]}", f"{text}.", "unknown", advice, page)
        for package, until, text, advice, page in OLD_VERSIONS
        if package in installed and _minor(installed[package]) < _minor(until)
    ]


def _minor(version: str) -> tuple[int, ...]:
    return (*map(int, re.findall(r"\d+", version)[:2]),)


def outside(installed: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each client that may open sockets outside of Python, where no fake can see them."""
    told = "its sockets may be opened outside of Python, where a fake in the same process does not get its requests."
    advice = "If the application calls Twilio with it, run the program in a child with the tunnel."
    return [
        Finding(f"{name} {installed[name]}", told, "unknown", advice, CLIENTS)
        for name in OUTSIDE_OF_PYTHON
        if name in installed
    ]


def tools(installed: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each installed tool that stubs, traces, reorders or freezes."""
    return [
        Finding(
            f"{name} {installed[name]}",
            tool.text.partition(": [")[0],  # without a link of the page
            tool.verdict,
            "Check that the suite sets it up so.",
            OTHER_STUBS,
        )
        for tool in TOOLS
        for name in tool.distributions
        if name in installed
    ]
