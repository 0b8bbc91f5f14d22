"""HTTP/1.1 as bytes: requests in, answers out. Knows no sockets; what is between the two is a WSGI app."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

from fakeproxy import wsgi
from fakeproxy.wsgi import Answer, App

#: How long a request line with all headers may be, in bytes.
LONGEST_HEAD = 1 << 16

_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/1\.([01])")
_is_token = lru_cache(maxsize=1024)(re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch)
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
REASONS = {status.value: status.phrase for status in HTTPStatus}


class HasBody(Protocol):
    """An answer, or what is left of one."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class BadRequest(ValueError):
    """The bytes are no request that can be answered; the connection is to be closed after an answer of `status`."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Request(NamedTuple):
    """`headers` has lower-case names; values of one name are joined by commas, as HTTP has it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    #: Whether the connection is to stay open, as far as the client is concerned.
    keep_alive: bool


class RequestReader:
    """Makes requests of the bytes it is fed. A request counts once its whole body is there.

    `longest_body`, in bytes: a longer one is a BadRequest of status 413, before it is read. `proceed` is called once
    for each request whose client waits to be asked for its body (`Expect: 100-continue`).
    """

    def __init__(self, longest_body: int | None = None, proceed: Callable[[], object] = lambda: None) -> None:
        self._buffer = bytearray()
        self._longest_body = longest_body
        self._proceed = proceed
        self._head: tuple[str, str, dict[str, str], bool] | None = None
        self._chunks = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        self._buffer += data

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a request has come yet."""
        return self._head is None and not self._buffer

    def read(self) -> Request | None:
        """The next request, or None if it is not complete. Raises BadRequest."""
        if self._head is None:
            self._head = self._read_head()
            if self._head is None:
                return None
            if self._head[2].get("expect", "").lower() == "100-continue":
                self._proceed()
        method, target, headers, keep_alive = self._head
        body = self._read_body(headers)
        if body is None:
            return None
        self._head = None
        return Request(method, target, headers, body, keep_alive)

    def _read_head(self) -> tuple[str, str, dict[str, str], bool] | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > LONGEST_HEAD:
                raise BadRequest(431, f"the head of a request may have {LONGEST_HEAD} bytes")
            return None
        line, *fields = self._buffer[:end].decode("latin-1").lstrip("\r\n").split("\r\n")
        del self._buffer[: end + 4]
        request_line = _LINE.fullmatch(line)
        if request_line is None:
            raise BadRequest(400, f"{line[:100]!r} is no request line of HTTP/1.1")
        headers: dict[str, str] = {}
        for field in fields:
            name, separator, value = field.partition(":")
            if not separator or not _is_token(name):
                raise BadRequest(400, f"{field[:100]!r} is no header")
            name, value = name.lower(), value.strip(" \t")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        connection = headers.get("connection", "").lower()
        keep_alive = "close" not in connection if request_line[3] == "1" else "keep-alive" in connection
        return request_line[1], request_line[2], headers, keep_alive

    def _read_body(self, headers: dict[str, str]) -> bytes | None:
        coding = headers.get("transfer-encoding")
        if coding is not None:
            if coding.lower() != "chunked":
                raise BadRequest(501, f"the transfer coding {coding!r} is not known here")
            return self._read_chunks()
        text = headers.get("content-length")
        if text is None:
            return b""
        lengths = {length.strip() for length in text.split(",")}
        if len(lengths) > 1 or not re.fullmatch(r"[0-9]{1,18}", text := lengths.pop()):
            raise BadRequest(400, "the Content-Length is no number")
        length = int(text)
        self._check_length(length)
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _read_chunks(self) -> bytes | None:
        while True:
            size_line = _CHUNK.match(self._buffer)
            if size_line is None:
                if len(self._buffer) > 1024 or b"\n" in self._buffer:
                    raise BadRequest(400, "this is no chunk")
                return None
            start, size = size_line.end(), int(size_line[1], 16)
            self._check_length(len(self._chunks) + size)
            if size == 0:
                if self._buffer[start : start + 2] == b"\r\n":
                    end = start
                elif (end := self._buffer.find(b"\r\n\r\n", start)) >= 0:  # trailers, which nobody here reads
                    end += 2
                else:
                    return None
                del self._buffer[: end + 2]
                body = bytes(self._chunks)
                self._chunks.clear()
                return body
            if len(self._buffer) < start + size + 2:
                return None
            if self._buffer[start + size : start + size + 2] != b"\r\n":
                raise BadRequest(400, "a chunk is longer than it says")
            self._chunks += self._buffer[start : start + size]
            del self._buffer[: start + size + 2]

    def _check_length(self, length: int) -> None:
        if self._longest_body is not None and length > self._longest_body:
            raise BadRequest(413, f"a body may have {self._longest_body} bytes")


def call(app: App, request: Request, scheme: str, host: str, extra: dict[str, Any] | None = None) -> Answer:
    """Have the app answer a request that came for this host, unless its target or its Host header names another."""
    if request.target.startswith("/"):
        url = f"{scheme}://{request.headers.get('host') or host}{request.target}"
    else:
        scheme_, separator, rest = request.target.partition("://")
        url = f"{scheme_}://{rest if '/' in rest else rest + '/'}" if separator else f"{scheme}://{host}/"
    return wsgi.call(app, request.method, url, request.headers, request.body, extra=extra)


def to_bytes(answer: Answer, method: str = "GET", keep_alive: bool = False, date: str | None = None) -> bytes:
    """The answer as it goes over a line."""
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    has_body = answer.status not in (204, 304) and answer.status >= 200
    if has_body and not any(name.lower() == "content-length" for name, _ in answer.headers):
        lines.append(f"Content-Length: {len(answer.body)}")
    if date is not None:
        lines.append(f"Date: {date}")
    lines.append(f"Connection: {'keep-alive' if keep_alive else 'close'}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head + answer.body if has_body and method != "HEAD" else head


@lru_cache(maxsize=16)
def date(seconds: int) -> str:
    """Seconds since the epoch as a Date header has them."""
    return formatdate(seconds, usegmt=True)


def truncated(answer: HasBody, method: str) -> bytes:
    """The answer as it goes over a line that breaks in the middle of the body."""
    whole = to_bytes(Answer(answer.status, answer.headers, answer.body), method)
    return whole[: len(whole) - (len(answer.body) + 1) // 2]
