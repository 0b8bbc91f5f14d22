"""The routing of inbound texts and calls: from the sender and the dialled proxy number to a session and the partner.

The key is the pair of the sender's identifier and the proxy identifier: at most one active session of a Service has it
(Twilio's page on number management). The codes of the alerts are those of Twilio's error dictionary.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from fakeproxy.engine import participants
from fakeproxy.engine.accounts import DEFAULT
from fakeproxy.engine.numbering import is_channel
from fakeproxy.engine.records import Participant, Service, Session
from fakeproxy.engine.store import Store

Kind = Literal["message", "voice"]

#: Texts that Proxy does not pass on, in upper or lower case (changelog of 2020-09-15): the opt-out words of Twilio's
#: page, with its newest ones. START, YES, DEBUT, HELP and INFO are passed on.
STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "UNSTOP", "ARRET", "ARRETE", "ARRETT"}
STOP_WORDS |= {"REVOKE", "OPTOUT"}

#: The code of the alert for a kind of contact that the session's mode excludes.
_EXCLUDED = {("voice-only", "message"): 80910, ("message-only", "voice"): 80911}


class Route(NamedTuple):
    """The way of a contact from `sender` to `partner`, who sees it coming from `partner.proxy_identifier`."""

    session: Session
    sender: Participant
    partner: Participant


class NoRoute(NamedTuple):
    """The decision that a contact is not passed on: the codes of its alerts, and the resource that they are about.

    If `out_of_session`, the Service's out-of-session callback decides what happens. `past` is the sender's participant
    in the last session that had this pair.
    """

    codes: tuple[int, ...]
    resource_sid: str
    out_of_session: bool = False
    past: Participant | None = None
    session_sid: str = ""
    participant_sid: str = ""


def service_of(store: Store, dialled: str) -> Service | None:
    """Return the Service whose pool has the number, or None. The default account's Services come first."""
    if is_channel(dialled):  # It is in no pool, and belongs to the Service with a participant on it.
        services = [store.services.rows[service] for service, _, proxy in store.pairs if proxy == dialled]
        return services[0] if services else None
    for account in (DEFAULT, *(key for key in store.owned_numbers.listings if key != DEFAULT)):
        owned = store.owned_numbers.named(account, dialled)
        row = owned and (store.phone_numbers.get(owned.sid) or store.short_codes.get(owned.sid))
        if row:
            return store.services.rows[row.service_sid]
    return None


def find(store: Store, service: Service, sender: str, dialled: str, kind: Kind, body: str = "") -> Route | NoRoute:
    """Decide where a contact goes. Changes nothing.

    A text that is an opt-out word goes nowhere, whatever the session.
    """
    if kind == "message" and body.strip().upper() in STOP_WORDS:
        return NoRoute((80901,), service.sid)
    session_sid = store.pairs.get((service.sid, sender, dialled))
    if session_sid is None:
        return _out_of_session(store, service, sender, dialled, kind)
    session = store.sessions.rows[session_sid]
    # Guess (inferred, none): where the mode excludes the contact and there is no partner, the alert is about the mode.
    if code := _EXCLUDED.get((session.mode, kind)):
        return NoRoute((code,), session.sid)
    present = participants.present(store, session)
    me = next(row for row in present if row.identifier == sender)
    for partner in present:
        if partner is not me:
            return Route(session, me, partner)
    return NoRoute((80614,), session.sid, session_sid=session.sid, participant_sid=me.sid)


def _out_of_session(store: Store, service: Service, sender: str, dialled: str, kind: Kind) -> NoRoute:
    mine = [row for row in store.participants.of(sender) if row.service_sid == service.sid]
    past = max(
        (row for row in mine if row.proxy_identifier == dialled), key=lambda row: _ended_for(store, row), default=None
    )
    codes: list[int] = []
    if past is not None and store.sessions.rows[past.session_sid].closed_reason == store.behavior.expired_reason:
        codes.append(80904)
    if service.out_of_session_callback_url is None:
        # Guess (inferred, the error dictionary): an unknown sender raises 80903 only if the Service has no
        # out-of-session callback.
        if not mine:
            codes.append(80903)
        codes.append(80902 if kind == "voice" else 80905)
        return NoRoute(tuple(codes), service.sid, past=past)
    return NoRoute(tuple(codes), service.sid, out_of_session=True, past=past)


def _ended_for(store: Store, participant: Participant) -> tuple[int, int]:
    """Return a sort key: when the session ended for the participant, then the participant's position."""
    session = store.sessions.rows[participant.session_sid]
    ends = [at for at in (participant.date_deleted, session.date_ended) if at is not None]
    return (min(ends, default=0), participant.position)
