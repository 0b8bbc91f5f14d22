"""Going back: the state right after an event, read later, is the snapshot that was taken right after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fakeproxy import FakeProxy
from fakeproxy.engine.plain import dump
from tests.properties.network import Network, network_steps
from tests.properties.requests import Step

START = "2030-01-01T09:00:00Z"

#: A step that goes back to a snapshot which an earlier step took.
RESTORE = "restore"


def any_steps() -> st.SearchStrategy[Step]:
    return st.one_of(network_steps(), network_steps(), network_steps(), st.just(Step(RESTORE)))


@contextmanager
def snapshots(proxy: FakeProxy) -> Iterator[dict[int, dict[str, Any]]]:
    """Snapshots by the number of an event: each is taken when the block ends in which it is the last event."""
    taken: dict[int, dict[str, Any]] = {}

    def take() -> None:
        if (last := proxy._store.events.end - 1) >= 0:
            taken.setdefault(last, {"fakeproxy": 1, "time": proxy.clock.dump(), **dump(proxy._store)})

    proxy._store.add_listener(take)
    yield taken
    proxy._store.remove_listener(take)


@given(st.lists(any_steps(), min_size=5, max_size=40), st.sampled_from([5, 10_000]))
def test_the_state_after_an_event_is_the_snapshot_that_was_taken_then(steps: list[Step], size: int) -> None:
    behavior = {"message_seconds": 2, "purge_after": 600}
    with FakeProxy(start=START, intercept=False, history_size=size, behavior=behavior) as proxy:
        proxy.keep_past()
        with snapshots(proxy) as taken:
            player = Network(proxy)
            player.begin()
            saved = proxy.snapshot()
            for step in steps:
                if step.kind == RESTORE:
                    saved, before = proxy.snapshot(), saved
                    proxy.restore(before)
                else:
                    player.play(step)
        kept = [event.seq for event in proxy.history]
        assert {seq for seq in taken if seq >= kept[0]} >= {kept[-1]}
        for seq in kept:
            past = proxy.as_of(seq)
            assert [event.seq for event in past.history] == [one for one in kept if one <= seq]
            if seq in taken:
                assert past.snapshot() == taken[seq]
