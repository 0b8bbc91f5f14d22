"""HTTP/1.1 with h11 as the client: the reader takes all that h11 sends, h11 takes all that the writer answers.

`test_http1.py` holds the other side: what the reader accepts h11 accepts, with the same meaning.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import h11
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakeproxy.web import http1
from fakeproxy.web.http1 import LONGEST_CHUNK_LINE, LONGEST_HEAD, BadRequest, Request, RequestReader
from fakeproxy.web.wsgi import Answer

TOKENS = st.from_regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,8}", fullmatch=True)
NAMES = TOKENS.map(lambda token: f"X-{token}")
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85\xa0"), max_size=9)
FRAMING = {"host", "connection", "content-length", "transfer-encoding"}
CONNECTION = st.sampled_from([None, "close", "keep-alive", "Upgrade, Close", "x"])


class Sent(NamedTuple):
    """A request as a client writes it. `chunks` of None: the body has a length, else it comes in these chunks."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    chunks: list[bytes] | None
    trailers: list[tuple[str, str]]
    connection: str | None

    def to_bytes(self) -> bytes:
        """Return what h11 makes of it."""
        headers = [(b"Host", b"proxy.twilio.com"), *_encoded(self.headers)]
        if self.connection:
            headers.append((b"Connection", self.connection.encode()))
        length = (b"Transfer-Encoding", b"chunked") if self.chunks else (b"Content-Length", b"%d" % len(self.body))
        headers.append(length)
        client = h11.Connection(h11.CLIENT)
        data = client.send(h11.Request(method=self.method, target=self.target, headers=headers)) or b""
        for piece in self.chunks or [self.body]:
            data += client.send(h11.Data(piece)) or b""
        return data + (client.send(h11.EndOfMessage(headers=_encoded(self.trailers) if self.chunks else [])) or b"")


def _encoded(headers: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers]


SENT = st.builds(
    Sent,
    method=st.sampled_from(["GET", "POST", "DELETE", "HEAD", "OPTIONS", "M-SEARCH"]),
    target=st.from_regex(r"/[!-~]{0,20}", fullmatch=True),
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=4),
    body=st.binary(max_size=300),
    chunks=st.none() | st.lists(st.binary(max_size=99), min_size=1, max_size=5),
    trailers=st.lists(st.tuples(NAMES, VALUES), max_size=2),
    connection=CONNECTION,
)


def read(*pieces: bytes, longest: int | None = None) -> tuple[list[Request], int]:
    """Return the requests in the bytes, and how often the client is asked for a body that it holds back."""
    asked: list[None] = []
    reader, requests = RequestReader(longest, lambda: asked.append(None)), []
    for piece in pieces:
        reader.feed(piece)
        while (request := reader.read()) is not None:
            requests.append(request)
    assert reader.is_idle
    return requests, len(asked)


# What clients send


@settings(max_examples=40)
@given(st.lists(SENT, min_size=1, max_size=4), st.lists(st.integers(0, 2000), max_size=4))
def test_what_h11_sends_is_read_whole_however_it_is_split(sent: list[Sent], places: list[int]) -> None:
    """All at once is pipelining: each request is read in its turn, and ends where the next one begins."""
    data = b"".join(one.to_bytes() for one in sent)
    ends = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    requests, _ = read(*(data[start:end] for start, end in pairwise(ends)))
    assert len(requests) == len(sent)
    for request, one in zip(requests, sent, strict=True):
        assert (request.method, request.target) == (one.method, one.target)
        assert request.body == (b"".join(one.chunks) if one.chunks else one.body)
        for name, _ in one.headers:
            values = [value for other, value in one.headers if other.lower() == name.lower()]
            assert request.headers[name.lower()] == ",".join(values)
        assert request.keep_alive == ("close" not in (one.connection or "").lower())
        assert set(request.headers) - FRAMING == {name.lower() for name, _ in one.headers}, "trailers are none of them"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("value", ["100-continue", "100-Continue", "", "x", None])
@pytest.mark.parametrize("body", [b"", b"abc"])
def test_a_client_that_waits_is_asked_for_its_body_once(version: str, value: str | None, body: bytes) -> None:
    expect = f"Expect: {value}\r\n" if value is not None else ""
    head = f"POST / HTTP/{version}\r\nHost: a\r\n{expect}Content-Length: {len(body)}\r\n\r\n".encode()
    oracle = h11.Connection(h11.SERVER)
    oracle.receive_data(head)
    oracle.next_event()
    waits = oracle.they_are_waiting_for_100_continue
    for pieces in ([head, body], [bytes([one]) for one in head + body]):
        assert read(*pieces)[1] == waits


@pytest.mark.parametrize("fold", ["\r\n folded", "\r\n\tfolded", "\r\n "])
@pytest.mark.parametrize("name", ["X", "Host", "Content-Length", "Transfer-Encoding"])
def test_a_header_on_two_lines_is_refused(fold: str, name: str) -> None:
    """RFC 9112, 5.2, lets a server do so. h11 joins the lines, and others would read two headers."""
    data = f"POST / HTTP/1.1\r\nHost: a\r\n{name}: 1{fold}\r\n\r\n".encode()
    for pieces in ([data], [data[:-3], data[-3:]], [bytes([one]) for one in data]):
        with pytest.raises(BadRequest) as refused:
            read(*pieces)
        assert refused.value.status == 400


def padded(length: int) -> bytes:
    """Return a request whose head has this many bytes before the empty line."""
    start = b"GET / HTTP/1.1\r\nHost: a\r\nX: "
    return start + b"x" * (length - len(start)) + b"\r\n\r\n"


@given(st.integers(-2, 2), st.lists(st.integers(0, LONGEST_HEAD + 8), max_size=3))
@example(0, [LONGEST_HEAD, LONGEST_HEAD + 1, LONGEST_HEAD + 3])
def test_a_head_has_a_longest_length_however_it_is_split(more: int, places: list[int]) -> None:
    data = padded(LONGEST_HEAD + more)
    ends = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    pieces = [data[start:end] for start, end in pairwise(ends)]
    if more <= 0:
        assert len(read(*pieces)[0]) == 1
    else:
        with pytest.raises(BadRequest) as refused:
            read(*pieces)
        assert refused.value.status == 431


@given(st.lists(st.binary(max_size=60), max_size=5), st.integers(1, 120))
def test_a_body_has_a_longest_length_in_chunks_too(chunks: list[bytes], longest: int) -> None:
    body = b"".join(chunks)
    plain = Sent("POST", "/", [], body, None, [], None)
    for one in (plain, plain._replace(chunks=[*chunks, b""])):
        if len(body) <= longest:
            assert read(one.to_bytes(), longest=longest)[0][0].body == body
        else:
            with pytest.raises(BadRequest) as refused:
                read(one.to_bytes(), longest=longest)
            assert refused.value.status == 413


@pytest.mark.parametrize("extension", ["", ";", ";a", ";a=b", ';a="b c"', " ", ";" + "x" * (LONGEST_CHUNK_LINE - 4)])
@pytest.mark.parametrize("size", ["3", "03", "000000000000003"])
def test_the_line_of_a_chunk(size: str, extension: str) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    line = (size + extension)[: LONGEST_CHUNK_LINE - 2].encode()
    data = head + line + b"\r\nabc\r\n0\r\n\r\n"
    oracle = h11.Connection(h11.SERVER)
    oracle.receive_data(data)
    oracle.next_event()
    event = oracle.next_event()
    assert isinstance(event, h11.Data)
    assert [request.body for request in read(data)[0]] == [event.data]


# What clients read

ANSWERS = st.tuples(
    st.sampled_from(["GET", "HEAD", "POST"]),
    st.sampled_from([200, 201, 204, 304, 404, 500]),
    st.lists(st.tuples(NAMES, VALUES), max_size=3),
    st.binary(max_size=99),
)


@settings(max_examples=50)
@given(st.lists(ANSWERS, min_size=1, max_size=5), st.integers(0, 4))
@example([("HEAD", 200, [], b"abc"), ("GET", 204, [], b"abc"), ("GET", 304, [], b"a"), ("GET", 200, [], b"x")], 4)
def test_answers_on_one_connection_are_told_from_each_other(
    answers: list[tuple[str, int, list[tuple[str, str]], bytes]], last: int
) -> None:
    """HEAD, 204 and 304 have no body, so that the next answer begins where h11 looks for it, until one says close."""
    client = h11.Connection(h11.CLIENT)
    for number, (method, status, headers, body) in enumerate(answers):
        client.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
        client.send(h11.EndOfMessage())
        keep_alive = number != last
        client.receive_data(http1.to_bytes(Answer(status, headers, body), method, keep_alive, http1.date(0)))
        head, received = client.next_event(), b""
        assert isinstance(head, h11.Response)
        while not isinstance(event := client.next_event(), h11.EndOfMessage):
            assert isinstance(event, h11.Data)
            received += event.data
        without = method == "HEAD" or status in (204, 304)
        assert (head.status_code, received) == (status, b"" if without else body)
        assert client.trailing_data[0] == b""
        if not keep_alive:
            assert client.their_state is h11.MUST_CLOSE
            break
        client.start_next_cycle()
