"""Instants as text. Everywhere else they are integers: microseconds since the epoch, UTC."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

SECOND = 1_000_000

#: The first and the last instant that can be reached: the beginning of the year 1, the end of the year 9999.
FIRST = -62_135_596_800 * SECOND
LAST = 253_402_300_799 * SECOND + 999_999

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def wire(at: int) -> str:
    """Whole seconds and `Z`: the only form that the official SDK reads as a datetime (a fraction stays text)."""
    return _seconds(at // SECOND)


@lru_cache(maxsize=1024)
def _seconds(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19] + "Z"
