"""freezegun: an active freeze is followed and driven, whoever began it and whatever its options."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import freezegun.api
import pytest
from freezegun import freeze_time

from fakeproxy import MissingPackage, UsageError
from fakeproxy.clock.app_time import AppFreeze
from fakeproxy.clock.datetimes import to_micros
from fakeproxy.clock.foreign_time import Freezegun
from tests import needs
from tests.clock.conftest import NINE, Bench

FROZEN = "2031-06-01T12:00:00Z"


def test_a_freeze_is_followed_and_afterwards_own_time_is_where_it_was(bench: Bench) -> None:
    bench.clock.advance(1)
    with freeze_time(FROZEN):
        assert bench.clock.driver == "freezegun"
        assert bench.clock.read() == to_micros(FROZEN)
    assert bench.clock.driver == "own"
    assert bench.clock.read() == to_micros(NINE) + 1_000_000


def test_a_clock_that_is_made_inside_a_freeze_follows_it() -> None:
    with freeze_time(FROZEN) as freezer:
        bench = Bench(start=None)
        freezer.tick(timedelta(hours=1))
        assert bench.clock.read() == to_micros(FROZEN) + 3_600_000_000


def test_advance_moves_the_application_too(bench: Bench) -> None:
    with freeze_time(FROZEN):
        before = time.time()
        bench.clock.advance(hours=2)
        assert time.time() == before + 7200
        assert datetime.now(timezone.utc) == bench.clock.now()


def test_a_ticking_freeze_of_freezegun_before_1_5_is_moved(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its factory has neither `move_to` nor `tick`."""
    for name in ("move_to", "tick"):
        monkeypatch.delattr(freezegun.api.TickingDateTimeFactory, name, raising=False)
    with freeze_time(FROZEN, tick=True):
        before = time.time()
        bench.clock.advance(hours=2)
        assert 7200 <= time.time() - before < 7260


def test_at_each_due_instant_the_application_reads_that_instant(bench: Bench) -> None:
    read: list[float] = []
    bench.also = lambda due: read.append(time.time())
    with freeze_time(FROZEN):
        instants = [bench.put(str(seconds), seconds) for seconds in (30, 10, 20)]
        bench.clock.advance(60)
    assert read == [at / 1_000_000 for at in sorted(instants)]


def test_what_is_overdue_after_a_move_by_somebody_else_is_done_as_of_its_instant(bench: Bench) -> None:
    with freeze_time(FROZEN) as freezer:
        at = bench.put("it", 10)
        freezer.tick(timedelta(hours=1))
        assert bench.clock.settle() == to_micros(FROZEN) + 3_600_000_000
    assert [(due, sid) for due, sid, _ in bench.done] == [(at, "it")]


def test_the_innermost_of_nested_freezes_is_in_charge(bench: Bench) -> None:
    with freeze_time(FROZEN):
        with freeze_time("2040-01-01"):
            bench.clock.advance(1)
            assert bench.clock.read() == to_micros("2040-01-01T00:00:01Z")
        assert bench.clock.read() == to_micros(FROZEN)


def test_a_ticking_freeze_loses_nothing_when_it_is_advanced(bench: Bench) -> None:
    with freeze_time(FROZEN, tick=True):
        first = bench.clock.read()
        assert first >= to_micros(FROZEN)
        bench.clock.advance(0.5)
        assert first + 500_000 <= bench.clock.read() < first + 5_000_000


@pytest.fixture
def no_garbage_collection() -> Iterator[None]:
    """Hypothesis, once it has run in this process, reads the time whenever garbage is collected."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage_collection")
def test_reads_do_not_use_up_automatic_ticks(bench: Bench) -> None:
    with freeze_time(FROZEN, auto_tick_seconds=15):
        for _ in range(5):
            bench.clock.now()
            bench.clock.settle()
        assert bench.clock.read() == to_micros(FROZEN)
        bench.clock.advance(60)
        assert bench.clock.read() == to_micros(FROZEN) + 60_000_000
        bench.clock.advance(0)
        assert bench.clock.read() == to_micros(FROZEN) + 60_000_000


def test_the_offset_of_a_time_zone_is_no_part_of_the_instant(bench: Bench) -> None:
    with freeze_time(FROZEN, tz_offset=-4):
        assert bench.clock.read() == to_micros(FROZEN)
        bench.clock.advance(1)
        assert time.time() == to_micros(FROZEN) / 1_000_000 + 1


def test_ignored_modules_do_not_matter(bench: Bench) -> None:
    with freeze_time(FROZEN, ignore=["fakeproxy", "werkzeug", "requests", "tests"]):
        assert bench.clock.read() == to_micros(FROZEN)


def test_an_executor_thread_reads_the_frozen_time_at_any_depth(bench: Bench) -> None:
    with freeze_time(FROZEN), ThreadPoolExecutor(1) as pool:
        assert pool.submit(bench.clock.read).result() == to_micros(FROZEN)


def test_four_threads_that_step_a_freeze_lose_nothing(bench: Bench) -> None:
    with freeze_time(FROZEN):
        threads = [Thread(target=lambda: [bench.clock.advance(1) for _ in range(500)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert bench.clock.read() == to_micros(FROZEN) + 2_000_000_000


@pytest.mark.slow
def test_readers_in_threads_survive_freezes_that_come_and_go(bench: Bench) -> None:
    done, errors = Event(), []

    def read() -> None:
        try:
            while not done.is_set():
                bench.clock.now()
        except BaseException as error:
            errors.append(error)

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(5):
        with freeze_time(FROZEN):
            pass
    done.set()
    for reader in readers:
        reader.join()
    assert errors == []


@needs.real_asyncio
def test_with_real_asyncio_nothing_changes(bench: Bench) -> None:
    with freeze_time(FROZEN, real_asyncio=True):
        assert bench.clock.advance(1) == bench.clock.now()
        assert bench.clock.read() == to_micros(FROZEN) + 1_000_000


def test_the_fixture_of_pytest_freezer_is_a_freeze_like_any_other(freezer: Any, bench: Bench) -> None:
    freezer.move_to(FROZEN)
    bench.clock.advance(minutes=1)
    assert freezer() == datetime(2031, 6, 1, 12, 1)  # noqa: DTZ001 (freezegun's own are naive)


def test_a_freeze_into_the_past_does_no_work_and_undoes_none(bench: Bench) -> None:
    bench.put("it", 10)
    bench.clock.advance(10)
    with freeze_time("2001-01-01"):
        bench.put("later", 10)
        bench.clock.settle()
    assert [sid for _, sid, _ in bench.done] == ["it"]


def test_a_freeze_that_ends_between_two_looks_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Vanishing(list[Any]):
        def __bool__(self) -> bool:
            return True

    monkeypatch.setattr(freezegun.api, "freeze_factories", Vanishing())
    assert Freezegun().read() is None
    Freezegun().move(0)


def test_an_unknown_freezegun_is_followed_with_one_warning_and_not_driven(monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Freezegun()
    with freeze_time(FROZEN):
        monkeypatch.setitem(sys.modules, "freezegun.api", SimpleNamespace())
        with pytest.warns(RuntimeWarning, match="does not know this version of freezegun"):
            assert keeper.read() == to_micros(FROZEN)
        assert keeper.read() == to_micros(FROZEN)
        with pytest.raises(UsageError, match="move it with its own object"):
            keeper.move(0)
        monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "freezegun.api", SimpleNamespace())
    assert keeper.read() is None


def test_where_it_is_not_loaded_it_is_not_in_charge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "freezegun.api")
    assert Freezegun().read() is None


def test_app_time_without_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "freezegun.api", None)
    with pytest.raises(MissingPackage, match="pip install freezegun"):
        AppFreeze(0)


@pytest.mark.usefixtures("no_garbage_collection")
def test_moving_a_freeze_to_where_it_stands_changes_nothing(bench: Bench) -> None:
    with freeze_time(FROZEN, auto_tick_seconds=15):
        Freezegun().move(to_micros(FROZEN))
        assert bench.clock.read() == to_micros(FROZEN)


def test_a_fake_that_is_imported_inside_a_freeze_works_after_it() -> None:
    """Names bound under a freeze are freezegun's fakes; the fake has to have bound the real ones all the same."""
    program = """
from freezegun import freeze_time
with freeze_time("2030-01-01"):
    import fakeproxy.fake.proxy
import datetime
with fakeproxy.FakeProxy(start="2031-01-01T00:00:00Z") as proxy:
    service = proxy.add_service(numbers=["+14155550001", "+14155550002"])
    end = datetime.datetime(2031, 2, 1, tzinfo=datetime.timezone.utc)
    session = proxy.add_session(service, ttl=60, date_expiry=end)
    assert type(proxy.clock.now()) is datetime.datetime, type(proxy.clock.now())
    proxy.clock.advance(days=40)
    proxy.restore(proxy.snapshot())
    assert type(proxy.sessions[session.sid].date_created) is datetime.datetime
    assert proxy.sessions[session.sid].status == "closed"
"""
    subprocess.run([sys.executable, "-c", program], check=True)
