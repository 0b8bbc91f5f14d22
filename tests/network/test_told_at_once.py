"""Status changes are told when they come about, whatever ran the work: none waits for an unrelated request."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import freezegun
import pytest

from fakeproxy import FakeProxy

SITE = "https://app.example.com"
LATER = "2030-01-01T09:20:00Z"


class Handler:
    """Counts what it is told, and answers 500."""

    def __init__(self) -> None:
        self.told = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.told += 1
        start_response("500 Internal Server Error", [])
        return [b""]


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def texted(handler: Handler) -> Generator[FakeProxy]:
    """A fake in which two texts of one instant are on their way: three changes each, of which one is told."""
    with FakeProxy(start="2030-01-01T09:00:00Z", intercept=False, behavior={"message_seconds": 3}) as proxy:
        proxy.webhooks.mount(SITE, handler)
        proxy.add_service("rides", numbers=["+14155550001", "+14155550002"], callback_url=SITE)
        session = proxy.add_session(participants=["+14155550100", "+14155550101"])
        for body in ("one", "two"):
            proxy.phone("+14155550100").text(session.participants[0].proxy_identifier, body)
        assert handler.told == 2
        yield proxy


@pytest.mark.parametrize(
    "step",
    [
        lambda proxy: proxy.clock.advance(minutes=5),
        lambda proxy: proxy.clock.move_to(LATER),
        lambda proxy: [proxy.clock.advance_to_next() for _ in range(2)],
    ],
    ids=["advance", "move_to", "advance_to_next"],
)
def test_steps_of_own_time(texted: FakeProxy, handler: Handler, step: Callable[[FakeProxy], object]) -> None:
    """The second text moves on because an alert about the callback of the first is added."""
    step(texted)
    assert handler.told == 6


@pytest.mark.parametrize(
    "read",
    [
        lambda proxy: proxy.clock.due(),
        lambda proxy: proxy.clock.advance_to_next(),
        lambda proxy: proxy.snapshot(),
        lambda proxy: len(proxy.alerts),
        lambda proxy: list(proxy.sessions),
        lambda proxy: proxy.phone("+14155550101").inbox,
    ],
    ids=["due", "advance_to_next", "snapshot", "alerts", "sessions", "inbox"],
)
def test_whoever_finds_work_overdue(texted: FakeProxy, handler: Handler, read: Callable[[FakeProxy], object]) -> None:
    with freezegun.freeze_time(LATER):
        read(texted)
        assert handler.told == 6


def test_a_report_runs_no_work(texted: FakeProxy, handler: Handler) -> None:
    """It is made where a test fails: no handler is called there."""
    with freezegun.freeze_time(LATER):
        assert "webhook status" in texted.report()
        assert handler.told == 2
        assert texted.clock.due() == []
        assert handler.told == 6
