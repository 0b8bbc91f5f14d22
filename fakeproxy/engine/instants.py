"""Instants as ISO 8601 text. Everywhere else an instant is an integer: microseconds since the epoch, UTC."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

#: Microseconds in a second.
SECOND = 1_000_000

#: The first and the last possible instant: the beginning of the year 1, the end of the year 9999.
FIRST = -62_135_596_800 * SECOND
LAST = 253_402_300_799 * SECOND + 999_999

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)

# The accepted forms of ISO 8601 and RFC 3339. Each version of Python accepts others in `datetime.fromisoformat`.
_DATE_TIME = re.compile(
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)[Tt ]"
    r"(?P<hour>\d\d)(?P<colon>:?)(?P<minute>\d\d)(?:(?P=colon)(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<hours>[01]\d|2[0-3])(?::?(?P<minutes>[0-5]\d))?)?",
    re.ASCII,
)


class NoTimeZone(ValueError):
    """An instant without Z or an offset."""


def parse_iso8601(text: str) -> int:
    """Return the instant of a text in ISO 8601, such as `2030-01-31T09:00:00Z` or `20300131T100000+0100`.

    Seconds may be left out; a fraction is cut to microseconds. Raises `NoTimeZone` if the text has neither Z nor an
    offset, and ValueError if it is not ISO 8601.
    """
    found = _DATE_TIME.fullmatch(text)
    if found is None and re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise NoTimeZone(text)
    if found is None or bool(found["dash"]) != bool(found["colon"]):
        raise ValueError(f"{text!r} is not ISO 8601")
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    micros = int((found["fraction"] or "")[:6].ljust(6, "0"))
    moment = datetime(year, month, day, hour, minute, second, micros, timezone.utc)
    if found["zone"] is None:
        raise NoTimeZone(text)
    offset = (int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)) * 60 * SECOND
    return (moment - _EPOCH) // _MICROSECOND - (-offset if found["sign"] == "-" else offset)


def iso8601(at: int) -> str:
    """Return the instant as `2030-01-31T09:00:00Z`. The official SDK reads no other form (a fraction stays a text)."""
    return _seconds(at // SECOND)


@lru_cache(maxsize=1024)
def _seconds(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19] + "Z"


def span(micros: int) -> str:
    """Return a length of time in words: `23 h 30 min`."""
    seconds, rest = divmod(abs(micros), 1_000_000)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    text = " ".join(f"{number} {unit}" for number, unit in parts if number)
    return text or (f"{rest / 1000:g} ms" if rest else "0 s")


def contains_present(name: str, now: int) -> bool:
    """Return whether a name contains the digits of the present: the epoch second, or date, hour and minute."""
    digits = re.sub(r"\D", "", name)
    seconds = now // SECOND
    moment = re.sub(r"\D", "", _seconds(seconds))
    return any(form in digits for form in (str(seconds), moment[:12], moment[2:12])) if seconds > 0 else False


def clock_hint(name: str, now: int) -> tuple[str, ...]:
    """Return the explanation why a name made of the time may be taken; nothing if the name is not made of it."""
    if not contains_present(name, now):
        return ()
    return (
        f"{name!r} seems to be made of the time, and the fake's clock stands at {iso8601(now)} until it is moved, so "
        f"all such names are equal. Move the clock between the two, let it run, or add something to the name",
    )
