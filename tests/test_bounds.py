"""What is kept of requests, webhooks and alerts has a number and a size; all are counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.engine import messages, store
from fakeproxy.history import bounded
from fakeproxy.history.bounded import MOST_CHARACTERS, Bounded
from fakeproxy.web.wsgi import call

LARGE = 1_000_000


def post(proxy: FakeProxy, form: bytes) -> int:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return call(proxy.wsgi_app, "POST", "https://proxy.twilio.com/v1/Services", headers, form).status


def test_refused_requests_of_a_megabyte() -> None:
    with FakeProxy(intercept=False) as proxy:
        for _ in range(40):
            assert post(proxy, b"UniqueName=" + b"x" * LARGE) == 401
        post(proxy, b"UniqueName=last")
        kept = sum(len(entry.form) for entry in proxy.journal)
        assert LARGE < kept <= MOST_CHARACTERS
        assert proxy.journal[-1].form == "UniqueName=last"
        assert proxy.journal.counts.total() == 41


def test_answers_of_webhooks() -> None:
    def large(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"x" * LARGE]

    with FakeProxy(intercept=False) as proxy:
        proxy.webhooks.mount("https://app.example.com", large)
        proxy.add_service(numbers=["+14155550001", "+14155550002"], callback_url="https://app.example.com")
        session = proxy.add_session(participants=["+14155550100", "+14155550101"])
        for _ in range(40):
            proxy.phone("+14155550100").text(session.participants[0].proxy_identifier, "hi")
        assert sum(len(delivery.text) for delivery in proxy.webhooks.deliveries) <= MOST_CHARACTERS
        assert proxy.webhooks.counts == {"status": 40}
        assert fakeproxy.connect(proxy.url).webhooks.counts == {"status": 40}


def test_alerts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(store, "MOST_ALERTS", 20)
    path = str(tmp_path / "state.db")
    proxy = FakeProxy(intercept=False)
    proxy.keep_state(path)
    with proxy:
        proxy.add_service(numbers=["+14155550001"])
        for number in range(50):
            proxy.phone(f"+1415555{1000 + number}").text("+14155550001", "hi")
        assert 18 <= len(proxy.alerts) <= 20
        remote = fakeproxy.connect(proxy.url)
        assert proxy.alerts.counts == remote.alerts.counts == {80903: 50, 80905: 50}
        with proxy.alerts.expect(80903), remote.alerts.expect(80905):
            proxy.phone("+14155552000").text("+14155550001", "hi")
        shown = list(proxy.alerts)
    again = FakeProxy(intercept=False)
    again.keep_state(path)
    with again:
        assert list(again.alerts) == shown


def test_the_newest_item_stays_whatever_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST_CHARACTERS", 10)
    items: Bounded[str] = Bounded(3, len)
    for item in ("a" * 4, "b" * 4, "c" * 40):
        items.add(item)
    assert list(items) == ["c" * 40]
    for item in "defg":
        items.add(item)
    assert list(items) == ["e", "f", "g"]


def test_what_left_for_the_number_of_items_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST_CHARACTERS", 10)
    items: Bounded[str] = Bounded(2, len)
    for number in range(50):
        items.add(f"{number:05}")
        assert list(items) == [f"{other:05}" for other in range(max(0, number - 1), number + 1)]


def test_adding_an_item_weighs_few_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MOST_CHARACTERS", 10_000)
    weighed = 0

    def weigh(item: str) -> int:
        nonlocal weighed
        weighed += 1
        return len(item)

    items: Bounded[str] = Bounded(100_000, weigh)
    for _ in range(20_000):
        items.add("a" * 10)
    assert 900 <= len(items) <= 1_000
    assert weighed < 20 * 20_000


def test_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_TEXTS", 20)
    with FakeProxy(intercept=False) as proxy:
        proxy.add_service(numbers=["+14155550001"])
        proxy.add_session(participants=["+14155550100", "+14155550101"])
        anne, bert = proxy.phone("+14155550100"), proxy.phone("+14155550101")
        for number in range(50):
            anne.text("+14155550001", str(number))
        assert [text.body for text in bert.inbox] == [str(number) for number in range(30, 50)]
        assert len(list(proxy._store.messages)) == 40
        assert (bert.received, anne.received) == (50, 0)
        assert fakeproxy.connect(proxy.url).phone("+14155550101").received == 50
        state = proxy.snapshot()
        proxy.reset()
        assert bert.received == 0
        proxy.restore(state)
        assert bert.received == 50


def test_texts_that_are_under_way_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_TEXTS", 3)
    with FakeProxy(intercept=False, behavior={"message_seconds": 5}) as proxy:
        proxy.add_service(numbers=["+14155550001"])
        proxy.add_session(participants=["+14155550100", "+14155550101"])
        for number in range(6):
            proxy.phone("+14155550100").text("+14155550001", str(number))
        proxy.clock.advance(60)
        assert proxy.phone("+14155550101").received == 6


@pytest.mark.parametrize(("body", "media"), [("x" * 1601, ()), ("hi", ["https://example.com/a.png"] * 11)])
def test_a_text_is_no_longer_than_texts_are(proxy: FakeProxy, body: str, media: list[str]) -> None:
    proxy.add_service(numbers=["+14155550001"])
    with pytest.raises(UsageError, match="at most 1600 characters and 10 files"):
        proxy.phone("+14155550100").text("+14155550001", body, media)
