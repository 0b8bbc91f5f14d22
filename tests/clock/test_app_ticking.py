"""time="app-ticking": the application's time begins at `start` and runs on, and moves along with the clock."""

from __future__ import annotations

import datetime
import threading
import time

import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy

START = "2030-01-01T09:00:00Z"


def test_instants_are_distinct_and_the_fake_agrees() -> None:
    with FakeProxy(start=START, time="app-ticking") as proxy:
        instants: list[float] = []
        while len(instants) < 20:
            now = time.time()
            if not instants or now > instants[-1]:
                instants.append(now)
        assert len(set(instants)) == 20
        assert datetime.datetime.now(datetime.timezone.utc).year == 2030
        assert abs(proxy.clock.now().timestamp() - time.time()) < 5
        assert proxy.clock.driver == "freezegun"
    assert datetime.datetime.now().year < 2030


def test_it_can_be_stepped_and_moved() -> None:
    with FakeProxy(start=START, time="app-ticking") as proxy:
        proxy.add_service("rides")
        session = proxy.add_session(ttl=3600)
        proxy.clock.advance(hours=1)
        assert proxy.sessions[session.sid].status == "closed"
        assert time.gmtime().tm_hour == 10
        proxy.clock.move_to("2031-06-01T00:00:00Z")
        assert time.gmtime()[:2] == (2031, 6)


@pytest.mark.slow
def test_a_session_ends_as_its_time_passes() -> None:
    with FakeProxy(start=START, time="app-ticking") as proxy:
        proxy.add_service("rides")
        session = proxy.add_session(ttl=1)
        deadline = time.time() + 60
        while proxy.sessions[session.sid].status != "closed" and time.time() < deadline:
            threading.Event().wait(0.05)
        assert proxy.sessions[session.sid].status == "closed"


@pytest.mark.parametrize("form", [lambda: f"{time.time():.6f}", lambda: datetime.datetime.now().isoformat()])
def test_names_made_of_the_time_differ(form: object) -> None:
    with FakeProxy(start=START, time="app-ticking") as proxy:
        sessions = Client().proxy.v1.services(proxy.add_service("rides").sid).sessions
        for _ in range(5):
            sessions.create(unique_name=form())  # type: ignore[operator]
        assert len(proxy.sessions) == 5


@pytest.mark.parametrize(
    "form",
    [
        lambda: str(int(time.time())),
        lambda: f"job-{int(time.time() * 1000)}",
        lambda: datetime.datetime.now().isoformat(),
        lambda: datetime.datetime.now().strftime("ride %Y%m%d-%H%M%S"),
        lambda: datetime.datetime.now().strftime("%y%m%d%H%M"),
    ],
)
@pytest.mark.parametrize("resource", ["service", "session"])
def test_a_name_of_the_time_that_is_taken_is_explained(form: object, resource: str) -> None:
    with FakeProxy(start=START, time="app") as proxy:
        services = Client().proxy.v1.services
        rows = services if resource == "service" else services(proxy.add_service("rides").sid).sessions
        rows.create(unique_name=form())  # type: ignore[operator]
        with pytest.raises(Exception, match="unique"):
            rows.create(unique_name=form())  # type: ignore[operator]
        assert (
            "seems to be made of the time, and the fake's clock stands at 2030-01-01T09:00:00Z"
            in proxy.journal[-1].why[-1]
        )


def test_another_name_that_is_taken_is_not() -> None:
    with FakeProxy(start=START, time="app") as proxy:
        proxy.add_service("rides-2030")
        with pytest.raises(Exception, match="unique"):
            Client().proxy.v1.services.create(unique_name="rides-2030")
        assert len(proxy.journal[-1].why) == 1
