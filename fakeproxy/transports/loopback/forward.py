"""The forwarding to a fake of another process: an app that sends each request to the loopback server of that fake.

The request target is an absolute URL, so that the URLs in the answer have the host that the client asked.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from http.client import HTTPResponse
from math import inf
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fakeproxy.api.faults import BrokenConnection, Failure
from fakeproxy.web.http1 import REASONS
from fakeproxy.web.wsgi import CLIENT_TIMEOUT, App, error_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Seconds of real time that the server may take for an answer.
TIMEOUT = 60

#: A header of requests: the seconds that the client waits for an answer, or empty if it has no time-out.
PATIENCE = "X-Fakeproxy-Patience"
_CLIENT_KEY = f"HTTP_{PATIENCE.upper().replace('-', '_')}"
#: A header of answers: the failure that the client's connection meets in place of the answer.
_FAILURE = "X-Fakeproxy-Failure"


class Forward:
    """A WSGI app that forwards requests to the server at `url`.

    It sends them over a plain socket: `http.client` is patched, and would come back to this app. Raises `OSError` where
    the server has ended, and `BrokenConnection` for a fault that the server's test has ordered.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)

    def __repr__(self) -> str:
        return f"<Forward to {self._address[0]}:{self._address[1]}>"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        method = environ["REQUEST_METHOD"]
        url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['REQUEST_URI']}"
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        sent = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        sent |= {"Content-Type": environ.get("CONTENT_TYPE", ""), "Content-Length": str(len(body))}
        patience = environ.get(CLIENT_TIMEOUT)
        sent |= {PATIENCE: "" if patience is None else str(patience), "Connection": "close"}
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
            raise BrokenConnection(failure, response.status, headers, answer)
        start_response(f"{response.status} {REASONS.get(response.status, 'Unknown')}", headers)
        return [answer]

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection(self._address, timeout=TIMEOUT)
        except ConnectionRefusedError as error:
            raise ConnectionRefusedError(
                error.errno,
                f"nothing was sent: the fake at {self._address[0]}:{self._address[1]} has ended. A child process uses "
                f"the fake that was active when it started: start this process while the fake of its test is active",
            ) from error

    def core(self, method: str, path: str, others_pass: bool) -> bool:
        """Return whether the fake answers this request to api.twilio.com. `others_pass`: that host is allowed."""
        # Imported here, since a child in Python that makes no such request needs none of the API.
        from fakeproxy.api.core import operations as core

        return core.serves(None, method, path, others_pass)


def serve(app: App, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request on the server's side: a failure that the app raises is named in a header of the answer.

    A time-out of the client that is no number of seconds is answered with 400.
    """
    patience = environ.get(_CLIENT_KEY)
    if patience is None:
        return app(environ, start_response)
    if patience:
        try:
            seconds = float(patience)
        except ValueError:
            seconds = -1
        if not 0 <= seconds < inf:
            text = f"the header {PATIENCE} is {patience!r}; it is a number of seconds, or empty for no time-out"
            answer = error_answer(400, text)
            start_response("400 Bad Request", answer.headers)
            return [answer.body]
        environ[CLIENT_TIMEOUT] = seconds
    try:
        return app(environ, start_response)
    except BrokenConnection as broken:
        start_response(f"{broken.status} BrokenConnection", [*broken.headers, (_FAILURE, broken.failure)])
        return [broken.body]
