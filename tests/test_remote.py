"""`fakeproxy.connect(url)`: the same test, on a fake of this process and on one that is driven over HTTP."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests

import fakeproxy
from fakeproxy import FakeProxy, Refusal, UnknownKey, UsageError

NINE = datetime(2030, 1, 1, 9, tzinfo=timezone.utc)
ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture(params=["in process", "remote"])
def fake(request: pytest.FixtureRequest) -> Generator[Any]:
    with FakeProxy(start=NINE, intercept=False) as proxy:
        yield proxy if request.param == "in process" else fakeproxy.connect(proxy.url + "/v1")


def test_the_clock(fake: Any) -> None:
    assert (fake.clock.now(), fake.clock.driver, list(fake.clock.due())) == (NINE, "own", [])
    service = fake.add_service("rides")
    session = fake.add_session(service, ttl=3600)
    (due,) = fake.clock.due()
    assert (due.at, due.kind, due.sid) == (NINE + timedelta(hours=1), "expire session", session.sid)
    assert fake.clock.advance(minutes=30) == NINE + timedelta(minutes=30)
    assert fake.clock.advance_to_next() == NINE + timedelta(hours=1)
    assert fake.clock.advance_to_next() is None
    assert fake.clock.move_to("2030-01-02T09:00:00Z") == NINE + timedelta(days=1)
    assert fake.clock.advance(timedelta(microseconds=1)).microsecond == 1
    with pytest.raises(UsageError, match="goes forward"):
        fake.clock.advance(-1)


def test_rows(fake: Any) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    fake.add_number("+14155550002", service="rides")
    fake.add_short_code("12345")
    session = fake.add_session(unique_name="job", participants=[ANNE, BERT], ttl=60)
    assert (session.status, session.date_created, session.date_ended) == ("open", NINE, None)
    assert [person.identifier for person in session.participants] == [ANNE, BERT]
    assert fake.sessions["job"].sid == session.sid
    assert list(fake.sessions) == [session.sid]
    assert (len(fake.phone_numbers), len(fake.participants), len(fake.owned_numbers)) == (2, 2, 3)
    assert {row.in_use for row in fake.phone_numbers.values()} == {1, 0}
    with pytest.raises(UnknownKey):
        _ = fake.sessions["nothing"]
    with pytest.raises(Refusal) as refused:
        fake.add_service("rides")
    assert refused.value.code == 80602
    fake.clock.advance(60)
    assert fake.sessions[session.sid].date_ended == NINE + timedelta(minutes=1)


def test_people(fake: Any) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    fake.add_session(participants=[ANNE, BERT])
    anne, bert = fake.phone(ANNE), fake.phone(BERT)
    contact = anne.text("+14155550001", "hi", media=["https://example.com/a"])
    assert (contact.delivered, contact.delivered_to, contact.shown_from) == (True, BERT, "+14155550001")
    assert (contact.session.status, contact.interaction.data) == ("in-progress", '{"body":"hi"}')
    (text,) = bert.inbox
    assert (text.from_, text.body, text.media, text.at) == ("+14155550001", "hi", ("https://example.com/a",), NINE)
    call = anne.call("+14155550001")
    assert call.status == "ringing"
    bert.calls[0].answer()
    fake.clock.advance(5)
    assert (call.status, call.duration) == ("in-progress", 5)
    call.hang_up()
    assert call.status == "completed"
    declined = anne.call("+14155550001")
    bert.calls[1].decline()
    assert declined.status == "busy"
    with pytest.raises(UsageError, match="does not ring"):
        declined.answer()
    with pytest.raises(UsageError, match="no Service has the number"):
        anne.text("+14155559999", "hi")


def test_alerts_journal_and_faults(fake: Any) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    fake.phone(ANNE).text("+14155550001", "hi")
    assert [(alert.code, alert.at) for alert in fake.alerts] == [(80903, NINE), (80905, NINE)]
    fault = fake.faults.server_error(operation="ListService")
    assert (fault.left, fault.operation) == (1, "ListService")
    assert requests.get(fake.url + "/v1/Services", auth=("AC1", "x"), timeout=5).status_code == 500
    entry = fake.journal[-1]
    assert (entry.operation, entry.status, entry.at) == ("ListService", 500, NINE)
    fake.faults.server_error(operation="DeleteService")
    fake.faults.clear()


def test_the_whole_state(fake: Any) -> None:
    fake.add_service("rides")
    snapshot = fake.snapshot()
    fake.add_session()
    fake.restore(snapshot)
    assert (len(fake.services), len(fake.sessions)) == (1, 0)
    fake.reset()
    assert len(fake.services) == 0
    with pytest.raises(UsageError, match="no snapshot"):
        fake.restore({"no": "snapshot"})


def test_what_only_the_remote_one_has() -> None:
    with FakeProxy(intercept=False) as proxy:
        proxy.add_service("rides")
        proxy.add_session(ttl=60)
        remote = fakeproxy.connect(proxy.url)
        remote.clock.advance(60)
        assert [due.kind for due in remote.clock.ran] == ["expire session"]
        assert repr(remote) == f"<RemoteProxy {proxy.url}>"
        with pytest.raises(UsageError, match="there is no fault 'earthquake'"):
            remote.faults.earthquake()
        with pytest.raises(AttributeError):
            _ = remote.faults._private
    with pytest.raises(OSError, match="refused"):
        fakeproxy.connect(remote.url)
