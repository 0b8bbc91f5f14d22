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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TypedDict

from fakeproxy.exceptions import UsageError
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.inspector import operations
from fakeproxy.inspector.answers import to_json
from fakeproxy.inspector.pages import FILES
from fakeproxy.surface.fake import Fake, PastFake

#: The most events whose states are in a trace, the newest ones.
MOST_STATES = 300
#: The newest events after each of which there is a picture of its session.
MOST_PICTURES = 100
#: The tables that the page shows.
_TABLES = ("services", "phone_numbers", "sessions")
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
    #: For each path: the answers that differ from the one before, each after the number of the event.
    answers: Mapping[str, Sequence[tuple[int, object]]]
    #: The pictures of each session as SVG, by SID: each after the number of an event.
    pictures: Mapping[str, Sequence[tuple[int, str]]]
    #: The source of each event, by its number.
    sources: Mapping[int, Excerpt]
    #: The number of the first event whose state is known, or None.
    first: int | None


def page(proxy: Fake, title: str = "", failure: str = "") -> str:
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
    html = re.sub(r"<title>.*?</title>", f"<title>{escape(title or 'fakeproxy')}</title>", html)
    html = html.replace('<link rel="stylesheet" href="static/inspector.css">', "")
    return html.replace('<script type="module" src="static/main.js"></script>', head)


def collect(proxy: Fake, title: str = "", failure: str = "") -> Trace:
    """Return the content of the trace of a fake."""
    events = operations.read_history(proxy, {})
    proxies = {number.number for number in proxy.owned_numbers.values()}
    numbers = [number for event in events for number in event.numbers if number not in proxies]
    people = [*dict.fromkeys((*(one.identifier for one in proxy.participants.values()), *numbers))]
    first = None
    answers: dict[str, list[tuple[int, object]]] = {}
    sources: dict[int, Excerpt] = {}
    pictures: dict[str, list[tuple[int, str]]] = {}
    for event in events[-MOST_STATES:]:
        try:
            past = proxy.as_of(event.seq)
        except UsageError:  # Nobody asked for it before it happened.
            continue
        first = event.seq if first is None else first
        _add(answers, event.seq, past, people)
        if (source := getattr(past, "source", None)) is not None:
            sources[event.seq] = _source(*source)
        if event.seq > events[-1].seq - MOST_PICTURES:
            for sid in (sid for sid in event.sids if sid in past.sessions):
                pictures.setdefault(sid, []).append((event.seq, past.history.of(sid).svg()))
    if first is None and events:
        _add(answers, events[-1].seq, proxy, people)
    for sid in proxy.sessions:
        if sid not in pictures:
            pictures[sid] = [(0, proxy.history.of(sid).svg())]
    return {
        "title": title,
        "failure": failure,
        "events": events,
        "answers": answers,
        "pictures": pictures,
        "sources": sources,
        "first": first,
    }


def _add(answers: dict[str, list[tuple[int, object]]], seq: int, fake: PastFake, people: Iterable[str]) -> None:
    """Add the answers of a state that differ from those of the state before."""
    for path, answer in _answers(fake, people):
        plain = _plain(answer)
        known = answers.setdefault(path, [])
        if not known or known[-1][1] != plain:
            known.append((seq, plain))


def _answers(fake: PastFake, people: Iterable[str]) -> Iterator[tuple[str, object]]:
    yield "clock", operations.read_clock(fake, {})
    for table in _TABLES:
        yield f"tables/{table}", operations.read_table(fake, {}, table)
    for number in people:
        yield f"phones/{number}", operations.read_phone(fake, {}, number)


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
