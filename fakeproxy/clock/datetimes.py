"""Instants as tests give and get them: datetimes, texts, and seconds since the epoch."""

from __future__ import annotations

from datetime import datetime

from fakeproxy.clock.real_time import EPOCH, MICROSECOND, Unfrozen
from fakeproxy.clock.steps import microseconds
from fakeproxy.engine.instants import FIRST, LAST, NoTimeZone, parse_iso8601
from fakeproxy.exceptions import UsageError

#: An instant as a test gives it: an aware datetime, ISO 8601 with Z or an offset, or seconds since the epoch.
Instant = datetime | str | int | float


def to_micros(instant: Instant) -> int:
    """Return an instant in microseconds since the epoch (UTC).

    Raises `UsageError` for a datetime or a text without a time zone (fakeproxy does not guess one), for a text that is
    not ISO 8601, and for an instant outside of the years 1 to 9999.
    """
    if isinstance(instant, Unfrozen.datetime):
        moment = instant
        if moment.utcoffset() is None:
            raise UsageError(f"{instant!r} has no time zone; say which: datetime(..., tzinfo=timezone.utc)")
        micros = (moment - EPOCH) // MICROSECOND
    elif isinstance(instant, str):
        try:
            micros = parse_iso8601(instant)
        except NoTimeZone:
            raise UsageError(
                f"{instant!r} has no time zone; write one at the end, as in '2030-01-01T09:00:00Z' or "
                f"'2030-01-01T09:00:00+02:00'"
            ) from None
        except ValueError:
            raise UsageError(f"{instant!r} is not an ISO 8601 instant, such as '2030-01-01T09:00:00Z'") from None
    else:
        micros = microseconds("an instant", seconds=instant)
    return within_range(micros)


def to_datetime(micros: int) -> datetime:
    """Return an instant as an aware datetime in UTC. It is never a `FakeDatetime`, even inside a freeze."""
    return EPOCH + micros * MICROSECOND


def within_range(micros: int) -> int:
    """Return the instant. Raises `UsageError` if it lies outside of the years 1 to 9999."""
    if not FIRST <= micros <= LAST:
        raise UsageError(f"{micros // 1_000_000} seconds from the epoch lies outside the years 1 to 9999")
    return micros
