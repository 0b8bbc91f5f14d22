"""Wait for it, in its own time: the clock is stepped; or in real time, for programs beside the test."""

from __future__ import annotations

import threading
from collections.abc import Generator
from datetime import timedelta

import pytest
import requests

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.exceptions import NotInTime
from fakeproxy.surface.fake import Fake

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture(params=["here", "elsewhere"])
def fake(request: pytest.FixtureRequest, proxy: FakeProxy) -> Fake:
    proxy.add_service("rides", numbers=["+14155550001"])
    proxy.add_session(unique_name="job-7", ttl=3600, participants=[ANNE, BERT])
    return proxy if request.param == "here" else fakeproxy.connect(proxy.url)


def test_it_steps_to_where_the_condition_holds(fake: Fake) -> None:
    assert f"{fake.clock.advance_until(lambda: fake.sessions['job-7'].status == 'closed'):%H:%M}" == "10:00"
    assert f"{fake.clock.advance_until(fake.sessions.has(status='closed')):%H:%M}" == "10:00"


def test_it_fails_with_the_story(fake: Fake) -> None:
    with pytest.raises(NotInTime) as late:
        fake.clock.advance_until(fake.sessions.has(unique_name="job-7", status="failed"), within=timedelta(hours=2))
    assert str(late.value).splitlines() == [
        "that there is a Session with unique_name='job-7', status='failed' did not come true "
        "within 7200 seconds of the fake's time; none fits, the nearest of 1 are",
        f"  {fake.sessions['job-7']!r}",
        "    status is 'closed', not 'failed'; meanwhile:",
        *late.value.story.splitlines(),
    ]
    assert "closed: expired, its ttl of 1 h is over" in late.value.story
    assert f"{fake.clock.now():%H:%M}" == "11:00"


def test_it_goes_no_further_than_it_may(fake: Fake) -> None:
    with pytest.raises(NotInTime, match="within 60 seconds of the fake's time"):
        fake.clock.advance_until(lambda: False, within=60)
    assert f"{fake.clock.now():%H:%M}" == "09:01"
    with pytest.raises(UsageError, match="within=-1: expected 0 or more seconds"):
        fake.clock.advance_until(lambda: False, within=-1)


def test_what_a_phone_received_and_the_webhooks_are_read_anew(fake: Fake) -> None:
    """They are what had arrived when they were read, but a condition is about what has arrived when it is asked."""
    phone, asked = fake.phone(BERT), fake.webhooks.deliveries.has(kind="intercept")
    text, ring = phone.inbox.has(body="I am here"), phone.calls.has(status="ringing")
    assert (text(), ring(), asked()) == (False, False, False)
    assert "+14155550101" in text.explain()
    fake.webhooks.mount("https://app.example.com", lambda environ, answer: (answer("200 OK", []), [b""])[1])
    service = fake.services["rides"]
    fake.client().proxy.v1.services(service.sid).update(intercept_callback_url="https://app.example.com/intercept")
    fake.phone(ANNE).text("+14155550001", "I am here")
    fake.phone(ANNE).call("+14155550001")
    assert (text(), ring(), asked()) == (True, True, True)


@pytest.fixture
def later(proxy: FakeProxy) -> Generator[threading.Timer]:
    """Another thread, which texts in a moment."""
    timer = threading.Timer(0.1, lambda: proxy.phone(ANNE).text("+14155550001", "I am here"))
    timer.start()
    yield timer
    timer.join()


def test_it_waits_for_another_thread(fake: Fake, later: threading.Timer) -> None:
    fake.wait_for(fake.history.has(kind="text", action="delivered"))
    assert fake.phone(BERT).inbox.one().body == "I am here"


def test_it_waits_no_longer_than_it_may(fake: Fake) -> None:
    with pytest.raises(NotInTime, match=r"the condition did not come true within 0.01 seconds of real time; nothing"):
        fake.wait_for(lambda: False, timeout=0.01)


def test_any_language_waits_for_what_happens(proxy: FakeProxy, fake: Fake, later: threading.Timer) -> None:
    url = f"{proxy.url}/_fakeproxy/wait"
    (event,) = requests.get(url, params={"kind": "text", "after": "0", "timeout": "5"}, timeout=20).json()
    assert event["action"] == "delivered"
    assert requests.get(url, params={"timeout": "0.01"}, timeout=20).json() == []
    assert requests.get(url, params={"after": event["seq"] - 1, "timeout": "5"}, timeout=20).json()[0] == event
    answer = requests.get(url, params={"timeout": "soon"}, timeout=20)
    assert (answer.status_code, answer.json()["text"]) == (400, "timeout='soon': expected seconds, 999 at most")
