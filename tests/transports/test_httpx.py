"""httpx: below its clients, above its pools."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx

from fakeproxy import BlockedRequest, FakeProxy
from tests.transports.conftest import Fake

URL = "https://proxy.twilio.com/v1/Services"
METHODS = [(httpx.HTTPTransport, "handle_request"), (httpx.AsyncHTTPTransport, "handle_async_request")]


def test_the_patches_leave_no_trace() -> None:
    before = [vars(owner)[method] for owner, method in METHODS]
    with FakeProxy():
        assert [vars(owner)[method] for owner, method in METHODS] != before
    assert [vars(owner)[method] for owner, method in METHODS] == before


@pytest.mark.parametrize("settings", [{}, {"http2": True}, {"proxy": "http://proxy.example.com:3128"}, {"timeout": 1}])
def test_clients_of_any_settings(fake: Fake, settings: dict[str, object]) -> None:
    with httpx.Client(**settings) as client:  # type: ignore[arg-type]
        answer = client.post(URL, data={"UniqueName": "ä b"}, params={"a": "b c"}, auth=("AC1", "x"))
    assert (answer.status_code, answer.json()["ttl"]) == (200, 60)
    assert (fake.last.query, fake.last.form) == ("a=b+c", {"UniqueName": ["ä b"]})


def test_a_client_from_before_the_fake() -> None:
    client = httpx.Client()
    with FakeProxy() as proxy:
        assert client.get(URL, auth=("AC1", "x")).status_code == 200
        assert len(proxy.journal) == 1
    client.close()


def test_streams_in_and_out(fake: Fake) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"Unique"
        yield b"Name=rides"

    fake.body = b"line 1\nline 2\n"
    with httpx.stream("POST", URL, content=chunks()) as answer:
        assert list(answer.iter_lines()) == ["line 1", "line 2"]
    assert fake.last.body == b"UniqueName=rides"


def test_streams_in_and_out_of_a_loop(fake: Fake) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"Unique"
        yield b"Name=rides"

    async def main() -> list[str]:
        async with httpx.AsyncClient() as client, client.stream("POST", URL, content=chunks()) as answer:
            return [line async for line in answer.aiter_lines()]

    fake.body = b"line 1\nline 2\n"
    assert asyncio.run(main()) == ["line 1", "line 2"]
    assert fake.last.body == b"UniqueName=rides"


def test_redirects_and_hooks(fake: Fake) -> None:
    seen: list[int] = []
    fake.status, fake.headers = "307 Temporary Redirect", [("Location", "/v1/Elsewhere")]
    with httpx.Client(event_hooks={"response": [lambda answer: seen.append(answer.status_code)]}) as client:
        assert client.get(URL).status_code == 307
        with pytest.raises(httpx.TooManyRedirects):
            client.get(URL, follow_redirects=True)
    assert set(seen) == {307}


def test_other_hosts_of_twilio_are_stopped(fake: Fake) -> None:
    async def main() -> None:
        async with httpx.AsyncClient() as client:
            await client.get("https://verify.twilio.com/v2")

    with pytest.raises(BlockedRequest, match=r"GET https://verify\.twilio\.com/v2"):
        httpx.get("https://verify.twilio.com/v2")
    with pytest.raises(BlockedRequest, match=r"GET https://verify\.twilio\.com/v2"):
        asyncio.run(main())


@pytest.mark.parametrize("first", ["fake", "respx"])
@pytest.mark.parametrize("using", ["httpcore", "httpx"])
def test_respx_keeps_what_it_was_told(first: str, using: str) -> None:
    proxy, mock = FakeProxy(), respx.mock(using=using, assert_all_called=False)
    for start in (proxy.start, mock.start) if first == "fake" else (mock.start, proxy.start):
        start()
    try:
        mock.get("https://example.com/a").respond(text="theirs")
        mock.get("https://proxy.twilio.com/v1/Services/KS1").respond(json={"sid": "theirs"})
        if using == "httpx":  # respx stands in front of the fake then
            mock.get(URL).pass_through()
        assert httpx.get("https://example.com/a").text == "theirs"
        assert httpx.get("https://proxy.twilio.com/v1/Services/KS1").json() == {"sid": "theirs"}
        assert httpx.get(URL, auth=("AC1", "x")).json()["services"] == []
        *theirs, ours = proxy.journal
        assert ours.operation == "ListService"
        if using == "httpcore":  # otherwise the fake never hears of it
            assert theirs[0].why == ("respx has a stub for this request and answered it, not the fake",)
    finally:
        mock.stop()
        proxy.stop()
