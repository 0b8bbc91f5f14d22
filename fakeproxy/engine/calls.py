"""The rules of Calls, the two legs of a call: the caller's and the partner's.

    the caller's leg      in-progress -> completed
    the partner's leg     ringing -> in-progress -> completed
                          ringing -> busy | no-answer | failed | canceled

If the partner's leg ends unanswered, the caller's leg goes on until the caller hangs up (an application saw that on the
real service). A call goes on when its session closes or expires.
"""

from __future__ import annotations

from fakeproxy.engine import interactions, sessions
from fakeproxy.engine.events import Event
from fakeproxy.engine.instants import SECOND
from fakeproxy.engine.records import Call, Interaction
from fakeproxy.engine.schedule import Due
from fakeproxy.engine.store import Store

#: The kind of due work, as `proxy.clock.due()` shows it.
STOP_RINGING = "stop ringing"

# Guess (inferred, the page on <Dial>): a call rings for 30 seconds, as with TwiML's <Dial>.
RING_SECONDS = 30

#: The statuses of a call that has not ended.
ONGOING = ("ringing", "in-progress")


def receive(store: Store, now: int, account: str, caller: str, dialled: str) -> Call:
    """Add the leg from a person to a proxy number. It rings until `ring()` or a handler answers it."""
    call = Call(
        account=account,
        date_created=now,
        date_updated=now,
        handset=caller,
        direction="inbound",
        from_=caller,
        to=dialled,
        status="ringing",
    )
    store.add(store.calls, call, "CA")
    return call


def ring(
    store: Store,
    now: int,
    caller: Call,
    shown: str,
    person: str,
    interaction: Interaction | None = None,
    *,
    event_index: int | None = None,
) -> Call:
    """Add the leg that rings a person, and answer the caller's leg. Unanswered, it ends after `RING_SECONDS`."""
    call = Call(
        account=caller.account,
        date_created=now,
        date_updated=now,
        handset=person,
        direction="outbound",
        from_=shown,
        to=person,
        status="ringing",
        interaction_sid=interaction.sid if interaction else None,
        other_sid=caller.sid,
    )
    store.add(store.calls, call, "CA")
    store.change(caller, other_sid=call.sid, interaction_sid=call.interaction_sid)
    pick_up(store, now, caller)
    if interaction:
        # Guess (documented, the page on webhooks): a call has two callbacks at its beginning, and the first has no
        # outbound fields; the page says only that the first can lack them.
        interactions.record_status(store, now, interaction)
        store.change(interaction, outbound_resource_sid=call.sid, outbound_resource_status="initiated")
        interactions.record_status(store, now, interaction)
    store.schedule.put(STOP_RINGING, call.sid, now + RING_SECONDS * SECOND)
    note(store, now, call, "rings", event_index)
    return call


def note(store: Store, now: int, call: Call, action: str, index: int | None = None) -> None:
    """Add an event of a call to the history, with both people and the number that the receiver sees."""
    is_outbound = call.direction == "outbound"
    caller = store.calls.get(call.other_sid or "") if is_outbound else call
    sender, dialled = (caller.from_, caller.to) if caller else (None, None)
    person, shown = (call.to, call.from_) if is_outbound else (None, None)
    interaction = _interaction(store, call)
    session = (interaction.session_sid, interaction.sid) if interaction else ()
    sids = (*session, *(leg.sid for leg in (caller, call if is_outbound else None) if leg))
    numbers = tuple(number for number in (sender, dialled, shown, person) if number)
    facts = {"from": sender, "dialled": dialled, "shown": shown, "to": person, "seconds": seconds(call, now)}
    store.add_event(Event(now, "call", action, sids, numbers, facts), index)


def pick_up(store: Store, now: int, call: Call) -> None:
    """Answer a ringing leg. The Interaction shows `initiated` for it until it ends (Twilio's page on webhooks)."""
    store.change(call, status="in-progress", date_started=now, date_updated=now)
    store.schedule.cancel(STOP_RINGING, call.sid)
    interaction = _interaction(store, call)
    if interaction and store.behavior.answering_postpones_expiry:
        _touch(store, now, interaction)
    if call.direction == "outbound":
        note(store, now, call, "answered")


def end(store: Store, now: int, call: Call, status: str) -> None:
    """End a leg with this status. If that ends the call for the other person, end the other leg too."""
    was_connected = call.status == "in-progress"
    store.change(call, status=status, date_ended=now, date_updated=now)
    store.schedule.cancel(STOP_RINGING, call.sid)
    if call.direction == "outbound" or call.other_sid is None:
        note(store, now, call, status)
    other = store.calls.get(call.other_sid) if call.other_sid else None
    other_is_up = other is not None and other.status in ONGOING
    interaction = _interaction(store, call)
    if interaction:
        store.change(interaction, **{f"{call.direction}_resource_status": status})
        if not other_is_up:
            talk = call if call.direction == "outbound" else other
            store.change(interaction, data=interactions.call_data(seconds(talk, now)))
            _touch(store, now, interaction)
        interactions.record_status(store, now, interaction)
    if other is None or not other_is_up:
        return
    # Guess (inferred, none): the leg that was hung up has its callback first, then the other leg.
    if call.direction == "inbound":
        end(store, now, other, "canceled" if other.status == "ringing" else "completed")
    elif was_connected:
        end(store, now, other, "completed")


def stop_ringing(store: Store, due: Due) -> None:
    """End a call that nobody answered (due work)."""
    end(store, due.at, store.calls.rows[due.sid], "no-answer")


def seconds(call: Call | None, now: int) -> int:
    """Return the duration of a call in whole seconds; 0 if nobody answered."""
    if call is None or call.date_started is None:
        return 0
    return ((call.date_ended or now) - call.date_started) // SECOND


def _interaction(store: Store, call: Call) -> Interaction | None:
    """Return the Interaction of a call, or None if there is none any more. A call outlives its Interaction."""
    return store.interactions.get(call.interaction_sid) if call.interaction_sid else None


def _touch(store: Store, now: int, interaction: Interaction) -> None:
    session = store.sessions.rows[interaction.session_sid]
    if session.status != "closed":
        sessions.touch(store, now, session)
