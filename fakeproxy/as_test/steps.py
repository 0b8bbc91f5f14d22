"""The steps of a test: what tests, people and clients did, in order, each with what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from fakeproxy.api.faults import Fault
from fakeproxy.as_test import code
from fakeproxy.as_test.code import Group, call, literal
from fakeproxy.as_test.fault_orders import fault_call, raised_by
from fakeproxy.as_test.names import NoName, Variables
from fakeproxy.as_test.requests import plain_call, sdk_call
from fakeproxy.as_test.seeds import seed_call
from fakeproxy.engine.events import Action, Event
from fakeproxy.engine.instants import SECOND, iso8601
from fakeproxy.exceptions import UnmountedWebhook
from fakeproxy.history.journal import Entry

#: Refusals that depend on more than the request, such as on credentials. They change nothing.
_OF_THE_CLIENT = (20001, 20003, 20008, 20413, 20429)

_WORDS = {"in-progress": "answer", "busy": "busy", "no-answer": "no_answer", "failed": "fail"}
_VARIABLES = {"KS": "service", "KC": "session", "PN": "number", "KI": "message", "SM": "message", "MM": "message"}
#: The time that a clock may go on while a step begins, in microseconds.
_TICK = 50_000

_SIGNING = {
    "asked without a signature": "fakeproxy.webhooks.unsigned()",
    "asked with another token's signature": 'fakeproxy.webhooks.sign_with("another token")',
}


class Steps:
    """The lines of a test's body. `callers` are the SIDs of the callers' legs by those of the other legs."""

    def __init__(self, names: Variables, now: int, *, raises: bool, is_ticking: bool, callers: dict[str, str]) -> None:
        self.names = names
        self.lines: list[str] = []
        #: The variables of calls, by the SID of the caller's leg.
        self.conversations: dict[str, str] = {}
        #: True if a webhook that a request or a step sent had no handler, which fails a test at its end.
        self.has_unmounted = False
        #: True if the test must begin at the same instant.
        self.needs_start = False
        self._now, self._ticked = now, 0
        self._raises, self._is_ticking, self._callers = raises, is_ticking, callers
        self._paragraph = ""
        #: The number of calls that have rung so far, by the person's number.
        self._rings: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"<Steps: {len(self.lines)} lines>"

    def add(self, item: Event | Action, following: Sequence[Event]) -> None:
        """Add what was done. `following` are the events from this one until the next thing that was done."""
        start = len(self.lines)
        try:
            if isinstance(item, Action):
                self._reach(item.at)
                self._act(item, following)
            elif item.kind == "step":
                self._step(item, following)
            elif item.kind == "note":
                self._reach(item.at)
                self._begin("note")
                self.lines.append(f"    {code.comment(str(item.facts))}")
            else:
                self._reach(item.at)
                self._request(item, following)
        except NoName as error:
            del self.lines[start:]
            what = item.name if isinstance(item, Action) else f"{item.kind} {item.facts.method} {item.facts.path}"
            self.lines.append(f"    {code.comment(f'left out, since a row of it is not known: {what} {error}')}")

    def reach_end(self, now: int) -> None:
        """Let as much time pass as has passed."""
        self._reach(now)

    def skip(self, item: Event) -> None:
        """Leave out a step of the clock that the application makes itself."""
        self._now = item.facts["to"]

    def seed(self, name: str, sid: str, arguments: Mapping[str, object], people: Sequence[tuple[str, str]]) -> None:
        """Add a row. `people` are the SID and the proxy number of each participant."""
        names = self.names
        numbers = [number for _, number in people]
        made = seed_call(name, arguments, numbers, names)
        self._begin("seed")
        used = {sid, *(one for one, _ in people)} & names.referenced
        if not used and not people:
            self._write(made)
            return
        given = str(arguments.get("unique_name") or arguments.get("") or "")
        kind = name.removeprefix("add_")
        variable = names.variable(code.identifier(given if kind in ("service", "session") else "", kind))
        names.set(sid, f"{variable}.sid")
        for index, (one, _) in enumerate(people):
            names.set(one, f"{variable}.participants[{index}].sid")
        self._write(code.prefixed(f"{variable} = ", made))
        if people:
            shown = f"assert [person.proxy_identifier for person in {variable}.participants] == "
            self._write(code.prefixed(shown, code.list_of(map(literal, numbers))))

    # What was done

    def _act(self, action: Action, following: Sequence[Event]) -> None:
        done = action.arguments
        match action.name:
            case "text" | "call":
                self._contact(action, following)
            case "set_call":
                variable = self._conversation(action.result)
                self._run(call(f"{variable}.{_WORDS[done['status']]}"), following, "people")
            case "hang_up":
                self._conversation(action.result)  # It is known.
                leg = self.names.sid(action.result).removesuffix(".sid")  # Either person may hang up.
                self._run(call(f"{leg}.hang_up"), following, "people")
            case "reception":
                self._begin("people")
                phone = self.names.phone(done["number"])
                self.lines.append(f"    {phone}.reception = {literal(done['end'])}")
            case "alert":
                about = done["resource_sid"] and self.names.value(done["resource_sid"])
                facts = {name: literal(value) for name, value in done["facts"].items()}
                why = literal(done["why"]) if done["why"] else None
                self._begin("alert")
                self._write(call("fakeproxy.alerts.add", str(done["code"]), resource_sid=about, why=why, **facts))
            case "fault":
                self._fault(done["fault"])
            case _:
                view = action.result
                people = [(one.sid, one.proxy_identifier) for one in getattr(view, "participants", ())]
                self.needs_start |= done.get("date_expiry") is not None
                self.seed(action.name, view.sid, done, people)

    def _fault(self, fault: Fault) -> None:
        # A slow answer is a step of the clock in the history. A fault that was not met has no effect.
        if fault.used and (fault.status is not None or fault.failure is not None):
            self._begin("fault")
            self._write(fault_call(fault, self.names))

    def _conversation(self, sid: str) -> str:
        own = self._callers.get(sid, sid)
        if own not in self.conversations:
            raise NoName(sid)
        return self.conversations[own]

    def _contact(self, action: Action, following: Sequence[Event]) -> None:
        names, done, sid = self.names, action.arguments, action.result
        what = call(f"{names.phone(done['number'])}.{action.name}", literal(done["to"]))
        if action.name == "text":
            media = {"media": code.list_of(map(literal, done["media"]))} if done["media"] else {}
            what = call(f"{names.phone(done['number'])}.text", literal(done["to"]), literal(done["body"]), **media)
        if self._is_unmounted(following):
            self._run(what, following, "people", "pytest.raises(UnmountedWebhook)")
            return
        own = [event for event in following if event.kind == action.name and sid in event.sids]
        connected = [event for event in own if event.facts.get("from") == done["number"] and event.facts.get("to")]
        routed = [event for event in connected if any(one.startswith("KI") for one in event.sids)]
        used = {sid, *(one for event in own for one in event.sids)} & names.referenced
        used -= {one for event in own for one in event.sids if one[:2] in ("KC", "KP", "KS")}
        variable = names.variable(action.name) if used or action.name == "call" else "text"
        if action.name == "call":
            self.conversations[sid] = variable
        names.set(sid, f"{variable}.sid")
        for event in routed[:1]:
            names.set(next(one for one in event.sids if one.startswith("KI")), f"{variable}.interaction_sid")
        for event in (event for event in own if event.action == "rings"):
            person = event.facts["to"]
            names.set(event.sids[-1], f"{names.phone(person)}.calls[{self._rings[person]}].sid")
            self._rings[person] += 1
        self._run(code.prefixed(f"{variable} = ", what), following, "people")
        self._outcome(variable, own, connected)

    def _outcome(self, variable: str, own: Sequence[Event], connected: Sequence[Event]) -> None:
        replies = [literal(event.facts["body"]) for event in own if event.kind == "text" and not event.facts["from"]]
        if connected:
            first = connected[0]
            person, shown = self.names.value(first.facts["to"]), literal(first.facts["shown"])
            self.lines.append(f"    assert ({variable}.delivered_to, {variable}.shown_from) == ({person}, {shown})")
            if first.action in ("failed", "undelivered"):
                self.lines.append(f"    assert {variable}.status == {literal(first.action)}")
        elif any(event.action == "blocked" for event in own):
            self.lines.append(f"    assert {variable}.blocked")
        else:
            self.lines.append(f"    assert {variable}.delivered_to is None")
        if replies:
            self._write(code.prefixed(f"assert {variable}.replies == ", code.list_of(replies)))

    def _step(self, event: Event, following: Sequence[Event]) -> None:
        start, end = event.facts["from"], event.facts["to"]
        if event.action == "own":
            self._reach(end, following)
            return
        self._reach(start)
        self._now, micros = end, end - start
        if self._is_ticking and (rest := (micros + _TICK) % SECOND) < 2 * _TICK:
            micros += _TICK - rest  # The clock went on while the step began.
        if end > start:
            self._run(code.step(micros), following, "people")
        else:
            self.needs_start = True
            self._run(call("fakeproxy.clock.move_to", literal(iso8601(end))), following, "people")

    def _reach(self, now: int, following: Sequence[Event] = ()) -> None:
        """Step the clock by the whole seconds that a ticking clock went on by itself."""
        before = self._ticked // SECOND
        self._ticked += max(0, now - self._now)
        self._now = now
        if (seconds := self._ticked // SECOND - before) > 0:
            self._run(code.step(seconds * SECOND), following, "people")

    def _request(self, event: Event, following: Sequence[Event]) -> None:
        entry: Entry = event.facts
        is_fault, succeeded = event.kind == "fault", 200 <= entry.status < 300
        if entry.method in ("GET", "HEAD") and succeeded and not is_fault:
            return
        self.needs_start |= "DateExpiry" in entry.form
        if entry.code in _OF_THE_CLIENT and not is_fault:
            self.lines.append(f"    {code.comment(f'left out: {entry.method} {entry.path} -> {entry.code}')}")
            return
        made = sdk_call(entry, self.names)
        if made is None:
            self._run(code.prefixed("answer = ", plain_call(entry, self.names)), following, "request")
            self.lines.append(f"    assert answer.status_code == {entry.status}")
        elif is_fault and (entry.status == 0 or succeeded):
            self._run(made, following, "request", f"pytest.raises({raised_by(entry.why)})")
        elif not succeeded:
            self._run(made, following, "request", "pytest.raises(TwilioRestException) as refused")
            self.lines.append(f"    assert refused.value.code == {entry.code or entry.status}")
        else:
            self._succeeded(entry, made, following)

    def _succeeded(self, entry: Entry, made: Group, following: Sequence[Event]) -> None:
        names = self.names
        answer = entry.members if entry.method == "POST" and entry.text else {}
        sid, variable = str(answer.get("sid", "")), ""
        if entry.operation == "CreateParticipant":
            person = names.value(str(answer["identifier"])).lower()
            variable = names.variable(f"{person}_there") if sid in names.referenced else "participant"
        elif sid in names.referenced and not names.is_set(sid) and (entry.operation or "").startswith("Create"):
            otherwise = _VARIABLES.get(sid[:2], "answer")
            variable = names.variable(code.identifier(str(answer.get("unique_name") or ""), otherwise))
        if variable:
            made = code.prefixed(f"{variable} = ", made)
            if sid in names.referenced:
                names.set(sid, f"{variable}.sid")
        self._run(made, following, "request")
        if entry.operation == "CreateParticipant":
            self.lines.append(f"    assert {variable}.proxy_identifier == {literal(answer['proxy_identifier'])}")

    # Lines

    def _begin(self, paragraph: str) -> None:
        """Begin a paragraph, unless it goes on."""
        if paragraph == self._paragraph:
            return
        if self.lines:
            self.lines.append("")
        if paragraph == "request":
            self.lines.append("    # Requests of the application.")
        self._paragraph = paragraph

    def _run(self, statement: Group, following: Sequence[Event], paragraph: str, *around: str) -> None:
        """Write a statement inside of `with` blocks: for its alerts, for its signatures, and those of `around`."""
        self._begin(paragraph)
        alerts = dict.fromkeys(str(event.facts.code) for event in following if event.kind == "alert")
        signing = [event.facts.signing for event in following if event.kind == "webhook" and event.facts.signing]
        blocks = [_SIGNING[signing[0]]] if signing else []
        if alerts:
            blocks.append(f"fakeproxy.alerts.expect({', '.join(alerts)})")
        blocks += around
        if blocks:
            self.lines.append(f"    with {', '.join(blocks)}:")
        self._write(statement, 8 if blocks else 4)
        if not around or "Unmounted" not in around[0]:
            self.has_unmounted |= self._is_unmounted(following)

    def _is_unmounted(self, following: Sequence[Event]) -> bool:
        webhooks = [event.facts for event in following if event.kind == "webhook"]
        return self._raises and any(isinstance(webhook.error, UnmountedWebhook) for webhook in webhooks)

    def _write(self, statement: Group, indent: int = 4) -> None:
        self.lines.extend(statement.lines(indent))


def merged(
    events: Sequence[Event], first: int, actions: Sequence[Action], note: Callable[[Event | Action, bool], None]
) -> Iterator[tuple[Event | Action, list[Event]]]:
    """Yield what was done, each with the events until the next. Requests of a webhook's handler are left out.

    `first` is the number of the first event. `note` is called with each event and action in order, and with whether a
    webhook is being sent then.
    """
    depth, item = 0, None
    span: list[tuple[Event | Action, bool]] = []
    for one in (*_in_order(events, first, sorted(actions, key=lambda action: action.seq)), None):
        if isinstance(one, Action) and one.name == "answered":
            depth = max(0, depth - 1)
            continue
        is_done = isinstance(one, Action) or (one is not None and one.kind in ("request", "fault", "step", "note"))
        if one is None or (depth == 0 and is_done):
            if item is not None:
                yield item, [event for event, _ in span if isinstance(event, Event)]
            for each, is_nested in span:  # Now: the expressions of an item are those from before it.
                note(each, is_nested)
            item, span = one, []
        if one is not None:
            span.append((one, depth > 0))
            depth += isinstance(one, Event) and one.kind == "webhook"


def _in_order(events: Sequence[Event], first: int, actions: list[Action]) -> Iterator[Event | Action]:
    index = 0
    for seq, event in enumerate(events, first):
        while index < len(actions) and actions[index].seq <= seq:
            yield actions[index]
            index += 1
        yield event
    yield from actions[index:]
