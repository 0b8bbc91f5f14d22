"""The rules of Interactions. Traffic makes them; the API makes only messages to one participant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fakeproxy.engine import sessions
from fakeproxy.engine.instants import wire
from fakeproxy.engine.records import Interaction, Participant
from fakeproxy.engine.refusals import invalid, refuse
from fakeproxy.engine.store import Store

#: How long a text may be; Twilio's messaging refuses longer ones with 21617.
LONGEST_BODY = 1600


def create_message(
    store: Store, now: int, participant: Participant, given: Mapping[str, Any], sid: str = ""
) -> Interaction:
    """Send a message to the participant from its own proxy number. A partner is not needed."""
    body, media = given.get("body") or "", given.get("media_url", [])
    if not body and not media:
        raise invalid("Body", "Body or MediaUrl must be given.")
    session = store.sessions.rows[participant.session_sid]
    if session.status == "closed":
        raise refuse(80607, f"closed at {wire(session.date_ended or now)}, {session.closed_reason}")
    # Guess: 80613 for a message into a voice-only session, and for a body of over 1600 characters.
    if session.mode == "voice-only":
        raise refuse(80613, reason="the session is voice-only")
    if len(body) > LONGEST_BODY:
        raise refuse(80613, reason=f"the message body exceeds the {LONGEST_BODY} character limit")
    interaction = Interaction(
        sid=sid,
        account=participant.account,
        service_sid=participant.service_sid,
        session_sid=session.sid,
        date_created=now,
        date_updated=now,
        participant_sid=participant.sid,
        type="message",
        data=message_data(body),
        outbound_participant_sid=participant.sid,
        outbound_resource_sid=store.sids.next("SM"),
        outbound_resource_status="delivered",
    )
    store.add(store.interactions, interaction, "KI")
    sessions.touch(store, now, session)
    return interaction


def message_data(body: str) -> str:
    """The `data` of a message: compact JSON in a string (applications slice it by fixed offsets)."""
    return json.dumps({"body": body}, separators=(",", ":"), ensure_ascii=False)


def delete(store: Store, now: int, interaction: Interaction) -> None:
    """Delete the record; the Message or Call that it names stays."""
    store.bury(store.interactions, interaction, now)
