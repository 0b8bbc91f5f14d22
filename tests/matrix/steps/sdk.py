"""What an application asks of the official SDK: services, sessions, participants, messages, numbers, refusals."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fakeproxy import BlockedRequest, FakeProxy
from tests.matrix.steps import step

os.environ.setdefault("TWILIO_ACCOUNT_SID", "AC" + "1" * 32)
os.environ.setdefault("TWILIO_AUTH_TOKEN", "token")

START = "2030-01-01T09:00:00Z"
ANNE, BERT = "+14155550100", "+14155550101"
POOL = ["+14155550001", "+14155550002"]


@contextmanager
def rides() -> Iterator[tuple[FakeProxy, Any]]:
    """An active fake with a Service and two numbers, and the SDK's context of that Service."""
    with FakeProxy(start=START) as proxy:
        service = proxy.add_service("rides", numbers=POOL)
        yield proxy, Client().proxy.v1.services(service.sid)


def open_session(service: Any, **fields: Any) -> tuple[Any, list[Any]]:
    """Open a Session of Anne and Bert, as an application does."""
    session = service.sessions.create(**fields)
    return session, [session.participants.create(identifier=who) for who in (ANNE, BERT)]


@step()
def a_client_from_before_the_fake() -> None:
    client = Client()
    with FakeProxy() as proxy:
        client.proxy.v1.services.create(unique_name="rides")
        assert [service.unique_name for service in proxy.services.values()] == ["rides"]


@step()
def a_client_from_inside_the_fake() -> None:
    with FakeProxy() as proxy:
        service = Client().proxy.v1.services.create(unique_name="rides")
        assert proxy.services["rides"].sid == service.sid == Client().proxy.v1.services(service.sid).fetch().sid


@step()
def pages() -> None:
    with rides() as (_, service):
        names = [f"job-{number}" for number in range(7)]
        for name in names:
            service.sessions.create(unique_name=name)
        assert sorted(session.unique_name for session in service.sessions.list(page_size=3)) == names
        assert len(service.sessions.list(limit=5)) == 5
        assert len(list(service.sessions.stream(page_size=2))) == 7
        page = service.sessions.page(page_size=4)
        following = page.next_page()
        assert (len(list(page)), len(list(following))) == (4, 3)
        assert service.sessions.get_page(following.previous_page_url) is not None


@step()
def two_participants() -> None:
    with rides() as (_, service):
        session, people = open_session(service, unique_name="job")
        assert [person.identifier for person in people] == [ANNE, BERT]
        assert {person.proxy_identifier for person in people} <= set(POOL)
        assert {person.sid for person in session.participants.list()} == {person.sid for person in people}
        assert session.participants(people[0].sid).fetch().identifier == ANNE
        people[0].delete()  # before 9.9 this is False, since the fake answers 200


@step()
def a_message_interaction() -> None:
    with rides() as (proxy, service):
        session, people = open_session(service)
        sent = people[1].message_interactions.create(body="on my way: 5 €")
        assert "on my way" in str(sent.data)
        assert proxy.phone(BERT).inbox[-1].body == "on my way: 5 €"
        assert len(session.interactions.list()) == 1
        assert service.sessions(session.sid).interactions(session.interactions.list()[0].sid).fetch().sid


@step()
def a_text() -> None:
    with rides() as (proxy, service):
        session, people = open_session(service)
        proxy.phone(ANNE).text(people[0].proxy_identifier, "are you close?")
        received = proxy.phone(BERT).inbox[-1]
        assert (received.from_, received.body) == (people[1].proxy_identifier, "are you close?")
        interaction = session.interactions.list()[0]
        assert interaction.inbound_participant_sid == people[0].sid
        assert interaction.date_created.isoformat() == "2030-01-01T09:00:00+00:00"


@step()
def refusals() -> None:
    with rides() as (_, service):
        service.sessions.create(unique_name="job")
        with pytest.raises(TwilioRestException) as taken:
            service.sessions.create(unique_name="job")
        assert (taken.value.status, taken.value.code) == (400, 80603)
        with pytest.raises(TwilioRestException) as absent:
            service.sessions("KC" + "0" * 32).fetch()
        assert (absent.value.status, absent.value.code) == (404, 20404)


@step()
def update_and_close() -> None:
    with rides() as (proxy, service):
        session = service.sessions.create(unique_name="job", ttl=3600)
        assert session.update(ttl=7200).ttl == 7200
        assert session.update(status="closed").status == "closed"
        service.sessions.create(unique_name="short", ttl=60)
        proxy.clock.advance(61)
        assert proxy.sessions["short"].status == "closed"


@step()
def delete() -> None:
    with rides() as (proxy, service):
        session = service.sessions.create(unique_name="job")
        assert session.delete() is True
        assert len(proxy.sessions) == 0
        service.delete()
        assert len(proxy.services) == 0


@step()
def numbers() -> None:
    with rides() as (proxy, service):
        number = service.phone_numbers.create(phone_number="+14155550003")
        assert number.phone_number in {known.phone_number for known in service.phone_numbers.list()}
        assert service.phone_numbers(number.sid).fetch().capabilities
        number.delete()
        assert {known.phone_number for known in service.phone_numbers.list()} == set(POOL)
        assert any(entry.status == 204 for entry in proxy.journal)


@step()
def a_stopped_host() -> None:
    with FakeProxy(blocked="raise") as proxy:
        with pytest.raises(BlockedRequest, match=r"pricing\.twilio\.com"):
            Client().request("GET", "https://pricing.twilio.com/v1/Voice/Countries")
        assert len(proxy.journal) == 0


@step("twilio.http.async_http_client")
def async_calls() -> None:
    from twilio.http.async_http_client import AsyncTwilioHttpClient

    async def main(sid: str) -> list[str]:
        async with AsyncTwilioHttpClient() as http_client:
            sessions = Client(http_client=http_client).proxy.v1.services(sid).sessions
            await asyncio.gather(*[sessions.create_async(unique_name=f"job-{number}") for number in range(5)])
            with pytest.raises(TwilioRestException) as taken:
                await sessions.create_async(unique_name="job-1")
            assert (taken.value.status, taken.value.code) == (400, 80603)
            return [session.unique_name async for session in await sessions.stream_async(page_size=2)]

    with FakeProxy() as proxy:
        service = proxy.add_service("rides")
        assert sorted(asyncio.run(main(service.sid))) == [f"job-{number}" for number in range(5)]
