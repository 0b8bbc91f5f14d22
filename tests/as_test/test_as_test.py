"""The test that is made of a history: its text, what it leaves out, and where it is offered."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from tests.as_test.generated import run
from tests.examples import test_copied as copied

ANNE, BERT = "+14155550100", "+14155550101"
POOL = ["+14155550001", "+14155550002"]


def ride(proxy: FakeProxy) -> None:
    """A ride, as the docs show it."""
    service = proxy.add_service("rides", numbers=POOL)
    session = proxy.client().proxy.v1.services(service.sid).sessions.create(unique_name="job-7", ttl=3600)
    anne = session.participants.create(ANNE)
    session.participants.create(BERT)
    with pytest.raises(TwilioRestException):
        session.participants.create("+14155550102")
    proxy.note("the driver is on the way")
    proxy.phone(ANNE).text(anne.proxy_identifier, "I am here")
    call = proxy.phone(BERT).call("+14155550001").answer()
    proxy.clock.advance(minutes=2)
    call.hang_up()
    proxy.clock.advance(hours=2)
    proxy.phone(ANNE).text(anne.proxy_identifier, "I forgot my bag!")


def test_the_test_is_the_one_that_the_docs_show() -> None:
    with FakeProxy() as proxy:
        ride(proxy)
        source = proxy.history.as_test()
    assert source == Path(copied.__file__).read_text(encoding="utf-8")


def test_it_is_the_same_over_http_and_from_another_process(proxy: FakeProxy) -> None:
    ride(proxy)
    source = proxy.history.as_test()
    assert requests.get(f"{proxy.url}/_fakeproxy/test", timeout=20).json() == {"source": source}
    assert fakeproxy.connect(proxy.url).history.as_test() == source


def test_of_a_part_of_a_history_there_is_none(proxy: FakeProxy) -> None:
    ride(proxy)
    with pytest.raises(UsageError, match="whole history"):
        proxy.history.of(ANNE).as_test()


def test_a_reset_begins_a_new_test(proxy: FakeProxy) -> None:
    ride(proxy)
    proxy.reset()
    assert "add_service" not in proxy.history.as_test()
    run(proxy.history.as_test())


def test_a_restored_state_is_seeded(proxy: FakeProxy) -> None:
    service = proxy.add_service("rides", numbers=POOL)
    proxy.add_session(service, unique_name="job-7", participants=[ANNE, BERT], ttl=3600)
    before = proxy.snapshot()
    proxy.phone(ANNE).text(POOL[0], "the first")
    proxy.restore(before)
    proxy.phone(ANNE).text(POOL[0], "the second")
    source = proxy.history.as_test()
    assert "the first" not in source
    assert 'add_service("rides"' in source
    run(source)


def test_a_history_that_lacks_its_beginning_says_so() -> None:
    with FakeProxy(history_size=10) as proxy:
        service = proxy.add_service("rides", numbers=POOL)
        proxy.add_session(service, unique_name="job-7", participants=[ANNE, BERT])
        for number in range(10):
            proxy.phone(ANNE).text(POOL[0], f"text {number}")
        source = proxy.history.as_test()
    assert "# The history lacks its beginning" in source
    assert "text 0" not in source
    run(source)


def test_faults_are_ordered_for_the_requests_that_met_them(proxy: FakeProxy) -> None:
    sessions = proxy.client().proxy.v1.services(proxy.add_service("rides", numbers=POOL).sid).sessions
    proxy.faults.refuse(80611, operation="CreateSession", times=2, optional=True)
    proxy.faults.read_timeout(operation="CreateSession", after=True)
    proxy.faults.server_error(503, path="/v1/Services/*/Sessions/*", times=5, optional=True)
    for _ in range(2):
        with pytest.raises(TwilioRestException):
            sessions.create(unique_name="job-7")
    with pytest.raises(requests.exceptions.Timeout):
        sessions.create(unique_name="job-7")
    source = proxy.history.as_test()
    assert "80611" in source
    assert "times=2" in source
    assert "503" not in source
    run(source)


def test_a_ticking_clock_goes_on_by_whole_seconds() -> None:
    with FakeProxy(time="ticking") as proxy:
        service = proxy.add_service("rides", numbers=POOL)
        proxy.add_session(service, participants=[ANNE, BERT], ttl=60)
        proxy.phone(ANNE).text(POOL[0], "hi")
        proxy.clock.advance(minutes=2)
        source = proxy.history.as_test()
    assert "advance(minutes=2)" in source
    run(source)


def test_dates_pin_the_start() -> None:
    with FakeProxy(start="2030-01-01T09:00:00Z") as proxy:
        service = proxy.add_service("rides", numbers=POOL)
        sessions = proxy.client().proxy.v1.services(service.sid).sessions
        sessions.create(unique_name="job-7", date_expiry="2030-01-01T10:00:00Z")
        proxy.clock.advance(hours=1)
        source = proxy.history.as_test()
    assert '@pytest.mark.fakeproxy(start="2030-01-01T09:00:00Z")' in source
    run(source)


def test_what_people_do_with_calls_and_texts(proxy: FakeProxy) -> None:
    proxy.add_session(proxy.add_service("rides", numbers=POOL), participants=[ANNE, BERT])
    proxy.phone(BERT).reception = "failed"
    proxy.phone(ANNE).text(POOL[0], "hi", media=["https://example.com/1.png"])
    proxy.phone(ANNE).call(POOL[0]).no_answer()
    proxy.phone(ANNE).call(POOL[0])
    proxy.phone(BERT).calls[-1].answer()
    proxy.clock.advance(30)
    proxy.phone(BERT).calls[-1].hang_up()
    proxy.alerts.add(80908, url="https://example.com", why="a test")
    source = proxy.history.as_test()
    assert 'status == "failed"' in source
    run(source)
