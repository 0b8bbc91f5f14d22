"""A step tells the work that it did: also what was scheduled meanwhile, and not what was cancelled meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import requests

import fakeproxy
from fakeproxy import FakeProxy

ANNE, BERT, CARL = "+14155550100", "+14155550101", "+14155550102"
Told = list[tuple[str, str]]


def here(proxy: FakeProxy, seconds: float) -> Told:
    proxy.clock.advance(seconds)
    return [(work.kind, work.sid) for work in proxy.clock.ran]


def elsewhere(proxy: FakeProxy, seconds: float) -> Told:
    clock = fakeproxy.connect(proxy.url).clock
    clock.advance(seconds)
    return [(work.kind, work.sid) for work in clock.ran]


def over_http(proxy: FakeProxy, seconds: float) -> Told:
    step: Any = {"advance": f"PT{seconds}S", "limit": 100}
    answer = requests.post(f"{proxy.url}/_fakeproxy/clock", json=step, timeout=20).json()
    assert answer["ran_total"] == len(answer["ran"])
    return [(work["kind"], work["sid"]) for work in answer["ran"]]


each_way = pytest.mark.parametrize("step", [here, elsewhere, over_http])


@each_way
def test_what_was_scheduled_meanwhile(step: Callable[[FakeProxy, float], Told]) -> None:
    with FakeProxy(start="2030-01-01T09:00:00Z", behavior={"message_seconds": 2}) as proxy:
        proxy.add_service(numbers=["+14155550001"])
        session = proxy.add_session(ttl=3, participants=[ANNE, BERT])
        proxy.phone(ANNE).text("+14155550001", "hi")
        kinds = [kind for kind, _ in step(proxy, 10)]
        assert kinds == ["move message on", "expire session", "move message on"]  # sent, over, delivered
        assert proxy.sessions[session.sid].status == "closed"


@each_way
def test_what_was_cancelled_meanwhile(step: Callable[[FakeProxy, float], Told]) -> None:
    """The callback of a text closes a session that would have expired in the same step."""
    with FakeProxy(start="2030-01-01T09:00:00Z", behavior={"message_seconds": 2}) as proxy:

        def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
            if proxy.sessions["other"].status != "closed":
                proxy.client().proxy.v1.services(service.sid).sessions(other.sid).update(status="closed")
            start_response("204 No Content", [])
            return []

        proxy.webhooks.mount("https://app.example.com", application)
        service = proxy.add_service("rides", numbers=["+14155550001"])
        other = proxy.add_session(service, unique_name="other", ttl=8, participants=[CARL])
        proxy.add_session(service, participants=[ANNE, BERT])
        proxy.phone(ANNE).text("+14155550001", "hi")
        proxy.client().proxy.v1.services(service.sid).update(callback_url="https://app.example.com/status")
        ran = step(proxy, 20)
        assert proxy.sessions["other"].closed_reason == "api"
        assert ("expire session", other.sid) not in ran
        assert len(ran) == 2


def test_a_step_back_and_a_step_to_nothing_ran_nothing() -> None:
    with FakeProxy(start="2030-01-01T09:00:00Z") as proxy:
        proxy.add_service()
        proxy.add_session(ttl=60)
        proxy.clock.advance(60)
        assert [work.kind for work in proxy.clock.ran] == ["expire session"]
        proxy.clock.move_to("2030-01-01T08:00:00Z")
        assert not proxy.clock.ran
        assert proxy.clock.advance_to_next() is None
        assert not proxy.clock.ran
