"""The fake's own time: stands still until it is stepped, or runs on."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from threading import Thread
from typing import Any

import pytest

from fakeproxy import UsageError
from fakeproxy.clock.datetimes import to_micros
from fakeproxy.clock.real_time import Unfrozen
from tests.clock.conftest import NINE, Bench


def test_it_stands_at_its_start(bench: Bench) -> None:
    before = bench.clock.now()
    busy_until = time.perf_counter() + 0.01
    while time.perf_counter() < busy_until:
        pass
    assert bench.clock.now() == before == datetime(2030, 1, 1, 9, tzinfo=timezone.utc)
    assert bench.clock.driver == "own"


def test_by_default_it_starts_at_the_present_cut_to_the_second() -> None:
    bench = Bench(start=None)
    earliest = int(time.time())
    bench.clock.start()
    assert earliest <= bench.clock.read() / 1_000_000 <= time.time()
    assert bench.clock.read() % 1_000_000 == 0


@pytest.mark.parametrize(
    ("step", "moved"),
    [
        ({"seconds": 1}, timedelta(seconds=1)),
        ({"seconds": 0.000001}, timedelta(microseconds=1)),
        ({"seconds": 0.1}, timedelta(microseconds=100_000)),
        ({"seconds": timedelta(days=2, microseconds=7)}, timedelta(days=2, microseconds=7)),
        ({"minutes": 1, "hours": 2, "days": 3}, timedelta(days=3, hours=2, minutes=1)),
        ({"seconds": timedelta(seconds=5), "minutes": 1}, timedelta(seconds=65)),
        ({"hours": 1, "minutes": -30}, timedelta(minutes=30)),
        ({}, timedelta(0)),
    ],
)
def test_advance_is_exact_and_returns_the_present(bench: Bench, step: dict[str, Any], moved: timedelta) -> None:
    before = bench.clock.now()
    assert bench.clock.advance(**step) == before + moved == bench.clock.now()


@pytest.mark.parametrize("step", [{"seconds": -1}, {"hours": -1}, {"seconds": timedelta(microseconds=-1)}])
def test_advance_does_not_go_back_and_says_what_does(bench: Bench, step: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"move_to\(\) may go back"):
        bench.clock.advance(**step)


@pytest.mark.parametrize("step", [True, "1", math.nan, math.inf, None, 1e300])
def test_a_step_that_is_no_number_is_refused(bench: Bench, step: Any) -> None:
    with pytest.raises(UsageError, match="give finite numbers, or a timedelta"):
        bench.clock.advance(step)
    assert bench.clock.now().isoformat() == "2030-01-01T09:00:00+00:00"


def test_time_does_not_leave_the_years_of_a_datetime(bench: Bench) -> None:
    with pytest.raises(UsageError, match="years 1 to 9999"):
        bench.clock.advance(days=3_000_000)


def test_move_to_goes_anywhere(bench: Bench) -> None:
    assert bench.clock.move_to("2031-01-01T00:00:00+02:00").isoformat() == "2030-12-31T22:00:00+00:00"
    assert bench.clock.move_to(0) == datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert bench.clock.move_to(datetime(2029, 5, 5, tzinfo=timezone.utc)).year == 2029


def test_ticking_time_runs_on_from_its_start_and_is_stepped() -> None:
    bench = Bench(time="ticking")
    first = bench.clock.read()
    assert 0 <= first - to_micros(NINE) < 5_000_000
    until = time.monotonic() + 0.02
    while time.monotonic() < until:
        pass
    assert bench.clock.read() >= first + 20_000
    bench.clock.advance(hours=1)
    assert bench.clock.read() >= first + 3_600_000_000 + 20_000


def test_four_threads_that_step_lose_nothing(bench: Bench) -> None:
    threads = [Thread(target=lambda: [bench.clock.advance(1) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bench.clock.read() == to_micros(NINE) + 2_000_000_000


def test_own_time_can_be_taken_down_and_put_back(bench: Bench) -> None:
    own = bench.clock.dump()
    bench.clock.advance(days=1)
    bench.clock.load(own)
    assert bench.clock.now().isoformat() == "2030-01-01T09:00:00+00:00"


def test_start_and_stop_touch_nothing_outside(bench: Bench) -> None:
    bench.clock.start()
    bench.clock.stop()
    bench.clock.stop()
    assert bench.clock.read() == to_micros(NINE)


def test_an_unknown_pace_is_refused() -> None:
    with pytest.raises(UsageError, match="'still' or 'ticking' or 'app'"):
        Bench(time="fast")


def test_its_repr_says_what_time_it_is(bench: Bench) -> None:
    assert repr(bench.clock) == "Clock(2030-01-01T09:00:00Z, driver='own')"


def test_imported_inside_a_freeze_it_still_has_the_real_time() -> None:
    program = """
import freezegun
with freezegun.freeze_time("2001-01-01"):
    import fakeproxy.clock.clock, fakeproxy.clock.foreign_time
import time
assert abs(fakeproxy.clock.real_time.Unfrozen.time_ns() / 1e9 - time.time()) < 60
assert type(fakeproxy.clock.clock.to_datetime(0)).__name__ == "datetime"
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_freezegun_and_time_machine_it_works_and_says_what_app_time_needs() -> None:
    program = """
import sys
sys.modules["freezegun"] = sys.modules["time_machine"] = None
from fakeproxy import FakeProxy, MissingPackage
with FakeProxy(start=0) as proxy:
    proxy.clock.advance(1)
    assert proxy.clock.driver == "own"
try:
    FakeProxy(time="app").start()
except MissingPackage as error:
    assert "pip install freezegun" in str(error)
else:
    raise SystemExit("no error")
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_clock_imports_no_library_that_keeps_time() -> None:
    program = (
        "import sys, fakeproxy.clock.clock; assert not {'freezegun', 'time_machine', 'asyncio'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_real_monotonic_clock_is_out_of_reach_of_a_freeze() -> None:
    from freezegun import freeze_time

    with freeze_time("2001-01-01"):
        assert Unfrozen.monotonic() != time.monotonic()


@pytest.mark.parametrize(("unit", "hint"), [("minute", "did you mean 'minutes'?"), ("weeks", "there are seconds, ")])
def test_an_unknown_unit_of_a_step(bench: Bench, unit: str, hint: str) -> None:
    with pytest.raises(TypeError, match=rf"advance\(\) has no unit '{unit}'; {hint}".replace("?", r"\?")):
        bench.clock.advance(**{unit: 1})  # type: ignore[arg-type]
