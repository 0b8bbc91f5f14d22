"""Lengths of time: seconds, minutes, hours and days as integers, in microseconds."""

from __future__ import annotations

from datetime import timedelta

from fakeproxy.clock.real_time import MICROSECOND
from fakeproxy.exceptions import UsageError
from fakeproxy.queries.names import did_you_mean

_ACCEPTED = {
    "an instant": "give an aware datetime, an ISO 8601 string that ends in Z or an offset, or finite epoch seconds",
    "a step": "give finite numbers, or a timedelta for the seconds",
}


def microseconds(what: str, **parts: object) -> int:
    """Return seconds, minutes, ... in microseconds. Floats are rounded to the microsecond.

    Raises `UsageError`, about `what`, unless they are finite numbers.
    """
    numbers: dict[str, float] = {}
    for name, value in parts.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"{what} cannot be made of {name}={value!r}, a {type(value).__name__}; {_ACCEPTED[what]}")
        numbers[name] = value
    try:
        return timedelta(**numbers) // MICROSECOND
    except (ValueError, OverflowError):
        wrong = ", ".join(f"{name}={value!r}" for name, value in parts.items() if value)
        raise UsageError(f"{what} cannot be made of {wrong}; {_ACCEPTED[what]}") from None


def step(seconds: float | timedelta = 0, *, minutes: float, hours: float, days: float, **unknown: object) -> int:
    """Return the length of a step of `advance()` in microseconds.

    Raises `UsageError` unless they are numbers, and `TypeError` for an unknown unit, with the nearest one.
    """
    units = {"minutes": minutes, "hours": hours, "days": days}
    if unknown:
        hint = did_you_mean([*unknown], ("seconds", *units), "there are")
        raise TypeError(f"advance() has no unit {', '.join(map(repr, unknown))}; {hint}")
    exact = seconds // MICROSECOND if isinstance(seconds, timedelta) else 0
    return exact + microseconds("a step", seconds=0 if isinstance(seconds, timedelta) else seconds, **units)
