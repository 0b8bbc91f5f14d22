"""The rules of Interactions: every contact that is passed on makes one, and every change of its status is recorded."""

from __future__ import annotations

import json
from dataclasses import replace

from fakeproxy.engine import sessions
from fakeproxy.engine.records import Call, Change, Interaction, Message
from fakeproxy.engine.routing import Route
from fakeproxy.engine.store import Store

#: The URL of the core API, which has the Messages and Calls of an Interaction.
_CORE_API = "https://api.twilio.com/2010-04-01/Accounts"


def draft(now: int, route: Route, leg: Message | Call, sid: str) -> Interaction:
    """Return the Interaction of an inbound contact, without adding it. An inbound message is `delivered` at once.

    Source of the inbound status: Twilio's Interaction page.
    """
    is_message = isinstance(leg, Message)
    return Interaction(
        sid=sid,
        account=route.session.account,
        service_sid=route.session.service_sid,
        session_sid=route.session.sid,
        date_created=now,
        date_updated=now,
        type="message" if is_message else "voice",
        data=message_data(leg.body) if isinstance(leg, Message) else "{}",
        media=leg.media if isinstance(leg, Message) else (),
        inbound_participant_sid=route.sender.sid,
        inbound_resource_sid=leg.sid,
        inbound_resource_status="delivered" if is_message else "in-progress",
    )


def begin(store: Store, now: int, route: Route, leg: Message | Call, sid: str = "") -> Interaction:
    """Add the Interaction of a contact that is passed on."""
    interaction = replace(draft(now, route, leg, sid), outbound_participant_sid=route.partner.sid)
    store.add(store.interactions, interaction, "KI")
    store.change(leg, interaction_sid=interaction.sid)
    sessions.touch(store, now, route.session)
    return interaction


def record_status(store: Store, now: int, interaction: Interaction) -> None:
    """Record a change of status for the Service's status callback, if there is one."""
    store.change(interaction, date_updated=now)
    url = store.services.rows[interaction.service_sid].callback_url
    if url is not None:
        store.add_change(Change(url, replace(interaction), now))


def call_data(seconds: int) -> str:
    """Return the `data` of a call that has ended: JSON with the duration in seconds, as a text (Interaction page)."""
    return json.dumps({"duration": str(seconds)}, separators=(",", ":"))


def message_data(body: str) -> str:
    """Return the `data` of a message: JSON without blanks, since applications cut it at fixed offsets."""
    return json.dumps({"body": body}, separators=(",", ":"), ensure_ascii=False)


def delete(store: Store, now: int, interaction: Interaction) -> None:
    """Delete an Interaction. Its Messages or Calls stay (Twilio's Interaction page)."""
    store.delete(interaction, now)


def resource_url(store: Store, interaction: Interaction, sid: str) -> str:
    """Return the URL of the Message or Call with this SID, a leg of the Interaction."""
    collection = "Messages" if interaction.type == "message" else "Calls"
    return f"{_CORE_API}/{store.accounts.sid_of(interaction.account)}/{collection}/{sid}.json"
