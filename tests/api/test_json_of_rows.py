"""The JSON of rows: escaped and separated as `json.dumps` does it, alone and in a list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeproxy import Behavior, FakeProxy
from tests.api.http import Http

#: Texts that JSON must escape, and others. A form has no half of a surrogate pair.
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def assert_usual(proxy: FakeProxy, answers: int) -> None:
    """Assert that each answer of the fake has the text that `json.dumps` makes of its values."""
    texts = [entry.text for entry in proxy.journal]
    assert texts == [json.dumps(json.loads(text)) for text in texts]
    assert len(texts) == answers


@given(_TEXTS, _TEXTS)
def test_texts_are_escaped(name: str, friendly_name: str) -> None:
    with FakeProxy() as proxy:
        http = Http(proxy)
        service = http("POST", "/Services", UniqueName=name).json
        assert http("GET", "/Services").json["services"] == [service]
        proxy.add_number("+14155550001", service=service["sid"])
        sessions = f"/Services/{service['sid']}/Sessions"
        session = http("POST", sessions, UniqueName=name, Ttl=60).json
        assert http("GET", sessions).json["sessions"] == [session]
        people = f"{sessions}/{session['sid']}/Participants"
        person = http("POST", people, Identifier="+14155550101", FriendlyName=friendly_name).json
        assert http("GET", people).json["participants"] == [person]
        assert (service["unique_name"], session["unique_name"], person["friendly_name"]) == (name, name, friendly_name)
        assert_usual(proxy, answers=6)


def test_every_resource_alone_and_in_a_list() -> None:
    with FakeProxy(behavior=Behavior(link_short_codes=True)) as proxy:
        http = Http(proxy)
        service = proxy.add_service("rides", numbers=["+14155550001"])
        proxy.add_short_code("55501", service=service)
        session = proxy.add_session(
            service, participants=["+14155550101", "+14155550102"], date_expiry="2100-01-01T00:00:00Z"
        )
        proxy.phone("+14155550101").text("+14155550001", "ä")
        base = f"/Services/{service.sid}"
        person = f"{base}/Sessions/{session.sid}/Participants/{session.participants[0].sid}"
        http("POST", f"{person}/MessageInteractions", Body='"')
        lists = {
            "/Services": "services",
            f"{base}/PhoneNumbers": "phone_numbers",
            f"{base}/ShortCodes": "short_codes",
            f"{base}/Sessions": "sessions",
            f"{base}/Sessions/{session.sid}/Participants": "participants",
            f"{base}/Sessions/{session.sid}/Interactions": "interactions",
            f"{person}/MessageInteractions": "interactions",
        }
        for path, key in lists.items():
            listed = http("GET", path).json[key]
            assert listed == [http("GET", f"{path}/{row['sid']}").json for row in listed] != []
        assert_usual(proxy, answers=len(proxy.journal))


def test_an_empty_list() -> None:
    with FakeProxy() as proxy:
        assert Http(proxy)("GET", "/Services").json["services"] == []
        assert_usual(proxy, answers=1)


def test_a_snapshot_with_a_number_that_is_none_adds_nothing_to_an_answer() -> None:
    with FakeProxy() as proxy:
        service = proxy.add_service()
        snapshot: Any = proxy.snapshot()
        snapshot["tables"]["services"][0]["default_ttl"] = '1, "sid": "KS1"'
        proxy.restore(snapshot)
        with pytest.raises(ValueError, match="format code 'd'"):
            Http(proxy)("GET", f"/Services/{service.sid}")
