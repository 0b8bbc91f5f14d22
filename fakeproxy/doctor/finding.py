"""A finding: one fact about the environment, and what to do."""

from __future__ import annotations

from typing import Literal, NamedTuple

#: `fine`: requests reach the fake. `leaks`: requests leave the process. `stops`: requests fail, with an error that says
#: why. `unknown`: nobody has tried it, or it depends on the suite.
Verdict = Literal["fine", "leaks", "stops", "unknown"]


class Finding(NamedTuple):
    """One fact about the environment: the subject, what was found, the verdict, what to do, and a page of the docs."""

    subject: str
    found: str
    verdict: Verdict
    advice: str = ""
    page: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict:<8}{self.subject}: {self.found}"
        return line if self.verdict == "fine" else f"{line}\n        {self.advice} See {self.page}"
