"""The table that is printed: what a row says, and how it looks."""

from __future__ import annotations

from typing import NamedTuple

HEAD = f"{'work':41}{'measured':26}{'reference':48}{'is':>11}{'budget':>11}"


class Row(NamedTuple):
    """One line of the table: `value` must be at most `limit`; both in `unit`.

    Without a limit it is for information. Without a value it was not measured, and `reference` says why.
    """

    work: str
    measured: str
    reference: str
    value: float | None = None
    limit: float | None = None
    unit: str = "x"

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        if self.limit is None:
            return "for information"
        return "met" if self.value <= self.limit else "MISSED"

    def __str__(self) -> str:
        value, limit = ("-" if one is None else f"{one:.2f} {self.unit}" for one in (self.value, self.limit))
        return f"{self.work:41}{self.measured:26}{self.reference:48}{value:>11}{limit:>11}  {self.verdict}"
