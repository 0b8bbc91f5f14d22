"""Which of several free numbers a participant gets: `Behavior.number_choice`."""

from __future__ import annotations

from collections import Counter

import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy

POOL = [f"+1415555000{number}" for number in range(5)]


def numbers_given(choice: str, seed: int = 0, times: int = 20, *, close: bool = True) -> list[str]:
    """The numbers that an application gets which opens and closes a session each time, each for another person."""
    with FakeProxy(behavior={"number_choice": choice}, seed=seed) as proxy:
        sessions = Client().proxy.v1.services(proxy.add_service("rides", numbers=POOL).sid).sessions
        given = []
        for number in range(times):
            session = sessions.create()
            given.append(session.participants.create(f"+141555501{number:02}").proxy_identifier)
            if close:
                sessions(session.sid).update(status="closed")
        return given


def test_first_is_always_the_first_of_the_pool() -> None:
    assert set(numbers_given("first")) == {POOL[0]}


@pytest.mark.parametrize("choice", ["least-used", "seeded"])
def test_who_tries_until_another_number_comes_gets_all_of_them(choice: str) -> None:
    assert set(numbers_given(choice, times=40)) == set(POOL)


@pytest.mark.parametrize("close", [True, False])
def test_least_used_goes_round(close: bool) -> None:
    assert numbers_given("least-used", times=10, close=close) == POOL * 2


def test_least_used_prefers_what_is_in_fewer_active_sessions() -> None:
    with FakeProxy(behavior={"number_choice": "least-used"}) as proxy:
        proxy.add_service("rides", numbers=POOL[:2])
        for number in range(3):  # The first number was given more often, but is in no active session any more.
            session = proxy.add_session(
                participants=[{"identifier": f"+1415555010{number}", "proxy_identifier": POOL[0]}]
            )
            Client().proxy.v1.services(session.service_sid).sessions(session.sid).update(status="closed")
        proxy.add_session(participants=[{"identifier": "+14155550109", "proxy_identifier": POOL[1]}])
        assert proxy.add_session(participants=["+14155550108"]).participants[0].proxy_identifier == POOL[0]


def test_seeded_is_the_same_for_the_same_seed_and_spread_evenly() -> None:
    first = numbers_given("seeded", seed=3)
    assert first == numbers_given("seeded", seed=3)
    assert first != numbers_given("seeded", seed=4)
    assert min(Counter(numbers_given("seeded", times=90)).values()) > 5


@pytest.mark.parametrize("choice", ["first", "least-used", "seeded"])
def test_people_of_one_session_and_a_snapshot(choice: str) -> None:
    with FakeProxy(behavior={"number_choice": choice}) as proxy:
        proxy.add_service("rides", numbers=POOL)
        early = proxy.snapshot()
        people = ["+14155550100", "+14155550101"]
        first = [one.proxy_identifier for one in proxy.add_session(participants=people).participants]
        proxy.restore(early)
        assert [one.proxy_identifier for one in proxy.add_session(participants=people).participants] == first


@pytest.mark.parametrize("at_once", [True, False])
def test_least_used_counts_the_other_person_of_the_session(at_once: bool) -> None:
    with FakeProxy(behavior={"number_choice": "least-used"}) as proxy:
        service = proxy.add_service("rides", numbers=POOL[:3])
        for pair in range(3):
            people = [f"+1415555020{pair}", f"+1415555021{pair}"]
            session = proxy.add_session(service, participants=people if at_once else ())
            for person in () if at_once else people:
                Client().proxy.v1.services(service.sid).sessions(session.sid).participants.create(person)
        given = [person.proxy_identifier for person in proxy.participants.values()]
        assert given == [POOL[0], POOL[1], POOL[2], POOL[0], POOL[1], POOL[2]]


@pytest.mark.parametrize("choice", ["first", "least-used", "seeded"])
@pytest.mark.parametrize(("selection", "numbers"), [("prefer-sticky", 1), ("avoid-sticky", 5)])
def test_the_same_person_goes_by_what_the_service_says_first(choice: str, selection: str, numbers: int) -> None:
    with FakeProxy(behavior={"number_choice": choice}) as proxy:
        service = proxy.add_service("rides", numbers=POOL, number_selection_behavior=selection)
        sessions = Client().proxy.v1.services(service.sid).sessions
        given = set()
        for _ in POOL:
            session = sessions.create()
            given.add(session.participants.create("+14155550100").proxy_identifier)
            sessions(session.sid).delete()
        assert len(given) == numbers
