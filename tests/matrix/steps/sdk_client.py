"""The SDK's HTTP clients: what is theirs stays theirs, and the short way does what their own `request` does."""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import Any

import pytest
import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from fakeproxy import FakeProxy
from tests.matrix.steps import step
from tests.matrix.steps.sdk import START

AUTH = ("AC" + "1" * 32, "token")
URL = "https://proxy.twilio.com/v1/Services"
HEADERS = {"User-Agent": "twilio-python", "Accept": "application/json", "Accept-Charset": "utf-8"}
FORM = {**HEADERS, "Content-Type": "application/x-www-form-urlencoded"}

REQUESTS: list[dict[str, Any]] = [
    {"method": "post", "headers": FORM, "data": {"UniqueName": "rides", "DefaultTtl": 60}},
    {"method": "GET", "params": {"PageSize": 2, "Page": "0"}},
    {"method": "GET", "timeout": 5},
    {"method": "DELETE", "url": f"{URL}/KS{'0' * 32}"},
]


class Lines(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _kept(client: Any, what: str) -> Any:
    """Return what the client keeps of its last request or response; the name depends on the version."""
    return getattr(client, f"_test_only_last_{what}", None) or getattr(client, f"last_{what}", None)


def _seen(client: Any, request: dict[str, Any], *, in_full: bool) -> dict[str, Any]:
    """Send a request to a fresh fake, and return everything that the application can see of it.

    `in_full`: a fault that fits no request leads it to the SDK's own `request`, down to the line in memory.
    """
    lines = Lines()
    logger = logging.getLogger("twilio")
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    try:
        with FakeProxy(start=START) as proxy:
            if in_full:
                proxy.faults.answer(418, method="PATCH", optional=True)
            answer = client.request(**{"url": URL, "headers": HEADERS, "auth": AUTH, **request})
            if inspect.isawaitable(answer):
                answer = asyncio.get_event_loop().run_until_complete(answer)
            journal = [(entry.method, entry.path, entry.status, entry.form, entry.query) for entry in proxy.journal]
    finally:
        logger.removeHandler(lines)
        logger.setLevel(logging.NOTSET)
    kept_request, kept_response = _kept(client, "request"), _kept(client, "response")
    headers = {name.lower(): value for name, value in dict(getattr(answer, "headers", None) or {}).items()}
    return {
        "types": (type(answer), type(kept_request)),
        "answer": (answer.status_code, answer.text, answer.content, answer.ok),
        # What a line says of its connection is left out, also below.
        "headers": {name: headers[name] for name in headers if name not in ("connection", "content-length")},
        "kept answer": kept_response is answer,
        "kept request": {name: value for name, value in vars(kept_request).items() if name != "hooks"},
        "attributes": sorted(vars(client)),
        "journal": journal,
        "log": [line.partition(": ")[0] if "Response Headers" in line else line for line in lines.lines],
    }


@step()
def the_short_way_does_what_the_sdk_does() -> None:
    known = inspect.signature(TwilioHttpClient.__init__).parameters
    choices: list[dict[str, Any]] = [{}, {"pool_connections": False}, {"timeout": 7}, {"max_retries": 2}]
    for settings in choices:
        if settings.keys() <= known.keys():
            for request in REQUESTS:
                short = _seen(TwilioHttpClient(**settings), request, in_full=False)
                assert short == _seen(TwilioHttpClient(**settings), request, in_full=True)
                assert all(short[part] for part in ("log", "kept answer", "journal"))


@step("twilio.http.async_http_client")
def the_short_way_does_what_the_sdk_does_asynchronously() -> None:
    from twilio.http.async_http_client import AsyncTwilioHttpClient

    async def seen(request: dict[str, Any], in_full: bool) -> dict[str, Any]:
        async with AsyncTwilioHttpClient() as client:
            return await asyncio.to_thread(_seen_from_thread, client, request, in_full, asyncio.get_running_loop())

    for request in REQUESTS:
        short = asyncio.run(seen(request, False))
        assert short == asyncio.run(seen(request, True))
        assert all(short[part] for part in ("log", "kept answer", "journal"))


def _seen_from_thread(client: Any, request: dict[str, Any], in_full: bool, loop: asyncio.AbstractEventLoop) -> Any:
    class InLoop:
        """The client, whose coroutines run in its own loop."""

        def request(self, **fields: Any) -> Any:
            return asyncio.run_coroutine_threadsafe(client.request(**fields), loop).result(30)

        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        @property
        def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
            return dict(vars(client))

    return _seen(InLoop(), request, in_full=in_full)


@step()
def request_hooks() -> None:
    seen: list[str] = []

    def note(response: requests.Response, *args: Any, **kwargs: Any) -> None:
        seen.append(f"{response.status_code} {response.headers['Content-Type']} {response.json()['services']}")

    with FakeProxy():
        client = Client(http_client=TwilioHttpClient(request_hooks={"response": note}))
        assert client.proxy.v1.services.list() == []
    assert seen == ["200 application/json []"]


@step()
def a_session_with_settings() -> None:
    with FakeProxy() as proxy:
        http_client = TwilioHttpClient()
        http_client.session.headers["X-Job"] = "7"
        http_client.session.params = {"PageSize": "3"}
        http_client.session.auth = ("AC" + "2" * 32, "other")
        assert Client(http_client=http_client).proxy.v1.services.list() == []
        assert "PageSize" in str(proxy.journal[-1].query)


@step()
def a_client_with_the_logging_of_a_subclass() -> None:
    class Mine(TwilioHttpClient):  # type: ignore[misc]
        def request(self, *args: Any, **kwargs: Any) -> Any:
            answers.append(super().request(*args, **kwargs).status_code)
            return _kept(self, "response")

    answers: list[int] = []
    with FakeProxy():
        assert Client(http_client=Mine()).proxy.v1.services.list() == []
    assert answers == [200]


@step()
def a_client_of_one_fake() -> None:
    with FakeProxy(intercept=False) as one, FakeProxy() as other:
        for _ in range(2):
            one.client().proxy.v1.services.create(unique_name=f"rides-{len(one.services)}")
        assert (len(one.services), len(other.services)) == (2, 0)
        one.faults.too_many_requests(operation="ListService")
        with pytest.raises(Exception, match="Too Many Requests"):
            one.client().proxy.v1.services.list()
        one.faults.connection_reset()
        with pytest.raises(requests.ConnectionError):
            one.client().proxy.v1.services.list()
        one.faults.answer(418, method="PATCH", optional=True)
        client = one.client()
        assert len(client.proxy.v1.services.list()) == 2
        assert _kept(client.http_client, "request").url == URL


@step("cryptography")
def a_client_that_signs() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from twilio.http.validation_client import ValidationClient

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with FakeProxy() as proxy:
        proxy.add_service("rides")
        client = ValidationClient(AUTH[0], "SK" + "1" * 32, "CR" + "1" * 32, plain)
        for services in (Client(http_client=client).proxy.v1.services, Client().proxy.v1.services):
            assert [service.unique_name for service in services.list()] == ["rides"]
