"""Random histories of requests and steps: what always holds."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from fakeproxy import FakeProxy
from fakeproxy.types import Snapshot
from tests.properties.requests import Player, Step, steps

START = "2030-01-01T09:00:00Z"


def state(proxy: FakeProxy) -> Snapshot:
    return proxy.snapshot()


def check(proxy: FakeProxy) -> None:
    """What holds of sessions, pairs and pool at any moment, computed from the rows alone."""
    now = proxy.clock.now()
    pairs: dict[tuple[str, str], str] = {}
    uses: dict[str, set[str]] = {number.phone_number: set() for number in proxy.phone_numbers.values()}
    for session in proxy.sessions.values():
        present = [person for person in session.participants if person.date_deleted is None]
        assert len(present) <= 2
        assert (session.status == "closed") == (session.date_ended is not None) == (session.closed_reason is not None)
        if session.status == "closed":
            assert session.date_ended is not None
            assert session.date_ended <= now
            continue
        if session.date_expiry is not None:
            assert session.date_expiry > now
        for person in present:
            pair = person.identifier, person.proxy_identifier
            assert pairs.setdefault(pair, session.sid) == session.sid
            # A session that was re-opened keeps its numbers, also one that has left the pool.
            uses.setdefault(person.proxy_identifier, set()).add(session.sid)
    for number in proxy.phone_numbers.values():
        assert number.in_use == len(uses[number.phone_number])


@given(st.lists(steps(), min_size=5, max_size=40))
def test_pairs_are_unique_uses_are_counted_and_a_refusal_changes_nothing(history: list[Step]) -> None:
    with FakeProxy(start=START, intercept=False) as proxy:
        player = Player(proxy)
        player.begin()
        for step in history:
            before = state(proxy)
            answer = player.play(step)
            if answer is not None and answer.status >= 400:
                assert set(answer.json) == {"code", "message", "more_info", "status"}
                assert state(proxy) == before
            check(proxy)


@given(st.lists(steps(), min_size=5, max_size=30), st.lists(st.integers(1, 4), min_size=1, max_size=8))
def test_the_size_of_the_steps_does_not_matter(history: list[Step], cuts: list[int]) -> None:
    ends = []
    for way in ("straight", "cut", "next"):
        with FakeProxy(start=START, intercept=False) as proxy:
            player = Player(proxy)
            player.begin()
            for number, step in enumerate(history):
                if step.kind != "advance" or way == "straight":
                    player.play(step)
                elif way == "cut":
                    parts = cuts[number % len(cuts)]
                    for part in range(parts):
                        proxy.clock.advance(step.value // parts + (step.value % parts if part == 0 else 0))
                else:
                    target = proxy.clock.read() + step.value * 1_000_000
                    while (due := proxy.clock.due()) and due[0].at.timestamp() * 1_000_000 <= target:
                        proxy.clock.advance_to_next()
                    proxy.clock.move_to(target / 1_000_000)
            ends.append(state(proxy))
    assert ends[0] == ends[1] == ends[2]


@given(st.lists(steps(), min_size=5, max_size=25), st.lists(steps(), max_size=15))
def test_a_snapshot_through_json_is_the_same_state_with_the_same_future(past: list[Step], future: list[Step]) -> None:
    with FakeProxy(start=START, intercept=False) as proxy:
        player = Player(proxy)
        player.begin()
        for step in past:
            player.play(step)
        snapshot = json.loads(json.dumps(proxy.snapshot()))
        answers = [player.play(step) for step in future]
        end = state(proxy)

        proxy.restore(snapshot)
        assert state(proxy) == snapshot
        with FakeProxy(intercept=False) as other:
            other.restore(snapshot)
            for fake in (proxy, other):
                again = [Player(fake).play(step) for step in future]
                assert [(a.status, a.json) if a else None for a in again] == [
                    (a.status, a.json) if a else None for a in answers
                ]
                assert state(fake) == end


@given(st.lists(steps(), max_size=20), st.integers(0, 5))
def test_the_same_seed_gives_the_same_history(history: list[Step], seed: int) -> None:
    ends = []
    for _ in range(2):
        with FakeProxy(start=START, intercept=False, seed=seed) as proxy:
            player = Player(proxy)
            player.begin()
            for step in history:
                player.play(step)
            ends.append(state(proxy))
    assert ends[0] == ends[1]
    with FakeProxy(start=START, intercept=False, seed=seed + 1) as proxy:
        Player(proxy).begin()
        assert set(proxy.services).isdisjoint(row["sid"] for row in ends[0]["tables"]["services"])
