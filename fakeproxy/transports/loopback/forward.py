"""A fake of another process as an app of this one: requests pass to its loopback server, answers and failures back.

The request goes in absolute form, so that the URLs in its answer are those of the host that the client asked.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from http.client import HTTPResponse
from math import inf
from typing import Any
from urllib.parse import urlsplit

from fakeproxy.api.faults import Broken, Failure
from fakeproxy.web.http1 import REASONS
from fakeproxy.web.wsgi import PATIENCE, App, error_answer

#: Seconds of real time that the server gets for an answer.
TIMEOUT = 60

#: On a request: how many seconds its client waits for an answer, nothing where it has no end.
_CLIENT = "X-Fakeproxy-Patience"
#: On an answer: what the client's connection is to meet instead.
_FAILURE = "X-Fakeproxy-Failure"


class Forward:
    """A WSGI app that passes requests to the server at `url`.

    Not by `http.client`, which leads here. Raises `OSError` where the server is not there any more.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        method = environ["REQUEST_METHOD"]
        url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['REQUEST_URI']}"
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        sent = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        sent |= {"Content-Type": environ.get("CONTENT_TYPE", ""), "Content-Length": str(len(body))}
        patience = environ.get(PATIENCE)
        sent |= {_CLIENT: "" if patience is None else str(patience), "Connection": "close"}
        sent.pop("TRANSFER-ENCODING", None)
        sent.pop("EXPECT", None)
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        with self._connect() as connection:
            connection.sendall(f"{method} {url} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body)
            response = HTTPResponse(connection, method=method)
            response.begin()
            answer = response.read()
        own = ("connection", "date", "content-length", _FAILURE.lower())
        headers = [(name, value) for name, value in response.getheaders() if name.lower() not in own]
        failure: Failure | None = response.getheader(_FAILURE)  # type: ignore[assignment]
        headers.append(("Content-Length", str(len(answer))))
        if failure:
            raise Broken(failure, response.status, headers, answer)
        start_response(f"{response.status} {REASONS.get(response.status, 'Unknown')}", headers)
        return [answer]

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection(self._address, timeout=TIMEOUT)
        except ConnectionRefusedError as error:
            raise ConnectionRefusedError(
                error.errno,
                f"nothing was sent: the fake at {self._address[0]}:{self._address[1]} has ended. A child process lands "
                f"in the fake that was active when it started: start this process while the fake of its test is active",
            ) from error

    def core(self, method: str, path: str, others_pass: bool) -> bool:
        """Whether a request to api.twilio.com is for the fake."""
        # Here for start-up time.
        from fakeproxy.api.core import (
            operations as core,  # here, since a Python child that makes no such request needs none of the API
        )

        return core.serves(None, method, path, others_pass)


def serve(app: App, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """The server's side of it: have the app answer, and say of a failure which it is."""
    patience = environ.get(f"HTTP_{_CLIENT.upper().replace('-', '_')}")
    if patience is None:
        return app(environ, start_response)
    if patience:
        try:
            seconds = float(patience)
        except ValueError:
            seconds = -1
        if not 0 <= seconds < inf:
            text = f"the header {_CLIENT} is {patience!r}; it is a number of seconds, or empty for no time-out"
            answer = error_answer(400, text)
            start_response("400 Bad Request", answer.headers)
            return [answer.body]
        environ[PATIENCE] = seconds
    try:
        return app(environ, start_response)
    except Broken as broken:
        start_response(f"{broken.status} Broken", [*broken.headers, (_FAILURE, broken.failure)])
        return [broken.body]
