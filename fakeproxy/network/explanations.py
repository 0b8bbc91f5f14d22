"""Explanations of texts and calls that reached nobody, such as those to a wrong number or after the session's end."""

from __future__ import annotations

from collections.abc import Iterator

from fakeproxy.engine.instants import iso8601
from fakeproxy.engine.records import ACTIVE, Participant, Service
from fakeproxy.engine.routing import NoRoute
from fakeproxy.engine.store import Store
from fakeproxy.network.contacts import Contact

#: The most sessions of a person in an explanation.
_MOST = 3


def explain(store: Store, service: Service | None, contact: Contact, found: NoRoute) -> str:
    """Return the reason why a contact fits no session. The caller holds the lock."""
    if service is None:
        return f"no Service has the number {contact.to} any more"
    if 80901 in found.codes:
        return f"{contact.body.strip()!r} is an opt-out word, which is passed on to nobody"
    if 80614 in found.codes:
        return f"session {_name(store, found.session_sid)} has no other participant"
    if (session := store.sessions.get(found.resource_sid)) is not None:
        return f"session {_name(store, session.sid)} is {session.mode}"
    mine = list(store.participants.of(contact.from_))
    here = [row for row in mine if row.service_sid == service.sid]
    if here:
        return "; ".join([*_whereabouts(store, here, contact.to)][:_MOST])
    if mine:
        others = {store.services.rows[row.service_sid].unique_name for row in mine}
        return f"{contact.from_} is in no session of {service.unique_name}, only in {', '.join(sorted(others))}"
    return f"no session has a participant {contact.from_}"


def _whereabouts(store: Store, rows: list[Participant], dialled: str) -> Iterator[str]:
    """Yield a sentence on each of a person's sessions: active ones first, and newer ones before older ones."""
    sessions = store.sessions.rows
    order = sorted(rows, key=lambda row: (sessions[row.session_sid].status in ACTIVE, row.position), reverse=True)
    for row in order:
        session, name = sessions[row.session_sid], _name(store, row.session_sid)
        if row.date_deleted is not None:
            yield f"{row.identifier} left session {name} at {iso8601(row.date_deleted)}"
        elif session.status in ACTIVE:
            yield f"in session {name}, {row.identifier} dials {row.proxy_identifier}, not {dialled}"
        else:
            yield f"session {name} is closed since {iso8601(session.date_ended or 0)} ({session.closed_reason})"


def _name(store: Store, sid: str) -> str:
    session = store.sessions.get(sid)
    return f"{session.unique_name} ({sid})" if session and session.unique_name else sid
