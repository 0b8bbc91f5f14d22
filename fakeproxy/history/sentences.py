"""Sentences: every event as a line of plain English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.engine.events import Event
from fakeproxy.engine.instants import SECOND, span
from fakeproxy.history.facts import STATUSES
from fakeproxy.history.journal import Entry
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.views import shorten_sids

#: The longest body, or text of parameters, that is shown, in characters.
_LONGEST = 160

#: The reason for which a participant got the number, in words.
_CHOICES = {
    "asked for": "the number asked for",
    "dialled": "the number dialled",
    "had last": "the number that this person had last",
    "never had": "a number that this person never had",
    "had longest ago": "the number that this person had longest ago",
    "shared with the partner": "the only one left; the partner has it too",
    "first": "the first of the pool that would do",
    "least-used": "the least used one that would do",
    "seeded": "drawn from the seed",
}


class Webhook(Protocol):
    """The protocol of a webhook in a sentence."""

    @property
    def kind(self) -> str:
        """The kind of callback, such as `status` or `intercept`."""

    @property
    def url(self) -> str:
        """The URL that it was sent to."""

    @property
    def form(self) -> Mapping[str, str]:
        """The fields that were sent."""

    @property
    def outcome(self) -> str:
        """The outcome in a few words."""

    @property
    def read_as(self) -> str:
        """The effect of the answer, in words, if it is not the usual one."""


class Names(NamedTuple):
    """The names of people, by number, and of sessions, by SID."""

    people: Mapping[str, str]
    sessions: Mapping[str, str]

    def person(self, number: str | None) -> str:
        """Return the name with the number, or the number alone."""
        name = self.people.get(number or "")
        return f"{name} ({number})" if name else number or "nobody"

    def session(self, sid: str) -> str:
        """Return the name with the SID, or the SID alone."""
        name = self.sessions.get(sid)
        return f"{name} ({sid})" if name else sid


def sentence(event: Event, names: Names) -> str:
    """Return the event in one line. SIDs are shortened, passwords hidden."""
    return shorten_sids(hide_passwords(_SENTENCES[event.kind](event, names))).replace("\n", " ")


def _request(event: Event, names: Names) -> str:
    entry: Entry = event.facts
    asked = " ".join(f"{name}={value}" for name, values in entry.parameters.items() for value in values)
    begin = f"{entry.method} {entry.path} {_cut(asked)}".rstrip()
    if entry.status == 0:
        return f"{begin} -> no answer{_why(entry)}"
    if entry.code is None:
        return f"{begin} -> {entry.status} {entry.members.get('sid', '')}".rstrip() + _why(entry)
    return f"{begin} -> {entry.status} / {entry.code} {entry.members['message']}{_why(entry)}"


def _why(entry: Entry) -> str:
    return f" -- {'; '.join(entry.why)}" if entry.why else ""


def _session(event: Event, names: Names) -> str:
    facts = event.facts
    what = f"session {names.session(event.sids[0])}"
    if event.action == "closed":
        return f"{what} closed: {_reason(facts)}"
    return f"{what} {'is ' if event.action == 'in-progress' else 'was '}{event.action}"


def _reason(facts: Mapping[str, object]) -> str:
    if facts["reason"] == "api":
        return "a request closed it"
    if facts["date_expiry"] is not None:
        return f"{facts['reason']}, its date_expiry has come"
    if isinstance(ttl := facts["ttl"], int) and ttl:
        return f"{facts['reason']}, its ttl of {span(ttl * SECOND)} is over"
    return str(facts["reason"])


def _participant(event: Event, names: Names) -> str:
    person, proxy = event.numbers
    who, where = names.person(person), f"session {names.session(event.sids[0])}"
    if event.action == "left":
        return f"{who} left {where}"
    choice = event.facts["choice"]
    return f"{who} joined {where} behind {proxy}, {_CHOICES.get(choice, choice)}"


def _contact(event: Event, names: Names) -> str:
    facts = event.facts
    sender, person, shown = facts["from"], facts.get("to"), facts.get("shown")
    if sender is None:
        text = f"{event.kind} {shown} -> {names.person(person)}"
    elif person is None:
        text = f"{event.kind} {names.person(sender)} -> {facts['dialled']}"
    else:
        text = f"{event.kind} {names.person(sender)} -> {names.person(person)}, shown from {shown}"
    what = f" {_cut(facts['body'])!r}" if event.kind == "text" else ""
    seconds = f" after {facts['seconds']} s" if event.action == "completed" else ""
    why = f" -- {facts['why']}" if facts.get("why") else ""
    return f"{text}: {event.action}{seconds}{what}{why}"


def _webhook(event: Event, names: Names) -> str:
    webhook: Webhook = event.facts
    text = f"webhook {webhook.kind} {statuses(webhook)}{webhook.url}: {webhook.outcome}"
    return f"{text}; {webhook.read_as}" if webhook.read_as else text


def statuses(webhook: Webhook) -> str:
    """Return the statuses that a status callback tells, such as `(inbound completed, outbound initiated) `.

    Two equal ones are told once: `(completed) `. It is empty for another callback.
    """
    if not webhook.kind.endswith("status"):
        return ""
    told = {name: webhook.form[field] for field, name in STATUSES.items() if field in webhook.form}
    if len(told) > 1 and len(set(told.values())) == 1:
        return f"({told.popitem()[1]}) "
    return f"({', '.join(name + status for name, status in told.items())}) " if told else ""


def _alert(event: Event, names: Names) -> str:
    row = event.facts
    return f"alert {row.code} ({row.level}): {row.text}{f' -- {row.why}' if row.why else ''}"


def _step(event: Event, names: Names) -> str:
    start, end = event.facts["from"], event.facts["to"]
    way = "on" if end > start else "back"
    who = {"advance": "", "own": ", the fake's own time"}.get(event.action, f", moved by {event.action}")
    return f"time moves {way} {span(end - start)} to {to_datetime(end):%Y-%m-%d %H:%M:%S}{who}"


def _fault(event: Event, names: Names) -> str:
    return f"fault: {_request(event, names)}"


def _stopped(event: Event, names: Names) -> str:
    return f"stopped: {event.facts.method} {event.facts.url}, a request to Twilio that nobody allowed"


def _elsewhere(event: Event, names: Names) -> str:
    entry: Entry = event.facts
    return f"{entry.method} {entry.path} was answered by {event.action}, not by the fake"


def _coroutine(event: Event, names: Names) -> str:
    return f"coroutine {event.action} was never awaited, so it sent nothing"


def _note(event: Event, names: Names) -> str:
    return f"note: {event.facts}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


_SENTENCES: dict[str, Callable[[Event, Names], str]] = {
    "request": _request,
    "session": _session,
    "participant": _participant,
    "text": _contact,
    "call": _contact,
    "webhook": _webhook,
    "alert": _alert,
    "step": _step,
    "fault": _fault,
    "stopped": _stopped,
    "elsewhere": _elsewhere,
    "coroutine": _coroutine,
    "note": _note,
}
