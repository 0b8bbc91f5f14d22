"""Webhook handlers behind a socket on this machine: servers that the application or its test runs."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from ipaddress import ip_address
from threading import Event, Timer
from urllib.parse import urlsplit

from fakeproxy.exceptions import AnswerTooLong, UsageError
from fakeproxy.network.handlers import LONGEST_ANSWER, Handler, Request
from fakeproxy.web.urls import split
from fakeproxy.web.wsgi import Answer

#: The seconds of real time that a handler behind a socket has to answer (Twilio's page of error 11205).
TIMEOUT = 15


def is_loopback(url: str) -> bool:
    """Return whether the host of a URL is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def send(request: Request, longest: int = LONGEST_ANSWER) -> Answer:
    """Send a request to the host of its URL.

    Raises TimeoutError if the whole answer is not there in `TIMEOUT` seconds, and `AnswerTooLong` if it has more than
    `longest` bytes.
    """
    parts = urlsplit(request.url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.connect()
        with _ended_after(TIMEOUT, connection.sock):
            connection.request(request.method, target, request.body, dict(request.headers))
            with connection.getresponse() as response:
                body = response.read(longest + 1)
                if len(body) > longest:
                    raise AnswerTooLong(f"it answered more than the {longest} bytes that are read")
                if response.length:  # `read(size)` does not raise this itself.
                    raise IncompleteRead(body, response.length)
                return Answer(response.status, response.getheaders(), body)
    finally:
        connection.close()


@contextmanager
def _ended_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """End the connection after some seconds of real time. A socket's own time-out is for each read alone."""
    ended = Event()

    def end() -> None:
        ended.set()
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException) as error:
        if ended.is_set():
            raise TimeoutError(f"the answer took more than {seconds} seconds") from error
        raise
    finally:
        timer.cancel()
    if ended.is_set():
        raise TimeoutError(f"the answer took more than {seconds} seconds")


async def _in_thread(request: Request, send: Callable[[Request], Answer]) -> Answer:
    import asyncio  # Here for start-up time: it takes 10 ms.

    return await asyncio.to_thread(send, request)


#: The handler for URLs on loopback. In an event loop it runs in a thread, since the server may run in that loop.
OVER_HTTP = Handler(send, partial(_in_thread, send=send))


def forwarder(to: str) -> Handler:
    """Return a handler that passes requests on to the server at `to`, as a reverse proxy does.

    Method, path, query and body stay the same. So does the Host, since the signature is made for it. The scheme and
    port of the URL are in `X-Forwarded-Proto` and `X-Forwarded-Port`. Raises `UsageError` unless `to` is an origin
    (scheme, host and port) on loopback.
    """
    try:
        place = split(to)
    except ValueError as error:
        raise UsageError(f"{to!r} is no URL: {error}; give one such as 'http://127.0.0.1:3000'") from error
    if not is_loopback(place.geturl()):
        raise UsageError(
            f"{to!r} is not on loopback, and webhooks go nowhere else; give one such as 'http://127.0.0.1:3000'"
        )
    if place.path.strip("/") or place.query or place.fragment or "@" in place.netloc:
        raise UsageError(f"{to!r} is more than scheme, host and port; the path is that of the webhook's URL")

    def pass_on(request: Request) -> Answer:
        asked = urlsplit(request.url)
        headers = {
            "Host": asked.netloc,
            **request.headers,
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Host": asked.netloc,
            "X-Forwarded-Port": str(asked.port or (443 if asked.scheme == "https" else 80)),
            "X-Forwarded-Proto": asked.scheme,
        }
        url = asked._replace(scheme=place.scheme, netloc=place.netloc).geturl()
        return send(request._replace(url=url, headers=headers, prefix=""))

    return Handler(pass_on, partial(_in_thread, send=pass_on))
