"""Real time, even if a library has replaced it, and units of time."""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar


class Unfrozen:
    """The real functions of time, even if this module is imported inside a freeze.

    freezegun does not find them here: it replaces attributes of modules, not of classes.
    """

    _freezegun: ClassVar[Any] = sys.modules.get("freezegun.api")
    datetime: ClassVar[type[datetime.datetime]] = getattr(_freezegun, "real_datetime", datetime.datetime)
    time_ns = staticmethod(getattr(_freezegun, "real_time_ns", time.time_ns))
    monotonic = staticmethod(getattr(_freezegun, "real_monotonic", time.monotonic))
    # time-machine below 3.0 replaces time.monotonic() in C, even for kept references, but not this function.
    perf_counter_ns = staticmethod(getattr(_freezegun, "real_perf_counter_ns", time.perf_counter_ns))


#: A microsecond as a timedelta, a second in microseconds, and the epoch.
MICROSECOND = datetime.timedelta(microseconds=1)
SECOND = 1_000_000
EPOCH = Unfrozen.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
#: The epoch as a naive datetime. freezegun keeps naive datetimes, in UTC whatever its tz_offset.
NAIVE_EPOCH = EPOCH.replace(tzinfo=None)


@contextmanager
def real_datetime() -> Iterator[None]:
    """Give the process the real class `datetime` for a moment, also inside a freeze.

    For libraries that keep the class which they meet first: cryptography refuses all others from then on.
    """
    found = datetime.datetime
    datetime.datetime = Unfrozen.datetime  # type: ignore[misc]
    try:
        yield
    finally:
        datetime.datetime = found  # type: ignore[misc]
