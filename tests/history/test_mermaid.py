"""A history as a Mermaid sequence diagram."""

from __future__ import annotations

import re

import fakeproxy
from fakeproxy import FakeProxy
from tests.history.pictured import ANNE, BERT, play


def test_it_has_the_lanes_and_all_that_happened(proxy: FakeProxy) -> None:
    session = play(proxy)
    text = proxy.history.of(session).mermaid()
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "sequenceDiagram"
    assert f"participant lane0 as Anne<br/>{ANNE}<br/>dials …0011" in lines
    assert "participant lane1 as proxy<br/>+14155550011" in lines
    assert f"participant lane2 as {BERT}<br/>dials …0011" in lines
    assert "participant lane3 as your app" in lines
    in_order = [
        "Note over lane0,lane3: session was opened",
        "lane3-xlane1: POST KC",
        "Note over lane0,lane3: 5 min of silence",
        "Note over lane0,lane3: 2030-01-01 09:05:00 UTC",
        "lane0->>lane1: “Are you close?”",
        "lane1->>lane2: from …0011",
        "lane1-->>lane3: status: delivered · 200",
        "lane1-xlane2: from …0011<br/>undelivered",
        "lane3->>lane1: GET Sessions/KC",
        "lane2->>lane1: calls …0011",
        "activate lane1",
        "Note right of lane1: talked 2 min",
        "deactivate lane1",
        "Note right of lane1: busy",
        "Note over lane0,lane3: 1 d of silence",
        "Note over lane0,lane3: session closed: expired, its ttl of 1 d is over",
    ]
    rest = iter(lines)
    for wanted in in_order:
        assert any(line.startswith(wanted) for line in rest), wanted


def test_polling_is_one_arrow(proxy: FakeProxy) -> None:
    session = play(proxy)
    [line] = [line for line in proxy.history.of(session).mermaid().splitlines() if "GET Sessions" in line]
    assert line.endswith("200 (4 times)")


def test_no_text_of_a_user_becomes_syntax(proxy: FakeProxy) -> None:
    evil = 'x;\nend\nlane0->>lane1: %%{init}%% #quot; <img src=x onerror="alert(1)"> \x00\x1b'
    session = play(proxy, name=evil[:60], body=evil)
    proxy.note("half a pair: \ud800")
    proxy.clock.advance(1)
    text = proxy.history.of(session).mermaid()
    allowed = re.compile(
        r"sequenceDiagram|    (accTitle: |participant lane\d as |Note (over|right of) lane\d(,lane\d)?: "
        r"|lane\d--?(>>|x)lane\d: |(de)?activate lane\d$)"
    )
    assert all(allowed.match(line) for line in text.splitlines())
    for line in text.splitlines():
        shown = re.sub(r"^\s*(lane\d--?(>>|x)lane\d:)?|<br/>|#\d+;", "", line)
        assert not set(shown) & set('<>#;%{}"\x00\x1b\ud800'), line


def test_connect_draws_the_same(proxy: FakeProxy) -> None:
    session = play(proxy)
    remote = fakeproxy.connect(proxy.url)
    assert remote.history.of(session.sid).mermaid() == proxy.history.of(session).mermaid()


def test_a_history_without_events_has_no_rows(proxy: FakeProxy) -> None:
    assert proxy.history.mermaid().splitlines()[1:] == [
        "    accTitle: History",
        "    participant lane0 as proxy",
        "    participant lane1 as your app",
    ]
