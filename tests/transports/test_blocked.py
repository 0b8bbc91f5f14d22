"""Nothing goes to Twilio behind a test's back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import responses
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.validation_client import ValidationClient
from twilio.rest import Client

from fakeproxy import FakeProxy
from fakeproxy.exceptions import BlockedRequest
from fakeproxy.transports import interception
from tests.transports.conftest import Fake

MESSAGES = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"


def test_another_twilio_host_is_stopped_and_the_call_and_the_setting_are_named(fake: Fake) -> None:
    with pytest.raises(BlockedRequest) as stopped:
        Client("AC1", "token").messages.create(to="+14155550100", from_="+14155550101", body="hi")
    text = str(stopped.value)
    assert text.startswith(f"POST {MESSAGES} was stopped, and nothing was sent")
    assert 'FakeProxy(allow_hosts=("api.twilio.com",))' in text
    assert (stopped.value.method, stopped.value.url) == ("POST", MESSAGES)
    assert not fake.requests


def test_the_fake_is_told_even_if_the_application_swallows_the_error(fake: Fake) -> None:
    with suppress(Exception):
        Client("AC1", "token").messages.list()
    assert [error.url for error in fake.blocked] == [MESSAGES]


def test_it_is_an_error_that_no_http_client_takes_for_its_own(fake: Fake) -> None:
    with pytest.raises(BlockedRequest) as stopped:
        TwilioHttpClient().request("GET", MESSAGES)
    assert not isinstance(stopped.value, (OSError, TwilioException))


def test_neither_query_nor_user_name_gets_into_the_text(fake: Fake) -> None:
    with pytest.raises(BlockedRequest) as stopped:
        TwilioHttpClient().request("get", " https://AC1:secret@api.twilio.com:443/x?token=secret#secret")
    assert "secret" not in str(stopped.value)
    assert stopped.value.url == "https://api.twilio.com:443/x"
    assert stopped.value.method == "GET"


def test_what_is_allowed_already_is_in_the_setting_that_is_shown(make_fake: Callable[..., Fake]) -> None:
    make_fake(allow_hosts=("lookups.twilio.com",))
    with pytest.raises(BlockedRequest, match=r'allow_hosts=\("lookups.twilio.com", "api.twilio.com"\)'):
        TwilioHttpClient().request("GET", MESSAGES)


def test_async_is_stopped_inside_the_coroutine(fake: Fake) -> None:
    async def call() -> None:
        async with AsyncTwilioHttpClient() as client:
            coroutine = Client("AC1", "token", http_client=client).messages.create_async(to="+14155550100", body="hi")
            assert not fake.blocked
            with pytest.raises(BlockedRequest, match=r"POST https://api\.twilio\.com/"):
                await coroutine

    asyncio.run(call())
    assert len(fake.blocked) == 1


def test_the_validation_client_is_stopped_too(fake: Fake) -> None:
    with pytest.raises(BlockedRequest, match=r"GET https://api\.twilio\.com/"):
        ValidationClient("AC1", "SK1", "CR1", "key").request("GET", MESSAGES)


def test_the_token_request_of_a_credential_provider_is_answered() -> None:
    from twilio.credential.client_credential_provider import ClientCredentialProvider

    with FakeProxy() as proxy:
        service = proxy.add_service("rides")
        client = Client(credential_provider=ClientCredentialProvider("OQ1", "secret"), account_sid="AC1")
        assert client.proxy.v1.services(service.sid).fetch().unique_name == "rides"
        assert [entry.operation for entry in proxy.journal] == ["CreateToken", "FetchService"]


def test_nothing_else_of_the_host_that_gives_tokens_is_answered(fake: Fake) -> None:
    with pytest.raises(BlockedRequest, match=r"GET https://oauth\.twilio\.com/v2/authorize"):
        TwilioHttpClient().request("GET", "https://oauth.twilio.com/v2/authorize")


@pytest.mark.parametrize("allowed", ["api.twilio.com", "API.twilio.com"])
def test_an_allowed_host_is_reached_as_if_there_were_no_fake(make_fake: Callable[..., Fake], allowed: str) -> None:
    fake = make_fake(allow_hosts=(allowed,))
    with responses.RequestsMock() as real:
        real.post(MESSAGES, json={"sid": "SM1"}, status=201)
        assert Client("AC1", "token").messages.create(to="+14155550100", from_="+14155550101", body="hi").sid == "SM1"
    assert not fake.requests
    assert not fake.blocked


def test_hosts_that_are_not_twilios_are_not_touched(fake: Fake) -> None:
    with responses.RequestsMock() as real:
        real.get("https://example.org/", body="there")
        assert TwilioHttpClient().request("GET", "https://example.org/").text == "there"
        real.get("https://example.com/", body="there")
        assert TwilioHttpClient(pool_connections=False).request("GET", "https://example.com/").text == "there"
    assert not fake.requests


def test_what_is_no_url_is_left_to_the_client_to_complain_about(fake: Fake) -> None:
    with pytest.raises(ValueError, match=r"Failed to parse|Invalid"):
        TwilioHttpClient().request("GET", "https://[nowhere/")


class Session:
    """Stands where aiohttp's session would be in an async client."""

    closed = False

    def __init__(self) -> None:
        self.urls: list[str] = []

    async def request(self, method: Any, url: Any, **kwargs: Any) -> None:
        self.urls.append(url)
        raise ConnectionRefusedError(url)


@pytest.mark.parametrize("url", [MESSAGES, "https://example.org/"])
def test_async_reaches_allowed_and_foreign_hosts_as_if_there_were_no_fake(
    make_fake: Callable[..., Fake], url: str
) -> None:
    fake = make_fake(allow_hosts=("api.twilio.com",))
    client = AsyncTwilioHttpClient(pool_connections=False)
    client.session = Session()
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(client.request("GET", url))
    assert client.session.urls == [url]
    assert not fake.requests


def test_with_two_fakes_the_newest_decides(make_fake: Callable[..., Fake]) -> None:
    make_fake(allow_hosts=("api.twilio.com",))
    newest = make_fake()
    with pytest.raises(BlockedRequest):
        TwilioHttpClient().request("GET", MESSAGES)
    assert len(newest.blocked) == 1
    interception.deactivate(newest.target)
    with responses.RequestsMock() as real:
        real.get(MESSAGES, json={})
        TwilioHttpClient().request("GET", MESSAGES)
