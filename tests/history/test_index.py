"""The index of a history: what it finds is what a search through all events finds."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from fakeproxy import FakeProxy
from fakeproxy.history.history import concerning_events
from fakeproxy.views import Service, Session
from tests.quick import slow

PEOPLE = [f"+1415555010{number}" for number in range(6)]


def happen(proxy: FakeProxy, service: Service, sessions: list[Session], random: Random) -> None:
    """Do one of the things that make events."""
    what, session = random.randrange(7), random.choice(sessions)
    person = random.choice(session.participants)
    if what == 0:
        sessions.append(proxy.add_session(service, participants=random.sample(PEOPLE, 2)))
    elif what == 1:
        proxy.phone(person.identifier).text(person.proxy_identifier, "hi")
    elif what == 2:
        proxy.phone(person.identifier).call(person.proxy_identifier)
    elif what == 3:
        proxy.clock.advance(random.choice([1, 60, 4000]))
    elif what == 4:
        proxy.note("a note")
    elif what == 5:
        proxy.client().proxy.v1.services(service.sid).sessions(session.sid).fetch()
    else:
        proxy.phone("+14155550199").text(person.proxy_identifier, "who is there?")


@pytest.mark.parametrize(("seed", "size"), [(0, 10_000), slow(1, 10_000), (2, 20)])
def test_it_finds_what_a_search_finds(seed: int, size: int) -> None:
    random = Random(seed)
    with FakeProxy(intercept=False, history_size=size, start="2030-01-01T09:00:00Z") as proxy:
        service = proxy.add_service(numbers=[f"+1415555000{number}" for number in range(9)])
        sessions = [proxy.add_session(service, ttl=3600, participants=PEOPLE[:2])]
        for _ in range(120):
            happen(proxy, service, sessions, random)
            key = random.choice([*PEOPLE, *proxy.sessions, *proxy.participants, *proxy.interactions, "+14155550001"])
            events = list(proxy.history)
            assert list(proxy.history.of(key)) == concerning_events(key, events), key
            last = {event.kind: event.seq for event in events}
            counts = Counter(event.kind for event in events)
            assert proxy.windows.event_counts() == {kind: (counts[kind], last[kind]) for kind in counts}
        proxy.alerts.forget()


def test_it_forgets_what_a_reset_forgets(proxy: FakeProxy, service: Service) -> None:
    session = proxy.add_session(service, participants=PEOPLE[:2])
    assert len(proxy.history.of(session)) == 3
    proxy.reset()
    assert list(proxy.history.of(session)) == []
    proxy.note("anew")
    assert proxy.windows.event_counts() == {"note": (1, proxy.history[-1].seq)}


def test_events_that_are_undone_are_not_found_later(proxy: FakeProxy, service: Service) -> None:
    proxy.note("before")

    def fail() -> None:
        with proxy._world.settled():
            proxy.add_session(service, unique_name="job-1", participants=PEOPLE[:2])
            assert len(proxy.history.of(PEOPLE[0])) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(proxy.history.of(PEOPLE[0])) == []
    assert proxy.windows.event_counts() == {"note": (1, 0)}


def test_a_name_is_told_after_its_row_was_deleted(proxy: FakeProxy, service: Service) -> None:
    session = proxy.add_session(
        service, unique_name="job-1", participants=[{"identifier": PEOPLE[0], "friendly_name": "Anne"}]
    )
    proxy.client().proxy.v1.services(service.sid).sessions(session.sid).delete()
    opened, joined = proxy.history[:2]
    assert "job-1" in opened.text
    assert "Anne" in joined.text
    assert [event.text for event in proxy.history.of(session)][:2] == [opened.text, joined.text]
    assert proxy.history.after(opened.seq)[0].text == joined.text
