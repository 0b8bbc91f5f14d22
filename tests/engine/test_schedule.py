"""The schedule of due work: the first pieces are those that a sort finds, whatever was moved, cancelled or undone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fakeproxy.engine.schedule import Schedule

SIDS = st.sampled_from([f"KC{number}" for number in range(12)])
STEPS = st.lists(st.tuples(st.sampled_from(["put", "cancel", "put back"]), SIDS, st.integers(0, 9)), max_size=60)


def after(steps: list[tuple[str, str, int]]) -> Schedule:
    schedule = Schedule()
    for step, sid, at in steps:
        before = schedule.current.get(("expire session", sid))
        if step == "cancel":
            schedule.cancel("expire session", sid)
        else:
            schedule.put("expire session", sid, at)
        if step == "put back":
            schedule.put_back(("expire session", sid), before)
    return schedule


@given(STEPS, st.integers(0, 14))
def test_the_next_pieces_are_the_first_of_all(steps: list[tuple[str, str, int]], count: int) -> None:
    schedule = after(steps)
    assert schedule.next(count) == schedule.pending()[:count]


@given(STEPS, st.integers(0, 9))
def test_what_is_due_by_an_instant_is_the_first_of_all_if_it_is_no_later(
    steps: list[tuple[str, str, int]], now: int
) -> None:
    schedule = after(steps)
    first = next(iter(schedule.pending()), None)
    assert schedule.first() == first
    assert after(steps).due(now) == (first if first is not None and first.at <= now else None)
