"""Windows: bounded parts of the long lists of a fake, for programs that show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.engine import records
from fakeproxy.engine.schedule import Due
from fakeproxy.engine.store import Store
from fakeproxy.history.events import Event
from fakeproxy.history.index import EventIndex
from fakeproxy.history.windows import Asked, window
from fakeproxy.views import TABLES, View, view

if TYPE_CHECKING:
    from fakeproxy.surface.windows import NamedDueWork, Overview, Pool

_SERVICE_AND_STATUS = attrgetter("service_sid", "status")

#: The fields of a row in which a text is searched for.
_SEARCHED = (
    *("unique_name", "status", "closed_reason", "friendly_name", "identifier", "proxy_identifier"),
    *("phone_number", "short_code", "number"),
)

#: The most numbers of a pool in an overview, and the most sessions that are named for a number.
_MOST_NUMBERS, _MOST_USERS = 10, 3


class Windows:
    """The windows of a fake's lists. `holding()` holds the lock; `reading()` does too, after overdue work was run."""

    def __init__(
        self,
        store: Store,
        index: EventIndex,
        reading: Callable[[], AbstractContextManager[object]],
        holding: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._store = store
        self._index = index
        self._reading = reading
        self._holding = holding

    def __repr__(self) -> str:
        return f"<Windows at {self.position()}>"

    def rows(self, table: str, offset: int, limit: int, search: str) -> tuple[int, Sequence[View]]:
        """Return the number of rows that have a text in them, and `limit` of them, newest first, after `offset`."""
        store, needle = self._store, search.lower()
        with self._reading():
            rows = store.tables[table].rows
            if search in rows:  # It is a SID.
                found = [rows[search]]
            else:
                found = [row for row in rows.values() if not needle or needle in self._text(row)]
            end = max(0, len(found) - offset)
            shown = found[max(0, end - limit) : end]
            return len(found), [view(TABLES[table], row, store) for row in reversed(shown)]

    def _text(self, row: records.Row) -> str:
        """Return the text of a row in which is searched, in lower case. That of a session has its people."""
        text = _text(row)
        if isinstance(row, records.Session):
            text += "".join(map(_text, self._store.participants.of(row.sid)))
        return text

    def due(self, offset: int, limit: int, search: str) -> tuple[int, Sequence[NamedDueWork]]:
        """Return the number of pieces of scheduled work that have a text in them, and `limit` of them, in order."""
        needle = search.lower()
        with self._reading():
            schedule = self._store.schedule
            if needle:
                found = [due for due in schedule.pending() if needle in self._text_of_due(due)]
                total, shown = len(found), found[offset : offset + limit]
            else:
                total, shown = len(schedule.current), schedule.next(offset + limit)[offset:]
            return total, [
                {"at": to_datetime(due.at), "kind": due.kind, "sid": due.sid, "name": self._name(due.sid)}
                for due in shown
            ]

    def _text_of_due(self, due: Due) -> str:
        return f"{due.kind} {due.sid} {self._name(due.sid) or ''}".lower()

    def _name(self, sid: str) -> str | None:
        """Return the name of the session with this SID, or None."""
        session = self._store.sessions.get(sid)
        return session.unique_name if session else None

    def events(self, asked: Asked) -> tuple[Sequence[Event], int | None]:
        """Return events, newest first, and the number of the newest event that may be in the next window, or None."""
        with self._holding():
            return window(self._store, self._index, asked)

    def event_counts(self) -> dict[str, tuple[int, int]]:
        """Return, for each kind, the number of its events and the number of its last event."""
        with self._holding():
            return self._index.counts()

    def overview(self, offset: int, limit: int, search: str) -> Overview:
        """Return the number of Services and of sessions, and `limit` Services, oldest first, after `offset`.

        Each has the first numbers of its pool or, with a text to search for, the first of those that have it.
        """
        store = self._store
        with self._reading():
            counts: dict[str, Counter[str]] = {}
            for (sid, status), count in Counter(map(_SERVICE_AND_STATUS, store.sessions)).items():
                counts.setdefault(sid, Counter())[status] = count
            services = [*islice(store.services, offset, offset + limit)]
            return {
                "total": len(store.services),
                "sessions": dict(sum(counts.values(), Counter[str]())),
                "rows": [
                    {
                        "sid": service.sid,
                        "unique_name": service.unique_name,
                        "sessions": dict(counts.get(service.sid, {})),
                        "numbers": self._pool(service.sid, search),
                    }
                    for service in services
                ],
            }

    def _pool(self, service_sid: str, search: str) -> Pool:
        store, numbers = self._store, self._store.phone_numbers.of(service_sid).rows
        found = [row for row in numbers if search and search in row.phone_number] or numbers
        return {
            "total": len(numbers),
            "rows": [
                {
                    "phone_number": row.phone_number,
                    "capabilities": list(row.capabilities),
                    "is_reserved": row.is_reserved,
                    "in_use": store.in_use(service_sid, row.phone_number),
                    "users": [
                        self._name(sid) or sid
                        for sid in islice(store.uses.get((service_sid, row.phone_number), ()), _MOST_USERS)
                    ],
                }
                for row in found[:_MOST_NUMBERS]
            ],
        }

    def position(self) -> str:
        """Return a text that changes with each event, each new row, each action of a test, and each reset.

        It is read without the lock: that would make whoever waits for a change hold up the one who makes it.
        """
        store, events = self._store, self._store.events
        return f"{events.epoch}-{events.end}-{store.position}-{len(events.actions)}"


def _text(row: records.Row) -> str:
    values = _searched(type(row))(row)  # type: ignore[arg-type]  # mypy: a type of slotted rows counts as unhashable.
    return "".join(f"{value} " for value in values if value is not None).lower()


@cache
def _searched(record: type[records.Row]) -> Callable[[records.Row], tuple[str | None, ...]]:
    """Return a function that returns the fields of a row in which a text is searched for."""
    own = {field.name for field in fields(record)}
    return attrgetter("sid", *(name for name in _SEARCHED if name in own))
