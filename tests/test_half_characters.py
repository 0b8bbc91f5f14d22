"""Half of a surrogate pair, which is no character: no name or text has it, and what else has it is shown."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.inspector.routes import ROUTES
from fakeproxy.types import Fake

HALF = "half of a smile \ud83d"
ANNE, PROXY = "+14155550100", "+14155550001"


def crashing(environ: Any, start_response: Any) -> list[bytes]:
    raise ValueError(HALF)


@pytest.fixture
def shown(proxy: FakeProxy) -> FakeProxy:
    """A fake whose history has such a text in a note, in the error of a handler and in its alert."""
    proxy.webhooks.mount("https://app.example.com", crashing)
    proxy.add_service("rides", numbers=[PROXY], callback_url="https://app.example.com/status")
    proxy.add_session(unique_name="ride", participants=[ANNE, "+14155550101"])
    proxy.note(HALF)
    proxy.phone(ANNE).text(PROXY, "hi")
    return proxy


GIVEN: dict[str, Callable[[Fake], object]] = {
    "name of a Service": lambda proxy: proxy.add_service(HALF),
    "name of a session": lambda proxy: proxy.add_session(unique_name=HALF),
    "name of a number": lambda proxy: proxy.add_number("+14155550009", friendly_name=HALF),
    "name of a person": lambda proxy: proxy.add_session(participants=[{"identifier": ANNE, "friendly_name": HALF}]),
    "message of a fault": lambda proxy: proxy.faults.answer(500, message=HALF),
    "text of a fault": lambda proxy: proxy.faults.answer(500, text=HALF),
    "value in a refusal": lambda proxy: proxy.faults.refuse(80701, name=HALF),
    "address of a phone": lambda proxy: proxy.phone("messenger:\ud83d").text(PROXY, "hi"),
    "address of a person": lambda proxy: proxy.add_session(participants=["messenger:\ud83d"]),
}


@pytest.mark.parametrize("give", GIVEN.values(), ids=GIVEN)
def test_no_name_and_no_text_has_it(proxy: FakeProxy, give: Callable[[Fake], object]) -> None:
    proxy.add_service("rides", numbers=[PROXY])
    before = proxy.snapshot()
    with pytest.raises(UsageError, match=r"half of a surrogate pair, '\\ud83d', which is no character"):
        give(proxy)
    assert proxy.snapshot() == before
    with pytest.raises(UsageError, match=r"half of a surrogate pair, '\\ud83d', which is no character"):
        give(fakeproxy.connect(proxy.url))
    assert proxy.snapshot() == before


@pytest.mark.parametrize("name", ["account_sid", "auth_token"])
def test_no_credentials_have_it(name: str) -> None:
    settings: dict[str, Any] = {"account_sid": "AC1", name: HALF}
    with pytest.raises(UsageError, match=rf"{name}='half of a smile \\ud83d': expected a text of printable characters"):
        FakeProxy(**settings)


def test_the_texts_for_people_have_it(shown: FakeProxy) -> None:
    for text in (shown.report(), str(shown.history)):
        assert "half of a smile" in text
    for text in (shown.history.mermaid(), shown.history.svg(), shown.history.as_test()):
        assert ANNE in text


def test_every_answer_of_the_control_api_is_there(shown: FakeProxy) -> None:
    sid = shown.sessions["ride"].sid
    seen = ""
    for route in ROUTES:
        if route.method == "GET" and "{" not in route.path and route.path not in ("/wait",):
            with urllib.request.urlopen(f"{shown.url}/_fakeproxy{route.path}", timeout=20) as answer:
                seen += answer.read().decode()
    with urllib.request.urlopen(f"{shown.url}/_fakeproxy/pictures/{sid}.svg", timeout=20) as answer:
        assert ANNE in answer.read().decode()
    assert "half of a smile ?" in seen
    assert sid in seen


def test_a_fake_of_another_process_shows_it_too(shown: FakeProxy) -> None:
    remote = fakeproxy.connect(shown.url)
    assert "half of a smile ?" in str(remote.history)
    assert "half of a smile ?" in remote.report()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_trace_is_written(shown: FakeProxy, tmp_path: Path, elsewhere: bool) -> None:
    path = tmp_path / "trace.html"
    proxy = fakeproxy.connect(shown.url) if elsewhere else shown
    proxy.write_trace(path, title=HALF, failure=HALF)
    assert "</html>" in path.read_text(encoding="utf-8")


def test_the_state_is_kept(tmp_path: Path) -> None:
    path = str(tmp_path / "state.db")
    kept = FakeProxy(intercept=False)
    kept.keep_state(path)
    with kept:
        kept.webhooks.mount("https://app.example.com", crashing)
        kept.add_service("rides", numbers=[PROXY], callback_url="https://app.example.com/status")
        kept.add_session(participants=[ANNE, "+14155550101"])
        kept.phone(ANNE).text(PROXY, "hi")
        state = json.loads(json.dumps(kept.snapshot()))
    again = FakeProxy(intercept=False)
    again.keep_state(path)
    with again:
        assert [*again.sessions] == [*kept.sessions]
        assert state["alerts"] == again.snapshot()["alerts"]
