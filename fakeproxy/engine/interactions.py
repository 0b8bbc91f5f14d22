"""The rules of Interactions: a contact that is let through makes one, and each change of a status is noted."""

from __future__ import annotations

import json
from dataclasses import replace

from fakeproxy.engine import sessions
from fakeproxy.engine.records import Call, Change, Interaction, Message
from fakeproxy.engine.routing import Route
from fakeproxy.engine.store import Store

#: Where the Messages and Calls behind an Interaction are found.
_CORE_API = "https://api.twilio.com/2010-04-01/Accounts"


def draft(now: int, route: Route, leg: Message | Call, sid: str) -> Interaction:
    """The Interaction as it would be. Inbound, a message counts as delivered from the start."""
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
    """The Interaction of a contact that is let through."""
    interaction = replace(draft(now, route, leg, sid), outbound_participant_sid=route.partner.sid)
    store.add(store.interactions, interaction, "KI")
    store.change(leg, interaction_sid=interaction.sid)
    sessions.touch(store, now, route.session)
    return interaction


def record_status(store: Store, now: int, interaction: Interaction) -> None:
    """A status changed: keep what it was like right then for the Service's status callback, if there is one."""
    store.change(interaction, date_updated=now)
    url = store.services.rows[interaction.service_sid].callback_url
    if url is not None:
        store.add_change(Change(url, replace(interaction), now))


def call_data(seconds: int) -> str:
    """The `data` of a call that is over: the duration in seconds, as text."""
    return json.dumps({"duration": str(seconds)}, separators=(",", ":"))


def message_data(body: str) -> str:
    """The `data` of a message: compact JSON in a string (applications slice it by fixed offsets)."""
    return json.dumps({"body": body}, separators=(",", ":"), ensure_ascii=False)


def delete(store: Store, now: int, interaction: Interaction) -> None:
    """Delete the record; the Message or Call that it names stays."""
    store.delete(interaction, now)


def resource_url(store: Store, interaction: Interaction, sid: str) -> str:
    """Where the Message or Call of one of its legs is found."""
    collection = "Messages" if interaction.type == "message" else "Calls"
    return f"{_CORE_API}/{store.accounts.sid_of(interaction.account)}/{collection}/{sid}.json"
