"""How a session lives: what an update changes, when it expires, what re-opening brings back."""

from __future__ import annotations

from typing import Any

import pytest

from fakeproxy import FakeProxy
from fakeproxy.views import Service
from tests.api.http import Http

CUSTOMER, DRIVER = "+14155550100", "+14155550101"


@pytest.fixture
def path(service: Service) -> str:
    return f"/Services/{service.sid}/Sessions"


def test_a_new_session_is_open_with_both_people_in_it(proxy: FakeProxy, service: Service, http: Http) -> None:
    session = http("POST", f"/Services/{service.sid}/Sessions").json
    url = f"https://proxy.twilio.com/v1/Services/{service.sid}/Sessions/{session['sid']}"
    assert session == {
        "sid": session["sid"],
        "service_sid": service.sid,
        "account_sid": service.account_sid,
        "date_started": None,
        "date_ended": None,
        "date_last_interaction": None,
        "date_expiry": None,
        "unique_name": None,
        "status": "open",
        "closed_reason": None,
        "ttl": 0,
        "mode": "voice-and-message",
        "date_created": "2030-01-01T09:00:00Z",
        "date_updated": "2030-01-01T09:00:00Z",
        "url": url,
        "links": {"interactions": url + "/Interactions", "participants": url + "/Participants"},
    }
    proxy.add_session(service, unique_name="job", participants=[CUSTOMER, DRIVER])
    assert proxy.sessions["job"].status == "open"


def test_an_interaction_starts_it_and_postpones_its_end(proxy: FakeProxy, service: Service, http: Http) -> None:
    session = proxy.add_session(service, participants=[CUSTOMER], ttl=3600)
    person = f"/Services/{service.sid}/Sessions/{session.sid}/Participants/{session.participants[0].sid}"
    proxy.clock.advance(minutes=30)
    sent = http("POST", person + "/MessageInteractions", Body="hi").json
    started = proxy.sessions[session.sid]
    assert (started.status, started.date_started) == ("in-progress", proxy.clock.now())
    assert started.date_started == started.date_last_interaction == started.date_updated
    proxy.clock.advance(minutes=59, seconds=59)
    assert proxy.sessions[session.sid].status == "in-progress"
    proxy.clock.advance(1)
    closed = proxy.sessions[session.sid]
    assert (closed.status, closed.closed_reason, closed.date_ended) == ("closed", "expired", proxy.clock.now())

    one = f"/Services/{service.sid}/Sessions/{session.sid}/Interactions"
    assert [row["sid"] for row in http("GET", one).json["interactions"]] == [sent["sid"]]
    assert http("GET", f"{one}/{sent['sid']}").json["data"] == '{"body":"hi"}'
    assert http("GET", f"{person}/MessageInteractions/{sent['sid']}").json["participant_sid"] == (
        session.participants[0].sid
    )
    assert http("DELETE", f"{one}/{sent['sid']}").status == 204
    assert http("GET", one).json["interactions"] == []


@pytest.mark.parametrize(
    ("form", "ends"),
    [
        ({}, None),
        ({"Ttl": "60"}, "2030-01-01T09:01:00Z"),
        ({"DateExpiry": "2030-01-01T09:02:00Z"}, "2030-01-01T09:02:00Z"),
        ({"DateExpiry": "2030-01-01T11:02:00+02:00"}, "2030-01-01T09:02:00Z"),
        ({"DateExpiry": "20300101T090200Z"}, "2030-01-01T09:02:00Z"),
        ({"DateExpiry": "2030-01-02"}, "2030-01-02T00:00:00Z"),
        ({"DateExpiry": "2030-01-01T10:00:00Z", "Ttl": "60"}, "2030-01-01T10:00:00Z"),
        ({"DateExpiry": "9999-12-31T23:59:59Z"}, None),
    ],
)
def test_when_a_session_ends(proxy: FakeProxy, http: Http, path: str, form: dict[str, str], ends: str | None) -> None:
    sid = http("POST", path, **form).json["sid"]
    proxy.clock.advance(days=3)
    session = http("GET", f"{path}/{sid}").json
    assert (session["status"], session["date_ended"]) == (("closed", ends) if ends else ("open", None))


def test_a_session_inherits_the_ttl_of_its_service_once(proxy: FakeProxy, http: Http) -> None:
    service = proxy.add_service("short", default_ttl=60)
    path = f"/Services/{service.sid}/Sessions"
    inherits, own, never = (http("POST", path, **form).json for form in ({}, {"Ttl": "90"}, {"Ttl": "0"}))
    assert [inherits["ttl"], own["ttl"], never["ttl"]] == [60, 90, 0]
    http("POST", f"/Services/{service.sid}", DefaultTtl="5")
    proxy.clock.advance(59)
    assert [session.status for session in proxy.sessions.values()] == ["open", "open", "open"]
    proxy.clock.advance(31)
    assert [session.status for session in proxy.sessions.values()] == ["closed", "closed", "open"]


def test_what_lets_a_session_expire_at_once_shows_it_closed(proxy: FakeProxy, http: Http, path: str) -> None:
    now = http("POST", path, DateExpiry="2030-01-01T09:00:00Z").json
    assert (now["status"], now["date_ended"]) == ("closed", "2030-01-01T09:00:00Z")
    sid = http("POST", path, Ttl="86400").json["sid"]
    proxy.clock.advance(hours=1)
    cut = http("POST", f"{path}/{sid}", Ttl="60").json
    assert (cut["status"], cut["date_ended"]) == ("closed", "2030-01-01T10:00:00Z")


def test_pushing_the_expiry_forward_keeps_a_session_alive(proxy: FakeProxy, http: Http, path: str) -> None:
    sid = http("POST", path, DateExpiry="2030-01-01T09:01:00Z").json["sid"]
    for minute in range(2, 6):
        proxy.clock.advance(59)
        pushed = http("POST", f"{path}/{sid}", DateExpiry=f"2030-01-01T09:{minute:02}:00Z").json
        assert pushed["status"] == "open"
    assert http("POST", f"{path}/{sid}").status == 200
    proxy.clock.move_to("2030-01-01T09:05:00Z")
    assert http("GET", f"{path}/{sid}").json["status"] == "closed"


@pytest.mark.parametrize("expired", [False, True])
def test_reopening_brings_a_session_back_with_its_people(
    proxy: FakeProxy, service: Service, http: Http, path: str, expired: bool
) -> None:
    session = proxy.add_session(service, participants=[CUSTOMER, DRIVER], ttl=60, date_expiry="2030-01-01T09:10:00Z")
    if expired:
        proxy.clock.advance(hours=1)
    else:
        http("POST", f"{path}/{session.sid}", Status="closed")
        proxy.clock.advance(hours=1)
    number = next(iter(proxy.phone_numbers))
    assert proxy.phone_numbers[number].in_use == 0
    opened = http("POST", f"{path}/{session.sid}", Status="in-progress").json
    fields = ("status", "closed_reason", "date_ended", "date_expiry", "date_started", "date_updated")
    assert [opened[name] for name in fields] == ["in-progress", None, None, None, None, "2030-01-01T10:00:00Z"]
    assert proxy.phone_numbers[number].in_use == 1
    assert [person.identifier for person in proxy.sessions[session.sid].participants] == [CUSTOMER, DRIVER]
    proxy.clock.advance(60)
    assert proxy.sessions[session.sid].status == "closed"


def test_reopening_keeps_a_date_expiry_of_the_same_request(http: Http, path: str, proxy: FakeProxy) -> None:
    sid = http("POST", path, Status="closed").json["sid"]
    later = "2030-01-01T12:00:00Z"
    assert http("POST", f"{path}/{sid}", Status="in-progress", DateExpiry=later).json["date_expiry"] == later


def test_closing_by_request(http: Http, path: str, proxy: FakeProxy, service: Service) -> None:
    session = proxy.add_session(service, participants=[CUSTOMER], ttl=60)
    proxy.clock.advance(10)
    closed = http("POST", f"{path}/{session.sid}", Status="closed").json
    assert (closed["status"], closed["closed_reason"], closed["date_ended"], closed["date_started"]) == (
        "closed",
        "api",
        "2030-01-01T09:00:10Z",
        None,
    )
    assert proxy.clock.due() == []
    proxy.clock.advance(hours=1)
    assert proxy.sessions[session.sid].closed_reason == "api"


@pytest.mark.parametrize("status", ["open", "closed"])
def test_a_session_may_be_created_with_a_status(http: Http, path: str, status: str) -> None:
    assert http("POST", path, Status=status).json["status"] == status


def test_deleting_takes_everything_with_it(proxy: FakeProxy, service: Service, http: Http, path: str) -> None:
    session = proxy.add_session(service, participants=[CUSTOMER, DRIVER], ttl=60)
    person = f"{path}/{session.sid}/Participants/{session.participants[0].sid}"
    http("POST", person + "/MessageInteractions", Body="hi")
    assert http("DELETE", f"{path}/{session.sid}").status == 204
    assert (len(proxy.sessions), len(proxy.participants), len(proxy.interactions)) == (0, 0, 0)
    assert proxy.clock.due() == []
    assert http("GET", person).status == 404


def test_deleting_a_service_asks_for_nothing_and_frees_its_numbers(
    proxy: FakeProxy, service: Service, http: Http
) -> None:
    proxy.add_session(service, participants=[CUSTOMER, DRIVER])
    proxy.add_short_code("12345", service=service)
    assert http("DELETE", f"/Services/{service.sid}").status == 204
    rows: list[Any] = [proxy.services, proxy.sessions, proxy.participants, proxy.phone_numbers, proxy.short_codes]
    assert [len(each) for each in rows] == [0, 0, 0, 0, 0]
    again = proxy.add_service("rides", numbers=["+14155550001"])
    assert proxy.add_session(again, participants=[CUSTOMER]).status == "open"


def test_participants_come_as_objects_or_as_one_array(proxy: FakeProxy, http: Http, path: str) -> None:
    one, two = f'{{"Identifier": "{CUSTOMER}"}}', f'{{"identifier": "{DRIVER}", "FriendlyName": null, "x": 1}}'
    for participants in ([one, two], f"[{one}, {two}]", [f"[{one}]", two]):
        session = http("POST", path, Participants=participants).json
        people = http("GET", f"{path}/{session['sid']}/Participants").json["participants"]
        assert [person["identifier"] for person in people] == [CUSTOMER, DRIVER]
        http("DELETE", f"{path}/{session['sid']}")
    assert http("POST", path, Participants="[]").status == 201


@pytest.mark.parametrize(
    ("participants", "code"),
    [
        ([f'{{"Identifier": "+1415555010{digit}"}}' for digit in range(3)], 80609),
        ([f'{{"Identifier": "{CUSTOMER}"}}', f'{{"Identifier": "{CUSTOMER}"}}'], 80103),
        ([f'{{"Identifier": "{CUSTOMER}"}}', '{"Identifier": "nobody"}'], 80404),
        ([f'{{"Identifier": "{CUSTOMER}"}}', "{}"], 20001),
        ([f'{{"Identifier": "{CUSTOMER}"}}', '{"Identifier": "messenger:1"}'], 80616),
        ([f'{{"Identifier": "{CUSTOMER}"}}', f'{{"Identifier": "{DRIVER}", "ProxyIdentifier": "+12"}}'], 80304),
        (['{"Identifier": 14155550100}'], 80701),
        (["[1]"], 80701),
        (["{"], 80701),
        (["[" * 100_000], 80701),
        ([""], 80701),
        (['{"Identifier": "\\ud800"}'], 80404),
    ],
)
def test_participants_are_all_added_or_nothing_is(
    proxy: FakeProxy, service: Service, http: Http, path: str, participants: list[str], code: int
) -> None:
    before = proxy.snapshot()
    answer = http("POST", path, Participants=participants, UniqueName="job")
    assert (answer.status, answer.json["code"]) == (400, code)
    assert proxy.snapshot() == before
