"""HTTP/1.1 as bytes: a reader of requests, a writer of answers, and calls of WSGI apps between. It uses no sockets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import NamedTuple, Protocol

from fakeproxy.web import wsgi
from fakeproxy.web.urls import Authority, authority
from fakeproxy.web.wsgi import Answer, App

#: The longest head (request line and headers), and the longest trailers after the last chunk, in bytes.
LONGEST_HEAD = 1 << 16

#: The longest line before a chunk, with its extensions, in bytes.
LONGEST_CHUNK_LINE = 1024

_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+) HTTP/1\.([01])")
_is_token = lru_cache(maxsize=1024)(re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch)
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,15})(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?[ \t]*")
#: The bytes that may be in a line.
_TEXT = bytes({9, *range(32, 256)} - {127})
_NO_TEXT = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: The headers that decide on the destination and the end of a request. Two of a kind would be ambiguous.
_ONCE = ("host", "content-length", "transfer-encoding")
_ABSOLUTE = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE)
REASONS = {status.value: status.phrase for status in HTTPStatus}


class HasBody(Protocol):
    """The protocol of an answer, or of the rest of one."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class BadRequest(ValueError):
    """A request that cannot be served. The connection must be closed after `answer` was sent."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status

    @property
    def answer(self) -> Answer:
        """The answer to the client, which says what is wrong."""
        return wsgi.error_answer(self.status, str(self))


class Request(NamedTuple):
    """A request. Names in `headers` are in lower case; values of the same name are joined by commas, as in HTTP."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    #: True if the client wants to keep the connection.
    keep_alive: bool


class _Head(NamedTuple):
    method: str
    target: str
    headers: Mapping[str, str]
    keep_alive: bool
    #: The length of the body in bytes, or None if it comes in chunks.
    length: int | None
    #: True if the client holds the body back until it gets a 100 (Continue).
    waits: bool


class RequestReader:
    """A reader that makes requests of bytes. A request is complete when its whole body is there.

    The result does not depend on how the bytes are split. The reader is stricter than h11: every line ends with CR LF,
    a header is on one line without control characters, a request has one Host and one length, and its target can be
    called. It is more lenient in two points: an empty line may come before a request, and a client of HTTP/1.0 may ask
    to keep its connection.

    A body of more than `longest_body` bytes is a `BadRequest` with status 413, before it is read. `proceed` is called
    once for each request whose client waits for permission to send its body (`Expect: 100-continue`).
    """

    def __init__(self, longest_body: int | None = None, proceed: Callable[[], object] = lambda: None) -> None:
        self._buffer = bytearray()
        self._longest_body = longest_body
        self._proceed = proceed
        self._head: _Head | None = None
        self._chunks = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Add bytes from the connection."""
        self._buffer += data

    @property
    def is_idle(self) -> bool:
        """True if no byte of a next request is there."""
        return self._head is None and not self._buffer

    def read(self) -> Request | None:
        """Return the next request, or None if it is not complete. Raises `BadRequest`."""
        if self._head is None:
            self._head = self._read_head()
            if self._head is None:
                return None
            if self._head.waits:
                self._proceed()
        method, target, headers, keep_alive, length, _ = self._head
        body = self._read_chunks() if length is None else self._read_bytes(length)
        if body is None:
            return None
        self._head = None
        return Request(method, target, headers, body, keep_alive)

    def _read_head(self) -> _Head | None:
        block = self._read_block(2 if self._buffer.startswith(b"\r\n") else 0)
        return None if block is None else _head(block, self._longest_body)

    def _read_block(self, start: int) -> str | None:
        """Remove the lines up to an empty line from the buffer, beginning at `start`. None if they are not complete."""
        end = self._buffer.find(b"\r\n\r\n", start)
        if end < 0 or end - start > LONGEST_HEAD:
            if (wrong := _NO_TEXT.search(self._buffer[start : start + LONGEST_HEAD])) is not None:
                raise BadRequest(400, f"{wrong[0]!r} may not stand in a request: lines end with CR LF")
            if len(self._buffer) - start > LONGEST_HEAD + 3:
                raise BadRequest(431, f"the head of a request, and its trailers, may have {LONGEST_HEAD} bytes")
            return None
        block = self._buffer[start:end].decode("latin-1")
        del self._buffer[: end + 4]
        return block

    def _read_bytes(self, length: int) -> bytes | None:
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _read_chunks(self) -> bytes | None:
        while True:
            end = self._buffer.find(b"\r\n", 0, LONGEST_CHUNK_LINE)
            if end < 0:
                if len(self._buffer) >= LONGEST_CHUNK_LINE or _NO_TEXT.search(self._buffer):
                    raise BadRequest(400, f"this is no chunk, whose first line may have {LONGEST_CHUNK_LINE} bytes")
                return None
            size_line = _CHUNK.fullmatch(self._buffer, 0, end)
            if size_line is None:
                raise BadRequest(400, f"{bytes(self._buffer[: min(end, 100)])!r} is no chunk")
            start, size = end + 2, int(size_line[1], 16)
            _allowed(len(self._chunks) + size, self._longest_body)
            if size == 0:
                return self._read_trailers(start)
            if len(self._buffer) < start + size + 2:
                if not b"\r\n".startswith(bytes(self._buffer[start + size :])):
                    raise BadRequest(400, "a chunk is longer than it says")
                return None
            if self._buffer[start + size : start + size + 2] != b"\r\n":
                raise BadRequest(400, "a chunk is longer than it says")
            self._chunks += self._buffer[start : start + size]
            del self._buffer[: start + size + 2]

    def _read_trailers(self, start: int) -> bytes | None:
        """Return the whole body when the trailers after the last chunk are there. The trailers are dropped."""
        if self._buffer.startswith(b"\r\n", start):
            del self._buffer[: start + 2]
        else:
            block = self._read_block(start)
            if block is None:
                return None
            if forbidden := [name for name in _headers(block) if name in _ONCE]:
                raise BadRequest(400, f"{forbidden[0]} may not stand in a trailer")
        body = bytes(self._chunks)
        self._chunks.clear()
        return body


@lru_cache(maxsize=16)  # A client asks for the same again and again.
def _head(block: str, longest_body: int | None) -> _Head:
    """Return the head in these lines: the request line and the headers."""
    first, _, rest = block.partition("\r\n")
    request_line = _LINE.fullmatch(first)
    if request_line is None:
        raise BadRequest(400, f"{first[:100]!r} is no request line of HTTP/1.1")
    method, target, minor = request_line.groups()
    headers = _headers(rest)
    length = _length(headers, minor, longest_body)
    host = headers.get("host")
    if host is None and minor == "1":
        raise BadRequest(400, "a request of HTTP/1.1 must have a Host header")
    if host:
        _checked(host, "the Host header")
    if not target.startswith("/") or method == "CONNECT":
        _check_target(method, target)
    connection = _options(headers.get("connection", ""))
    keep_alive = "close" not in connection and (minor == "1" or "keep-alive" in connection)
    # RFC 9110, 10.1.1: a client of HTTP/1.0 knows no 100, and would take it for the answer.
    waits = minor == "1" and headers.get("expect", "").lower() == "100-continue"
    return _Head(method, target, headers, keep_alive, length, waits)


def _length(headers: Mapping[str, str], minor: str, longest_body: int | None) -> int | None:
    """Return the length of the body in bytes, or None if it comes in chunks."""
    coding, text = headers.get("transfer-encoding"), headers.get("content-length")
    if coding is not None:
        if text is not None:
            raise BadRequest(400, "a request may have Content-Length or Transfer-Encoding, not both")
        if minor == "0":
            raise BadRequest(400, "HTTP/1.0 has no Transfer-Encoding")
        if coding.lower() != "chunked":
            raise BadRequest(501, f"the transfer coding {coding!r} is not known here")
        return None
    if text is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise BadRequest(400, "the Content-Length is no number")
    return _allowed(int(text), longest_body)


def _allowed(length: int, longest_body: int | None) -> int:
    """Return the length of a body. Raises `BadRequest` if it is too long."""
    if longest_body is not None and length > longest_body:
        raise BadRequest(413, f"a body may have {longest_body} bytes")
    return length


@lru_cache(maxsize=16)  # The requests of a client have the same headers, but for the length of a body.
def _headers(block: str) -> Mapping[str, str]:
    """Return the headers in these lines."""
    headers: dict[str, str] = {}
    lines = block.split("\r\n") if block else []
    if block.encode("latin-1").translate(None, _TEXT) != b"\r\n" * (len(lines) - 1):
        raise BadRequest(400, "a request has a control character in it, or a line that does not end with CR LF")
    for line in lines:
        name, separator, value = line.partition(":")
        if not separator or not _is_token(name):
            raise BadRequest(400, f"{line[:100]!r} is no header")
        name, value = name.lower(), value.strip(" \t")
        if name in headers:
            if name in _ONCE:
                raise BadRequest(400, f"a request may have one {name} header")
            value = f"{headers[name]},{value}"
        headers[name] = value
    return headers


@lru_cache(maxsize=64)
def _options(connection: str) -> frozenset[str]:
    return frozenset(option.strip().lower() for option in connection.split(","))


def _checked(text: str, what: str) -> Authority:
    try:
        return authority(text)
    except ValueError as error:
        raise BadRequest(400, f"{what} is {text[:100]!r}: {error}") from error


def _check_target(method: str, target: str) -> None:
    if method == "CONNECT":
        if _checked(target, "the target of CONNECT").port is None:
            raise BadRequest(400, f"the target of CONNECT is {target[:100]!r}, without a port")
    elif found := _ABSOLUTE.fullmatch(target):
        _checked(found[2].rpartition("@")[2], "the host of the target")
    elif target != "*" or method != "OPTIONS":
        raise BadRequest(400, f"the target {target[:100]!r} is neither a path nor an http or https URL")


class Destination(NamedTuple):
    """The destination of a request. `authority` is the client's text of host and port; `target` begins with a slash."""

    scheme: str
    authority: str
    target: str


def destination(request: Request) -> Destination | None:
    """Return the destination of a target in absolute form, without a user name. None for the other forms."""
    found = _ABSOLUTE.fullmatch(request.target)
    if found is None:
        return None
    rest = found[3].partition("#")[0]
    return Destination(found[1].lower(), found[2].rpartition("@")[2], rest if rest.startswith("/") else f"/{rest}")


def url(request: Request, scheme: str, host: str) -> str:
    """Return the URL of a request to `host`, or to the host in its target or its Host header."""
    target = request.target
    if not target.startswith("/"):
        if found := destination(request):
            return f"{found.scheme}://{found.authority}{found.target}"
        target = "/"
    return f"{scheme}://{request.headers.get('host') or host}{target}"


def call(app: App, request: Request, scheme: str, host: str, extra: Mapping[str, object] | None = None) -> Answer:
    """Call the app with a request. The arguments are those of `url`."""
    address, headers = url(request, scheme, host), request.headers
    if not request.target.startswith("/"):  # RFC 9112, 3.2.2: the target comes first.
        headers = {**headers, "host": address.split("/", 3)[2]}
    return wsgi.call(app, request.method, address, headers, request.body, extra=extra)


def to_bytes(answer: Answer, method: str = "GET", keep_alive: bool = False, date: str | None = None) -> bytes:
    """Return the bytes of an answer. Raises ValueError if a header has a control character."""
    lines = [f"{name}: {value}\r\n" for name, value in headers(answer, keep_alive, date)]
    head = f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Unknown')}\r\n{''.join(lines)}\r\n".encode("latin-1")
    return head + body(answer, method)


def body(answer: Answer, method: str) -> bytes:
    """Return the body of an answer as it goes over a connection: some answers have none."""
    return answer.body if _has_body(answer) and method != "HEAD" else b""


def headers(answer: Answer, keep_alive: bool = False, date: str | None = None) -> list[tuple[str, str]]:
    """Return the headers of an answer as they go over a connection. Raises ValueError for a control character."""
    fields = [*answer.headers]
    if _has_body(answer) and "content-length" not in [name.lower() for name, _ in fields]:
        fields.append(("Content-Length", str(len(answer.body))))
    if date is not None:
        fields.append(("Date", date))
    fields.append(("Connection", "keep-alive" if keep_alive else "close"))
    if "".join([part for field in fields for part in field]).encode("latin-1").translate(None, _TEXT):
        raise ValueError(f"a header of this answer has a control character in it: {answer.headers!r}")
    return fields


def _has_body(answer: Answer) -> bool:
    return answer.status not in (204, 304) and answer.status >= 200


@lru_cache(maxsize=16)
def date(seconds: int) -> str:
    """Return seconds since the epoch in the form of a Date header."""
    return formatdate(seconds, usegmt=True)


def truncated(answer: HasBody, method: str) -> bytes:
    """Return the bytes of an answer whose connection breaks in the middle of the body."""
    whole = to_bytes(Answer(answer.status, answer.headers, answer.body), method)
    return whole[: len(whole) - (len(answer.body) + 1) // 2]
