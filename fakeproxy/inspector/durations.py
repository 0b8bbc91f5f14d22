"""Durations: seconds, or ISO 8601 of days and less, such as `PT1H30M`."""

from __future__ import annotations

import re
from datetime import timedelta

from fakeproxy.exceptions import UsageError

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_DURATION = re.compile(
    rf"P(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?"
)


def duration(text: object) -> timedelta:
    """Return a duration. Raises `UsageError` for what is neither seconds nor an ISO 8601 duration of days and less."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        return _timedelta(text, seconds=text)
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or not any(found.groups()):
        raise UsageError(f"{text!r} is no duration; give seconds, or ISO 8601 such as 'PT1H'")
    return _timedelta(text, **{name: float(number) for name, number in found.groupdict().items() if number})


def _timedelta(text: object, **parts: float) -> timedelta:
    try:
        return timedelta(**parts)
    except OverflowError:
        raise UsageError(f"{text!r} is longer than any clock can go") from None
