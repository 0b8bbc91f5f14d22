"""time="app": the application's time is frozen by the fake, and moves along; event loops stay on real time."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone

import aiohttp
import freezegun.api
import pytest
import time_machine
from aiohttp import web
from freezegun import freeze_time

from fakeproxy import FakeProxy, UsageError
from fakeproxy.clock.app_time import AppFreeze
from fakeproxy.clock.datetimes import to_micros
from fakeproxy.fake import lifecycle
from tests import needs
from tests.clock.conftest import NINE

REAL_LOOP_TIME = asyncio.BaseEventLoop.time


def test_the_application_reads_the_fakes_time_and_moves_along() -> None:
    with FakeProxy(time="app", start=NINE) as proxy:
        assert proxy.clock.driver == "freezegun"
        assert time.time() == to_micros(NINE) / 1_000_000
        proxy.clock.advance(days=1)
        assert datetime.now(timezone.utc) == proxy.clock.now()
        proxy.clock.move_to("2029-01-01T00:00:00Z")
        assert time.gmtime().tm_year == 2029
    assert freezegun.api.freeze_factories == []
    assert time.time() > 1_700_000_000
    assert datetime.__name__ == "datetime"
    assert proxy.clock.driver == "own"
    assert proxy.clock.now().year == 2029


def test_event_loops_stay_on_real_time_and_are_put_back() -> None:
    async def sleep() -> None:
        await asyncio.wait_for(asyncio.sleep(0.001), timeout=20)

    with FakeProxy(time="app", start=NINE):
        asyncio.run(sleep())
        with FakeProxy(time="app"):
            asyncio.run(sleep())
        assert asyncio.BaseEventLoop.time is not REAL_LOOP_TIME
    assert asyncio.BaseEventLoop.time is REAL_LOOP_TIME


@needs.real_asyncio
def test_a_freeze_with_real_asyncio_before_does_not_get_in_the_way() -> None:
    with freeze_time("2040-01-01", real_asyncio=True):
        pass
    with FakeProxy(time="app", start=NINE):
        asyncio.run(asyncio.wait_for(asyncio.sleep(0.001), timeout=20))


def test_timeouts_of_aiohttp_fire() -> None:
    async def visit() -> None:
        enough = asyncio.Event()

        async def slow(request: web.Request) -> web.Response:
            await enough.wait()
            return web.Response()

        app = web.Application()
        app.router.add_get("/", slow)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.05)) as session:
                with pytest.raises(asyncio.TimeoutError):
                    await session.get(f"http://{host}:{port}/")
        finally:
            enough.set()
            await runner.cleanup()

    with FakeProxy(time="app", start=NINE):
        asyncio.run(visit())


def test_a_freeze_that_is_on_already_is_joined_and_moved_to_the_start() -> None:
    with freeze_time("2040-01-01") as freezer:
        with FakeProxy(time="app", start=NINE) as proxy:
            assert len(freezegun.api.freeze_factories) == 1
            assert time.time() == to_micros(NINE) / 1_000_000
            proxy.clock.advance(1)
        assert to_micros(freezer().replace(tzinfo=timezone.utc)) == to_micros(NINE) + 1_000_000


def test_without_a_start_a_freeze_that_is_on_already_stays_where_it_is() -> None:
    with freeze_time("2040-01-01"), FakeProxy(time="app") as proxy:
        assert proxy.clock.now().year == 2040


def test_a_travel_that_is_on_already_is_joined() -> None:
    with time_machine.travel("2040-01-01T00:00:00+00:00", tick=False), FakeProxy(time="app", start=NINE) as proxy:
        assert proxy.clock.driver == "time-machine"
        assert time.time() == to_micros(NINE) / 1_000_000


def test_a_freeze_inside_ours_is_driven_and_ours_is_moved_too() -> None:
    with FakeProxy(time="app", start=NINE) as proxy:
        with freeze_time("2035-01-01"):
            proxy.clock.advance(1)
            assert time.time() == to_micros("2035-01-01T00:00:01Z") / 1_000_000
        assert proxy.clock.read() == to_micros("2035-01-01T00:00:01Z")


def test_our_freeze_does_not_end_while_another_is_inside() -> None:
    proxy = FakeProxy(time="app", start=NINE).start()
    inner = freeze_time("2035-01-01")
    inner.start()
    with pytest.raises(UsageError, match="stop that one first"):
        proxy.stop()
    assert not lifecycle.active
    inner.stop()
    proxy.stop()
    assert freezegun.api.freeze_factories == []
    assert datetime.__name__ == "datetime"


def test_our_freeze_ended_by_somebody_else_still_leaves_nothing_behind() -> None:
    clock = FakeProxy(time="app", start=NINE)
    clock.start()
    freezegun.api.freeze_factories.clear()
    for rest in (freezegun.api.tz_offsets, freezegun.api.ignore_lists, freezegun.api.tick_flags):
        rest.clear()
    clock.stop()
    assert type(datetime.now(timezone.utc)).__name__ == "datetime"


def test_parking_a_freeze_changes_nothing() -> None:
    freeze = AppFreeze(to_micros(NINE))
    try:
        freeze.pause()
        assert freeze.read() == to_micros(NINE)
    finally:
        freeze.end()


def test_starting_twice_and_stopping_twice_does_no_harm() -> None:
    proxy = FakeProxy(time="app", start=NINE).start()
    proxy.clock.start()
    assert len(freezegun.api.freeze_factories) == 1
    proxy.stop()
    proxy.clock.stop()


def test_a_freeze_of_now_inside_begins_at_our_time_and_its_ticks_are_seen() -> None:
    with FakeProxy(time="app", start=NINE) as proxy:
        with freeze_time(datetime.now(timezone.utc)) as freezer:  # what the fixture `freezer` does
            assert proxy.clock.read() == to_micros(NINE)
            freezer.tick(60)
            assert proxy.clock.read() == to_micros(NINE) + 60_000_000
        proxy.clock.advance(1)
        assert proxy.clock.read() == to_micros(NINE) + 1_000_000
