"""Time: the fake's own, freezegun's, time-machine's, and the application's."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from freezegun import freeze_time

from fakeproxy import FakeProxy
from tests.matrix.steps import step
from tests.matrix.steps.sdk import START

THEN = datetime(2031, 6, 1, 12, tzinfo=timezone.utc)


def _closes_in_an_hour(proxy: FakeProxy) -> None:
    """Check that a Session with a ttl closes when the clock passes it, and that the clock goes as far as asked."""
    service = proxy.add_service("rides")
    session = proxy.client().proxy.v1.services(service.sid).sessions.create(ttl=3600)
    before = proxy.clock.now()
    assert abs(session.date_created - before) < timedelta(seconds=30)  # auto_tick_seconds takes steps meanwhile
    proxy.clock.advance(minutes=59)
    assert proxy.sessions[session.sid].status != "closed"
    proxy.clock.advance(minutes=2)
    assert proxy.sessions[session.sid].status == "closed"
    gone = proxy.clock.now() - before
    assert timedelta(minutes=61) <= gone < timedelta(minutes=62)


@step()
def own_time() -> None:
    paces: tuple[Literal["still", "ticking"], ...] = ("still", "ticking")
    for pace in paces:
        with FakeProxy(start=START, time=pace) as proxy:
            _closes_in_an_hour(proxy)


@step()
def the_applications_time() -> None:
    with FakeProxy(start=START, time="app") as proxy:
        assert datetime.now(timezone.utc) == proxy.clock.now()
        _closes_in_an_hour(proxy)
        assert datetime.now(timezone.utc) == proxy.clock.now()
        assert time.time() == proxy.clock.now().timestamp()
    assert datetime.now(timezone.utc).year != 2030


@step()
def a_freeze_of_freezegun() -> None:
    options: list[dict[str, Any]] = [{}, {"tick": True}, {"auto_tick_seconds": 2}, {"tz_offset": -4}]
    for option in options:
        with freeze_time(THEN.replace(tzinfo=None), **option), FakeProxy() as proxy:
            assert proxy.clock.driver == "freezegun"
            assert abs(proxy.clock.now() - THEN) < timedelta(seconds=10)
            _closes_in_an_hour(proxy)
            assert abs(time.time() - proxy.clock.now().timestamp()) < 10


@step()
def a_freeze_of_freezegun_that_moves() -> None:
    options: list[dict[str, Any]] = [{}, {"tick": True}]
    for option in options:
        with FakeProxy() as proxy, freeze_time(THEN.replace(tzinfo=None), **option) as frozen:
            if hasattr(frozen, "move_to"):  # before 1.5 a ticking one has no way to be moved
                frozen.move_to("2031-06-02 12:00:00")
            else:
                proxy.clock.advance(days=1)
            assert abs(proxy.clock.now() - THEN - timedelta(days=1)) < timedelta(seconds=10)
            proxy.clock.advance(hours=1)
            frozen.tick(timedelta(seconds=5)) if not option else None
            assert abs(proxy.clock.now() - THEN - timedelta(days=1, hours=1)) < timedelta(seconds=10)


@step("time_machine")
def ticking_own_time_waits_while_somebody_travels() -> None:
    import time_machine

    with FakeProxy(start=START, time="ticking") as proxy:
        before = proxy.clock.now()
        for _ in range(2):
            with time_machine.travel(THEN, tick=False):
                assert proxy.clock.now() == THEN
            assert before <= proxy.clock.now() < before + timedelta(seconds=10)


@step("time_machine")
def a_travel_of_time_machine() -> None:
    import time_machine

    for tick in (True, False):
        with time_machine.travel(THEN, tick=tick) as traveller, FakeProxy() as proxy:
            assert proxy.clock.driver == "time-machine"
            _closes_in_an_hour(proxy)
            assert abs(time.time() - proxy.clock.now().timestamp()) < 10
            traveller.shift(timedelta(days=1))
            assert abs(proxy.clock.now() - THEN - timedelta(days=1, minutes=61)) < timedelta(seconds=10)
