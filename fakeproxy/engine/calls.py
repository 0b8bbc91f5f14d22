"""The rules of Calls: the leg of the person who calls, and the leg that rings the other one.

    the caller's leg      in-progress -> completed
    the partner's leg     ringing -> in-progress -> completed
                          ringing -> busy | no-answer | failed | canceled

The partner's leg may end without the caller's, which stays up until somebody hangs up (an application saw that on the
real service). Closing or expiry of the session ends no call.
"""

from __future__ import annotations

from fakeproxy.engine import interactions, sessions
from fakeproxy.engine.instants import SECOND
from fakeproxy.engine.records import Call, Interaction
from fakeproxy.engine.schedule import Due
from fakeproxy.engine.store import Store

STOP_RINGING = "stop ringing"

# Guess: a call rings for 30 seconds, as with TwiML's <Dial>.
RING_SECONDS = 30

ONGOING = ("ringing", "in-progress")


def receive(store: Store, now: int, account: str, caller: str, dialled: str) -> Call:
    """The leg from a person to a proxy number; it rings until the other end is decided on."""
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


def ring(store: Store, now: int, caller: Call, shown: str, person: str, interaction: Interaction | None = None) -> Call:
    """Ring a person on behalf of the caller, whose leg is up from now on."""
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
        # Guess: two changes, since the first callback of a call may come before any outbound field exists.
        interactions.record_status(store, now, interaction)
        store.change(interaction, outbound_resource_sid=call.sid, outbound_resource_status="initiated")
        interactions.record_status(store, now, interaction)
    store.schedule.put(STOP_RINGING, call.sid, now + RING_SECONDS * SECOND)
    return call


def pick_up(store: Store, now: int, call: Call) -> None:
    """A ringing leg is answered. The Interaction goes on saying `initiated` of it until it ends."""
    store.change(call, status="in-progress", date_started=now, date_updated=now)
    store.schedule.cancel(STOP_RINGING, call.sid)
    interaction = _interaction(store, call)
    if interaction and store.behavior.answering_postpones_expiry:
        _touch(store, now, interaction)


def end(store: Store, now: int, call: Call, status: str) -> None:
    """One leg ends with this status; what that means for the other leg is done too."""
    was_connected = call.status == "in-progress"
    store.change(call, status=status, date_ended=now, date_updated=now)
    store.schedule.cancel(STOP_RINGING, call.sid)
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
    # Guess: the end of the leg that was hung up is told first, then that of the other.
    if call.direction == "inbound":
        end(store, now, other, "canceled" if other.status == "ringing" else "completed")
    elif was_connected:
        end(store, now, other, "completed")


def stop_ringing(store: Store, due: Due) -> None:
    """Due work: nobody answers."""
    end(store, due.at, store.calls.rows[due.sid], "no-answer")


def seconds(call: Call | None, now: int) -> int:
    """How long the two talked. The partner's leg may have ended before the caller's."""
    if call is None or call.date_started is None:
        return 0
    return ((call.date_ended or now) - call.date_started) // SECOND


def _interaction(store: Store, call: Call) -> Interaction | None:
    """The Interaction, unless it was deleted, with its session or alone; the call goes on all the same."""
    return store.interactions.get(call.interaction_sid) if call.interaction_sid else None


def _touch(store: Store, now: int, interaction: Interaction) -> None:
    session = store.sessions.rows[interaction.session_sid]
    if session.status != "closed":
        sessions.touch(store, now, session)
