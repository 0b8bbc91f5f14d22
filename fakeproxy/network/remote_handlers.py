"""Webhook handlers of another process: the fake passes each delivery to an endpoint on loopback there.

The endpoint gets the whole request as JSON, so that the handler sees the URL that it is mounted at, which is also what
the signature was made for.
"""

from __future__ import annotations

import json
from asyncio import to_thread
from base64 import b64decode, b64encode
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from fakeproxy.exceptions import AnswerTooLong, UsageError
from fakeproxy.network import handlers, url_handlers
from fakeproxy.network.handlers import Handler, Request
from fakeproxy.web.urls import split
from fakeproxy.web.wsgi import Answer

#: What an endpoint says of itself when it is asked by GET.
_ENDPOINT = {"fakeproxy": "an endpoint for webhook handlers"}

#: How many bytes its answers may have: those of a handler, in base64, with its headers.
_LONGEST = 2 * handlers.LONGEST_ANSWER


class HandlerFailed(Exception):
    """What a handler of another process raised, as text."""


def handler_at(url: str) -> Handler:
    """A handler that asks the endpoint at `url`. Raises UsageError where none is, or where that is not on loopback."""
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
        return await to_thread(send, request)

    return Handler(send, send_async)


def _check_endpoint(url: str) -> None:
    try:
        split(url)
    except ValueError as error:
        raise UsageError(f"{url!r} is no URL: {error}") from error
    if not url_handlers.is_loopback(url):
        raise UsageError(f"{url!r} is not on loopback; handlers are on this machine")
    try:
        found = json.loads(url_handlers.send(Request("GET", url, {}, b"")).body)
    except (OSError, HTTPException) as error:
        raise UsageError(f"nothing answers at {url}: {error}") from error
    except (ValueError, RecursionError, AnswerTooLong):
        found = None
    if found != _ENDPOINT:
        raise UsageError(
            f"{url} is no endpoint of fakeproxy.connect(). To have an ordinary server get the webhooks as Twilio sends "
            f"them, POST its origin to /_fakeproxy/webhooks/forward instead"
        )


class Endpoint:
    """The application's side: a WSGI app that has its handlers answer, each at a path of its own."""

    def __init__(self) -> None:
        self._handlers: list[Handler] = []
        #: What they raised, the oldest first.
        self.raised: list[BaseException] = []

    def add(self, app: Any) -> str:
        """The path at which this application is asked."""
        self._handlers.append(handlers.handler_for(app))
        return f"/{len(self._handlers) - 1}"

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
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
            except BaseException as error:  # what pytest raises to fail a test is no Exception
                caught.append(error)
        if answer is not None and answer.status < 500:
            caught.clear()
        self.raised += caught
        answered = answer and (answer.status, answer.headers, b64encode(answer.body).decode())
        failed = f"{type(caught[0]).__name__}: {caught[0]}" if caught else None
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"answer": answered, "error": failed}).encode()]
