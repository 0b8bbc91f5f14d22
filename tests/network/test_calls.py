"""Calls: ringing, answered, not answered, hung up; and what the Interaction and its callbacks say of it meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fakeproxy import FakeProxy, UsageError
from fakeproxy.network.phones import Phone
from fakeproxy.views import Service, Session
from tests.network.conftest import ANNE, BERT, POOL, Recorder, set_urls


def legs(site: Recorder) -> list[tuple[str, str | None, str]]:
    return [
        (form["inboundResourceStatus"], form.get("outboundResourceStatus"), form["interactionData"])
        for form in site.forms("/status")
    ]


@pytest.fixture
def told(proxy: FakeProxy, service: Service, session: Session, site: Recorder) -> Recorder:
    set_urls(proxy, service, callback="/status")
    return site


def test_three_minutes(proxy: FakeProxy, anne: Phone, bert: Phone, told: Recorder) -> None:
    call = anne.call(POOL[0])
    assert (call.status, call.delivered, call.delivered_to, call.shown_from) == ("ringing", True, BERT, POOL[0])
    (ring,) = bert.calls
    assert (ring.from_, ring.to, ring.status, ring.at) == (POOL[0], BERT, "ringing", proxy.clock.now())
    proxy.clock.advance(5)
    assert call.answer() is call
    assert (call.status, ring.status) == ("in-progress", "in-progress")
    proxy.clock.advance(minutes=3)
    assert call.duration == 180
    call.hang_up()
    assert (call.status, call.duration) == ("completed", 180)
    assert call.interaction is not None
    assert (call.interaction.type, call.interaction.data) == ("voice", '{"duration":"180"}')
    assert legs(told) == [
        ("in-progress", None, "{}"),
        ("in-progress", "initiated", "{}"),
        ("completed", "initiated", "{}"),
        ("completed", "completed", '{"duration":"180"}'),
    ]
    assert [delivery.form["interactionType"] for delivery in call.callbacks] == ["Voice"] * 4


def test_the_one_who_was_called_hangs_up(proxy: FakeProxy, anne: Phone, bert: Phone, told: Recorder) -> None:
    call = anne.call(POOL[0])
    bert.calls[0].answer()
    proxy.clock.advance(7)
    bert.calls[0].hang_up()
    assert call.status == "completed"
    assert legs(told)[2:] == [
        ("in-progress", "completed", "{}"),
        ("completed", "completed", '{"duration":"7"}'),
    ]


@pytest.mark.parametrize(("how", "status"), [("busy", "busy"), ("no_answer", "no-answer"), ("fail", "failed")])
def test_not_answered_leaves_the_caller_on_the_line(
    proxy: FakeProxy, anne: Phone, told: Recorder, how: str, status: str
) -> None:
    call = anne.call(POOL[0])
    getattr(call, how)()
    assert call.status == status
    assert call.interaction is not None
    assert call.interaction.inbound_resource_status == "in-progress"
    proxy.clock.advance(10)
    call.hang_up()
    assert legs(told)[2:] == [("in-progress", status, "{}"), ("completed", status, '{"duration":"0"}')]


def test_declined(anne: Phone, bert: Phone, session: Session) -> None:
    call = anne.call(POOL[0])
    bert.calls[0].decline()
    assert call.status == "busy"
    with pytest.raises(UsageError, match="this call does not ring: it is busy"):
        bert.calls[0].answer()


def test_it_rings_for_half_a_minute(proxy: FakeProxy, anne: Phone, told: Recorder) -> None:
    call = anne.call(POOL[0])
    first = proxy.clock.due()[0]
    assert (first.kind, first.at) == ("stop ringing", proxy.clock.now() + timedelta(seconds=30))
    proxy.clock.advance(29)
    assert call.status == "ringing"
    proxy.clock.advance(1)
    assert call.status == "no-answer"
    assert told.forms("/status")[-1]["interactionDateUpdated"] == "2030-01-01T09:00:30Z"


def test_the_caller_gives_up(anne: Phone, bert: Phone, told: Recorder) -> None:
    call = anne.call(POOL[0]).hang_up()
    assert call.status == "canceled"
    assert bert.calls[0].status == "canceled"
    assert legs(told)[2:] == [("completed", "initiated", "{}"), ("completed", "canceled", '{"duration":"0"}')]


def test_what_a_call_is_in_no_state_for(anne: Phone, bert: Phone, session: Session) -> None:
    call = anne.call(POOL[0]).answer()
    for act in (call.answer, call.busy, call.no_answer, call.fail):
        with pytest.raises(UsageError, match="does not ring"):
            act()
    call.hang_up()
    with pytest.raises(UsageError, match="there is nothing to hang up: the call is completed"):
        call.hang_up()
    with pytest.raises(UsageError, match="nothing to hang up"):
        bert.calls[0].hang_up()


def test_a_call_that_reaches_nobody_is_not_answered(anne: Phone, session: Session) -> None:
    call = anne.call(POOL[1])
    assert (call.delivered, call.status, call.duration) == (False, "busy", 0)
    with pytest.raises(UsageError, match="does not ring"):
        call.answer()


def test_start_and_end_postpone_the_expiry_and_answering_does_not(
    proxy: FakeProxy, anne: Phone, session: Session
) -> None:
    start = proxy.clock.now()
    call = anne.call(POOL[0])
    proxy.clock.advance(20)
    call.answer()
    assert proxy.sessions[session.sid].date_last_interaction == start
    proxy.clock.advance(minutes=30)
    call.hang_up()
    assert proxy.sessions[session.sid].date_last_interaction == proxy.clock.now()


def test_expiry_ends_no_call_and_the_end_of_the_call_opens_no_session(
    proxy: FakeProxy, anne: Phone, session: Session
) -> None:
    call = anne.call(POOL[0]).answer()
    proxy.clock.advance(hours=2)
    assert proxy.sessions[session.sid].status == "closed"
    assert call.status == "in-progress"
    closed = proxy.sessions[session.sid]
    call.hang_up()
    assert call.duration == 7200
    assert proxy.sessions[session.sid] == closed


def test_a_session_deleted_under_a_call(proxy: FakeProxy, service: Service, anne: Phone, session: Session) -> None:
    call = anne.call(POOL[0]).answer()
    proxy.client().proxy.v1.services(service.sid).sessions(session.sid).delete()
    call.hang_up()
    assert (call.status, call.interaction) == ("completed", None)


def test_calls_survive_a_snapshot(proxy: FakeProxy, anne: Phone, session: Session) -> None:
    call = anne.call(POOL[0])
    snapshot = proxy.snapshot()
    call.busy()
    proxy.restore(snapshot)
    assert call.status == "ringing"
    proxy.clock.advance(30)
    assert call.status == "no-answer"


def test_reprs(anne: Phone, bert: Phone, session: Session) -> None:
    call = anne.call(POOL[0])
    assert repr(call) == f"<call {ANNE} -> {POOL[0]}: ringing, to {BERT}, shown from {POOL[0]}>"
    assert repr(bert) == f"<phone {BERT}: 0 texts, 1 calls received>"


def test_a_call_at_the_end_of_time_rings_on() -> None:
    with FakeProxy(start="9999-12-31T23:59:59Z") as proxy:
        proxy.add_service(numbers=["+14155550001"])
        proxy.add_session(participants=["+14155550100", "+14155550101"])
        call = proxy.phone("+14155550100").call("+14155550001")
        assert proxy.clock.due() == []
        assert call.answer().status == "in-progress"
