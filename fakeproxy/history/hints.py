"""Hints: causes of failures that no single refusal shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from fakeproxy.engine.instants import iso8601, parse_iso8601
from fakeproxy.history.events import Event
from fakeproxy.history.journal import Entry

#: A date is taken for one of the real clock if it is this many times nearer to that than to the fake's.
_NEARER = 10


def hints(events: Iterable[Event], now: int, real_now: int) -> Iterator[str]:
    """Yield a sentence for each cause, once. The instants are in microseconds since the epoch (UTC).

    A sentence says `seems` if the cause is a guess.
    """
    told = set()
    for event in events:
        hint = ""
        if event.kind == "coroutine":
            hint = (
                f"coroutine {event.action} was never awaited, so it never ran and sent nothing: write await before it"
            )
        elif isinstance(event.object, Entry) and _is_real(event.object, now, real_now):
            hint = (
                f"the application seems to read the real clock ({iso8601(real_now)[:10]}), while the fake's clock "
                f"stands at {iso8601(now)[:10]}: let it read the fake's time, or start the fake at the real time"
            )
        if hint and hint not in told:
            told.add(hint)
            yield hint


def _is_real(entry: Entry, now: int, real_now: int) -> bool:
    """Return whether a request has a DateExpiry that is far nearer to the real time than to the fake's."""
    if "DateExpiry" not in entry.form:
        return False
    for text in entry.parameters.get("DateExpiry", ()):
        with suppress(ValueError):
            date = parse_iso8601(text)
            if abs(date - real_now) * _NEARER < abs(date - now):
                return True
    return False
