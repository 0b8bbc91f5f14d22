"""The schedule: at most one piece of work for each kind and SID, the earliest first."""

from __future__ import annotations

import pytest

from fakeproxy.engine.instants import LAST
from fakeproxy.engine.schedule import Schedule


def test_the_earliest_first_and_moved_work_once() -> None:
    schedule = Schedule()
    schedule.put("expire", "b", 20)
    schedule.put("expire", "a", 10)
    schedule.put("expire", "a", 30)
    schedule.put("purge", "a", 25)
    schedule.put("expire", "c", 5)
    schedule.cancel("expire", "c")
    schedule.cancel("expire", "nothing")
    taken = [schedule.pop() for _ in range(3)]
    assert [(due.at, due.kind, due.sid) for due in taken] == [
        (20, "expire", "b"),
        (25, "purge", "a"),
        (30, "expire", "a"),
    ]
    assert schedule.first() is None


def test_there_is_nothing_to_take_from_an_empty_one() -> None:
    with pytest.raises(IndexError, match="nothing is due"):
        Schedule().pop()


def test_stale_entries_do_not_pile_up() -> None:
    schedule = Schedule()
    for at in range(10_000):
        schedule.put("expire", "a", at)
    assert len(schedule._heap) < 100
    assert [due.at for due in schedule.pending()] == [9_999]
    assert schedule.pop().at == 9_999


def test_another_can_be_filled_with_its_work_in_order() -> None:
    schedule, other = Schedule(), Schedule()
    for sid in "cab":
        schedule.put("expire", sid, 7)
    other.put("expire", "old", 1)
    other.fill(schedule.current)
    assert [due.sid for due in other.pending()] == ["c", "a", "b"]


def test_what_lies_behind_the_end_of_time_is_never_due() -> None:
    schedule = Schedule()
    schedule.put("expire session", "KC1", 5)
    schedule.put("expire session", "KC1", LAST + 1)
    assert schedule.pending() == []
    schedule.put("expire session", "KC1", LAST)
    assert [due.at for due in schedule.pending()] == [LAST]
