"""The table of a fake's settings: for each its help, its values, and how it is read from text.

The pytest plugin imports this at its start, so this imports nothing that takes time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from fakeproxy.exceptions import UsageError

#: The values of `fakeproxy_trace`: no trace, one of each test, one of each test that fails.
TraceMode = Literal["off", "on", "retain-on-failure"]
#: The folder of traces, if none is named.
TRACE_FOLDER = "fakeproxy-traces"


class Setting(NamedTuple):
    """A keyword argument of `FakeProxy`, and the ini option `fakeproxy_...` of the same name."""

    name: str
    #: The text for the documentation and the command line.
    help: str
    #: The values that are allowed, for an error; "" where another part of the fake checks the value.
    expected: str = ""
    #: Returns whether a value is allowed.
    fits: Callable[[object], bool] = lambda value: True
    #: Returns the value for the text of an ini option. Raises `ValueError`.
    read: Callable[[str], object] = str
    #: The texts that the command line allows; empty for any.
    choices: tuple[str, ...] = ()


def _one_of(name: str, text: str, *choices: str, none: bool = False) -> Setting:
    values = (*choices, None) if none else choices
    *most, last = map(repr, values)
    return Setting(name, text, f"{', '.join(most)} or {last}", lambda value: value in values, str, choices)


def _text(name: str, text: str) -> Setting:
    def fits(value: object) -> bool:
        # An unprintable one is in no header, nor in the environment.
        return value is None or (type(value) is str and value != "" and value.isprintable())

    return Setting(name, text, "a text of printable characters", fits)


def _flag(name: str, text: str) -> Setting:
    return Setting(name, text, "True or False", lambda value: type(value) is bool, _read_flag)


def _read_flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("expected true or false")
    return text.lower() == "true"


def _read_behavior(text: str) -> object:
    from fakeproxy.behavior import Behavior  # Here for start-up time: every pytest run imports this module.

    return Behavior.parse(text.split("\n"))


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting(
            "start",
            "The instant at which the clock starts, such as 2030-01-01T09:00:00Z. "
            "By default the present, cut to the second.",
        ),
        _one_of(
            "time",
            "The course of time: it stands still, or is ticking. With `app` and `app-ticking` the application's time "
            "is frozen, and moves with the fake's.",
            *("still", "ticking", "app", "app-ticking"),
        ),
        Setting("seed", "The number that SIDs follow from.", "a whole number", lambda value: type(value) is int, int),
        _text("account_sid", "The SID of the default account."),
        _text("auth_token", "The token of the default account. If it is given, credentials are checked."),
        Setting("behavior", "Switches for what Twilio leaves open, each as name=value.", read=_read_behavior),
        _flag("intercept", "Send the requests of this process to the fake."),
        _one_of(
            "scope",
            "The requests that go to the fake: all of the process, or those of this thread or task (`context`).",
            *("process", "context"),
        ),
        Setting("allow_hosts", "Hosts of Twilio that requests may reach.", read=lambda text: tuple(text.split())),
        _one_of(
            "blocked",
            "`fail`: a stopped request raises, and fails the test or the run at its end. `raise`: it only raises.",
            *("fail", "raise"),
        ),
        _one_of(
            "fail_on_alerts",
            "Fail the test at its end for alerts of this level that it did not expect; `warning` means errors too. "
            "By default no alert fails a test.",
            *("error", "warning"),
            none=True,
        ),
        _flag("fail_on_ignored", "Fail the test or the run at its end for a parameter that its operation lacks."),
        Setting(
            "journal_size",
            "The number of requests that the journal keeps.",
            "0 or more",
            lambda value: type(value) is int and value >= 0,
            int,
        ),
        Setting(
            "history_size",
            "The number of events that the history keeps.",
            "0 or more",
            lambda value: type(value) is int and value >= 0,
            int,
        ),
    )
}


def check(settings: dict[str, object]) -> None:
    """Raise `UsageError` for a setting that does not exist, or a value that is not allowed."""
    if unknown := sorted(settings.keys() - SETTINGS.keys()):
        from fakeproxy.queries.names import did_you_mean  # Here for start-up time.

        raise UsageError(f"unknown setting {', '.join(unknown)}; {did_you_mean(unknown, SETTINGS, 'there are:')}")
    for name, value in settings.items():
        setting = SETTINGS[name]
        if not setting.fits(value):
            raise UsageError(f"{name}={value!r}: expected {setting.expected}")


def hosts(allow_hosts: object) -> tuple[str, ...]:
    """Return the given names of hosts as a tuple. Raises `UsageError` for anything but a sequence of names."""
    names = tuple(allow_hosts) if isinstance(allow_hosts, Iterable) and not isinstance(allow_hosts, str) else (None,)
    if not all(isinstance(name, str) for name in names):
        expected = "a sequence of host names, such as ('api.twilio.com',)"
        raise UsageError(f"allow_hosts={allow_hosts!r}: expected {expected}")
    return names
