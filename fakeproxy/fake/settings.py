"""The settings of a fake: what each may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fakeproxy.exceptions import UsageError
from fakeproxy.history.alerts import LEVELS


def _one_of(*values: Any) -> tuple[Callable[[Any], bool], str]:
    *most, last = map(repr, values)
    return lambda value: value in values, f"{', '.join(most)} or {last}"


_TEXT = (lambda value: value is None or (type(value) is str and value != ""), "a text")

_EXPECTED: dict[str, tuple[Callable[[Any], bool], str]] = {
    "time": _one_of("still", "ticking", "app", "app-ticking"),
    "scope": _one_of("process", "context"),
    "blocked": _one_of("fail", "raise"),
    "fail_on_alerts": _one_of(*sorted(filter(None, LEVELS)), None),
    "seed": (lambda value: type(value) is int, "a whole number"),
    "intercept": (lambda value: type(value) is bool, "True or False"),
    "fail_on_ignored": (lambda value: type(value) is bool, "True or False"),
    "journal_size": (lambda value: type(value) is int and value >= 0, "0 or more"),
    "account_sid": _TEXT,
    "auth_token": _TEXT,
}


def hosts(allow_hosts: Any) -> tuple[str, ...]:
    """The names of hosts that were given. Raises `UsageError` for what is no sequence of them."""
    names = tuple(allow_hosts) if isinstance(allow_hosts, Iterable) and not isinstance(allow_hosts, str) else (None,)
    if not all(isinstance(name, str) for name in names):
        expected = "a sequence of host names, such as ('api.twilio.com',)"
        raise UsageError(f"allow_hosts={allow_hosts!r}: expected {expected}")
    return names


def check(**settings: Any) -> None:
    """Raise `UsageError` for a setting that has a value it cannot have."""
    for name, value in settings.items():
        fits, expected = _EXPECTED[name]
        if not fits(value):
            raise UsageError(f"{name}={value!r}: expected {expected}")
