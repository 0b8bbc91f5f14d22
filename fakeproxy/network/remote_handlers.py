"""Webhook handlers of another process: the fake sends each delivery to an endpoint there, over loopback.

The endpoint gets the whole request as JSON, so that the handler sees the URL that it is mounted at. The signature was
made for that URL.
"""

from __future__ import annotations

import json
from asyncio import to_thread
from base64 import b64decode, b64encode
from http.client import HTTPException
from typing import TYPE_CHECKING

from fakeproxy.exceptions import AnswerTooLong, UsageError
from fakeproxy.network import handlers, url_handlers
from fakeproxy.network.handlers import Handler, Request
from fakeproxy.web.urls import split
from fakeproxy.web.wsgi import Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: The answer of an endpoint to a GET.
_ENDPOINT = {"fakeproxy": "an endpoint for webhook handlers"}

#: The longest answer of an endpoint in bytes: that of a handler in base64, with its headers.
_LONGEST = 2 * handlers.LONGEST_ANSWER


class HandlerFailed(Exception):
    """An exception of a handler in another process, as a text."""


def handler_at(url: str) -> Handler:
    """Return a handler that asks the endpoint at `url`. Raises `UsageError` unless it is an endpoint on loopback."""
    _check_endpoint(url)

    def send(request: Request) -> Answer:
        body = json.dumps({**request._asdict(), "body": b64encode(request.body).decode()}).encode()
        answered = json.loads(url_handlers.send(Request("POST", url, {}, body), _LONGEST).body)
        error = HandlerFailed(answered["error"]) if answered["error"] else None
        if answered["answer"] is None:
            raise error or HandlerFailed("nothing")
        if error is not None:
            handlers.report_exception(error)
        status, headers, text = answered["answer"]
        return Answer(status, [(name, value) for name, value in headers], b64decode(text))

    async def send_async(request: Request) -> Answer:
        """Send the request in a thread."""
        return await to_thread(send, request)

    return Handler(send, send_async)


def _check_endpoint(url: str) -> None:
    try:
        split(url)
    except ValueError as error:
        raise UsageError(f"{url!r} is no URL: {error}") from error
    if not url_handlers.is_loopback(url):
        raise UsageError(f"{url!r} is not on loopback; handlers must be on this machine")
    try:
        found = json.loads(url_handlers.send(Request("GET", url, {}, b"")).body)
    except (OSError, HTTPException) as error:
        raise UsageError(f"nothing answers at {url}: {error}") from error
    except (ValueError, RecursionError, AnswerTooLong):
        found = None
    if found != _ENDPOINT:
        raise UsageError(
            f"{url} is no endpoint of fakeproxy.connect(). If an ordinary server is to get the webhooks as Twilio "
            f"sends them, POST its origin to /_fakeproxy/webhooks/forward instead"
        )


class Endpoint:
    """An endpoint in the application's process: a WSGI app that calls its handlers, each at a path of its own."""

    def __init__(self) -> None:
        self._handlers: list[Handler] = []
        #: The exceptions of the handlers, oldest first.
        self.raised: list[BaseException] = []

    def add(self, app: object) -> str:
        """Add a handler, as `webhooks.mount()` takes it. Return its path at this endpoint."""
        self._handlers.append(handlers.handler_for(app))
        return f"/{len(self._handlers) - 1}"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(_ENDPOINT).encode()]
        asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        request = Request(**{**asked, "body": b64decode(asked["body"])})
        handler = self._handlers[int(environ["PATH_INFO"][1:])]
        answer: Answer | None = None
        with handlers.exceptions_of_frameworks() as caught:
            try:
                answer = handler.send(request)
            except BaseException as error:  # pytest.fail() raises no Exception.
                caught.append(error)
        if answer is not None and answer.status < 500:
            caught.clear()
        self.raised += caught
        answered = answer and (answer.status, answer.headers, b64encode(answer.body).decode())
        failed = f"{type(caught[0]).__name__}: {caught[0]}" if caught else None
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"answer": answered, "error": failed}).encode()]
