"""Whether the intercept callback is asked about messages that the API sends: `Behavior.intercept_api_messages`."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy

ANNE, BERT = "+14155550100", "+14155550101"
SITE = "https://app.example.com"


class Application:
    """A handler that answers `status`, and what it was sent, by path."""

    def __init__(self, status: str) -> None:
        self.status = status
        self.got: list[tuple[str, dict[str, list[str]]]] = []

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        form = parse_qs(environ["wsgi.input"].read().decode())
        self.got.append((environ["PATH_INFO"], form))
        start_response(self.status if environ["PATH_INFO"] == "/intercept" else "200 OK", [])
        return [b""]


def sent(asks: bool, status: str = "200 OK", **behavior: Any) -> tuple[FakeProxy, Application, Any]:
    app = Application(status)
    with FakeProxy(behavior={"intercept_api_messages": asks, **behavior}) as proxy:
        urls: dict[str, Any] = {"callback_url": f"{SITE}/status", "intercept_callback_url": f"{SITE}/intercept"}
        service = proxy.add_service("rides", numbers=["+14155550001"], **urls)
        proxy.webhooks.mount(SITE, app)
        session = proxy.add_session(participants=[ANNE])
        people = Client().proxy.v1.services(service.sid).sessions(session.sid).participants
        message = people(session.participants[0].sid).message_interactions.create(body="hello")
        proxy.clock.advance(hours=1)
    return proxy, app, message


def test_by_default_it_is_not_asked() -> None:
    proxy, app, _ = sent(False)
    assert [path for path, _ in app.got] == ["/status"]
    assert proxy.phone(ANNE).inbox[0].body == "hello"


@pytest.mark.parametrize("seconds", [0, 2])
def test_it_is_asked_before_the_message_is_sent(seconds: int) -> None:
    proxy, app, message = sent(True, message_seconds=seconds)
    asked, *told = app.got
    assert asked[0] == "/intercept"
    assert asked[1]["interactionSid"] == [message.sid]
    assert "inboundParticipantSid" not in asked[1]
    assert message.outbound_resource_status == "queued"
    assert told[-1][1]["outboundResourceStatus"] == ["delivered"]
    assert proxy.phone(ANNE).inbox[0].body == "hello"
    assert [delivery.kind for delivery in proxy.webhooks.deliveries][:2] == ["intercept", "status"]


def test_a_403_leaves_it_unsent() -> None:
    proxy, _, message = sent(True, "403 No")
    assert proxy.phone(ANNE).inbox == ()
    assert proxy.interactions[message.sid].outbound_resource_status == "failed"
    assert [alert.code for alert in proxy.alerts] == [80909]


def test_any_other_answer_lets_it_through_with_an_alert() -> None:
    proxy, _, _ = sent(True, "500 Oh")
    assert len(proxy.phone(ANNE).inbox) == 1
    assert [alert.code for alert in proxy.alerts] == [80908]


def test_through_the_asynchronous_sdk() -> None:
    app = Application("403 No")

    async def run() -> None:
        with FakeProxy(behavior={"intercept_api_messages": True}) as proxy:
            service = proxy.add_service("rides", numbers=["+14155550001"], intercept_callback_url=f"{SITE}/intercept")
            proxy.webhooks.mount(SITE, app)
            session = proxy.add_session(participants=[ANNE])
            people = proxy.async_client().proxy.v1.services(service.sid).sessions(session.sid).participants
            await people(session.participants[0].sid).message_interactions.create_async(body="hello")
            assert proxy.phone(ANNE).inbox == ()

    asyncio.run(run())
    assert len(app.got) == 1
