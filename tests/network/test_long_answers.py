"""Answers of handlers that are huge, or never end: they are read to a limit, whatever the handler is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import repeat
from threading import Event, Thread
from typing import Any

import flask
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from werkzeug.serving import make_server
from werkzeug.test import Client as WerkzeugClient

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.exceptions import AnswerTooLong
from fakeproxy.network import url_handlers
from fakeproxy.network.handlers import LONGEST_ANSWER
from tests.network.conftest import ANNE, BERT, POOL, SITE

PIECE = b"<!-- -->" * 1000


def pieces(size: int | None) -> Iterator[bytes]:
    """That many bytes, or without end."""
    return repeat(PIECE) if size is None else iter([b"x" * size])


def wsgi(size: int | None) -> Any:
    def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return pieces(size)

    return app


def wsgi_that_writes(size: int | None) -> Any:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        for piece in pieces(size):
            write(piece)
        return []

    return app


def flask_app(size: int | None) -> flask.Flask:
    app = flask.Flask("handler")
    app.post("/status")(lambda: flask.Response(pieces(size)))
    return app


def asgi(size: int | None) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for piece in pieces(size):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    return app


def fastapi_app(size: int | None) -> FastAPI:
    app = FastAPI()

    async def stream() -> AsyncIterator[bytes]:
        for piece in pieces(size):
            yield piece

    @app.post("/status")
    async def status() -> StreamingResponse:
        return StreamingResponse(stream())

    return app


def test_client(size: int | None) -> WerkzeugClient:
    return flask_app(size).test_client()


test_client.__test__ = False  # type: ignore[attr-defined]

APPS: list[Callable[[int | None], Any]] = [wsgi, wsgi_that_writes, flask_app, asgi, fastapi_app, test_client]


@contextmanager
def behind_a_socket(app: Any) -> Generator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(proxy: Any, url: str) -> Any:
    """The delivery of a text's callback."""
    proxy.add_service("rides", numbers=[POOL[0]], callback_url=f"{url}/status")
    proxy.add_session(participants=[ANNE, BERT])
    return proxy.phone(ANNE).text(POOL[0], "hi").callbacks[0]


def check(proxy: Any, delivery: Any) -> None:
    assert delivery.status is None
    assert f"it answered more than the {LONGEST_ANSWER} bytes that are read" in delivery.outcome
    assert [alert.code for alert in proxy.alerts][:1] == [80908]


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.__name__)
@pytest.mark.parametrize("size", [None, LONGEST_ANSWER + 1], ids=["without end", "too long"])
def test_an_answer_is_read_to_a_limit(proxy: FakeProxy, app: Callable[[int | None], Any], size: int | None) -> None:
    proxy.webhooks.mount(SITE, app(size))
    delivery = told(proxy, SITE)
    check(proxy, delivery)
    assert isinstance(delivery.error, AnswerTooLong)


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.__name__)
def test_an_answer_of_just_that_length_is_read(proxy: FakeProxy, app: Callable[[int | None], Any]) -> None:
    proxy.webhooks.mount(SITE, app(LONGEST_ANSWER))
    delivery = told(proxy, SITE)
    assert (delivery.status, len(delivery.text)) == (200, LONGEST_ANSWER)


@pytest.mark.parametrize("size", [None, LONGEST_ANSWER + 1], ids=["without end", "too long"])
def test_so_is_that_of_a_server_on_loopback(proxy: FakeProxy, size: int | None) -> None:
    with behind_a_socket(flask_app(size)) as url:
        check(proxy, told(proxy, url))


@pytest.mark.slow
def test_a_server_on_loopback_has_so_long_for_its_whole_answer(
    proxy: FakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It sends a byte now and then, and never ends."""
    monkeypatch.setattr(url_handlers, "TIMEOUT", 0.3)
    app, gone = flask.Flask("handler"), Event()

    def drops() -> Iterator[bytes]:
        while not gone.wait(0.05):
            yield b"x"

    app.post("/status")(lambda: flask.Response(drops()))
    with behind_a_socket(app) as url:
        delivery = told(proxy, url)
        gone.set()
    assert delivery.status is None
    assert "the answer took more than 0.3 seconds" in delivery.outcome


def test_so_is_that_of_a_server_that_is_forwarded_to(proxy: FakeProxy) -> None:
    with behind_a_socket(flask_app(None)) as url:
        proxy.webhooks.forward(SITE, url)
        check(proxy, told(proxy, SITE))


def test_so_is_that_of_a_handler_behind_connect() -> None:
    with FakeProxy(intercept=False) as elsewhere, fakeproxy.connect(elsewhere.url) as proxy:
        proxy.webhooks.mount(SITE, flask_app(None))
        check(proxy, told(proxy, SITE))
    with FakeProxy(intercept=False) as elsewhere, fakeproxy.connect(elsewhere.url) as proxy:
        proxy.webhooks.mount(SITE, flask_app(LONGEST_ANSWER))
        assert told(proxy, SITE).status == 200


def test_in_a_running_loop(proxy: FakeProxy) -> None:
    proxy.webhooks.mount(SITE, fastapi_app(None))
    proxy.add_service("rides", numbers=[POOL[0]], callback_url=f"{SITE}/status")
    proxy.add_session(participants=[ANNE, BERT])

    async def main() -> Any:
        return await proxy.phone(ANNE).atext(POOL[0], "hi")

    check(proxy, asyncio.run(main()).callbacks[0])
