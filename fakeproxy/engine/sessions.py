"""The rules of Sessions: creation, changes of status, expiry, deletion.

Rule 1: Only this file changes the status of a session.
Rule 2: A request may ask for the changes of status in the table `_CHANGES` (Twilio's page of error 80608). All others
are refused.
Rule 3: A session closes at `expiry()`. Code that changes what `expiry()` depends on calls `schedule_expiry()` next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fakeproxy.engine import participants
from fakeproxy.engine.events import Event
from fakeproxy.engine.instants import LAST, SECOND, clock_hint, iso8601, span
from fakeproxy.engine.records import ACTIVE, Service, Session
from fakeproxy.engine.refusals import invalid, refuse
from fakeproxy.engine.schedule import Due
from fakeproxy.engine.store import Store

if TYPE_CHECKING:
    from fakeproxy.engine.given import SessionGiven, SessionTerms

#: The most seconds that a local time is behind UTC.
_WEST = 12 * 3600

#: The kinds of due work, as `proxy.clock.due()` shows them.
EXPIRE = "expire session"
PURGE = "purge session"


def create(store: Store, now: int, service: Service, given: SessionGiven, sid: str = "") -> Session:
    """Create a session, with up to two participants. If a participant is refused, there is no session either.

    The session is `open` until the first message or call passes, even if it has two participants (seen on the real
    service in 2026). Raises `Refusal`.
    """
    people = given.get("participants", [])
    status = given.get("status", "open")
    name = given.get("unique_name")
    _check_expiry(now, given)
    if status == "in-progress":
        raise refuse(80608, "a new session cannot be in-progress")
    if status not in ("open", "closed"):
        raise invalid("Status", f"A new session cannot be {status}.")
    for person in people:
        participants.check_identifier(store, person["identifier"])
    # A closed session keeps its name; deleting the session frees the name (an application saw that in 2026).
    if name is not None and (taken := store.sessions.named(service.sid, name)):
        why = f"{taken.sid}, which is {taken.status}, has the name {name!r}"
        if taken.status == "closed":
            why += "; a closed session keeps its name until it is deleted"
        raise refuse(80603, why, reasons=clock_hint(name, now))
    session = Session(
        sid=sid,
        account=service.account,
        service_sid=service.sid,
        date_created=now,
        date_updated=now,
        unique_name=name,
        mode=given.get("mode", "voice-and-message"),
        ttl=given.get("ttl", service.default_ttl),
        date_expiry=given.get("date_expiry"),
    )
    planned: list[participants.Planned] = []
    for person in people:
        others = [one.participant for one in planned]
        planned.append(participants.plan(store, now, session, others, person))
    store.add(store.sessions, session, "KC")
    _note(store, session, now, "opened")
    for one in planned:
        participants.admit(store, session, one)
    # Guess (inferred, the notes of an old client): a session may be created closed; the notes name that value.
    if status == "closed":
        _end(store, now, session, "api")
    schedule_expiry(store, now, session)
    return session


def update(store: Store, now: int, session: Session, given: SessionGiven) -> Session:
    """Change the ttl or the date_expiry of a session, close it, or re-open it. Raises `Refusal`.

    An update without parameters succeeds if the session is not closed (seen on the real service).
    """
    status = given.get("status")
    _check_expiry(now, given)
    change: Callable[[Store, int, Session], None] | None = None
    if status is not None:
        change = _CHANGES.get((session.status, status))
    if session.status == "closed" and status in (None, "closed"):
        if status == "closed" and store.behavior.close_closed == "accept":
            return session
        raise refuse(80607, participants.how_closed(session))
    if status is not None and change is None:
        raise refuse(80608, f"the session is {session.status}; the request asks for {status}")
    if change:
        change(store, now, session)
    terms = {name: value for name, value in given.items() if name in ("ttl", "date_expiry")}
    store.change(session, **terms, date_updated=now)
    schedule_expiry(store, now, session)
    return session


def delete(store: Store, now: int, session: Session) -> None:
    """Delete a session with its participants and interactions (Twilio's Session page).

    An active session need not be closed first (seen on the real service).
    """
    if session.status in ACTIVE:
        _release(store, session)
    for participant in list(store.participants.of(session.sid)):
        store.remove(participant)
    for interaction in list(store.interactions.of(session.sid)):
        store.remove(interaction)
    store.schedule.cancel(EXPIRE, session.sid)
    store.schedule.cancel(PURGE, session.sid)
    store.delete(session, now)
    _note(store, session, now, "deleted")


def touch(store: Store, now: int, session: Session) -> None:
    """Note that an interaction takes place. The first one starts the session; each one postpones the expiry by the ttl.

    Source: Twilio's Session page, on date_started and ttl.
    """
    if session.status == "open":
        _note(store, session, now, "in-progress")
    started = now if session.date_started is None else session.date_started
    store.change(session, status="in-progress", date_started=started, date_last_interaction=now, date_updated=now)
    schedule_expiry(store, now, session)


def expiry(store: Store, session: Session) -> int | None:
    """Return the instant at which the session expires, in microseconds since the epoch (UTC), or None for never.

    date_expiry overrides ttl. ttl counts from the creation or the last interaction, whichever is later (Twilio's
    Session page). It also counts from the re-opening: otherwise a re-opened session would expire again at once.
    """
    if session.date_expiry is not None:
        return session.date_expiry
    ttl = session.ttl or store.behavior.default_expiry
    if not ttl:
        return None
    base = max(session.date_created, session.date_last_interaction or 0, session.date_reopened or 0)
    return base + ttl * SECOND


def schedule_expiry(store: Store, now: int, session: Session) -> None:
    """Schedule the closing of the session at its expiry. If the expiry has passed, the closing is due now."""
    at = expiry(store, session)
    if session.status in ACTIVE and at is not None:
        store.schedule.put(EXPIRE, session.sid, max(at + store.behavior.expiry_lag * SECOND, now))
    else:
        store.schedule.cancel(EXPIRE, session.sid)


def expire(store: Store, due: Due) -> None:
    """Close an expired session (due work). Its date_ended is the expiry, even if the clock was moved far past it."""
    session = store.sessions.rows[due.sid]
    ended = max(due.at - store.behavior.expiry_lag * SECOND, session.date_updated)
    _end(store, ended, session, store.behavior.expired_reason)


def purge(store: Store, due: Due) -> None:
    """Delete a session that was closed `Behavior.purge_after` seconds ago (due work)."""
    delete(store, due.at, store.sessions.rows[due.sid])


def _close(store: Store, now: int, session: Session) -> None:
    store.schedule.cancel(EXPIRE, session.sid)
    _end(store, now, session, "api")


def _reopen(store: Store, now: int, session: Session) -> None:
    participants.check_pairs(store, session)
    # Guess (inferred, the changelog of 2019-01-24): re-opening clears date_expiry, which would close the session again
    # at once. A new date_expiry in the same request counts, as the changelog says.
    store.change(
        session, status="in-progress", closed_reason=None, date_ended=None, date_reopened=now, date_expiry=None
    )
    _note(store, session, now, "re-opened")
    store.schedule.cancel(PURGE, session.sid)
    for participant in participants.present(store, session):
        store.add_pair(participant)


def _end(store: Store, ended: int, session: Session, reason: str) -> None:
    _release(store, session)
    store.change(session, status="closed", closed_reason=reason, date_ended=ended, date_updated=ended)
    _note(store, session, ended, "closed", reason)
    if store.behavior.purge_after:
        store.schedule.put(PURGE, session.sid, min(ended + store.behavior.purge_after * SECOND, LAST))


def _note(store: Store, session: Session, at: int, action: str, reason: str = "") -> None:
    facts = {"name": session.unique_name, "reason": reason, "ttl": session.ttl, "date_expiry": session.date_expiry}
    store.add_event(Event(at, "session", action, (session.sid,), facts=facts))


def _release(store: Store, session: Session) -> None:
    for participant in participants.present(store, session):
        store.remove_pair(participant)


def _check_expiry(now: int, given: SessionTerms) -> None:
    # Guess (inferred, the changelog of 2019-01-24): 80701 for a date_expiry in the past; the changelog says that it is
    # refused, not with which code. The present second is accepted, since requests have whole seconds.
    if (date := given.get("date_expiry")) is not None and date // SECOND < now // SECOND:
        behind = now - date
        why = f"DateExpiry is {span(behind)} behind the fake's clock"
        if behind <= _WEST * SECOND:
            why += "; if it is a local time: Twilio's SDK sends a datetime as UTC, whatever its zone"
        raise invalid("DateExpiry", f"{iso8601(date)} lies in the past; it is {iso8601(now)}.", why)


_CHANGES: dict[tuple[str, str], Callable[[Store, int, Session], None]] = {
    ("open", "closed"): _close,
    ("in-progress", "closed"): _close,
    ("closed", "in-progress"): _reopen,
}
