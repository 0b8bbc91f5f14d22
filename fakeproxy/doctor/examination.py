"""The examination of an environment: all findings, in the order in which they are shown."""

from __future__ import annotations

import os
from collections.abc import Mapping

from fakeproxy.doctor.finding import Finding
from fakeproxy.doctor.packages import installed, old_versions, outside, tools, versions
from fakeproxy.doctor.probes import probes
from fakeproxy.doctor.programs import node_version, programs
from fakeproxy.doctor.variables import variables


def examine(environment: Mapping[str, str] = os.environ) -> list[Finding]:
    """Return all findings about this interpreter and this environment."""
    found = installed()
    return [
        *versions(found),
        *old_versions(found),
        *outside(found),
        *variables(environment),
        *tools(found),
        *programs(node_version()),
        *probes(environment),
    ]
