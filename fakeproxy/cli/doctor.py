"""The command `fakeproxy doctor`: findings as lines or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence

from fakeproxy.doctor.finding import Finding


def show(findings: Sequence[Finding], write: Callable[[str], object], *, as_json: bool) -> int:
    """Write the findings, and return the exit status: 1 if something leaks."""
    counts = Counter(finding.verdict for finding in findings)
    if as_json:
        write(json.dumps({"leaks": counts["leaks"], "findings": [one._asdict() for one in findings]}, indent=2) + "\n")
    else:
        write("".join(f"{finding}\n" for finding in findings))
        write(", ".join(f"{counts[verdict]} {verdict}" for verdict in ("fine", "leaks", "stops", "unknown")) + "\n")
    return 1 if counts["leaks"] else 0
