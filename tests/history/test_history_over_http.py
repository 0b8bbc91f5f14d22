"""The history over the control API, and through `connect()`: the same events, of the same types."""

from __future__ import annotations

from dataclasses import replace

import pytest
import requests

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.views import Service

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture
def played(proxy: FakeProxy, service: Service) -> FakeProxy:
    session = proxy.add_session(service, unique_name="job-7", participants=[ANNE, BERT])
    proxy.client().proxy.v1.services(service.sid).sessions(session.sid).fetch()
    proxy.phone(ANNE).text(session.participants[0].proxy_identifier, "I am here")
    proxy.phone("+14155550199").text("+14155550001", "who?")
    proxy.clock.advance(60)
    proxy.note("driver re-assigned")
    return proxy


def test_connect_has_the_same_events(played: FakeProxy) -> None:
    remote = fakeproxy.connect(played.url)
    assert [replace(event, object=None) for event in remote.history] == [
        replace(event, object=None) for event in played.history
    ]
    for there, here in zip(remote.history, played.history, strict=True):
        assert type(there.object) is type(here.object)
        assert str(there.object) == str(here.object)
    assert str(remote.history) == str(played.history)
    assert len(remote.history.of(played.sessions["job-7"])) == len(played.history.of(played.sessions["job-7"]))
    remote.note("from elsewhere")
    assert played.history[-1].text == "note: from elsewhere"
    assert remote.report(is_whole=True) == played.report(is_whole=True)


def test_any_language_reads_what_is_new_and_what_is_about_something(played: FakeProxy) -> None:
    url = f"{played.url}/_fakeproxy/history"
    events = requests.get(url, timeout=20).json()
    assert [event["seq"] for event in events] == [*range(len(events))]
    assert events[-1] | {"at": ""} == {
        "seq": len(events) - 1,
        "at": "",
        "kind": "note",
        "action": "",
        "text": "note: driver re-assigned",
        "sids": [],
        "numbers": [],
        "facts": {},
        "object": None,
    }
    assert requests.get(url, params={"after": len(events) - 2}, timeout=20).json() == events[-1:]
    about = requests.get(url, params={"of": ANNE, "after": "1"}, timeout=20).json()
    assert [event["kind"] for event in about] == ["text"]
    assert requests.get(url, params={"of": "KC" + 32 * "0"}, timeout=20).json() == []


def test_a_number_that_is_none_is_refused(played: FakeProxy) -> None:
    answer = requests.get(f"{played.url}/_fakeproxy/history", params={"after": "yesterday"}, timeout=20)
    assert answer.status_code == 400
    assert "after='yesterday' is no number of an event" in answer.json()["text"]
