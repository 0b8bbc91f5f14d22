"""The events of a store, with their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.engine import events as engine
from fakeproxy.engine.records import Alert
from fakeproxy.engine.store import Store
from fakeproxy.history.events import Event
from fakeproxy.history.facts import facts_of
from fakeproxy.history.journal import Entry
from fakeproxy.history.sentences import Names, sentence
from fakeproxy.views import alert

# It begins with what seldom occurs: with the boundary before it, a search takes half as long again.
_SID = re.compile(r"[A-Z]{2}(?<!\w[A-Z]{2})[0-9a-f]{32}\b")

#: A SID that is a value of JSON. It is found in a third of the time.
_VALUE = re.compile(r'"([A-Z]{2}[0-9a-f]{32})"')


def of_store(store: Store, seq: int = 0) -> list[Event]:
    """Return the events of the store from a number on, with their text. The caller holds the lock."""
    events = store.events
    return events_at(store, range(max(seq, events.left_out), events.end))


def events_at(store: Store, seqs: Sequence[int], known: Names | None = None) -> list[Event]:
    """Return the events of these numbers, with their text. The caller holds the lock.

    `known`: the names in all events of the store, if they are known. Rows that were deleted have theirs there only.
    """
    events = store.events
    rows = [events.rows[seq - events.left_out] for seq in seqs]
    names = _names(store, rows, known)
    return [_event(seq, row, names) for seq, row in zip(seqs, rows, strict=True)]


def sids_of(row: engine.Event) -> tuple[str, ...]:
    """Return the SIDs that an event concerns."""
    sids: Iterable[str] = row.sids
    match row.facts:
        case Entry() as entry:
            pattern = _VALUE if entry.status < 400 else _SID  # An error names rows within its text.
            sids = (*_SID.findall(entry.path), *pattern.findall(entry.text[:400]))
        case Alert() as row_of_alert:
            sids = (*sids, *_SID.findall(f"{row_of_alert.cause} {row_of_alert.text}"))
        case _ if row.kind == "webhook":
            form: Mapping[str, str] = getattr(row.facts, "form", {})
            sids = (*(value for value in form.values() if _SID.fullmatch(value)), getattr(row.facts, "sid", ""))
    return tuple(dict.fromkeys(sids))


def add_names(rows: Iterable[engine.Event], people: dict[str, str], sessions: dict[str, str]) -> Names:
    """Add the names in events, by number and by SID, and return them. The first name of each counts."""
    for row in rows:
        if row.kind == "participant" and row.facts["name"]:
            people.setdefault(row.numbers[0], row.facts["name"])
        elif row.kind == "session" and row.facts["name"]:
            sessions.setdefault(row.sids[0], row.facts["name"])
    return Names(people, sessions)


def _event(seq: int, row: engine.Event, names: Names) -> Event:
    shown = row.facts
    match row.facts:
        case Alert() as row_of_alert:
            shown = alert(row_of_alert)
        case Mapping() | str():
            shown = None
    return Event(
        seq=seq,
        at=to_datetime(row.at),
        kind=row.kind,
        action=row.action,
        text=sentence(row, names),
        sids=sids_of(row),
        numbers=row.numbers,
        facts=facts_of(row),
        object=shown,
    )


def _names(store: Store, rows: Sequence[engine.Event], known: Names | None) -> Names:
    """Return the names of the people and sessions that the sentences of these events have."""
    sids = {row.sids[0] for row in rows if row.kind in ("session", "participant")}
    numbers = {row.numbers[0] for row in rows if row.kind == "participant"}
    contacts = [row.facts for row in rows if row.kind in ("text", "call")]
    numbers |= {number for facts in contacts for end in ("from", "to") if (number := facts.get(end))}
    sessions = {sid: row.unique_name for sid in sids if (row := store.sessions.get(sid)) and row.unique_name}
    people: dict[str, str] = {}
    if numbers:
        people = {
            row.identifier: row.friendly_name
            for row in store.participants
            if row.friendly_name and row.identifier in numbers
        }
    if known is None and not (sids <= sessions.keys() and numbers <= people.keys()):
        known = add_names(store.events.rows, {}, {})
    if known is None:
        return Names(people, sessions)
    people = {**_of(numbers, known.people), **people}
    return Names(people, {**_of(sids, known.sessions), **sessions})


def _of(keys: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    return {key: names[key] for key in keys if key in names}
