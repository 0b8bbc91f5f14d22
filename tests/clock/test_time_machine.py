"""time-machine: a travel is followed and driven; a freeze inside it is in charge."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from freezegun import freeze_time

from fakeproxy import UsageError
from fakeproxy.clock import foreign_time
from fakeproxy.clock.datetimes import to_micros
from fakeproxy.clock.foreign_time import TimeMachine
from tests.clock.conftest import NINE, Bench

THERE = datetime(2032, 2, 2, 12, tzinfo=timezone.utc)


def _version(**names: Any) -> SimpleNamespace:
    """Return time-machine with only these of the names that its versions differ in.

    The rest stays: what an old version puts in place of `time.time` crashes where it does not find the module's names.
    """
    differing = ("traveller_stack", "coordinates_stack", "escape_hatch")
    alike = {name: value for name, value in vars(time_machine).items() if name not in differing}
    return SimpleNamespace(**alike, **names)


def test_a_travel_that_stands_is_followed_and_driven(bench: Bench) -> None:
    with time_machine.travel(THERE, tick=False):
        assert bench.clock.driver == "time-machine"
        assert bench.clock.now() == THERE
        bench.clock.advance(hours=1)
        assert time.time() == THERE.timestamp() + 3600
        assert bench.clock.move_to(NINE) == bench.clock.now()
        assert time.time() == to_micros(NINE) / 1_000_000
    assert bench.clock.driver == "own"
    assert bench.clock.read() == to_micros(NINE)


def test_a_travel_that_ticks_goes_on_ticking(bench: Bench) -> None:
    with time_machine.travel(THERE):
        first = bench.clock.read()
        assert first == to_micros(THERE)
        bench.clock.advance(60)
        assert bench.clock.read() >= first + 60_000_000
        assert time.time() >= THERE.timestamp() + 60


def test_our_looks_do_not_start_its_ticking(bench: Bench) -> None:
    with time_machine.travel(THERE):
        for _ in range(3):
            assert bench.clock.now() == THERE
        assert time.time() == THERE.timestamp()


def test_a_destination_with_a_zone_keeps_its_zone(bench: Bench) -> None:
    with time_machine.travel(THERE.astimezone(ZoneInfo("Asia/Tokyo")), tick=False):
        assert bench.clock.now() == THERE
        zone = time.tzname
        bench.clock.advance(1)
        assert time.tzname == zone
        assert bench.clock.read() == to_micros(THERE) + 1_000_000


def test_due_work_is_done_at_its_own_instant(bench: Bench) -> None:
    read: list[float] = []
    bench.also = lambda due: read.append(time.time())
    with time_machine.travel(THERE, tick=False):
        at = bench.put("it", 10)
        bench.clock.advance(60)
    assert read == [at / 1_000_000]


def test_a_freeze_inside_a_travel_is_in_charge(bench: Bench) -> None:
    with time_machine.travel(THERE, tick=False):
        with freeze_time("2040-01-01"):
            assert bench.clock.driver == "freezegun"
            assert bench.clock.read() == to_micros("2040-01-01T00:00:00Z")
        assert bench.clock.now() == THERE


def test_older_versions_keep_their_travels_under_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(THERE, tick=False) as traveller:
        monkeypatch.setitem(sys.modules, "time_machine", _version(coordinates_stack=[traveller]))
        assert TimeMachine().read() == to_micros(THERE)
        monkeypatch.undo()


def test_an_unknown_time_machine_is_followed_with_one_warning_and_not_driven(monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = TimeMachine()
    hatch = SimpleNamespace(is_travelling=lambda: True)
    monkeypatch.setitem(sys.modules, "time_machine", _version(escape_hatch=hatch))
    with pytest.warns(RuntimeWarning, match="does not know this version of time-machine"):
        first = keeper.read()
    assert first is not None
    assert abs(first - time.time_ns() // 1000) < 60_000_000
    assert keeper.read() is not None
    with pytest.raises(UsageError, match="move it with its own object"):
        keeper.move(0)
    hatch.is_travelling = lambda: False
    assert keeper.read() is None
    monkeypatch.setitem(sys.modules, "time_machine", _version())
    assert keeper.read() is None


def test_where_nobody_travels_it_is_not_in_charge() -> None:
    assert TimeMachine().read() is None


def test_a_travel_that_ends_between_two_looks_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Vanishing(list[object]):
        def __bool__(self) -> bool:
            return True

    monkeypatch.setitem(sys.modules, "time_machine", _version(traveller_stack=Vanishing()))
    assert TimeMachine().read() is None
    TimeMachine().move(0)


def test_a_ticking_own_time_waits_while_somebody_else_is_in_charge() -> None:
    bench = Bench(time="ticking")
    bench.clock.read()
    with time_machine.travel(THERE, tick=False):
        bench.clock.read()
        until = time.perf_counter() + 0.05
        while time.perf_counter() < until:
            pass
        assert bench.clock.dump() - to_micros(NINE) < 50_000
    assert bench.clock.read() - to_micros(NINE) < 50_000


def test_where_it_is_not_loaded_it_is_not_in_charge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_time, "sys", SimpleNamespace(modules={}))
    assert TimeMachine().read() is None
