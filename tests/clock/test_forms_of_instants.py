"""The forms in which an instant may be written: the same on every Python, in every place that takes one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
import requests

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.clock.datetimes import to_micros

NINE = datetime(2030, 1, 31, 9, tzinfo=timezone.utc)

#: Texts of 2030-01-31 at nine, UTC.
SAME = (
    "2030-01-31T09:00:00Z",
    "2030-01-31T09:00:00z",
    "2030-01-31t09:00:00Z",
    "2030-01-31 09:00:00Z",
    "2030-01-31T09:00Z",
    "2030-01-31T09:00:00+00:00",
    "2030-01-31T10:30:00+01:30",
    "2030-01-31T01:00:00-08:00",
    "2030-01-31T01:00:00-0800",
    "2030-01-31T01:00:00-08",
    "2030-01-31T09:00:00.000Z",
    "2030-01-31T09:00:00.0Z",
    "2030-01-31T09:00:00,000000Z",
    "2030-01-31T09:00:00.0000000Z",
    "20300131T090000Z",
    "20300131T0900Z",
)
FRACTIONS = {".5": 500_000, ".25": 250_000, ".123456": 123_456, ".1234567": 123_456, ",000001": 1}
WRONG = (
    "",
    "tomorrow",
    "2030-01-31",
    "2030-01-31T09Z",
    "2030-W05-4T09:00:00Z",
    "2030-031T09:00:00Z",
    "2030-02-30T09:00:00Z",
    "2030-01-31T24:00:00Z",
    "2030-01-31T09:60:00Z",
    "2030-01-31T09:00:60Z",
    "2030-01-31T09:00:00",
    "2030-01-31T09:00:00+25:00",
    "2030-01-31T09:00:00+1",
    "2030-01-31T09:00:00 Z",
    "2030-01-31T09:00:00.Z",
    "2030-1-31T09:00:00Z",
    "+2030-01-31T09:00:00Z",
    "\uff12\uff10\uff13\uff10-01-31T09:00:00Z",
    "2030-01-31T09:00:00Zulu",
    "0000-01-31T09:00:00Z",
)


@pytest.mark.parametrize("text", SAME)
def test_what_is_taken(text: str) -> None:
    assert to_micros(text) == NINE.timestamp() * 1_000_000


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_fractions_are_cut_to_the_microsecond(fraction: str) -> None:
    assert to_micros(f"2030-01-31T09:00:00{fraction}Z") == NINE.timestamp() * 1_000_000 + FRACTIONS[fraction]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        to_micros(text)


def test_what_lacks_a_time_zone_is_told_so() -> None:
    with pytest.raises(UsageError, match="has no time zone"):
        to_micros("2030-01-31T09:00:00")


@pytest.mark.parametrize("text", SAME)
def test_everywhere(text: str) -> None:
    proxy = FakeProxy(start=text)
    with proxy:
        assert proxy.clock.now() == NINE
        assert proxy.clock.move_to(text) == NINE
        service = proxy.add_service("rides")
        assert proxy.add_session(service, date_expiry=text).status == "closed"
        sessions = proxy.client().proxy.v1.services(service.sid).sessions
        if " " not in text:
            proxy.clock.move_to("2030-01-31T08:00:00Z")
            # The SDK writes its own form of a datetime; a text it sends as it is.
            assert proxy.sessions[sessions.create(date_expiry=text).sid].date_expiry == NINE


@pytest.mark.parametrize("text", ["2030-W05-4T09:00:00Z", "2030-01-31T09:00:00", "tomorrow"])
def test_what_is_refused_is_refused_everywhere(text: str) -> None:
    with pytest.raises(UsageError):
        FakeProxy(start=text)
    with FakeProxy() as proxy:
        with pytest.raises(UsageError):
            proxy.clock.move_to(text)
        with pytest.raises(UsageError):
            proxy.add_session(proxy.add_service(), date_expiry=text)


def test_a_date_alone_is_its_midnight_for_date_expiry() -> None:
    with FakeProxy(start="2030-01-30T09:00:00Z") as proxy:
        session = proxy.client().proxy.v1.services(proxy.add_service().sid).sessions.create(date_expiry="2030-01-31")
        assert proxy.sessions[session.sid].date_expiry == NINE.replace(hour=0)


def control(proxy: FakeProxy, path: str, body: dict[str, Any]) -> requests.Response:
    return requests.post(f"{proxy.url}/_fakeproxy{path}", json=body, timeout=20)


def auto_create(proxy: FakeProxy, date_expiry: str) -> None:
    """Have an out-of-session callback create a session with this dateExpiry."""

    def answer(environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"participantIdentifier": "+14155550101", "dateExpiry": date_expiry}).encode()]

    site = "https://app.example.com"
    proxy.add_service("auto", numbers=["+14155550001"], out_of_session_callback_url=site)
    proxy.webhooks.mount(site, answer)
    proxy.phone("+14155550100").text("+14155550001", "hi")


@pytest.mark.parametrize("text", SAME)
def test_through_the_control_api_connect_and_an_answer_of_the_application_too(text: str) -> None:
    with FakeProxy(start="2030-01-30T09:00:00Z") as proxy:
        proxy.add_service("rides")
        seeded = control(proxy, "/seed", {"sessions": [{"date_expiry": text}]})
        assert seeded.json()["sessions"][0]["date_expiry"] == "2030-01-31T09:00:00Z"
        assert fakeproxy.connect(proxy.url).add_session("rides", date_expiry=text).date_expiry == NINE
        auto_create(proxy, text)
        assert [session.date_expiry for session in proxy.sessions.values()] == [NINE] * 3
        assert control(proxy, "/clock", {"move_to": text}).json()["now"] == "2030-01-31T09:00:00Z"
        proxy.clock.move_to("2030-01-01T00:00:00Z")
        assert fakeproxy.connect(proxy.url).clock.move_to(text) == NINE == proxy.clock.now()


@pytest.mark.parametrize("text", [text for text in WRONG if text != "2030-01-31"])
def test_what_is_refused_is_refused_there_too(text: str) -> None:
    with FakeProxy(start="2030-01-30T09:00:00Z") as proxy:
        proxy.add_service("rides")
        elsewhere = fakeproxy.connect(proxy.url)
        assert control(proxy, "/seed", {"sessions": [{"date_expiry": text}]}).status_code == 400
        assert control(proxy, "/clock", {"move_to": text}).status_code == 400
        for act in (elsewhere.clock.move_to, lambda at: elsewhere.add_session("rides", date_expiry=at)):
            with pytest.raises(UsageError):
                act(text)
        auto_create(proxy, text or "no date")
        assert len(proxy.sessions) == 0
        assert [alert.code for alert in proxy.alerts] == [80701]
