"""Calls of WSGI apps in this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

from fakeproxy.exceptions import AnswerTooLong

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: The key of the environ for the seconds that the client waits for an answer, or None.
CLIENT_TIMEOUT = "fakeproxy.client_timeout"

#: The key of the environ for a list that gets the changes of status. The client then sends their callbacks itself.
AWAITED = "fakeproxy.changes"

#: A WSGI application.
App = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]


class Answer(NamedTuple):
    """The answer of an app. Several headers may have the same name."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def error_answer(status: int, message: str) -> Answer:
    """Return an error in Twilio's JSON. Its code is 20000 plus the status, like Twilio's own codes of HTTP errors.

    Twilio's SDKs show the `message`. If the body were plain text, they would only say that it is not JSON.
    """
    code = 20_000 + status
    error = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Answer(status, [("Content-Type", "application/json")], f"{json.dumps(error)}\n".encode("utf-8", "replace"))


def call(
    app: App,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    prefix: str = "",
    extra: Mapping[str, object] | None = None,
    longest: int | None = None,
) -> Answer:
    """Call the app with a request, and return its answer. Exceptions of the app are raised unchanged.

    `url` is absolute and percent-encoded, without fragment and user name. `REQUEST_URI` is its target unchanged, and
    `PATH_INFO` the decoded path. `prefix` is the path below which the app is mounted. `extra` is added to the environ.
    Raises `AnswerTooLong` as soon as the body has more than `longest` bytes.
    """
    scheme, _, host, rest = url.split("/", 3)
    target = "/" + rest
    path, _, query = target.partition("?")
    if prefix:
        path = path.removeprefix(prefix)
    name, _, port = host.partition(":") if not host.startswith("[") else _ipv6(host)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": prefix,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
        "QUERY_STRING": query,
        "REQUEST_URI": target,
        "SERVER_NAME": name,
        "SERVER_PORT": port or ("443" if scheme == "https:" else "80"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme[:-1],
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,  # Without it, Werkzeug drops a body that came in chunks.
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if extra:
        environ.update(extra)
    for header, value in headers.items():
        if "_" not in header:  # As web servers do: it would pass for the header with a hyphen.
            environ[_key(header)] = value
    environ["CONTENT_LENGTH"] = str(len(body))

    status = "500"
    answered: list[tuple[str, str]] = []
    written: list[bytes] = []
    write = written.append if longest is None else collector(written, longest)

    def start_response(line: str, fields: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], object]:
        nonlocal status, answered
        status, answered = line, fields
        return write

    chunks = app(environ, start_response)
    try:
        # An app may set the status as late as at the first chunk, so it is read after the last one.
        if longest is None:
            written.extend(chunks)
        else:
            for chunk in chunks:
                write(chunk)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    return Answer(int(status[:3]), answered, b"".join(written))


def collector(chunks: list[bytes], longest: int) -> Callable[[bytes], None]:
    """Return a function that adds a chunk, and raises `AnswerTooLong` if all chunks have more than `longest` bytes."""
    size = 0

    def add(chunk: bytes) -> None:
        nonlocal size
        size += len(chunk)
        if size > longest:
            raise AnswerTooLong(f"it answered more than the {longest} bytes that are read")
        chunks.append(chunk)

    return add


def _ipv6(host: str) -> tuple[str, str, str]:
    address, bracket, port = host.partition("]")
    return address + bracket, bracket, port[1:]


@lru_cache(maxsize=256)
def _key(header: str) -> str:
    key = header.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key
