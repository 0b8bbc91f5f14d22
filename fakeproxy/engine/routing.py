"""Where an inbound contact goes: (sender's identifier, dialled proxy number) to session and partner, or why nowhere.

A pair of identifier and proxy identifier stands in one active session of a Service at most, so the pair is the key.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from fakeproxy.engine import participants
from fakeproxy.engine.accounts import DEFAULT
from fakeproxy.engine.numbering import is_channel
from fakeproxy.engine.records import Participant, Service, Session
from fakeproxy.engine.store import Store

Kind = Literal["message", "voice"]

#: Texts that are not passed on (Twilio's page of opt-out words, its newest additions included; in any case since
#: 2020-09-15). START, YES, DEBUT, HELP and INFO pass.
STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "UNSTOP", "ARRET", "ARRETE", "ARRETT"}
STOP_WORDS |= {"REVOKE", "OPTOUT"}

#: What has no place in a session of this mode.
_UNFIT = {("voice-only", "message"): 80910, ("message-only", "voice"): 80911}


class Route(NamedTuple):
    """The contact goes to `partner`, who sees `partner.proxy_identifier` as the other end."""

    session: Session
    sender: Participant
    partner: Participant


class NoRoute(NamedTuple):
    """The contact goes nowhere: the codes of the alerts, and what they are about.

    `out_of_session`: the Service's callback for such contacts is to be asked. `past` is then who the sender was in
    the last session in which this pair stood.
    """

    codes: tuple[int, ...]
    resource_sid: str
    out_of_session: bool = False
    past: Participant | None = None
    session_sid: str = ""
    participant_sid: str = ""


def service_of(store: Store, dialled: str) -> Service | None:
    """The Service in whose pool the number is; the default account's first."""
    if is_channel(dialled):  # An address of a channel is in no pool; it belongs to whoever has a participant on it.
        services = [store.services.rows[service] for service, _, proxy in store.pairs if proxy == dialled]
        return services[0] if services else None
    for account in (DEFAULT, *(key for key in store.owned_numbers.listings if key != DEFAULT)):
        owned = store.owned_numbers.named(account, dialled)
        row = owned and (store.phone_numbers.get(owned.sid) or store.short_codes.get(owned.sid))
        if row:
            return store.services.rows[row.service_sid]
    return None


def find(store: Store, service: Service, sender: str, dialled: str, kind: Kind, body: str = "") -> Route | NoRoute:
    """Decide on a contact. Changes nothing.

    An opt-out word is stopped wherever it is said; then the session decides.
    """
    if kind == "message" and body.strip().upper() in STOP_WORDS:
        return NoRoute((80901,), service.sid)
    session_sid = store.pairs.get((service.sid, sender, dialled))
    if session_sid is None:
        return _out_of_session(store, service, sender, dialled, kind)
    session = store.sessions.rows[session_sid]
    # Guess: the mode is looked at before the partner; nobody saw both amiss at once.
    if unfit := _UNFIT.get((session.mode, kind)):
        return NoRoute((unfit,), session.sid)
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
        if not mine:  # Guess: a stranger raises 80903 only where nobody handles strangers.
            codes.append(80903)
        codes.append(80902 if kind == "voice" else 80905)
        return NoRoute(tuple(codes), service.sid, past=past)
    return NoRoute(tuple(codes), service.sid, out_of_session=True, past=past)


def _ended_for(store: Store, participant: Participant) -> tuple[int, int]:
    """When the participant's session ended for it, and its position: of several, the one that ended last counts."""
    session = store.sessions.rows[participant.session_sid]
    ends = [at for at in (participant.date_deleted, session.date_ended) if at is not None]
    return (min(ends, default=0), participant.position)
