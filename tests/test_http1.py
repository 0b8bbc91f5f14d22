"""The reader and writer of HTTP/1.1, with h11 as oracle.

What the reader accepts h11 accepts too, with the same meaning. The exceptions are those that the reader's docstring
names: an empty line before a request, and HTTP/1.0 with `Connection: keep-alive`.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fakeproxy.web import http1, wsgi
from fakeproxy.web.http1 import LONGEST_CHUNK_LINE, LONGEST_HEAD, BadRequest, Request, RequestReader

LIMIT = 1000


def ours(*pieces: bytes) -> tuple[list[Request], int | None]:
    """The requests that the reader makes of the bytes, and the status that it refuses the rest with."""
    reader, requests = RequestReader(LIMIT), []
    try:
        for piece in pieces:
            reader.feed(piece)
            while (request := reader.read()) is not None:
                requests.append(request)
    except BadRequest as error:
        return requests, error.status
    return requests, None


def oracle(data: bytes, number: int) -> list[tuple[str, str, list[tuple[str, str]], bytes, bool]]:
    """The first requests that h11 makes of the bytes; each connection is kept, to read the next one."""
    read: list[tuple[str, str, list[tuple[str, str]], bytes, bool]] = []
    for _ in range(number):
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
        connection.receive_data(data)
        head, body = connection.next_event(), b""
        assert isinstance(head, h11.Request), head
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            assert isinstance(event, h11.Data), event
            body += event.data
        kept = connection.their_state is not h11.MUST_CLOSE
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers]
        read.append((head.method.decode(), head.target.decode("latin-1"), headers, bytes(body), kept))
        data = connection.trailing_data[0]
    return read


def joined(headers: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


LINES = st.sampled_from(
    [
        *(f"{method} /v1?x=%20 HTTP/1.{minor}" for method in ("GET", "POST", "OPTIONS") for minor in "01"),
        *(f"GET {target} HTTP/1.1" for target in ("http://a.b/x", "http://[::1/v1", "https://u:p@h:1", "*", "/ü", "x")),
        *(f"CONNECT {target} HTTP/1.1" for target in ("proxy.twilio.com:443", "proxy.twilio.com:", "[::1]:1", "a:0")),
        *("OPTIONS * HTTP/1.1", "GET / HTTP/2.0", "GET  / HTTP/1.1", "G(T / HTTP/1.1", "GET /\x7f HTTP/1.1", "", " "),
    ]
)
HEADERS = st.sampled_from(
    [
        *(f"Host: {host}" for host in ("a", "a:80", "[::1]:80", "a/b", "a\rb", "a b", "", "[::1", "a:99999", "a,b")),
        *(f"Content-Length: {length}" for length in ("0", "3", "3", "+3", "3,3", "9999", "x", "", "٣")),
        *(f"Transfer-Encoding: {coding}" for coding in ("chunked", "Chunked", "gzip", "gzip, chunked")),
        *(f"Connection: {option}" for option in ("close", "keep-alive", "Keep-Alive, x", "enclosed", "x, CLOSE")),
        *("X: 1", "X:", "X:  \t1\t ", "X: ü", "X: \x01", "X: a\nb", "X : 1", " folded", "no colon", "X-Y_z: a  b"),
    ]
)
BODIES = st.sampled_from(
    [
        *(
            b"",
            b"abc",
            b"3\r\nabc\r\n0\r\n\r\n",
            b"3;x=y\r\nabc\r\n00\r\nT: 1\r\n\r\n",
            b"3 \r\nabc\r\n0\r\nT 1\r\n\r\n",
        ),
        *(
            b"3 ;x\r\nabc\r\n0\r\n\r\n",
            b"3\r\nabcd\r\n0\r\n\r\n",
            b"3\nabc\r\n0\r\n\r\n",
            b"zz\r\n",
            b"3\r\nab",
            b"\r\n",
        ),
        *(
            b"fff\r\n",
            b"-3\r\nabc\r\n",
            b"0\r\nContent-Length: 9\r\n\r\n",
            b"0\r\nT: \x00\r\n\r\n",
            b"3;\x00\r\nabc\r\n",
        ),
    ]
)
EOLS = st.sampled_from(["\r\n"] * 20 + ["\n", "\r"])


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """One to three requests, right, wrong or nearly right."""
    data = b""
    for _ in range(draw(st.integers(1, 3))):
        headers = draw(st.lists(HEADERS, max_size=4))
        if draw(st.booleans()):
            headers.insert(0, "Host: h")
        for line in (draw(LINES), *headers, ""):
            data += (line + draw(EOLS)).encode("utf-8")
        data += draw(BODIES)
    return data


@given(streams())
@example(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET")
@example(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: 1\r\n\r\nGET")
def test_what_the_reader_accepts_h11_accepts_with_the_same_meaning(data: bytes) -> None:
    requests, _ = ours(data)
    if b"\r\n\r\n\r\n" in data or data.startswith(b"\r\n"):
        requests = requests[:1] if not data.startswith(b"\r\n") else []  # the first exception
    read = oracle(data, len(requests))
    for request, (method, target, headers, body, kept) in zip(requests, read, strict=True):
        assert (request.method, request.target, request.body) == (method, target, body)
        assert request.headers == joined(headers)
        if request.keep_alive != kept:
            assert request.keep_alive
            assert "keep-alive" in request.headers["connection"].lower()  # the second exception: HTTP/1.0


@given(streams(), st.lists(st.integers(0, 400), max_size=6))
@example(b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", [1, 2, 3])
@example(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX", [60, 67])
def test_how_the_bytes_are_split_changes_nothing(data: bytes, places: list[int]) -> None:
    ends = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    whole = ours(data)
    assert ours(*(data[start:end] for start, end in pairwise(ends))) == whole
    assert ours(*(data[place : place + 1] for place in range(len(data)))) == whole


def chunked(rest: bytes) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + rest


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\nb: c\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: \xfc\r\n\r\n", 400),
        (b"GET http://[::1/v1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET ftp://a/v1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET v1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"CONNECT proxy.twilio.com: HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"CONNECT /v1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"CONNECT a:70000 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
        (b"GET / HTTP/1.1\nHost: a\n\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * LONGEST_HEAD + b"\r\n\r\n", 431),
        (chunked(b"3\r\nabc\r\n0\r\n" + b"T: 1\r\n" * (LONGEST_HEAD // 6 + 2)), 431),
        (chunked(b"0\r\nTransfer-Encoding: gzip\r\n\r\n"), 400),
        (chunked(b"3;" + b"x" * LONGEST_CHUNK_LINE), 400),
        (chunked(b"1f4\r\n" + b"x" * 500 + b"\r\n1f5\r\n"), 413),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413),
    ],
)
def test_what_is_refused(data: bytes, status: int) -> None:
    assert ours(data) == ([], status)
    middle = len(data) // 2
    assert ours(data[:middle], data[middle:]) == ([], status)


def test_a_body_that_is_too_long_is_not_asked_for() -> None:
    asked: list[bool] = []
    reader = RequestReader(LIMIT, lambda: asked.append(True))
    reader.feed(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n")
    with pytest.raises(BadRequest):
        reader.read()
    assert not asked


def seen(data: bytes) -> dict[str, Any]:
    """The environ that an application gets for a request to the server at 127.0.0.1:1."""
    environ: dict[str, Any] = {}

    def app(given: dict[str, Any], start_response: Any) -> list[bytes]:
        environ.update(given)
        start_response("200 OK", [])
        return []

    (request,), _ = ours(data)
    http1.call(app, request, "http", "127.0.0.1:1")
    return environ


@pytest.mark.parametrize(
    ("target", "host", "expected"),
    [
        ("/a", "h:2", ("http", "h:2", "h", "2", "/a")),
        ("/a", "", ("http", "", "127.0.0.1", "1", "/a")),
        ("/a", "[::1]:8000", ("http", "[::1]:8000", "[::1]", "8000", "/a")),
        ("/a", "[::1]", ("http", "[::1]", "[::1]", "80", "/a")),
        ("https://u:p@b/a", "h", ("https", "b", "b", "443", "/a")),
        ("http://b?x", "h", ("http", "b", "b", "80", "/")),
        ("HTTP://b:9/", "h", ("http", "b:9", "b", "9", "/")),
    ],
)
def test_the_target_and_the_host_say_where_a_request_leads(target: str, host: str, expected: tuple[str, ...]) -> None:
    environ = seen(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    names = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "PATH_INFO")
    assert tuple(environ[name] for name in names) == expected


# What is sent

TOKENS = st.from_regex(r"X-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,10}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85\xa0"), max_size=20)
STATUSES = st.integers(200, 599)
METHODS = st.sampled_from(["GET", "HEAD", "POST"])


@given(METHODS, STATUSES, st.lists(st.tuples(TOKENS, VALUES), max_size=4), st.binary(max_size=200), st.booleans())
def test_what_is_sent_h11_reads(
    method: str, status: int, headers: list[tuple[str, str]], body: bytes, keep_alive: bool
) -> None:
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(http1.to_bytes(wsgi.Answer(status, headers, body), method, keep_alive, http1.date(0)))
    head, received = client.next_event(), b""
    assert isinstance(head, h11.Response)
    while not isinstance(event := client.next_event(), h11.EndOfMessage):
        assert isinstance(event, h11.Data)
        received += event.data
    own = (b"content-length", b"date", b"connection")
    expected = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    assert head.status_code == status
    assert [pair for pair in head.headers if pair[0] not in own] == expected
    assert received == (b"" if method == "HEAD" or status in (204, 304) else body)
    assert (client.their_state is h11.MUST_CLOSE) is not keep_alive


def test_the_answer_to_what_is_refused_h11_reads() -> None:
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    client.receive_data(http1.to_bytes(BadRequest(400, "the 'x' is wrong").answer))
    head, data = client.next_event(), client.next_event()
    assert isinstance(head, h11.Response)
    assert isinstance(data, h11.Data)
    assert (head.status_code, json.loads(data.data)["message"]) == (400, "the 'x' is wrong")


@pytest.mark.parametrize("header", [("X", "a\r\nY: b"), ("X\n", "a"), ("X", "a\0")])
def test_an_answer_that_would_be_read_as_another_is_an_error(header: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="control character"):
        http1.to_bytes(wsgi.Answer(200, [header], b""))
