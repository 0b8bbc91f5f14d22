"""User name and password in a webhook's URL: sent as Basic once the handler asks, and shown nowhere."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import flask
import pytest
from fastapi import FastAPI
from fastapi import Request as FastRequest
from fastapi import Response as FastResponse
from fastapi.testclient import TestClient
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

import fakeproxy
from fakeproxy import FakeProxy, UnmountedWebhook
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.transports.loopback.server import Server
from fakeproxy.web import http1
from tests.network.conftest import ANNE, BERT, CARL, POOL

USER, PASSWORD = "hook", "s3cr:t/pw"
WITH = "https://hook:s3cr%3At%2Fpw@api.example.com"
SITE = "https://api.example.com"

Seen = list[tuple[str, str | None]]


def judge(seen: Seen, path: str, header: str | None, challenge: str) -> tuple[int, dict[str, str]]:
    """What a handler behind Basic answers."""
    seen.append((path, header))
    wanted = f"{USER}:{PASSWORD}"
    if header is not None and b64decode(header.partition(" ")[2]).decode() == wanted:
        return 200, {}
    return 401, {"WWW-Authenticate": challenge}


def wsgi_app(seen: Seen, challenge: str = 'Basic realm="x"') -> Callable[..., Any]:
    def app(environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        status, headers = judge(seen, request.path, request.headers.get("Authorization"), challenge)
        return Response("", status, headers)(environ, start_response)

    return app


def flask_client(seen: Seen) -> Any:
    app = flask.Flask("passwords")

    @app.post("/<path>")
    def hook(path: str) -> flask.Response:
        return flask.Response("", *judge(seen, "/" + path, flask.request.headers.get("Authorization"), "Basic"))

    return app.test_client()


def fast_app(seen: Seen) -> FastAPI:
    app = FastAPI()

    @app.post("/{path}")
    async def hook(path: str, request: FastRequest) -> FastResponse:
        status, headers = judge(seen, "/" + path, request.headers.get("authorization"), "basic realm=y")
        return FastResponse("", status, headers)

    return app


MOUNTS: dict[str, Callable[[Seen], Any]] = {
    "wsgi": wsgi_app,
    "asgi": fast_app,
    "flask client": flask_client,
    "starlette client": lambda seen: TestClient(fast_app(seen), SITE),
}


@contextmanager
def ride(proxy: Any, base: str, session: bool = True, **urls: str) -> Generator[None]:
    given = {name: base + path for name, path in urls.items()}
    proxy.add_service(numbers=POOL, **given)
    if session:
        proxy.add_session(participants=[ANNE, BERT])
    yield


@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize("base", [SITE, WITH])
def test_it_is_sent_after_the_401(mount: str, base: str) -> None:
    seen: Seen = []
    with FakeProxy() as proxy:
        proxy.webhooks.mount(base, MOUNTS[mount](seen))
        with ride(proxy, WITH, callback_url="/status", intercept_callback_url="/intercept"):
            contact = proxy.phone(ANNE).text(POOL[0], "hi")
        assert contact.delivered
        assert [(path, header is not None) for path, header in seen] == [
            ("/intercept", False),
            ("/intercept", True),
            ("/status", False),
            ("/status", True),
        ]
        assert [delivery.status for delivery in contact.callbacks] == [200, 200]
        assert len(proxy.alerts) == 0


@pytest.mark.parametrize("kind", ["text", "call"])
def test_of_an_out_of_session_callback_too(kind: str) -> None:
    seen: Seen = []
    with FakeProxy() as proxy:
        proxy.webhooks.mount(SITE, wsgi_app(seen))
        with ride(proxy, WITH, session=False, out_of_session_callback_url="/lost"):
            getattr(proxy.phone(CARL), kind)(POOL[0], *(["hi"] if kind == "text" else []))
        assert [header is not None for _, header in seen] == [False, True]


def test_in_a_loop_too() -> None:
    seen: Seen = []
    with FakeProxy() as proxy:
        proxy.webhooks.mount(SITE, fast_app(seen))
        with ride(proxy, WITH, callback_url="/status"):
            asyncio.run(proxy.phone(ANNE).atext(POOL[0], "hi"))
        assert [header is not None for _, header in seen] == [False, True]


def test_over_loopback() -> None:
    seen: Seen = []
    server = Server(partial(http1.call, wsgi_app(seen)))
    try:
        with FakeProxy() as proxy:
            base = server.url.replace("http://", "http://hook:s3cr%3At%2Fpw@")
            with ride(proxy, base, callback_url="/status"):
                contact = proxy.phone(ANNE).text(POOL[0], "hi")
            assert [delivery.status for delivery in contact.callbacks] == [200]
            assert len(seen) == 2
    finally:
        server.stop()


def test_through_connect() -> None:
    seen: Seen = []
    with FakeProxy(intercept=False) as proxy, fakeproxy.connect(proxy.url) as remote:
        remote.webhooks.mount(SITE, wsgi_app(seen))
        with ride(remote, WITH, callback_url="/status"):
            contact = remote.phone(ANNE).text(POOL[0], "hi")
        assert [delivery.status for delivery in contact.callbacks] == [200]
        assert len(seen) == 2


def test_a_message_of_the_core_api_too() -> None:
    from twilio.rest import Client

    seen: Seen = []
    with FakeProxy() as proxy:
        proxy.webhooks.mount(SITE, wsgi_app(seen))
        proxy.add_number(POOL[0])
        Client().messages.create(to=ANNE, from_=POOL[0], body="hi", status_callback=WITH + "/status")
        assert len(seen) == 4


def test_who_does_not_ask_is_not_told() -> None:
    seen: Seen = []
    with FakeProxy() as proxy:
        proxy.webhooks.mount(SITE, wsgi_app(seen, challenge="Negotiate"))
        with ride(proxy, WITH, callback_url="/status"):
            proxy.phone(ANNE).text(POOL[0], "hi")
        assert seen == [("/status", None)]


@pytest.mark.parametrize(
    ("base", "challenge", "told"),
    [
        (WITH, 'Digest realm="x", nonce="1", qop="auth"', "it asks for Digest, which the fake does not do"),
        (SITE, 'Basic realm="x"', "it asks for Basic, and the webhook's URL has no user name and password"),
        (WITH.replace("hook", "other"), 'Digest realm="x", Basic realm="x"', "refused the user name and password"),
    ],
)
def test_an_alert_says_what_was_asked_for(base: str, challenge: str, told: str) -> None:
    with FakeProxy() as proxy:
        proxy.webhooks.mount(SITE, wsgi_app([], challenge))
        with ride(proxy, base, callback_url="/status"):
            (alert,) = proxy.phone(ANNE).text(POOL[0], "hi").alerts
        assert alert.code == 80908
        assert told in alert.why
        assert told in proxy.report()


def test_the_signature_is_that_of_the_url_as_configured() -> None:
    with FakeProxy() as proxy:
        proxy.webhooks.mount(SITE, wsgi_app([]))
        with ride(proxy, WITH, callback_url="/status"):
            proxy.phone(ANNE).text(POOL[0], "hi")
        (delivery,) = proxy.webhooks.deliveries
        assert delivery.url == WITH + "/status"
        assert RequestValidator(proxy.account["auth_token"]).validate(delivery.url, delivery.form, delivery.signature)


def test_no_report_shows_it() -> None:
    with FakeProxy() as proxy:
        client = proxy.client()
        service = client.proxy.v1.services.create("rides", callback_url=WITH + "/status")
        client.proxy.v1.services(service.sid).phone_numbers.create(phone_number=POOL[0])
        client.proxy.v1.services(service.sid).update(out_of_session_callback_url=WITH + "/lost")
        proxy.add_session(participants=[ANNE, BERT])
        with pytest.raises(UnmountedWebhook) as unmounted:
            proxy.phone(ANNE).text(POOL[0], "hi")
        proxy.webhooks.mount(SITE, lambda environ, start: Response("<oops", 200)(environ, start))
        proxy.phone(CARL).text(POOL[0], "hi")
        proxy.webhooks.mount(SITE, lambda environ, start: Response("", 500)(environ, start))
        proxy.phone(ANNE).text(POOL[0], "hi")
        shown = [str(unmounted.value), unmounted.value.url, proxy.report(), *map(repr, proxy.webhooks.deliveries)]
        shown += [*map(str, proxy.journal), *map(str, proxy.alerts)]
        assert "hook:***@" in proxy.report()
        for text in shown:
            assert "s3cr" not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://u:pw@x.example/a?b=c@d", "https://u:***@x.example/a?b=c@d"),
        ("https://x.example/a:b@c", "https://x.example/a:b@c"),
        ("https://u@x.example:80/", "https://u@x.example:80/"),
        ("Url=https%3A%2F%2Fu%3Apw%40x.example%2Fa&B=1", "Url=https%3A%2F%2Fu%3A***%40x.example%2Fa&B=1"),
        ("a http://u:1@x and http://v:2@y", "a http://u:***@x and http://v:***@y"),
        ("no url: a@b", "no url: a@b"),
    ],
)
def test_what_is_hidden(text: str, shown: str) -> None:
    assert hide_passwords(text) == shown
