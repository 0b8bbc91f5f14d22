"""Real time, whatever library has replaced it, and its units."""

from __future__ import annotations

import datetime
import sys
import time
from typing import Any, ClassVar


class Unfrozen:
    """The real things, where freezegun does not find them: it replaces attributes of modules, not of classes.

    They are the real ones also if this module is imported inside a freeze.
    """

    _freezegun: ClassVar[Any] = sys.modules.get("freezegun.api")
    datetime: ClassVar[type[datetime.datetime]] = getattr(_freezegun, "real_datetime", datetime.datetime)
    time_ns = staticmethod(getattr(_freezegun, "real_time_ns", time.time_ns))
    monotonic = staticmethod(getattr(_freezegun, "real_monotonic", time.monotonic))
    # time-machine below 3.0 travels with time.monotonic() too, in C, whoever keeps the function; not with this one.
    perf_counter_ns = staticmethod(getattr(_freezegun, "real_perf_counter_ns", time.perf_counter_ns))


MICROSECOND = datetime.timedelta(microseconds=1)
SECOND = 1_000_000
EPOCH = Unfrozen.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
#: freezegun keeps naive datetimes, which are UTC whatever its tz_offset.
NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
