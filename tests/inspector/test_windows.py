"""Windows over HTTP: a bounded part of each long list, with its total, found by a text."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from fakeproxy import FakeProxy
from fakeproxy.views import Service

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture
def ask(proxy: FakeProxy, service: Service) -> Any:
    """A function that asks the control API of a fake with twelve sessions, the last with two people."""
    for number in range(11):
        proxy.add_session(service, unique_name=f"job-{number}", ttl=60 * (number + 1))
    people = [{"identifier": ANNE, "friendly_name": "Anne"}, {"identifier": BERT}]
    proxy.add_session(service, unique_name="ride", participants=people)

    def ask(path: str, **query: object) -> Any:
        answer = requests.get(f"{proxy.url}/_fakeproxy/{path}", params=query, timeout=20)  # type: ignore[arg-type]
        assert answer.ok, answer.text
        return answer.json()

    return ask


def names(window: Any) -> list[str]:
    return [row["unique_name"] for row in window["rows"]]


def test_a_window_of_a_table_has_the_newest_rows_and_the_total(ask: Any) -> None:
    window = ask("windows/sessions", limit=3)
    assert (window["total"], names(window)) == (12, ["ride", "job-10", "job-9"])
    assert window["rows"] == ask("tables/sessions")[:-4:-1]
    assert names(ask("windows/sessions", limit=3, offset=10)) == ["job-1", "job-0"]
    assert ask("windows/sessions", offset=12) == {"total": 12, "rows": []}
    assert ask("windows/sessions", limit=0) == {"total": 12, "rows": []}


@pytest.mark.parametrize("text", ["ride", "RID", ANNE, "anne", "sid"])
def test_a_session_is_found_by_name_number_or_sid(proxy: FakeProxy, ask: Any, text: str) -> None:
    window = ask("windows/sessions", search=proxy.sessions["ride"].sid if text == "sid" else text)
    assert (window["total"], names(window)) == (1, ["ride"])


def test_a_window_can_be_of_the_past(proxy: FakeProxy, ask: Any) -> None:
    proxy.keep_past()
    proxy.note("then")
    then = proxy.history[-1].seq
    proxy.clock.advance(days=1)
    assert ask("windows/sessions", search="closed")["total"] == 11
    assert ask("windows/sessions", search="closed", as_of=then)["total"] == 0
    assert ask("windows/due", as_of=then)["total"] == 11
    assert ask("overview", as_of=then)["sessions"] == {"open": 12}


def test_the_scheduled_work_has_names_and_a_total(proxy: FakeProxy, ask: Any) -> None:
    window = ask("windows/due", limit=2, offset=1)
    assert (window["total"], [row["name"] for row in window["rows"]]) == (11, ["job-1", "job-2"])
    assert window["rows"][0] == {
        "at": "2030-01-01T09:02:00Z",
        "kind": "expire session",
        "sid": proxy.sessions["job-1"].sid,
        "name": "job-1",
    }
    assert ask("windows/due", search="job-10")["total"] == 1
    assert len(ask("clock")["due"]) == 11
    bounded = ask("clock", limit=2)
    assert (bounded["due_total"], bounded["due"]) == (11, ask("clock")["due"][:2])


def test_the_answer_to_a_step_can_be_bounded(proxy: FakeProxy, ask: Any) -> None:
    url = f"{proxy.url}/_fakeproxy/clock"
    answer = requests.post(url, json={"advance": "PT5M", "limit": 2}, timeout=20).json()
    assert (len(answer["ran"]), answer["ran_total"], len(answer["due"]), answer["due_total"]) == (2, 5, 2, 6)
    whole = requests.post(url, json={"advance": 60}, timeout=20).json()
    assert whole.keys() == {"now", "ran", "due"}
    assert (len(whole["ran"]), len(whole["due"])) == (1, 5)
    assert requests.post(url, json={"advance": 60, "limit": -1}, timeout=20).status_code == 400


def test_the_overview_counts_and_shows_pools(proxy: FakeProxy, ask: Any) -> None:
    proxy.clock.advance(60)
    proxy.add_service("taxis", numbers=[f"+1415556{number:04}" for number in range(40)])
    overview = ask("overview")
    assert (overview["total"], overview["sessions"]) == (2, {"open": 11, "closed": 1})
    rides, taxis = overview["rows"]
    assert rides["sessions"] == {"open": 11, "closed": 1}
    used = next(row for row in rides["numbers"]["rows"] if row["in_use"])
    assert used["users"] == ["ride"]
    assert (taxis["sessions"], taxis["numbers"]["total"], len(taxis["numbers"]["rows"])) == ({}, 40, 10)
    found = ask("overview", search="0039", offset=1)["rows"][0]["numbers"]
    assert [row["phone_number"] for row in found["rows"]] == ["+14155560039"]


def test_a_window_of_the_history_goes_back(proxy: FakeProxy, ask: Any) -> None:
    end = proxy.history[-1].seq
    window = ask("windows/history", limit=5)
    assert [event["seq"] for event in window["rows"]] == [end, end - 1, end - 2, end - 3, end - 4]
    assert window["rows"][0] == ask("history", after=end - 1)[0]
    seen = [event["seq"] for event in window["rows"]]
    while window["older"] is not None:
        window = ask("windows/history", limit=5, until=window["older"])
        seen += [event["seq"] for event in window["rows"]]
    assert seen == [event.seq for event in proxy.history][::-1]
    assert ask("windows/history", after=end) == {"rows": [], "older": None}
    proxy.note("new")
    assert [event["text"] for event in ask("windows/history", after=end)["rows"]] == ["note: new"]


def test_a_window_of_the_history_has_kinds_a_person_or_a_text(proxy: FakeProxy, ask: Any) -> None:
    proxy.phone(ANNE).text(proxy.sessions["ride"].participants[0].proxy_identifier, "are you close?")
    proxy.note("a note")
    assert {event["kind"] for event in ask("windows/history", kind="text,note")["rows"]} == {"text", "note"}
    about = ask("windows/history", of=ANNE, kind="text")["rows"]
    assert [event["facts"]["body"] for event in about] == ["are you close?"]
    session = proxy.sessions["ride"]
    story = ask("windows/history", of=session.sid)["rows"]
    assert [event["seq"] for event in story] == [event.seq for event in proxy.history.of(session)][::-1]
    assert [event["kind"] for event in ask("windows/history", search="ARE you close")["rows"]] == ["text"]
    assert {row["kind"]: row["events"] for row in ask("history/counts")}["note"] == 1


def test_a_class_of_statuses_finds_requests(proxy: FakeProxy, ask: Any, service: Service) -> None:
    sessions = proxy.client().proxy.v1.services(service.sid).sessions
    sessions(proxy.sessions["ride"].sid).fetch()
    with pytest.raises(Exception, match="unique"):
        sessions.create(unique_name="ride")
    for text, statuses in (("4xx", [400]), ("2xx", [200]), ("createsession", [400]), ("5xx", [])):
        found = ask("windows/history", search=text, kind="request")["rows"]
        assert [event["object"]["status"] for event in found] == statuses, text


def test_a_search_tries_a_bounded_number_of_events_at_a_time(
    proxy: FakeProxy, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeproxy.history.windows.MOST_TRIED", 10)
    proxy.note("the needle")
    for _ in range(25):
        proxy.note("hay")
    window, asked = ask("windows/history", search="needle"), 1
    while window["older"] is not None and not window["rows"]:
        window, asked = ask("windows/history", search="needle", until=window["older"]), asked + 1
    assert [event["text"] for event in window["rows"]] == ["note: the needle"]
    assert asked == 3


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("windows/sessions?limit=501", "limit='501': expected a whole number from 0 to 500"),
        ("windows/sessions?limit=x", "limit='x': expected a whole number"),
        ("windows/sessions?offset=-1", "offset='-1': expected a whole number"),
        ("windows/history?until=%D9%A3", "expected a whole number"),
        ("windows/rooms", "there is no table 'rooms'"),
        ("position?timeout=x", "expected seconds"),
    ],
)
def test_what_is_no_window_is_refused(proxy: FakeProxy, path: str, text: str) -> None:
    answer = requests.get(f"{proxy.url}/_fakeproxy/{path}", timeout=20)
    assert answer.status_code == 400
    assert text in answer.json()["text"]


def test_a_phone_can_be_read_in_part(proxy: FakeProxy, ask: Any) -> None:
    dialled = proxy.sessions["ride"].participants[0].proxy_identifier
    for body in ("one", "two", "three"):
        proxy.phone(ANNE).text(dialled, body)
    assert [text["body"] for text in ask(f"phones/{BERT}", limit=2)["inbox"]] == ["two", "three"]
    assert ask(f"phones/{BERT}", limit=0)["inbox"] == []
    assert len(ask(f"phones/{BERT}")["inbox"]) == 3


def test_an_answer_that_is_known_is_not_sent_again(proxy: FakeProxy, service: Service) -> None:
    url = f"{proxy.url}/_fakeproxy/windows/sessions"
    first = requests.get(url, timeout=20)
    known = {"If-None-Match": first.headers["ETag"]}
    again = requests.get(url, headers=known, timeout=20)
    assert (again.status_code, again.content) == (304, b"")
    proxy.add_session(service)
    assert requests.get(url, headers=known, timeout=20).json()["total"] == 1


def test_the_position_is_another_one_after_each_change(proxy: FakeProxy, service: Service) -> None:
    url = f"{proxy.url}/_fakeproxy/position"

    def position(after: str = "") -> str:
        return str(requests.get(url, params={"after": after, "timeout": "0"}, timeout=20).json()["position"])

    known = position()
    assert position(known) == known
    for change in (
        lambda: proxy.note("an event"),
        lambda: proxy.add_number("+14155550077"),
        lambda: proxy.faults.server_error(optional=True),
        proxy.reset,
        proxy.reset,
    ):
        change()
        assert position() != known
        known = position()
