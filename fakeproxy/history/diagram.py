"""The diagram of a history: lanes and rows, without coordinates. `mermaid` and `svg` draw it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, cast

from fakeproxy.engine.instants import span
from fakeproxy.history.events import Event
from fakeproxy.history.people import APP, PROXY, Lane, lanes_of, tail
from fakeproxy.views import shorten_sids

#: The outcomes of texts and calls that nobody received.
_REFUSED = {"undelivered", "failed", "blocked", "out of session", "busy", "no-answer"}
#: The outcomes of texts that are still on their way, before the receiver's phone has them.
_ON_THE_WAY = {"held", "accepted", "scheduled", "queued", "sending"}


class Arrow(NamedTuple):
    """An arrow from lane to lane, both by key. `outcome` is a second text below the label."""

    source: str
    target: str
    label: str
    outcome: str = ""
    refused: bool = False
    dashed: bool = False


@dataclass(frozen=True, kw_only=True)
class PictureRow:
    """A row of the picture: arrows, or a text of a shape. `texts` are those of its events.

    A `note` is a text across the lanes, a `beside` one beside the proxy's lane, a `band` the end of a session, a `gap`
    time in which nothing happened. `starts` and `ends` name the call whose bar starts or ends here.
    """

    at: datetime
    texts: tuple[str, ...]
    shape: Literal["arrows", "note", "beside", "band", "gap"] = "arrows"
    text: str = ""
    arrows: tuple[Arrow, ...] = ()
    refused: bool = False
    starts: str = ""
    ends: str = ""
    #: The number of further events that are alike.
    alike: int = 0


class Diagram(NamedTuple):
    """A title, lanes from left to right, and rows from top to bottom."""

    title: str
    lanes: tuple[Lane, ...]
    rows: tuple[PictureRow, ...]


def diagram(events: Sequence[Event]) -> Diagram:
    """Return the diagram of events, the oldest first."""
    sessions = {event.sids[0]: event.facts.get("name") for event in events if event.kind == "session" and event.sids}
    only = ""
    if len(sessions) == 1:
        [(sid, name)] = sessions.items()
        only = shorten_sids(f"session {name} ({sid})" if name else f"session {sid}")
    drawing = _Drawing(only)
    for event in events:
        drawing.add(event)
    drawing.finish()
    title = f"{only[0].upper()}{only[1:]}" if only else "History"
    return Diagram(title, lanes_of(events), tuple(drawing.rows))


@dataclass
class _Drawing:
    """The rows so far, and what the next row depends on."""

    #: The name of the only session, which the title has; its rows leave it out.
    session: str
    rows: list[PictureRow] = field(default_factory=list)
    steps: list[Event] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    talking: set[str] = field(default_factory=set)
    last: datetime | None = None

    def add(self, event: Event) -> None:
        """Add the row of an event, after that of the time before it."""
        if event.kind == "step":
            if not self.steps:
                self._pass_time(event.at)
            self.steps.append(event)
            return
        self._pass_time(event.at)
        row = _ROWS.get(event.kind, _Drawing.note)(self, event)
        before = self.rows[-1] if self.rows else None
        if before and _is_repeated(event) and (before.texts, before.arrows) == (row.texts, row.arrows):
            self.rows[-1] = replace(before, alike=before.alike + 1)
        else:
            self.rows.append(row)

    def finish(self) -> None:
        """Add the time after the last event."""
        if self.steps:
            end = cast("int", self.steps[-1].facts["to"]) - cast("int", self.steps[-1].facts["from"])
            self._pass_time(self.steps[-1].at + timedelta(microseconds=end))

    def _pass_time(self, now: datetime) -> None:
        since = self.last or now
        self.last = now
        passed = (now - since) // timedelta(microseconds=1)
        texts = tuple(step.text for step in self.steps)
        self.steps = []
        if passed > 0:
            silence = " of silence" if passed >= 60_000_000 and not self.talking else ""
            self.rows.append(
                PictureRow(
                    at=since, texts=texts or (f"{span(passed)} pass",), shape="gap", text=f"{span(passed)}{silence}"
                )
            )
        elif texts:
            self.rows.append(PictureRow(at=now, texts=texts, shape="note", text="; ".join(texts)))

    def note(self, event: Event) -> PictureRow:
        """Return a text across the lanes."""
        is_refused = event.kind in ("alert", "stopped")
        text = event.text.replace(self.session, "the session", 1) if self.session else event.text
        return PictureRow(at=event.at, texts=(event.text,), shape="note", text=text, refused=is_refused)

    def of_session(self, event: Event) -> PictureRow:
        """Return a band for the end of a session, and a text for the rest of its life."""
        text = event.text.replace(self.session, "session", 1) if self.session else event.text
        return PictureRow(
            at=event.at, texts=(event.text,), shape="band" if event.action == "closed" else "note", text=text
        )

    def of_participant(self, event: Event) -> PictureRow:
        """Return a text across the lanes. The lane has the numbers in full."""
        row = self.note(event)
        person, proxy = event.numbers
        text = row.text.replace(f" ({person})", "", 1).replace(person, tail(person)).replace(proxy, tail(proxy))
        return replace(row, text=text)

    def of_text(self, event: Event) -> PictureRow:
        """Return the arrow to the proxy and that to the receiver, as far as the text has come."""
        facts, action = event.facts, event.action
        sender, person, refused = facts["from"], facts.get("to"), action in _REFUSED
        body = f"“{facts['body']}”" if facts["body"] else "(no text)"
        arrows = []
        if sender and not self._has_seen(event):
            ends_here = person is None or action in _ON_THE_WAY
            outcome = action if ends_here else ""
            arrows.append(Arrow(str(sender), PROXY, body, outcome, refused and ends_here))
        if person and (action not in _ON_THE_WAY or not arrows):
            label = f"from {tail(facts['shown'])}" if sender else body
            outcome = "" if action == "delivered" else action
            arrows.append(Arrow(PROXY, str(person), label, outcome, refused))
        return PictureRow(at=event.at, texts=(event.text,), arrows=tuple(arrows))

    def of_call(self, event: Event) -> PictureRow:
        """Return the arrows of a call that begins, or the start or the end of its bar."""
        facts, action = event.facts, event.action
        key = event.sids[-1] if event.sids else ""
        if action == "rings" or facts.get("to") is None:
            arrows = []
            refused = action in _REFUSED
            if facts["from"]:
                label = f"calls {tail(facts['dialled'])}"
                arrows.append(Arrow(str(facts["from"]), PROXY, label, action if refused else "", refused))
            if facts.get("to"):
                arrows.append(Arrow(PROXY, str(facts["to"]), f"rings, from {tail(facts['shown'])}"))
            return PictureRow(at=event.at, texts=(event.text,), arrows=tuple(arrows))
        begins, ends = action == "answered", key in self.talking
        self.talking = self.talking | {key} if begins else self.talking - {key}
        text = action.replace("-", " ")
        if action == "completed":
            text = f"talked {span(1_000_000 * int(cast('int', facts.get('seconds') or 0)))}"
        return PictureRow(
            at=event.at,
            texts=(event.text,),
            shape="beside",
            text=text,
            refused=action in _REFUSED,
            starts=key if begins else "",
            ends=key if ends and not begins else "",
        )

    def of_webhook(self, event: Event) -> PictureRow:
        """Return a dashed arrow to the application."""
        kind, status = event.facts.get("kind"), event.facts.get("status")
        refused = not (isinstance(status, int) and 200 <= status < 300)
        told = event.facts.get("statuses")
        statuses = dict.fromkeys(told) if isinstance(told, list) else {}
        label = f"{kind}{': ' if statuses else ''}{' / '.join(statuses)} · {status or 'no answer'}"
        return PictureRow(at=event.at, texts=(event.text,), arrows=(Arrow(PROXY, APP, label, "", refused, True),))

    def of_request(self, event: Event) -> PictureRow:
        """Return an arrow from the application."""
        facts = event.facts
        code, status = facts.get("code"), facts.get("status")
        path = "/".join(str(facts.get("path")).split("/")[-2:])
        refused = code is not None or not isinstance(status, int) or not 200 <= status < 400
        outcome = f"{status or 'no answer'}{f' / {code}' if code else ''}"
        label = shorten_sids(f"{facts.get('method')} {path}")
        if not refused:
            return PictureRow(at=event.at, texts=(event.text,), arrows=(Arrow(APP, PROXY, f"{label} · {outcome}"),))
        outcome = f"{outcome} {shorten_sids(str(facts.get('message') or ''))}".rstrip()
        return PictureRow(at=event.at, texts=(event.text,), arrows=(Arrow(APP, PROXY, label, outcome, True),))

    def _has_seen(self, event: Event) -> bool:
        key = event.sids[-1] if event.sids else ""
        is_seen = bool(key) and key in self.seen
        self.seen.add(key)
        return is_seen


def _is_repeated(event: Event) -> bool:
    """Return whether equal neighbours of the event are folded, as in the story."""
    return event.kind == "webhook" or (event.kind == "request" and event.facts.get("method") == "GET")


_ROWS: dict[str, Callable[[_Drawing, Event], PictureRow]] = {
    "session": _Drawing.of_session,
    "participant": _Drawing.of_participant,
    "text": _Drawing.of_text,
    "call": _Drawing.of_call,
    "webhook": _Drawing.of_webhook,
    "request": _Drawing.of_request,
    "fault": _Drawing.of_request,
}
