"""The operations of the control API: what each does with the fake, and what it answers.

Each takes the fake, the body of the request, which fits what `routes` says of it, and the parts of the path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from fakeproxy import views
from fakeproxy.engine.snapshot import PlainRow, Snapshot
from fakeproxy.exceptions import BlockedRequest, UsageError
from fakeproxy.history.events import Event
from fakeproxy.history.journal import Entry
from fakeproxy.inspector import shapes
from fakeproxy.inspector.answers import fields_of, to_json
from fakeproxy.inspector.durations import duration
from fakeproxy.inspector.shapes import ACTIONS, OUTCOME
from fakeproxy.network.contacts import Contact
from fakeproxy.surface.fake import Fake


def read_clock(proxy: Fake, body: object) -> shapes.ClockState:
    """Return the present, what drives it, and the work that is due."""
    return {"now": proxy.clock.now(), "driver": proxy.clock.driver, "due": proxy.clock.due()}


def step_clock(proxy: Fake, body: shapes.Advance | shapes.MoveTo | shapes.AdvanceToNext) -> shapes.Step:
    """Step the clock as the body says, and return what was done on the way."""
    before = proxy.clock.due()
    if "advance" in body:
        proxy.clock.advance(duration(body["advance"]))
    elif "move_to" in body:
        proxy.clock.move_to(body["move_to"])
    else:
        proxy.clock.advance_to_next()
    now = proxy.clock.now()
    return {"now": now, "ran": [due for due in before if due.at <= now], "due": proxy.clock.due()}


def restore(proxy: Fake, body: Snapshot) -> shapes.Now:
    """Go back to a snapshot. Raises `UsageError` for what is none."""
    proxy.restore(body)
    return {"now": proxy.clock.now()}


def reset(proxy: Fake, body: object) -> shapes.Now:
    """Go back to the state in which the fake was first started."""
    proxy.reset()
    return {"now": proxy.clock.now()}


def outcome(found: Contact) -> PlainRow:
    """Return what became of a text or call."""
    return {**fields_of(found), **{name: getattr(found, name) for name in OUTCOME}}


def read_call(proxy: Fake, body: object, sid: str) -> object:
    """Return what became of a call. Raises `UnknownKey` for a SID that no call has."""
    call = proxy.conversation(sid)
    return {**outcome(call), "duration": call.duration}


def act_on_call(proxy: Fake, body: object, sid: str, action: str) -> object:
    """Do one of `ACTIONS` with a call. Raises `UsageError` for any other action."""
    if action not in ACTIONS:
        raise UsageError(f"a call has no {action}; it has {', '.join(ACTIONS)}")
    call = proxy.conversation(sid)
    if action == "hang_up":
        proxy.traffic.end_call(sid)  # Either person may.
        return outcome(call)
    return outcome(getattr(call, action)())


def read_legs(proxy: Fake, body: object, sid: str) -> object:
    """Return how far both legs of a text or call are, by the SID of either."""
    told = [leg and {"sid": leg.sid, "status": leg.status} for leg in proxy.traffic.legs(sid)]
    return {"leg": told[0], "outbound": told[1], "duration": proxy.traffic.duration(sid)}


def read_history(proxy: Fake, body: Mapping[str, str]) -> list[Event]:
    """Return the events after the number `after`, of what `of` names. Raises `UsageError` for what is no number."""
    history = proxy.history.of(body["of"]) if body.get("of") else proxy.history
    after = body.get("after", "-1")
    if not re.fullmatch(r"-?\d{1,18}", after):
        raise UsageError(f"after={after!r} is no number of an event")
    events = history.after(int(after))
    # JSON would make an array of an entry, which is a tuple.
    return [replace(one, object=to_json(one.object)) if isinstance(one.object, Entry) else one for one in events]


def order_fault(proxy: Fake, body: PlainRow) -> object:
    """Order the fault that the body names."""
    return getattr(proxy.faults, str(body.pop("fault")))(**body)


def remove_fault(proxy: Fake, body: object, number: str) -> object:
    """Remove the order of this number, and return what was removed: a list of one or none."""
    found = [order for order in proxy.faults.orders if str(order.id) == number]
    for order in found:
        order.remove()
    return found


def sign_webhooks(proxy: Fake, body: shapes.Signing) -> None:
    """Sign webhooks with the token of the body, with none (null), or, where there is no token, with the account's."""
    if "token" not in body:
        proxy.webhooks.sign_as_usual()
    elif body["token"] is None:
        proxy.webhooks.unsigned()
    else:
        proxy.webhooks.sign_with(body["token"])


def read_webhook_settings(proxy: Fake, body: object) -> shapes.Settings:
    """Return the settings of webhooks."""
    return {"unmounted": proxy.webhooks.unmounted}


def set_webhook_settings(proxy: Fake, body: shapes.Settings) -> shapes.Settings:
    """Set the settings of webhooks, and return them."""
    proxy.webhooks.unmounted = body["unmounted"]
    return read_webhook_settings(proxy, body)


def note_blocked(proxy: Fake, body: shapes.Blocked) -> None:
    """Note a request that was stopped in another process."""
    proxy.note_blocked(BlockedRequest(body["method"], body["url"], body["text"]))


def read_phone(proxy: Fake, body: object, number: str) -> shapes.Received:
    """Return what a person has received."""
    phone = proxy.phone(number)
    return {
        "inbox": list(phone.inbox),
        "calls": list(phone.calls),
        "reception": phone.reception,
        "received": phone.received,
    }


def set_reception(proxy: Fake, body: shapes.Reception, number: str) -> shapes.Received:
    """Set what becomes of texts to a person."""
    proxy.phone(number).reception = body["reception"]
    return read_phone(proxy, body, number)


def count_requests(proxy: Fake, body: object) -> list[shapes.Count]:
    """Return how many requests there were of each operation."""
    return [{"operation": name, "requests": number} for name, number in proxy.journal.counts.items()]


def count_ignored(proxy: Fake, body: object) -> list[shapes.Ignored]:
    """Return what of requests had no effect, and how often."""
    return [{"text": text, "times": times} for text, times in proxy.journal.ignored.items()]


def count_webhooks(proxy: Fake, body: object) -> list[shapes.KindCount]:
    """Return how many webhooks there were of each kind."""
    return [{"kind": kind, "webhooks": number} for kind, number in proxy.webhooks.counts.items()]


def count_alerts(proxy: Fake, body: object) -> list[shapes.CodeCount]:
    """Return how many alerts there were of each code."""
    return [{"code": code, "alerts": number} for code, number in proxy.alerts.counts.items()]


def read_table(proxy: Fake, body: object, table: str) -> object:
    """Return the rows of a table. Raises `UsageError` for a name that no table has."""
    if table not in views.TABLES:
        raise UsageError(f"there is no table {table!r}; there are: {', '.join(views.TABLES)}")
    return list(getattr(proxy, table).values())
