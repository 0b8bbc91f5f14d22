"""The report of a fake, which a failing test shows: clock, sessions, history, and what was ignored or stopped."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from fakeproxy.api.faults import Fault
from fakeproxy.clock.clock import Clock
from fakeproxy.clock.real_time import Unfrozen
from fakeproxy.engine.instants import SECOND, span
from fakeproxy.exceptions import BlockedRequest
from fakeproxy.history.events import Event
from fakeproxy.history.hints import hints
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.history.story import story
from fakeproxy.transports.seams.coroutines import not_started
from fakeproxy.views import Alert, Participant, Session, shorten_sids

#: The most lines of each section.
_MOST_SESSIONS, _MOST_HINTS, _MOST_STORY, _MOST_OTHERS = 8, 4, 23, 4


def text(
    state: str,
    clock: Clock,
    sessions: Sequence[Session],
    events: Sequence[Event],
    ignored: Mapping[str, int],
    alerts: Sequence[Alert],
    blocked: Sequence[BlockedRequest],
    unused: Sequence[Fault],
    *,
    is_whole: bool = False,
) -> str:
    """Return the report: at most 60 lines, or all lines.

    `alerts` are those that the test did not expect, `unused` the faults that met no request. The environment variable
    FAKEPROXY_REPORT=whole, which `pytest -vv` sets, makes every report whole. Passwords are hidden.
    """
    is_whole = is_whole or os.environ.get("FAKEPROXY_REPORT") == "whole"
    whose = "its own clock (not the application's)" if clock.driver == "own" else f"the clock of {clock.driver}"
    lines = [f"fakeproxy, {state}; {whose} stands at {clock.now():%Y-%m-%dT%H:%M:%SZ}"]
    lines += _section("sessions", [_session(one) for one in sessions], _MOST_SESSIONS, is_whole)
    found = dict.fromkeys(hints(events, clock.read(), Unfrozen.time_ns() // 1000))
    found |= dict.fromkeys(f"coroutine {name} has not run: is there an await before it?" for name in not_started(clock))
    lines += _section("look at this first", [*found], _MOST_HINTS, is_whole)
    what_happened = list(story(events)) or [
        "nothing: no request has reached this fake, and nobody has texted or called"
    ]
    lines += _section("what happened", what_happened, _MOST_STORY, is_whole, indent="")
    told = "\n".join(lines)
    shown = Counter(_alert(alert, told) for alert in alerts)
    lines += _section("ignored, as Twilio would", _counted(ignored), _MOST_OTHERS, is_whole)
    lines += _section("alerts that nobody expected", _counted(shown), _MOST_OTHERS, is_whole)
    what_to_do = "nothing was sent; replace the call, or allow its host"
    stopped = [f"{error.method} {error.url}: {what_to_do}" for error in blocked]
    lines += _section("stopped", stopped, _MOST_OTHERS, is_whole)
    lines += _section("faults that met no request", [str(fault) for fault in unused], _MOST_OTHERS, is_whole)
    return hide_passwords("\n".join(lines))


def _counted(lines: Mapping[str, int]) -> list[str]:
    return [f"{line}{f' ({count} times)' if count > 1 else ''}" for line, count in lines.items()]


def _section(title: str, lines: Sequence[str], most: int, is_whole: bool, indent: str = "  ") -> Iterator[str]:
    """Yield a section: its title, and its last lines."""
    if not lines:
        return
    shown = lines if is_whole else lines[-most:]
    left_out = len(lines) - len(shown)
    more = "pytest -vv, or FAKEPROXY_REPORT=whole, shows all"
    yield f"{title}{f', the last {len(shown)} of {len(lines)} lines ({more})' if left_out else ''}:"
    yield from (f"{indent}{line}" for line in shown)


def _session(session: Session) -> str:
    people = [_person(one) for one in session.participants if one.date_deleted is None]
    name = f"{session.unique_name} " if session.unique_name else ""
    if session.date_ended is not None:
        end = f"closed at {session.date_ended:%Y-%m-%dT%H:%M:%SZ} ({session.closed_reason})"
    else:
        end = f"{session.status}, {_expiry(session)}"
    return shorten_sids(f"{name}{session.sid}: {end}; {' and '.join(people) or 'nobody'}")


def _expiry(session: Session) -> str:
    if session.expires is None:
        return "never expires, since it has neither a ttl nor a date_expiry"
    expires = f"expires at {session.expires:%Y-%m-%dT%H:%M:%SZ}"
    if session.date_expiry is not None:
        return f"{expires}, its date_expiry"
    return f"{expires}, after {span(session.ttl * SECOND)} of silence (its ttl)" if session.ttl else expires


def _person(one: Participant) -> str:
    name = f"{one.friendly_name} ({one.identifier})" if one.friendly_name else one.identifier
    return f"{name} dials {one.proxy_identifier}"


def _alert(alert: Alert, told: str) -> str:
    """Return the line of an alert. Its reasons are left out if the lines before have told them."""
    line = shorten_sids(f"{alert.level} {alert.code} {alert.text}".replace("\n", " "))
    why = shorten_sids(alert.why.replace("\n", " "))
    return f"{line} -- {why}" if why and why not in told else line
