"""The trace: the page of the inspector in one HTML file, with what the control API would answer after each event.

The page is the one that a server sends. Only its module for the control API is another one, which reads the answers
from the file. So the file opens from disk, without a server, and nothing in it can be changed.
"""

from __future__ import annotations

import gzip
import json
import linecache
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TypedDict

from fakeproxy.exceptions import UsageError
from fakeproxy.history.diagram import diagram
from fakeproxy.history.events import Event
from fakeproxy.history.history import concerning_events
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.history.svg import svg
from fakeproxy.inspector import operations, windows
from fakeproxy.inspector.answers import to_json
from fakeproxy.inspector.pages import FILES
from fakeproxy.surface.windows import ShownFake, ShownPast

#: The most events whose states are in a trace, the newest ones, and the least if there are many rows and phones.
MOST_STATES, LEAST_STATES = 300, 20
#: The most rows and phones that are read for a trace, in all states together.
_MOST_READ = 20_000
#: The newest events after each of which there is a picture of its session, and the sessions that have a picture.
MOST_PICTURES = 100
#: The tables whose rows the page shows.
_TABLES = ("sessions",)
#: The most pieces of scheduled work after each event, and the most Services.
_WINDOW = {"limit": "100"}
#: The lines that are shown before and after the one that caused an event.
_AROUND = 6

#: Scripts and styles stand in the file itself, and nothing else is read.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


class Excerpt(TypedDict):
    """The line of a test that caused events, with the lines around it."""

    file: str
    line: int
    #: The number of the first line that is shown.
    first: int
    lines: Sequence[str]


class Trace(TypedDict):
    """The content of a trace."""

    title: str
    failure: str
    #: The events, as `GET /history` answers.
    events: Sequence[object]
    #: For each path: the answers that differ from the one before, each after the number of an event.
    answers: Mapping[str, Sequence[tuple[int, object]]]
    #: For each table: the rows that differ from those before, by SID, after the number of an event. A row that was
    #: removed is None.
    rows: Mapping[str, Sequence[tuple[int, Mapping[str, object]]]]
    #: The pictures of each session as SVG, by SID: each after the number of an event.
    pictures: Mapping[str, Sequence[tuple[int, str]]]
    #: The source of each event, by its number.
    sources: Mapping[int, Excerpt]
    #: The number of the first event whose state is known, or None.
    first: int | None


def page(proxy: ShownFake, title: str = "", failure: str = "") -> str:
    """Return the trace of a fake as a page of HTML. `title` is the name of the test, `failure` what made it fail."""
    text = json.dumps(_without_passwords(_plain(collect(proxy, title, failure))), ensure_ascii=False)
    packed = b64encode(gzip.compress(text.encode(errors="surrogatepass"), mtime=0)).decode()
    html = FILES["index.html"].decode()
    modules = {name: content.decode() for name, content in FILES.items() if name.endswith(".js")}
    modules["static/api.js"] = modules.pop("static/trace_api.js")
    addresses = {
        _bare(name): f"data:text/javascript;base64,{_base64(_bare_imports(text))}" for name, text in modules.items()
    }
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<style>{FILES['static/inspector.css'].decode()}</style>\n"
        f'<script type="importmap">{json.dumps({"imports": addresses})}</script>\n'
        f'<script type="application/octet-stream" id="trace">{packed}</script>\n'
        f'<script type="module">import "{_bare("static/main.js")}";</script>'
    )
    html = html.replace("<title>fakeproxy</title>", f"<title>{escape(title or 'fakeproxy')}</title>")
    html = html.replace('<link rel="stylesheet" href="static/inspector.css">', "")
    return html.replace('<script type="module" src="static/main.js"></script>', head)


def collect(proxy: ShownFake, title: str = "", failure: str = "") -> Trace:
    """Return the content of the trace of a fake."""
    history = list(proxy.history)
    proxies = {number.number for number in proxy.owned_numbers.values()}
    numbers = [number for event in history for number in event.numbers if number not in proxies]
    people = [*dict.fromkeys((*(one.identifier for one in proxy.participants.values()), *numbers))]
    shown = sum(len(getattr(proxy, table)) for table in (*_TABLES, "services", "phone_numbers")) + len(people)
    first = None
    answers = _Answers()
    sources: dict[int, Excerpt] = {}
    for event in history[-max(LEAST_STATES, min(MOST_STATES, _MOST_READ // (shown + 1))) :]:
        try:
            past = proxy.as_of(event.seq)
        except UsageError:  # Nobody asked for it before it happened.
            continue
        changed = people if first is None or event.action == "restored" else event.numbers
        first = event.seq if first is None else first
        answers.add(event.seq, past, [number for number in people if number in changed])
        if (source := getattr(past, "source", None)) is not None:
            sources[event.seq] = _source(*source)
    if first is None and history:
        answers.add(history[-1].seq, proxy, people)
    return {
        "title": title,
        "failure": failure,
        "events": operations.read_history(proxy, {}),
        "answers": answers.by_path,
        "rows": answers.rows,
        "pictures": _pictures(history, [*proxy.sessions][-MOST_PICTURES:]),
        "sources": sources,
        "first": first,
    }


class _Answers:
    """The answers of the control API after each event, as far as they differ from those after the event before."""

    def __init__(self) -> None:
        self.by_path: dict[str, list[tuple[int, object]]] = {}
        self.rows: dict[str, list[tuple[int, dict[str, object]]]] = {table: [] for table in _TABLES}
        self._last: dict[str, dict[str, object]] = {table: {} for table in _TABLES}

    def add(self, seq: int, fake: ShownPast, people: Iterable[str]) -> None:
        """Add the answers of a state: its clock, its work, its pools, its tables, and the phones of these people."""
        self._note("clock", seq, operations.read_clock(fake, {"limit": "0"}))
        self._note("windows/due", seq, windows.read_due(fake, _WINDOW))
        self._note("overview", seq, windows.read_overview(fake, _WINDOW))
        for number in people:
            self._note(f"phones/{number}", seq, operations.read_phone(fake, {}, number))
        for table in _TABLES:
            rows = {view.sid: _plain(view) for view in getattr(fake, table).values()}
            last, self._last[table] = self._last[table], rows
            changed = {sid: row for sid, row in rows.items() if last.get(sid) != row}
            if changed or last.keys() - rows.keys():
                self.rows[table].append((seq, {**changed, **dict.fromkeys(last.keys() - rows.keys())}))

    def _note(self, path: str, seq: int, answer: object) -> None:
        known, plain = self.by_path.setdefault(path, []), _plain(answer)
        if not known or known[-1][1] != plain:
            known.append((seq, plain))


def _pictures(history: Sequence[Event], sids: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    """Return the pictures of these sessions: after each of the newest events, or else of all that happened."""
    pictures: dict[str, list[tuple[int, str]]] = {}
    for sid in sids:
        about = concerning_events(sid, history)
        known = pictures.setdefault(sid, [])
        newest = [event.seq for event in about if event.seq > history[-1].seq - MOST_PICTURES]
        for seq in newest or [0]:
            drawn = svg(diagram([event for event in about if not newest or event.seq <= seq]))
            if not known or drawn != known[-1][1]:
                known.append((seq, drawn))
    return pictures


def _source(file: str, line: int) -> Excerpt:
    first = max(1, line - _AROUND)
    lines = [linecache.getline(file, number).rstrip("\n") for number in range(first, line + _AROUND + 1)]
    return {"file": file, "line": line, "first": first, "lines": lines}


def _plain(value: object) -> object:
    return json.loads(json.dumps(value, default=to_json))


def _without_passwords(value: object) -> object:
    """Return plain data without the passwords of URLs. A trace leaves the machine."""
    if isinstance(value, str):
        return hide_passwords(value)
    if isinstance(value, list):
        return [*map(_without_passwords, value)]
    if isinstance(value, dict):
        return {key: _without_passwords(one) for key, one in value.items()}
    return value


def _bare(name: str) -> str:
    """Return the name by which modules import each other: those in data URLs have no relative addresses."""
    return "fakeproxy/" + name.removeprefix("static/")


def _bare_imports(text: str) -> str:
    return re.sub(r'^((?:import|export)\b[^;]*?from )"\./', r'\1"fakeproxy/', text, flags=re.MULTILINE)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
