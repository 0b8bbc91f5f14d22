"""Going back over the control API: `as_of=SEQ` reads what was right after an event."""

from __future__ import annotations

import pytest
import requests

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.types import Fake
from fakeproxy.views import Service

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture
def remote(proxy: FakeProxy) -> Fake:
    remote = fakeproxy.connect(proxy.url)
    remote.keep_past()
    return remote


def test_each_readable_part_has_its_past(proxy: FakeProxy, service: Service, remote: Fake) -> None:
    proxy.add_session(service, unique_name="job-7", ttl=60, participants=[ANNE, BERT])
    dialled = proxy.sessions["job-7"].participants[0].proxy_identifier
    call = proxy.phone(ANNE).call(dialled)
    seq = proxy.history[-1].seq
    proxy.phone(ANNE).text(dialled, "later")
    call.answer()
    proxy.clock.advance(3600)

    def ask(path: str) -> str:
        return requests.get(f"{proxy.url}/_fakeproxy{path}", timeout=20).text

    for path, now, then in (
        ("/clock", "2030-01-01T10:00:00Z", "2030-01-01T09:00:00Z"),
        ("/tables/sessions", '"status": "closed"', '"status": "in-progress"'),
        (f"/phones/{BERT}", '"later"', '"inbox": []'),
        (f"/calls/{call.sid}", '"duration": 3600', '"duration": 0'),
        (f"/legs/{call.sid}", '"duration": 3600', '"duration": 0'),
        ("/state", '"later"', '"ringing"'),
    ):
        assert now in ask(path), path
        past = ask(f"{path}?as_of={seq}")
        assert then in past, path
        assert now not in past, path


def test_connect_reads_the_same_past(proxy: FakeProxy, service: Service, remote: Fake) -> None:
    proxy.add_session(service, unique_name="job-7", ttl=60, participants=[ANNE, BERT])
    opened = remote.history[-1]
    proxy.phone(ANNE).text(proxy.sessions["job-7"].participants[0].proxy_identifier, "later")
    proxy.clock.advance(60)
    here, there = proxy.as_of(opened), remote.as_of(opened)
    assert there.snapshot() == here.snapshot()
    assert there.sessions["job-7"] == here.sessions["job-7"]
    assert there.sessions["job-7"].status == "open"
    assert list(there.phone(BERT).inbox) == []
    assert [event.seq for event in there.history] == [event.seq for event in here.history]
    assert there.clock.now() == here.clock.now()


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("x", "as_of='x' is no number of an event"),
        ("-1", "no number of an event"),
        ("99", "no event has the number 99"),
    ],
)
def test_an_event_that_does_not_exist(proxy: FakeProxy, asked: str, text: str) -> None:
    answer = requests.get(f"{proxy.url}/_fakeproxy/clock?as_of={asked}", timeout=20)
    assert answer.status_code == 400
    assert text in answer.json()["text"]


def test_connect_tells_what_is_not_known(proxy: FakeProxy) -> None:
    proxy.note("before anybody asked")
    with pytest.raises(UsageError, match="the state after event 0 is not known"):
        fakeproxy.connect(proxy.url).as_of(0)
