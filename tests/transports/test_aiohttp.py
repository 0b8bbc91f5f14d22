"""aiohttp: a line in memory below the connector."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from freezegun import freeze_time

from fakeproxy import BlockedRequest, FakeProxy
from tests.transports.conftest import Fake

URL = "https://proxy.twilio.com/v1/Services"


def run(ask: Callable[[aiohttp.ClientSession], Awaitable[Any]], **settings: Any) -> Any:
    async def main() -> Any:
        async with aiohttp.ClientSession(**settings) as session:
            return await ask(session)

    return asyncio.run(main())


def test_the_patch_leaves_no_trace() -> None:
    before = vars(aiohttp.BaseConnector)["connect"]
    with FakeProxy():
        assert vars(aiohttp.BaseConnector)["connect"] is not before
    assert vars(aiohttp.BaseConnector)["connect"] is before


def test_json_and_text(fake: Fake) -> None:
    async def ask(session: aiohttp.ClientSession) -> Any:
        async with session.post(URL, data={"UniqueName": "ä b"}, params={"a": "b c"}) as answer:
            return answer.status, await answer.json()

    assert run(ask) == (200, {"sid": "KC00000000000000000000000000000001", "ttl": 60})
    assert (fake.last.query, fake.last.form) == ("a=b+c", {"UniqueName": ["ä b"]})


def test_a_session_from_before_the_fake() -> None:
    async def main() -> int:
        async with aiohttp.ClientSession(headers={"Authorization": "Basic QUMxOng="}) as session:
            with FakeProxy() as proxy:
                for _ in range(3):
                    async with session.get(URL) as answer:
                        assert answer.status == 200
                        await answer.read()
                return len(proxy.journal)

    assert asyncio.run(main()) == 3


def test_streams_in_and_out(fake: Fake) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"Unique"
        yield b"Name=rides"

    async def ask(session: aiohttp.ClientSession) -> list[bytes]:
        async with session.post(URL, data=chunks()) as answer:
            return [line async for line in answer.content]

    fake.body = b"line 1\nline 2\n"
    assert run(ask) == [b"line 1\n", b"line 2\n"]
    assert fake.last.body == b"UniqueName=rides"


def test_redirects(fake: Fake) -> None:
    async def ask(session: aiohttp.ClientSession) -> int:
        async with session.get(URL, allow_redirects=False) as answer:
            status = answer.status
        with pytest.raises(aiohttp.TooManyRedirects):
            await session.get(URL, max_redirects=3)
        return status

    fake.status, fake.headers = "307 Temporary Redirect", [("Location", "/v1/Elsewhere")]
    assert run(ask) == 307


def test_traces(fake: Fake) -> None:
    seen: list[str] = []
    traces = aiohttp.TraceConfig()

    async def on_end(session: Any, context: Any, parameters: Any) -> None:
        seen.append(f"{parameters.method} {parameters.response.status}")

    traces.on_request_end.append(on_end)

    async def ask(session: aiohttp.ClientSession) -> None:
        await (await session.get(URL)).read()

    run(ask, trace_configs=[traces])
    assert seen == ["GET 200"]


def test_many_at_once_through_a_narrow_connector(fake: Fake) -> None:
    async def main() -> list[int]:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=5)) as session:

            async def one() -> int:
                async with session.get(URL) as answer:
                    await answer.read()
                    return answer.status

            return await asyncio.gather(*[one() for _ in range(200)])

    assert asyncio.run(main()) == [200] * 200


def test_under_a_freeze(fake: Fake) -> None:
    async def ask(session: aiohttp.ClientSession) -> str:
        async with session.get(URL) as answer:
            return await answer.text()

    with freeze_time("2030-01-01"):
        assert "KC0" in run(ask)


def test_what_the_app_raises_comes_out(fake: Fake) -> None:
    async def ask(session: aiohttp.ClientSession) -> None:
        await session.get(URL)

    fake.error = ZeroDivisionError("in the app")
    with pytest.raises(ZeroDivisionError, match="in the app"):
        run(ask)


class NoUsualError(BaseException):
    """Such as what `pytest.fail()` raises in a webhook handler."""


def test_an_error_of_any_kind_comes_out(fake: Fake) -> None:
    async def ask(session: aiohttp.ClientSession) -> None:
        await asyncio.wait_for(session.get(URL), 20)

    fake.error = NoUsualError("in the app")
    with pytest.raises(NoUsualError, match="in the app"):
        run(ask)


def test_a_refused_connection_is_met_once() -> None:
    """Also where aiohttp tries again what fails once there is a connection (3.10 and 3.11)."""

    async def ask(session: aiohttp.ClientSession) -> None:
        for _ in range(2):
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(URL)

    with FakeProxy() as proxy:
        proxy.faults.connection_refused(times=2)
        run(ask)
        assert len(proxy.journal) == 2


def test_other_hosts_of_twilio_are_stopped(fake: Fake) -> None:
    async def ask(session: aiohttp.ClientSession) -> None:
        await session.get("https://verify.twilio.com/v2")

    with pytest.raises(BlockedRequest, match=r"GET https://verify\.twilio\.com/v2"):
        run(ask)


def test_a_closed_session_is_its_own_error(fake: Fake) -> None:
    async def main() -> None:
        session = aiohttp.ClientSession()
        await session.close()
        await session.get(URL)

    with pytest.raises(RuntimeError, match="Session is closed"):
        asyncio.run(main())
