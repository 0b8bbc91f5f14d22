"""Going back: tables, phones, clock and history as they were right after an event. They can be read, not changed."""

from __future__ import annotations

import json

import pytest
from freezegun import freeze_time
from twilio.base.exceptions import TwilioRestException

from fakeproxy import FakeProxy, NotActive, UsageError
from fakeproxy.views import Service

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture(autouse=True)
def _kept(proxy: FakeProxy) -> None:
    proxy.keep_past()


def seq(proxy: FakeProxy, text: str) -> int:
    """The number of the first event whose text has this in it."""
    return next(event.seq for event in proxy.history if text in event.text)


def test_each_event_of_a_step_has_a_state_of_its_own(proxy: FakeProxy, service: Service) -> None:
    for hour in (1, 2, 3):
        proxy.add_session(service, unique_name=f"job-{hour}", ttl=hour * 3600)
    proxy.clock.advance(days=1)

    def seen(text: str) -> tuple[str, list[str]]:
        past = proxy.as_of(seq(proxy, text))
        statuses = [past.sessions[f"job-{hour}"].status for hour in (1, 2, 3)]
        return f"{past.clock.now():%d %H:%M}", statuses

    assert seen("time moves on 1 d") == ("01 09:00", ["open", "open", "open"])
    assert seen("expired, its ttl of 1 h") == ("01 10:00", ["closed", "open", "open"])
    assert seen("expired, its ttl of 2 h") == ("01 11:00", ["closed", "closed", "open"])
    # What follows the last event of the step belongs to it: the clock has gone on to its end.
    assert seen("expired, its ttl of 3 h") == ("02 09:00", ["closed", "closed", "closed"])


def test_a_request_comes_before_what_it_causes(proxy: FakeProxy, service: Service) -> None:
    sessions = proxy.client().proxy.v1.services(service.sid).sessions
    sessions.create(unique_name="job-7")
    request, opened = (event.seq for event in proxy.history)
    assert len(proxy.as_of(request).sessions) == 0
    assert proxy.as_of(opened).sessions["job-7"].status == "open"
    proxy.client().proxy.v1.services.create(unique_name="night")  # It causes no event.
    assert "night" in proxy.as_of(proxy.history[-1]).services


def test_phones_calls_and_history_are_those_of_then(proxy: FakeProxy, service: Service) -> None:
    session = proxy.add_session(service, participants=[ANNE, BERT])
    dialled = session.participants[0].proxy_identifier
    proxy.phone(ANNE).text(dialled, "one")
    first = proxy.history[-1]
    proxy.phone(ANNE).text(dialled, "two")
    call = proxy.phone(ANNE).call(dialled).answer()
    ringing = seq(proxy, "answered")
    proxy.clock.advance(65)
    call.hang_up()
    past = proxy.as_of(first)
    assert [text.body for text in past.phone(BERT).inbox] == ["one"]
    assert past.history[-1] == first
    assert proxy.as_of(ringing).conversation(call.sid).status == "in-progress"
    assert call.status == "completed"


def test_what_is_due_then_is_not_done(proxy: FakeProxy, service: Service) -> None:
    for name in ("a", "b"):
        proxy.add_session(service, unique_name=name, ttl=60)
    proxy.clock.advance(60)
    past = proxy.as_of(proxy.history.where(action="closed")[0])
    assert [(due.kind, due.sid) for due in past.clock.due()] == [("expire session", past.sessions["b"].sid)]
    assert past.sessions["b"].status == "open"


def test_it_is_independent_of_what_comes_later(proxy: FakeProxy, service: Service) -> None:
    session = proxy.add_session(service, unique_name="job-7", ttl=60)
    past = proxy.as_of(proxy.history[-1])
    proxy.clock.advance(60)
    assert past.sessions[session.sid].status == "open"
    proxy.reset()
    assert past.sessions[session.sid].status == "open"


def test_it_cannot_be_changed(proxy: FakeProxy, service: Service) -> None:
    proxy.add_session(service, participants=[ANNE, BERT])
    past = proxy.as_of(proxy.history[-1])
    text = "can be read, but not changed"
    with pytest.raises(NotActive, match=text):
        past.phone(ANNE).text("+14155550001", "hi")
    with pytest.raises(NotActive, match=text):
        past.restore(past.snapshot())
    for move in (lambda: past.clock.advance(1), past.clock.advance_to_next, lambda: past.clock.move_to(0)):
        with pytest.raises(NotActive, match="its time cannot be moved"):
            move()
    assert repr(past) == "<Past at 2030-01-01T09:00:00Z: 1 sessions>"


def test_it_becomes_the_present_by_its_snapshot(proxy: FakeProxy, service: Service) -> None:
    proxy.add_session(service, unique_name="job-7", ttl=60)
    opened = proxy.history[-1]
    proxy.clock.advance(60)
    closed = proxy.history[-1]
    proxy.restore(json.loads(json.dumps(proxy.as_of(opened).snapshot())))
    assert proxy.sessions["job-7"].status == "open"
    assert proxy.history[-1].text == "note: the state was restored from a snapshot"
    # What lies before the restoring can still be read, and so can what follows.
    assert proxy.as_of(closed).sessions["job-7"].status == "closed"
    assert proxy.as_of(proxy.history[-1]).sessions["job-7"].status == "open"
    proxy.clock.advance(60)
    assert proxy.as_of(proxy.history[-1]).sessions["job-7"].status == "closed"


def test_a_deleted_row_is_there_again_in_its_place(proxy: FakeProxy, service: Service) -> None:
    names = ["a", "b", "c"]
    for name in names:
        proxy.add_session(service, unique_name=name)
    opened = proxy.history[-1]
    proxy.client().proxy.v1.services(service.sid).sessions(proxy.sessions["b"].sid).delete()
    assert [session.unique_name for session in proxy.as_of(opened).sessions.values()] == names
    assert [session.unique_name for session in proxy.sessions.values()] == ["a", "c"]


def test_the_time_of_a_library_is_that_of_then(proxy: FakeProxy, service: Service) -> None:
    with freeze_time("2031-05-05T10:00:00Z") as frozen:
        proxy.add_session(service, unique_name="job-7")
        opened = proxy.history[-1]
        frozen.tick(3600)
        past = proxy.as_of(opened)
        assert f"{past.clock.now():%Y-%m-%dT%H:%M}" == "2031-05-05T10:00"
        assert past.clock.driver == "own"


def test_an_undone_request_leaves_nothing(proxy: FakeProxy, service: Service) -> None:
    proxy.client().proxy.v1.services.list()  # It makes the account known.
    before = proxy.snapshot()
    with pytest.raises(TwilioRestException, match="was not found"):
        proxy.client().proxy.v1.services(service.sid).sessions("KC" + "0" * 32).fetch()
    assert proxy.as_of(proxy.history[-1]).snapshot() == before


def test_states_are_kept_from_when_they_are_asked_for() -> None:
    with FakeProxy(start="2030-01-01T09:00:00Z", intercept=False, history_size=10) as proxy:
        proxy.note("early")
        with pytest.raises(UsageError, match=r"the state after event 0 is not known: .*; none is kept"):
            proxy.as_of(0)
        proxy.keep_past()
        proxy.keep_past()
        proxy.note("late")
        with pytest.raises(UsageError, match=r"event 0 is not known: .*; they are kept from event 1 on"):
            proxy.as_of(0)
        assert len(proxy.as_of(1).sessions) == 0
        with pytest.raises(UsageError, match="no event has the number 2; the history has 0 to 1"):
            proxy.as_of(2)
        for _ in range(30):
            proxy.note("more")
        oldest = proxy.history[0].seq
        assert oldest > 1
        with pytest.raises(UsageError, match=f"no event has the number 1; the history has {oldest} to 31"):
            proxy.as_of(1)
        assert len(proxy.as_of(oldest).sessions) == 0
        proxy.reset()
        with pytest.raises(UsageError, match="no event has the number 31; the history has none"):
            proxy.as_of(31)
        proxy.note("again")
        assert len(proxy.as_of(proxy.history[-1]).history) == 1


def test_the_lines_of_a_test_are_kept_if_they_are_asked_for() -> None:
    with FakeProxy(intercept=False) as proxy:
        proxy.keep_past(lines=False)
        proxy.note("without")
        proxy.keep_past()
        proxy.note("with")
        without, found = (proxy.as_of(event).source for event in proxy.history)
    assert without is None
    assert found is not None
    assert found[0] == __file__
