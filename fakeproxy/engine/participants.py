"""The rules of Participants: who may join a session, and with which proxy number.

`plan()` refuses a participant or returns its row, and changes nothing; `admit()` then adds the row. A session with
participants plans all of them before it admits one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from fakeproxy.engine import selection
from fakeproxy.engine.events import Event
from fakeproxy.engine.instants import iso8601
from fakeproxy.engine.numbering import is_channel, look_up
from fakeproxy.engine.records import ACTIVE, Participant, PhoneNumber, Service, Session
from fakeproxy.engine.refusals import refuse
from fakeproxy.engine.selection import Choice
from fakeproxy.engine.store import Store

if TYPE_CHECKING:
    from fakeproxy.engine.given import ParticipantGiven

#: The most participants of a session, without the deleted ones (80609).
LIMIT = 2


class Planned(NamedTuple):
    """A planned participant, and the reason for its proxy number."""

    participant: Participant
    choice: Choice


def create(store: Store, now: int, session: Session, given: ParticipantGiven, sid: str = "") -> Participant:
    """Add a participant to a session. Raises `Refusal`."""
    check_identifier(store, given["identifier"])
    planned = plan(store, now, session, present(store, session), given, sid)
    admit(store, session, planned)
    return planned.participant


def present(store: Store, session: Session) -> list[Participant]:
    """Return the participants of a session that are not deleted."""
    return [row for row in store.participants.of(session.sid) if row.date_deleted is None]


def how_closed(session: Session) -> str:
    """Return when and why a session was closed, and what may be done with it."""
    cause = "by a request" if session.closed_reason == "api" else f"closed_reason {session.closed_reason}"
    return (
        f"the session was closed at {iso8601(session.date_ended or 0)}, {cause}; it can only be re-opened "
        f"(Status=in-progress) or deleted"
    )


def check_identifier(store: Store, identifier: str) -> None:
    """Raise the `Refusal` 80404 if the identifier is neither a phone number nor a channel address."""
    number = look_up(identifier)
    if number is None:
        if not is_channel(identifier):
            why = (
                f"{identifier!r} is neither a possible phone number in E.164 form (+14155550100) nor a channel address"
            )
            blank = "an unescaped + arrives as a blank: write %2B in a form"
            raise refuse(80404, why, reasons=[blank] if identifier.startswith(" ") else [])
    elif store.behavior.strict_identifiers and not (number.assigned and not _fictitious(identifier)):
        raise refuse(80404, f"strict_identifiers: {identifier} is not a number that can be assigned")


def plan(
    store: Store,
    now: int,
    session: Session,
    others: Sequence[Participant],
    given: ParticipantGiven,
    sid: str = "",
) -> Planned:
    """Return the row of a new participant. Changes nothing. Raises the first `Refusal` that applies.

    `others` are the participants that the session has, or will have by then. The codes are those of Twilio's error
    dictionary.
    """
    identifier: str = given["identifier"]
    service = store.services.rows[session.service_sid]
    if session.status == "closed":
        raise refuse(80607, how_closed(session))
    if session.mode != "message-only" and look_up(identifier) is None:
        upcoming = session.sid or store.sids.peek("KC", store.sessions.rows)
        raise refuse(80616, identifier=identifier, session_sid=upcoming)
    for other in others:
        if other.identifier == identifier:
            already = f"{_person(other)}, who is in the session already" if other.sid else "given twice"
            raise refuse(80103, f"{identifier} is {already}")
    if earlier := store.participants.named(session.sid, identifier):
        code = store.behavior.deleted_identifier_code
        why = f"{identifier} was {_person(earlier)}, deleted at {iso8601(earlier.date_deleted or 0)}"
        raise refuse(code, f"{why}; nobody joins the same session twice, so open another session")
    if len(others) >= LIMIT:
        has = " and ".join(f"{row.sid} ({row.identifier})" for row in others)
        raise refuse(80609, f"the session has {has}; delete one of them first")
    proxy, proxy_sid, choice = _proxy(store, service, session, others, given)
    if holder := store.pairs.get((service.sid, identifier, proxy)):
        raise refuse(80604, _conflict(store, identifier, proxy, holder))
    participant = Participant(
        sid=sid or given.get("sid", ""),
        account=service.account,
        service_sid=service.sid,
        session_sid=session.sid,
        date_created=now,
        date_updated=now,
        identifier=identifier,
        proxy_identifier=proxy,
        proxy_identifier_sid=proxy_sid,
        friendly_name=given.get("friendly_name"),
    )
    return Planned(participant, choice)


def admit(store: Store, session: Session, planned: Planned) -> None:
    """Add a planned participant to its session."""
    participant = planned.participant
    store.change(participant, session_sid=session.sid)
    store.add(store.participants, participant, "KP")
    _note(store, participant, participant.date_created, "joined", planned.choice)
    store.note_number_given(participant)
    if number := store.phone_numbers.named(participant.service_sid, participant.proxy_identifier):
        store.change(number, times_given=number.times_given + 1)
    if session.status in ACTIVE:
        store.add_pair(participant)


def delete(store: Store, now: int, participant: Participant) -> None:
    """Mark a participant as deleted. The row stays.

    Its place in the session and its pair are free. The same identifier cannot join the session again (Twilio's
    Participant page).
    """
    if store.sessions.rows[participant.session_sid].status in ACTIVE:
        store.remove_pair(participant)
    store.change(participant, date_deleted=now, date_updated=now)
    _note(store, participant, now, "left")


def _note(store: Store, participant: Participant, at: int, action: str, choice: Choice = "") -> None:
    sids = (participant.session_sid, participant.sid)
    numbers = (participant.identifier, participant.proxy_identifier)
    facts = {"name": participant.friendly_name, "choice": choice}
    store.add_event(Event(at, "participant", action, sids, numbers, facts))


def check_pairs(store: Store, session: Session) -> None:
    """Raise the `Refusal` 80604 if another active session now has a pair of this closed session."""
    for row in present(store, session):
        if holder := store.pairs.get((row.service_sid, row.identifier, row.proxy_identifier)):
            raise refuse(80604, _conflict(store, row.identifier, row.proxy_identifier, holder))


def _conflict(store: Store, identifier: str, proxy: str, holder: str) -> str:
    row = store.participants.named(holder, identifier)
    since = f" since {iso8601(row.date_created)}" if row else ""
    return f"{identifier} and {proxy} are a pair in {holder}{since}; close or delete that session first"


def _person(row: Participant) -> str:
    return f"{row.sid} ({row.friendly_name})" if row.friendly_name else row.sid


def _proxy(
    store: Store, service: Service, session: Session, others: Sequence[Participant], given: ParticipantGiven
) -> tuple[str, str | None, Choice]:
    """Return the proxy identifier and its SID: the ones that the request names, else those that selection chooses."""
    if dialled := given.get("dialled"):  # It may be reserved: Twilio's page on the directory scenarios.
        row = store.phone_numbers.named(service.sid, dialled)
        return dialled, row.sid if row else None, "dialled"
    proxy, sid = given.get("proxy_identifier"), given.get("proxy_identifier_sid")
    if proxy is None and sid is None:
        number, choice = selection.choose(
            store, service, session, given["identifier"], [other.proxy_identifier for other in others]
        )
        return number.phone_number, number.sid, choice
    by_sid = _pool_number_by_sid(store, service, sid) if sid is not None else None
    if proxy is None:
        assert by_sid is not None
        number = by_sid
    else:
        if proxy == given["identifier"]:
            raise refuse(80402, f"{proxy} cannot be its own proxy identifier")
        if look_up(proxy) is None:
            return _channel(store, service, proxy, by_sid), None, "asked for"
        number = _pool_number(store, service, proxy, given["identifier"])
        if by_sid is not None and by_sid is not number:
            raise refuse(80402, f"ProxyIdentifier is {proxy}, ProxyIdentifierSid is {by_sid.phone_number}")
    if number.is_reserved and store.behavior.reserved_by_name == "refuse":
        raise refuse(80207, f"reserved_by_name: {number.phone_number} is reserved")
    return number.phone_number, number.sid, "asked for"


def _pool_number(store: Store, service: Service, number: str, identifier: str) -> PhoneNumber:
    if row := store.phone_numbers.named(service.sid, number):
        return row
    if owned := store.owned_numbers.named(service.account, number):
        raise refuse(80605, _whereabouts(store, owned.sid, number, service))
    why = f"the account does not own {number}, the ProxyIdentifier"
    if store.phone_numbers.named(service.sid, identifier):
        why += f", while {identifier}, the Identifier, is a number of the pool: the two seem to be swapped"
    raise refuse(80606, why)


def _pool_number_by_sid(store: Store, service: Service, sid: str) -> PhoneNumber:
    row = store.phone_numbers.get(sid)
    if row is not None and row.service_sid == service.sid:
        return row
    owned = store.owned_numbers.get(sid)
    if owned is not None and owned.account == service.account:
        raise refuse(80605, _whereabouts(store, sid, owned.number, service))
    if sid.startswith("PN"):
        raise refuse(80606, f"the account owns no number {sid}")
    raise refuse(80305, account_sid=store.accounts.sid_of(service.account), service_sid=service.sid)


def _whereabouts(store: Store, sid: str, number: str, service: Service) -> str:
    row = store.phone_numbers.get(sid)
    where = f"in the pool of {row.service_sid}" if row else "in no pool"
    return f"{number} is {where}, not in that of {service.sid}"


def _channel(store: Store, service: Service, proxy: str, by_sid: PhoneNumber | None) -> str:
    """Return the proxy identifier if it is a channel address (`messenger:<page>`); it has no SID here."""
    if by_sid is not None:
        raise refuse(80402, f"ProxyIdentifier is {proxy}, ProxyIdentifierSid is {by_sid.phone_number}")
    # Guess (documented, the error dictionary): every channel address counts as configured, as every number counts as
    # owned (without strict_numbers).
    if not is_channel(proxy) or store.behavior.strict_numbers:
        raise refuse(80304, f"{proxy!r} is neither a phone number in E.164 form nor a configured channel address")
    return proxy


def _fictitious(identifier: str) -> bool:
    """Return whether the number has the exchange 555 of North America. The real service refuses it (seen in 2026)."""
    number = look_up(identifier)
    return number is not None and number.area_code is not None and identifier[5:8] == "555"
