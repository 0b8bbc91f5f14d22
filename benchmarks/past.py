"""Going back in a history of 10,000 events: the time of a jump, and the memory that it takes to be able to."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from time import perf_counter

from benchmarks.table import Row
from fakeproxy import FakeProxy

EVENTS = 10_000


def _played(*, keeps: bool) -> FakeProxy:
    """Return a fake with a session and two texts for every seven events."""
    proxy = FakeProxy(start="2030-01-01T09:00:00Z", intercept=False)
    if keeps:
        proxy.keep_past()
    service = proxy.add_service(numbers=[f"+1415555{number:04}" for number in range(400)])
    number = 0
    while proxy._store.events.end < EVENTS:
        people = [f"+1415666{number:04}", f"+1415777{number:04}"]
        session = proxy.add_session(service, ttl=3600, participants=people)
        for text in ("I am here", "where?"):
            proxy.phone(people[0]).text(session.participants[0].proxy_identifier, text)
        number += 1
    return proxy


def past() -> Iterator[Row]:
    proxy = _played(keeps=True)
    times = []
    for seq in (10, EVENTS // 2, EVENTS - 10) * 5:
        began = perf_counter()
        proxy.as_of(seq)
        times.append(perf_counter() - began)
    best = max(min(times[index::3]) for index in range(3))  # Of the slowest of three places, the best of five.
    yield Row(f"as_of() in {EVENTS:,} events", f"{best * 1000:.0f} ms", "", best * 1000, 50, "ms")
    used = []
    for keeps in (False, True):
        tracemalloc.start()
        made = _played(keeps=keeps)
        used.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        del made
    more = (used[1] - used[0]) / 1e6
    reference = f"without {used[0] / 1e6:.0f} MB"
    yield Row(f"keep_past() for {EVENTS:,} events", f"{more:.1f} MB", reference, more, 100, "MB")
