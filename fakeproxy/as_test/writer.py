"""The whole test: imports, people, the application, the body, the asserts at its end."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Literal, cast
from urllib.parse import urlsplit

from fakeproxy.as_test import code
from fakeproxy.as_test.code import call, literal
from fakeproxy.as_test.names import Variables
from fakeproxy.as_test.results import asserts
from fakeproxy.as_test.seeds import rows_of
from fakeproxy.as_test.steps import Steps, merged
from fakeproxy.behavior import Behavior
from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.engine.events import Action, Event
from fakeproxy.engine.plain import dump, load
from fakeproxy.engine.snapshot import Snapshot
from fakeproxy.engine.store import Store

_SID = re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b")

_FILL_IN = '''@pytest.fixture
def application():
    """The application that answers at {url}. Fill it in."""
    raise NotImplementedError("import your application here, and return it")'''

_CUT = "The history lacks its beginning: rows of then are seeded as they are now, without their texts and calls."


def write(store: Store, apps: Mapping[str, object], unmounted: Literal["raise", "alert"], time: str, now: int) -> str:
    """Return the source of the test. The caller holds the lock of the store."""
    history = store.events
    begin = history.restored[1] if history.restored else 0
    first = max(begin, history.left_out)
    events = history.rows[first - history.left_out :]
    actions = [action for action in history.actions if action.seq >= first]
    is_cut = history.left_out > begin or history.lacks_actions
    base = _base(store, is_cut, events, actions)
    names = Variables(_referenced(events, actions))
    names.numbers = {row.sid: row.number for row in (*base.owned_numbers, *store.owned_numbers)}
    for number, name in _people(base, events, actions):
        names.add_person(number, name)
    start = min([now, *(event.at for event in events[:1]), *(action.at for action in actions[:1])])
    callers = {row.other_sid: row.sid for row in store.calls if row.direction == "inbound" and row.other_sid}
    steps = Steps(names, start, raises=unmounted == "raise", is_ticking=time.endswith("ticking"), callers=callers)
    _seed(steps, base, events)
    webhooks = [event.facts for event in events if event.kind == "webhook"]
    mounts, imports, fixtures = _mounts(names, apps, [webhook.url for webhook in webhooks])
    for item, following in merged(events, first, actions, _tracker(names, steps)):
        if not _is_repeated(item, following, events):
            steps.add(item, following)
    steps.reach_end(now)
    codes = [event.facts.code for event in events if event.kind == "alert"]
    told = [(webhook.kind, webhook.status) for webhook in webhooks]
    before = frozenset(base.messages.rows) if not is_cut else _texts_before(store, events)
    ends = [line for one in asserts(store, names, steps.conversations, told, codes, before) for line in one.lines(4)]
    if steps.has_unmounted:
        ends += ["    with pytest.raises(UnmountedWebhook):", "        fakeproxy.webhooks.check()"]
    if unmounted == "alert":
        mounts.append('    fakeproxy.webhooks.unmounted = "alert"')
    body = [*([f"    {code.comment(_CUT)}"] if is_cut else []), *mounts]
    body += [*_opening(names, steps.lines + ends), *steps.lines, "", *ends]
    settings = _settings(store, time)
    if steps.needs_start:
        settings["start"] = literal(to_datetime(start).isoformat().replace("+00:00", "Z"))
    return _file(names, body, imports, fixtures, settings)


def _file(
    names: Variables, body: Sequence[str], imports: Iterable[str], fixtures: Sequence[str], settings: Mapping[str, str]
) -> str:
    text = "\n".join(body)
    arguments = "fakeproxy, application" if fixtures else "fakeproxy"
    test = [*call("@pytest.mark.fakeproxy", **settings).lines(0)] if settings else []
    test += [f"def test_what_was_done({arguments}):", *body]
    plain = ["import pytest"] if "pytest." in text or fixtures or settings else []
    needed = {
        "Counter(": "from collections import Counter",
        "requests.exceptions": "import requests",
        "TwilioRestException": "from twilio.base.exceptions import TwilioRestException",
        "UnmountedWebhook": "from fakeproxy import UnmountedWebhook",
    }
    found = [line for name, line in needed.items() if name in text]
    sections = [
        [line for line in found if "collections" in line],
        [*plain, *(line for line in found if "collections" not in line), *imports],
    ]
    used = {number: name for number, name in names.people.items() if re.search(rf"\b{name}\b", text)}
    people = [f"{name} = {literal(number)}" for number, name in used.items()]
    if 0 < len(people) <= 3:
        people = [f"{', '.join(used.values())} = {', '.join(map(literal, used))}"]
    top = ["\n".join(section) for section in (*sections, people) if section]
    blocks = ["\n\n".join(top), *fixtures, "\n".join(test)]
    return "\n\n\n".join(filter(None, blocks)) + "\n"


def _opening(names: Variables, lines: Sequence[str]) -> list[str]:
    """Return the lines that make the client and the phones, if the test uses them."""
    text = "\n".join(lines)
    made = ["    client = fakeproxy.client()"] if re.search(r"\bclient\.", text) else []
    for number, phone in names.phones.items():
        if re.search(rf"\b{phone}\.(text|call|calls|inbox|reception)\b", text):
            made.append(f"    {phone} = fakeproxy.phone({names.people[number]})")
    return [*made, ""] if made else made


def _settings(store: Store, time: str) -> dict[str, str]:
    settings: dict[str, str] = {}
    changed = {
        one.name: value for one in fields(Behavior) if (value := getattr(store.behavior, one.name)) != one.default
    }
    if changed:
        settings["behavior"] = literal(changed).replace("'", '"')
    if store.sids.seed:
        settings["seed"] = str(store.sids.seed)
    if time.startswith("app"):
        settings["time"] = '"app"'
    return settings


def _base(store: Store, is_cut: bool, events: Sequence[Event], actions: Sequence[Action]) -> Store:
    """Return a store with the rows that the test begins with."""
    base = Store(store.behavior, store.sids.seed)
    if not is_cut:
        if store.events.restored:
            load(base, cast("Snapshot", store.events.restored[0]))
        return base
    load(base, cast("Snapshot", dump(store)))
    made = {event.sids[0] for event in events if event.kind == "session" and event.action == "opened"}
    made |= {event.sids[1] for event in events if event.kind == "participant" and event.action == "joined"}
    made |= {action.result.sid for action in actions if action.name.startswith("add_")}
    made |= {
        str(event.facts.members.get("sid"))
        for event in events
        if event.kind == "request" and (event.facts.operation or "").startswith("Create") and event.facts.code is None
    }
    for table in base.tables.values():
        for row in [row for row in table if row.sid in made]:
            table.remove(row)
    return base


def _texts_before(store: Store, events: Sequence[Event]) -> frozenset[str]:
    told = {sid for event in events if event.kind == "text" for sid in event.sids}
    return frozenset(store.messages.rows.keys() - told)


def _seed(steps: Steps, base: Store, events: Sequence[Event]) -> None:
    closed_later = {event.sids[0] for event in events if event.kind == "session" and event.action == "closed"}
    for prefix, table in (("KS", base.services), ("KC", base.sessions), ("KP", base.participants)):
        steps.names.rows[prefix] += [row.sid for row in table]
    for name, sid, arguments, numbers in rows_of(base, closed_later):
        people = [row.sid for row in base.participants.of(sid) if row.date_deleted is None]
        steps.seed(name, sid, arguments, list(zip(people, numbers, strict=True)) if numbers else [])


def _referenced(events: Sequence[Event], actions: Sequence[Action]) -> Iterator[str]:
    """Yield the SIDs that a request or an action has."""
    for event in events:
        if event.kind in ("request", "fault"):
            yield from _SID.findall(f"{event.facts.path} {event.facts.form} {event.facts.query}")
    for action in actions:
        service = action.arguments.get("service")
        if service is not None:
            yield service if isinstance(service, str) else service.sid
        if action.name in ("set_call", "hang_up"):
            yield action.result


def _people(base: Store, events: Sequence[Event], actions: Sequence[Action]) -> Iterator[tuple[str, str | None]]:
    """Yield the number and the name of each person, those with a name first."""
    joined = [(row.identifier, row.friendly_name) for row in base.participants]
    joined += [(event.numbers[0], event.facts["name"]) for event in events if event.kind == "participant"]
    yield from ((number, name) for number, name in joined if name)
    yield from ((number, None) for number, name in joined if not name)
    yield from ((one.arguments["number"], None) for one in actions if one.name in ("text", "call", "reception"))


def _tracker(names: Variables, steps: Steps) -> Callable[[Event | Action, bool], None]:
    """Return a function that keeps `names.rows` as the tables are after each event."""
    rows, session_of = names.rows, dict[str, str]()

    def remove(sid: str) -> None:
        if sid in rows.get(sid[:2], ()):
            rows[sid[:2]].remove(sid)

    def track(one: Event | Action, is_nested: bool) -> None:
        if isinstance(one, Action):
            if one.name == "add_service":
                rows["KS"].append(one.result.sid)
            return
        if one.kind == "step" and is_nested:
            steps.skip(one)
        if one.kind == "session" and one.action == "opened":
            rows["KC"].append(one.sids[0])
        elif one.kind == "session" and one.action == "deleted":
            for sid in [one.sids[0], *(sid for sid, session in session_of.items() if session == one.sids[0])]:
                remove(sid)
        elif one.kind == "participant" and one.action == "joined":
            rows["KP"].append(one.sids[1])
            session_of[one.sids[1]] = one.sids[0]
        elif one.kind in ("text", "call"):
            for sid in one.sids:
                if sid.startswith("KI") and sid not in session_of:
                    rows["KI"].append(sid)
                    session_of[sid] = one.sids[0]
        elif one.kind == "request" and one.facts.code is None:
            if one.facts.operation == "CreateService":
                rows["KS"].append(str(one.facts.members["sid"]))
            elif one.facts.operation in ("DeleteService", "DeleteInteraction"):
                remove(one.facts.path.removesuffix(".json").rpartition("/")[2])

    return track


def _is_repeated(item: Event | Action, following: Sequence[Event], events: Sequence[Event]) -> bool:
    """Return whether this request was carried out, and then a fault replaced its answer: the fault has it, too."""
    if not isinstance(item, Event) or item.kind != "request":
        return False
    after = events[events.index(item) + len(following) :][:1]
    if not after or after[0].kind != "fault" or not after[0].facts.why[0].endswith("after it was done"):
        return False
    same = [(one.method, one.path, one.form) for one in (item.facts, after[0].facts)]
    return bool(same[0] == same[1])


def _mounts(
    names: Variables, apps: Mapping[str, object], urls: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    """Return the lines that mount the applications which got webhooks, their imports, and fixtures to fill in."""
    mounts: list[str] = []
    imports: list[str] = []
    fixtures: list[str] = []
    for url, app in apps.items():
        if not any(one.startswith(url) for one in urls):
            continue
        if isinstance(app, str):
            mounts.append(f"    fakeproxy.webhooks.forward({literal(url)}, {literal(app)})  # It must run there.")
        elif found := _module_of(app):
            module, name = found
            variable = names.variable(name)
            renamed = "" if variable == name else f" as {variable}"
            imports.append(f"from {module} import {name}{renamed}")
            mounts.append(f"    fakeproxy.webhooks.mount({literal(url)}, {variable})")
        else:
            fixtures[:] = fixtures or [_FILL_IN.format(url=url)]
            mounts.append(f"    fakeproxy.webhooks.mount({literal(url)}, application)")
    hosts = dict.fromkeys(urlsplit(url)._replace(path="", query="", fragment="").geturl() for url in urls)
    loopback = [host for host in hosts if urlsplit(host).hostname in ("localhost", "127.0.0.1", "::1")]
    mounts += [f"    # The application must run at {host}." for host in loopback]
    return mounts, imports, fixtures


def _module_of(app: object) -> tuple[str, str] | None:
    """Return the module and the name at its top level that an application has, or None."""
    for module_name, module in list(sys.modules.items()):
        if module_name == "__main__" or not all(part.isidentifier() for part in module_name.split(".")):
            continue
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is app and name.isidentifier() and not name.startswith("_"):
                return module_name, name
    return None
