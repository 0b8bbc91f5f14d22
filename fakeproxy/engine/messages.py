"""The rules of Messages, the two legs of a text. The leg from a person is `received`. The leg to a person goes through

    queued -> sent -> delivered | undelivered | failed

By default this takes no time, and only the last status can be seen. With `Behavior.message_seconds`, each arrow takes
that many seconds and is due work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from fakeproxy.engine import interactions, sessions
from fakeproxy.engine.events import Event
from fakeproxy.engine.instants import SECOND, iso8601
from fakeproxy.engine.records import Change, End, Interaction, Message, Participant
from fakeproxy.engine.refusals import invalid, refuse
from fakeproxy.engine.schedule import Due
from fakeproxy.engine.store import Store

if TYPE_CHECKING:
    from fakeproxy.engine.given import MessageGiven

#: The kind of due work, as `proxy.clock.due()` shows it.
MOVE_ON = "move message on"

#: The longest body of a text, in characters. Twilio's core API refuses longer ones with 21617.
LONGEST_BODY = 1600

#: The most texts that are kept for a handset, sent and received together. At 1,600 characters each: 16 million.
MOST_TEXTS = 10_000

#: The most files of a text (Twilio's description of MediaUrl).
MOST_MEDIA = 10

#: The statuses in which a text to a person can end.
FINAL_STATUSES: tuple[End, ...] = get_args(End)


def create(store: Store, now: int, participant: Participant, given: MessageGiven, sid: str = "") -> Interaction:
    """Send a message to a participant from the participant's proxy number. Raises `Refusal`.

    No partner is needed (seen on the real service).
    """
    body, media = given.get("body") or "", given.get("media_url", [])
    if not body and not media:
        raise invalid("Body", "Body or MediaUrl must be given.")
    session = store.sessions.rows[participant.session_sid]
    if session.status == "closed":
        raise refuse(80607, f"the session was closed at {iso8601(session.date_ended or now)}, {session.closed_reason}")
    # Guess (inferred, the page of error 80613): 80613 for a message into a voice-only session, and for a body of over
    # 1600 characters.
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
        data=interactions.message_data(body),
        media=tuple(media),
        outbound_participant_sid=participant.sid,
    )
    store.add(store.interactions, interaction, "KI")
    shown, person = participant.proxy_identifier, participant.identifier
    url = store.services.rows[participant.service_sid].intercept_callback_url
    asks = url is not None and store.behavior.intercept_api_messages
    send(store, now, participant.account, shown, person, body, media, interaction, held=asks)
    if url is not None and asks:
        store.add_change(Change(url, replace(interaction), now, is_intercept=True))
    sessions.touch(store, now, session)
    return interaction


def receive(
    store: Store, now: int, account: str, sender: str, dialled: str, body: str, media: Sequence[str]
) -> Message:
    """Add the leg from a person to a proxy number."""
    message = Message(
        account=account,
        date_created=now,
        date_updated=now,
        handset=sender,
        direction="inbound",
        from_=sender,
        to=dialled,
        status="received",
        body=body,
        media=tuple(media),
        date_sent=now,
    )
    store.add(store.messages, message, "SM")
    _remove_oldest(store, sender)
    return message


def send(
    store: Store,
    now: int,
    account: str,
    shown: str,
    person: str,
    body: str,
    media: Sequence[str],
    interaction: Interaction | None = None,
    *,
    held: bool = False,
    status_callback: str | None = None,
    messaging_service_sid: str | None = None,
    event_index: int | None = None,
    answers: str = "",
) -> Message:
    """Add the leg from a proxy number to a person. The interaction's outbound status follows this leg's status.

    `answers` is the SID of the text or call that it answers; the event has it too.

    A held message stays `queued` until `release()`. `status_callback` gets every status after `queued`. It gets `sent`
    even if the message takes no time.
    """
    message = Message(
        account=account,
        date_created=now,
        date_updated=now,
        handset=person,
        direction="outbound",
        from_=shown,
        to=person,
        status="queued",
        interaction_sid=interaction.sid if interaction else None,
        body=body,
        media=tuple(media),
        status_callback=status_callback,
        messaging_service_sid=messaging_service_sid,
    )
    store.add(store.messages, message, "SM")
    _remove_oldest(store, person)
    if interaction:
        store.change(interaction, outbound_resource_sid=message.sid)
        if held:
            store.change(interaction, outbound_resource_status="queued")
    if not held:
        _start_delivery(store, now, message)
    note(store, now, message, "held" if held else message.status, event_index, answers)
    return message


def note(store: Store, now: int, message: Message, action: str, index: int | None = None, answers: str = "") -> None:
    """Add an event of a text to the history, with both people and the number that the receiver sees."""
    interaction = store.interactions.get(message.interaction_sid) if message.interaction_sid else None
    inbound = store.messages.get(interaction.inbound_resource_sid or "") if interaction else None
    if inbound is None and message.direction == "inbound":
        inbound = message
    sender, dialled = (inbound.from_, inbound.to) if inbound else (None, None)
    person, shown = (message.to, message.from_) if message.direction == "outbound" else (None, None)
    session = (interaction.session_sid, interaction.sid) if interaction else ()
    numbers = tuple(number for number in (sender, dialled, shown, person) if number)
    facts = {"body": message.body, "from": sender, "dialled": dialled, "shown": shown, "to": person}
    legs = (message.sid,) if inbound in (None, message) else (inbound.sid, message.sid)
    answered = (answers,) if answers else ()
    store.add_event(Event(now, "text", action, (*session, *answered, *legs), numbers, facts), index)


def release(store: Store, now: int, sid: str, *, blocked: bool) -> None:
    """Send a message that was held; if `blocked`, it fails instead. Does nothing if there is no such message."""
    message = store.messages.get(sid)
    if message is None:
        return
    # Guess (inferred, none): a message of the API that the intercept callback blocks is `failed`.
    if blocked:
        _set_status(store, now, message, "failed")
    else:
        _start_delivery(store, now, message)
    note(store, now, message, "blocked" if blocked else message.status)


def _start_delivery(store: Store, now: int, message: Message) -> None:
    """Queue the message, or give it its final status at once if sending takes no time."""
    status = "queued" if store.behavior.message_seconds else _final_status(store, message)
    if status in ("delivered", "undelivered"):
        _record_status(store, now, replace(message, status="sent"))
    _set_status(store, now, message, status)


def inbox(store: Store, person: str) -> list[Message]:
    """Return the texts that arrived at the person's handset, in order of arrival."""
    arrived = [row for row in store.messages.of(person) if row.direction == "outbound" and row.status == "delivered"]
    return sorted(arrived, key=lambda row: (row.date_updated, row.position))


def segments(body: str) -> int:
    """Return the number of segments of a text: one of up to 160 characters, or several of 153.

    With characters outside of GSM-7 it is one of up to 70, or several of 67.
    """
    # Guess (documented, the page on GSM-7): ASCII stands for GSM-7, although the two differ by a few characters.
    single, part = (160, 153) if body.isascii() else (70, 67)
    return 1 if len(body) <= single else -(-len(body) // part)


def move_on(store: Store, due: Due) -> None:
    """Give a message its next status (due work): `sent` after `queued`, a final one after `sent`."""
    message = store.messages.rows[due.sid]
    _set_status(store, due.at, message, "sent" if message.status == "queued" else _final_status(store, message))
    note(store, due.at, message, message.status)


def _final_status(store: Store, message: Message) -> str:
    return store.handsets.get(message.handset, "delivered")


def _set_status(store: Store, now: int, message: Message, status: str) -> None:
    if status in FINAL_STATUSES:
        store.change(message, status=status, date_updated=now, date_sent=now)
    else:
        store.change(message, status=status, date_updated=now)
        store.schedule.put(MOVE_ON, message.sid, now + store.behavior.message_seconds * SECOND)
    if status == "delivered":
        store.log.set_item(store.received, message.handset, store.received.get(message.handset, 0) + 1)
    if status != "queued":
        _record_status(store, now, message)
    interaction = store.interactions.get(message.interaction_sid) if message.interaction_sid else None
    if interaction:
        store.change(interaction, outbound_resource_status=status)
        interactions.record_status(store, now, interaction)


def _remove_oldest(store: Store, handset: str) -> None:
    """Remove the oldest texts of a handset beyond `MOST_TEXTS`. A text without a final status stays."""
    while len(texts := store.messages.of(handset)) > MOST_TEXTS:
        oldest = next((row for row in texts if row.direction == "inbound" or row.status in FINAL_STATUSES), None)
        if oldest is None:
            return
        store.remove(oldest)


def _record_status(store: Store, now: int, message: Message) -> None:
    """Record a change for the message's own status callback, if it has one."""
    if message.status_callback is not None:
        store.add_change(Change(message.status_callback, replace(message), now))


def error_code(message: Message) -> int | None:
    """Return Twilio's code for a message that did not arrive, else None."""
    # Guess (inferred, the pages of errors 30003 and 30008): 30003 for a handset that cannot be reached, 30008 for a
    # failure without a known reason.
    return {"undelivered": 30003, "failed": 30008}.get(message.status)
