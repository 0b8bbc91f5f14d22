"""The operations of the control API.

Each takes the fake, the body of the request (checked against the schema of its route), and the parts of the path. It
returns the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from fakeproxy import views
from fakeproxy.clock.clock import DueWork
from fakeproxy.engine.snapshot import PlainRow, Snapshot
from fakeproxy.exceptions import BlockedRequest, NotInTime, UsageError
from fakeproxy.history.events import Event
from fakeproxy.history.journal import Entry
from fakeproxy.inspector import bodies
from fakeproxy.inspector.answers import fields_of, to_json
from fakeproxy.inspector.bodies import ACTIONS, CONTACT_PROPERTIES
from fakeproxy.inspector.durations import duration
from fakeproxy.inspector.windows import at_most, seconds
from fakeproxy.network.contacts import Contact
from fakeproxy.surface.fake import Fake, PastFake
from fakeproxy.surface.windows import ShownPast


def read_clock(proxy: ShownPast, body: Mapping[str, str]) -> bodies.ClockState:
    """Return the present, its driver, and the scheduled work, or the first `limit` pieces of it and their number."""
    clock = proxy.clock
    if "limit" not in body:
        return {"now": clock.now(), "driver": clock.driver, "due": clock.due()}
    total, rows = proxy.windows.due(0, at_most(body), "")
    due = [DueWork(row["at"], row["kind"], row["sid"]) for row in rows]
    return {"now": clock.now(), "driver": clock.driver, "due": due, "due_total": total}


def step_clock(proxy: Fake, body: bodies.Advance | bodies.MoveTo | bodies.AdvanceToNext) -> bodies.Step:
    """Step the clock, and return the work that was done and the work that is scheduled."""
    if "advance" in body:
        proxy.clock.advance(duration(body["advance"]))
    elif "move_to" in body:
        proxy.clock.move_to(body["move_to"])
    else:
        proxy.clock.advance_to_next()
    now, ran, due = proxy.clock.now(), [*proxy.clock.ran], proxy.clock.due()
    if "limit" not in body:
        return {"now": now, "ran": ran, "due": due}
    most = body["limit"]
    return {"now": now, "ran": ran[:most], "due": due[:most], "ran_total": len(ran), "due_total": len(due)}


def restore(proxy: Fake, body: Snapshot) -> bodies.Now:
    """Go back to a snapshot. Raises `UsageError` for what is no snapshot."""
    proxy.restore(body)
    return {"now": proxy.clock.now()}


def reset(proxy: Fake, body: object) -> bodies.Now:
    """Go back to the state in which the fake was first started."""
    proxy.reset()
    return {"now": proxy.clock.now()}


def outcome(found: Contact) -> PlainRow:
    """Return a text or call with its outcome."""
    return {**fields_of(found), **{name: getattr(found, name) for name in CONTACT_PROPERTIES}}


def read_call(proxy: PastFake, body: object, sid: str) -> object:
    """Return a call with its outcome and its duration in seconds. Raises `UnknownKey` for a SID that no call has."""
    call = proxy.conversation(sid)
    return {**outcome(call), "duration": call.duration}


def act_on_call(proxy: Fake, body: object, sid: str, action: str) -> object:
    """Do one of `ACTIONS` with a call. Raises `UsageError` for another action, or one that the call does not allow."""
    if action not in ACTIONS:
        raise UsageError(f"a call has no {action}; it has {', '.join(ACTIONS)}")
    call = proxy.conversation(sid)
    if action == "hang_up":
        proxy.traffic.end_call(sid)  # Either person may.
        return outcome(call)
    return outcome(getattr(call, action)())


def read_legs(proxy: PastFake, body: object, sid: str) -> object:
    """Return the status of both legs of a text or call, by the SID of either leg."""
    legs = [leg and {"sid": leg.sid, "status": leg.status} for leg in proxy.traffic.legs(sid)]
    return {"leg": legs[0], "outbound": legs[1], "duration": proxy.traffic.duration(sid)}


def read_history(proxy: Fake, body: Mapping[str, str]) -> list[Event]:
    """Return the events after the number `after`, or those about the SID or number `of`.

    Raises `UsageError` for an `after` that is no number.
    """
    events = _events(proxy, body)
    # JSON would make an array of an entry, which is a tuple.
    return [replace(one, object=to_json(one.object)) if isinstance(one.object, Entry) else one for one in events]


def wait_for_events(proxy: Fake, body: Mapping[str, str]) -> list[Event]:
    """Wait for events of this `kind` and `action`, and return them, or `[]` after `timeout` seconds of real time.

    Without `after`, only later events count.
    """
    asked = body
    if "after" not in body:  # Only then is the history read: it makes the text of every event.
        asked = {**body, "after": str(proxy.history[-1].seq if proxy.history else -1)}
    with suppress(NotInTime):
        proxy.wait_for(lambda: _events(proxy, asked), seconds(asked))
    return read_history(proxy, asked)


def _events(proxy: Fake, asked: Mapping[str, str]) -> list[Event]:
    history = proxy.history.of(asked["of"]) if asked.get("of") else proxy.history
    after = asked.get("after", "-1")
    if not re.fullmatch(r"-?\d{1,18}", after):
        raise UsageError(f"after={after!r} is no number of an event")
    named = {name: asked[name] for name in ("kind", "action") if name in asked}
    return [
        event
        for event in history.after(int(after))
        if all(getattr(event, name) == value for name, value in named.items())
    ]


def order_fault(proxy: Fake, body: PlainRow) -> object:
    """Order the fault that the body names."""
    return getattr(proxy.faults, str(body.pop("fault")))(**body)


def remove_fault(proxy: Fake, body: object, number: str) -> object:
    """Remove the order with this number, and return a list of what was removed: one order or none."""
    found = [order for order in proxy.faults.orders if str(order.id) == number]
    for order in found:
        order.remove()
    return found


def sign_webhooks(proxy: Fake, body: bodies.Signing) -> None:
    """Sign webhooks with the token of the body; not at all for null; without `token`, with the account's token."""
    if "token" not in body:
        proxy.webhooks.sign_as_usual()
    elif body["token"] is None:
        proxy.webhooks.unsigned()
    else:
        proxy.webhooks.sign_with(body["token"])


def read_webhook_settings(proxy: Fake, body: object) -> bodies.Settings:
    """Return the settings of webhooks."""
    return {"unmounted": proxy.webhooks.unmounted}


def set_webhook_settings(proxy: Fake, body: bodies.Settings) -> bodies.Settings:
    """Set the settings of webhooks, and return them."""
    proxy.webhooks.unmounted = body["unmounted"]
    return read_webhook_settings(proxy, body)


def note_blocked(proxy: Fake, body: bodies.Blocked) -> None:
    """Note a request that was stopped in a child process."""
    proxy.note_blocked(BlockedRequest(body["method"], body["url"], body["text"]))


def read_phone(proxy: PastFake, body: Mapping[str, object], number: str) -> bodies.HandsetWithCalls:
    """Return the texts and calls that a person has received, or the newest `limit` of each."""
    phone = proxy.phone(number)
    inbox, calls = list(phone.inbox), list(phone.calls)
    most = at_most(body) if "limit" in body else max(len(inbox), len(calls))
    return {
        "inbox": inbox[max(0, len(inbox) - most) :],
        "calls": calls[max(0, len(calls) - most) :],
        "reception": phone.reception,
        "received": phone.received,
    }


def set_reception(proxy: Fake, body: bodies.Reception, number: str) -> bodies.HandsetWithCalls:
    """Set the fate of texts to a person, and return what the person has received."""
    proxy.phone(number).reception = body["reception"]
    return read_phone(proxy, body, number)


def count_requests(proxy: Fake, body: object) -> list[bodies.Count]:
    """Return the number of requests of each operation."""
    return [{"operation": name, "requests": number} for name, number in proxy.journal.counts.items()]


def count_ignored(proxy: Fake, body: object) -> list[bodies.Ignored]:
    """Return the parts of requests that had no effect, and how often each came."""
    return [{"text": text, "times": times} for text, times in proxy.journal.ignored.items()]


def count_webhooks(proxy: Fake, body: object) -> list[bodies.KindCount]:
    """Return the number of webhooks of each kind."""
    return [{"kind": kind, "webhooks": number} for kind, number in proxy.webhooks.counts.items()]


def count_alerts(proxy: Fake, body: object) -> list[bodies.CodeCount]:
    """Return the number of alerts of each code."""
    return [{"code": code, "alerts": number} for code, number in proxy.alerts.counts.items()]


def read_table(proxy: PastFake, body: object, table: str) -> object:
    """Return the rows of a table. Raises `UsageError` for a name that no table has."""
    if table not in views.TABLES:
        raise UsageError(f"there is no table {table!r}; there are: {', '.join(views.TABLES)}")
    return list(getattr(proxy, table).values())
