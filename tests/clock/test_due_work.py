"""Due work: done in order, each piece at its own instant, whatever the step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.engine.schedule import Due
from tests.clock.conftest import Bench


def test_work_is_done_in_order_each_at_its_own_instant(bench: Bench) -> None:
    late, early, middle = bench.put("late", 30), bench.put("early", 10), bench.put("middle", 20)
    bench.clock.advance(minutes=1)
    assert bench.done == [(early, "early", early), (middle, "middle", middle), (late, "late", late)]


def test_work_of_one_instant_is_done_in_the_order_in_which_it_was_scheduled(bench: Bench) -> None:
    for sid in "bca":
        bench.put(sid, 1)
    bench.clock.advance(1)
    assert [sid for _, sid, _ in bench.done] == ["b", "c", "a"]


def test_work_is_done_when_its_instant_is_reached_and_not_before(bench: Bench) -> None:
    bench.put("it", 10)
    bench.clock.advance(9.999999)
    assert bench.done == []
    bench.clock.advance(0.000001)
    assert len(bench.done) == 1


def test_work_that_is_moved_is_done_once_at_its_last_instant(bench: Bench) -> None:
    bench.put("it", 5)
    at = bench.put("it", 15)
    bench.clock.advance(60)
    assert bench.done == [(at, "it", at)]


def test_work_that_schedules_more_on_the_way_has_it_done_too(bench: Bench) -> None:
    def again(due: Due) -> None:
        if due.sid != "xxx":
            bench.schedule.put("work", due.sid + "x", due.at + 10_000_000)

    bench.also = again
    start = bench.clock.read()
    bench.put("x", 10)
    bench.clock.advance(minutes=1)
    assert [(at - start) // 1_000_000 for at, _, _ in bench.done] == [10, 20, 30]


def test_advance_to_next_goes_to_the_next_instant_and_does_all_of_it(bench: Bench) -> None:
    at = bench.put("a", 10)
    bench.put("b", 10)
    bench.put("c", 11)
    assert bench.clock.advance_to_next() == to_datetime(at)
    assert [sid for _, sid, _ in bench.done] == ["a", "b"]
    bench.clock.advance_to_next()
    assert bench.clock.advance_to_next() is None


def test_due_lists_what_is_scheduled(bench: Bench) -> None:
    bench.put("b", 20)
    bench.put("a", 10)
    first, second = bench.clock.due()
    assert (first.sid, second.sid) == ("a", "b")
    assert repr(first) == "DueWork(at='2030-01-01T09:00:10Z', kind='work', sid='a')"


def test_going_back_does_and_undoes_nothing(bench: Bench) -> None:
    bench.put("it", 10)
    bench.clock.advance(10)
    bench.clock.move_to(0)
    bench.clock.move_to("2030-01-01T09:00:20Z")
    assert len(bench.done) == 1


def test_work_that_raises_stops_the_walk_at_its_instant(bench: Bench) -> None:
    def fail(due: Due) -> None:
        if due.sid == "bad":
            raise RuntimeError("bad work")

    bench.also = fail
    at = bench.put("bad", 10)
    bench.put("good", 20)
    with pytest.raises(RuntimeError, match="bad work"):
        bench.clock.advance(60)
    assert bench.clock.read() == at
    assert bench.clock.advance(60) == to_datetime(at + 60_000_000)
    assert [sid for _, sid, _ in bench.done] == ["bad", "good"]


@given(
    instants=st.lists(st.integers(0, 100), max_size=20),
    cuts=st.lists(st.integers(0, 100), max_size=10),
)
def test_the_size_of_the_steps_does_not_matter(instants: list[int], cuts: list[int]) -> None:
    straight, stepped = Bench(), Bench()
    for bench in (straight, stepped):
        for number, instant in enumerate(instants):
            bench.put(str(number), instant)
    start = straight.clock.now()
    straight.clock.advance(100)
    for cut in sorted(cuts):
        target = start.timestamp() + cut
        if target > stepped.clock.now().timestamp():
            stepped.clock.move_to(target)
    stepped.clock.advance(100 - (stepped.clock.now() - start).total_seconds())
    assert stepped.done == straight.done
    assert stepped.clock.now() == straight.clock.now()
