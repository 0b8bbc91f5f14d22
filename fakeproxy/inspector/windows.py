"""The operations of the control API that read windows: a bounded part of a list, with the size of the whole.

`offset`, `limit`, `after` and the like come as the texts of a query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TypedDict

from fakeproxy import views
from fakeproxy.exceptions import NotInTime, UsageError
from fakeproxy.history.events import Event
from fakeproxy.history.journal import Entry
from fakeproxy.history.windows import Asked
from fakeproxy.inspector.answers import fields_of, to_json
from fakeproxy.surface.windows import NamedDueWork, Overview, ShownFake, ShownPast

#: The number of rows of a window if the query has no `limit`, and the most that it may ask for.
USUAL, MOST = 50, 500
#: The highest position in a list, and the highest number of an event.
_HIGHEST = 10**18

#: The parameters of a window, and of a window of events.
WINDOW = ("offset", "limit", "search")
EVENTS = ("after", "until", "of", "kind", "search", "limit", "objects")


class DueWindow(TypedDict):
    """The number of pieces of scheduled work that fit, and those of the window."""

    total: int
    rows: list[NamedDueWork]


class EventWindow(TypedDict):
    """Events, newest first. `older` is the `until` of the next window, or null if there are no older events."""

    rows: list[Event]
    older: int | None


class KindOfEvents(TypedDict):
    """The number of events of a kind, and the number of the last one."""

    kind: str
    events: int
    last: int


class Position(TypedDict):
    """A text that is another one after each change, and the number of resets."""

    position: str
    epoch: int


def read_rows(proxy: ShownPast, asked: Mapping[str, str], table: str) -> dict[str, object]:
    """Return a window of a table. Raises `UsageError` for a name that no table has."""
    if table not in views.TABLES:
        raise UsageError(f"there is no table {table!r}; there are: {', '.join(views.TABLES)}")
    total, rows = proxy.windows.rows(table, *_window(asked))
    return {"total": total, "rows": rows}


def read_due(proxy: ShownPast, asked: Mapping[str, str]) -> DueWindow:
    """Return a window of the scheduled work."""
    total, rows = proxy.windows.due(*_window(asked))
    return {"total": total, "rows": [*rows]}


def read_overview(proxy: ShownPast, asked: Mapping[str, str]) -> Overview:
    """Return how many Services and sessions there are, and a window of the Services with their pools."""
    return proxy.windows.overview(*_window(asked))


def read_events(proxy: ShownFake, asked: Mapping[str, str]) -> EventWindow:
    """Return a window of the history: events of some kinds, of a SID or number, or with a text in them."""
    search = asked.get("search", "")
    rows, older = proxy.windows.events(
        Asked(
            after=_whole(asked, "after", -1, _HIGHEST, -1),
            until=_whole(asked, "until", -1, _HIGHEST, -1) if "until" in asked else None,
            of=asked.get("of", ""),
            kinds=asked["kind"].split(",") if asked.get("kind") else (),
            fits=_having(search.lower()) if search else None,
            limit=at_most(asked),
        )
    )
    return {"rows": [replace(one, object=_object(one, asked)) for one in rows], "older": older}


def _object(event: Event, asked: Mapping[str, str]) -> object:
    if asked.get("objects") == "false":
        return None
    # JSON would make an array of an entry, which is a tuple.
    return to_json(event.object) if isinstance(event.object, Entry) else event.object


def count_events(proxy: ShownFake, asked: object) -> list[KindOfEvents]:
    """Return the number of events of each kind."""
    counts = proxy.windows.event_counts()
    return [{"kind": kind, "events": events, "last": last} for kind, (events, last) in counts.items()]


def wait_for_change(proxy: ShownFake, asked: Mapping[str, str]) -> Position:
    """Return the position once it differs from `after`, or after `timeout` seconds of real time."""
    windows, after = proxy.windows, asked.get("after", "")
    with suppress(NotInTime):
        proxy.wait_for(lambda: windows.position() != after, seconds(asked))
    position = windows.position()
    return {"position": position, "epoch": int(position.partition("-")[0])}


def seconds(asked: Mapping[str, str]) -> float:
    """Return the `timeout` of a query. Raises `UsageError` for what are no seconds."""
    timeout = asked.get("timeout", "5")
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", timeout):
        raise UsageError(f"timeout={timeout!r}: expected seconds, 999 at most")
    return float(timeout)


def at_most(asked: Mapping[str, object]) -> int:
    """Return the `limit` of a query. Raises `UsageError` for what is none."""
    return _whole(asked, "limit", USUAL, MOST)


def _window(asked: Mapping[str, str]) -> tuple[int, int, str]:
    return _whole(asked, "offset", 0, _HIGHEST), at_most(asked), asked.get("search", "")


def _whole(asked: Mapping[str, object], name: str, usual: int, most: int, least: int = 0) -> int:
    text = str(asked.get(name, usual))
    if not re.fullmatch(r"-?[0-9]{1,18}", text) or not least <= int(text) <= most:
        raise UsageError(f"{name}={text!r}: expected a whole number from {least} to {most}")
    return int(text)


def _having(needle: str) -> Callable[[Event], bool]:
    """Return the condition that an event has a text in it, in lower case, or a class of statuses such as `4xx`."""
    if re.fullmatch("[1-5]xx", needle):
        return lambda event: str(getattr(event.object, "status", None) or "").startswith(needle[0])
    return lambda event: needle in _text(event)


def _text(event: Event) -> str:
    shown = to_json(event.object) if isinstance(event.object, Entry) else event.object
    text = json.dumps(fields_of(replace(event, object=shown)), default=to_json, ensure_ascii=False)
    return f"{text} {getattr(event.object, 'operation', None) or ''}".lower()
