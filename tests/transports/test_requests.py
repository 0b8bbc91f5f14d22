"""requests, answered at the adapter: nobody can tell it from the way through urllib3 and http.client."""

from __future__ import annotations

import gzip
import http.client
import logging
from collections.abc import Callable
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from fakeproxy import BlockedRequest, FakeProxy
from fakeproxy.transports.seams.sockets import MemorySocket
from tests.transports.conftest import Fake

URL = "https://proxy.twilio.com/v1/Services"

Ask = Callable[[requests.Session], requests.Response]


@pytest.fixture(autouse=True)
def deep(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What went the way through urllib3 and http.client, which ends in a socket in memory."""
    seen: list[str] = []
    original = MemorySocket.makefile

    def makefile(self: MemorySocket, *args: Any, **named: Any) -> Any:
        seen.append("request")
        return original(self, *args, **named)

    monkeypatch.setattr(MemorySocket, "makefile", makefile)
    return seen


def through_urllib3() -> requests.Session:
    """A session that goes that way: its retries differ from the usual ones, in nothing that matters here."""
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=urllib3.Retry(0, read=False, backoff_factor=1)))
    return session


def told(answer: requests.Response) -> dict[str, Any]:
    """All that a program can read off an answer."""
    return {
        "status": answer.status_code,
        "headers": dict(answer.headers),
        "content": answer.content,
        "text": answer.text,
        "encoding": answer.encoding,
        "reason": answer.reason,
        "url": answer.url,
        "cookies": answer.cookies.get_dict(),
        "history": [one.status_code for one in answer.history],
        "connection": type(answer.connection),
        "raw": (answer.raw.status, answer.raw.version, answer.raw.reason, answer.raw.read(), answer.raw.read(5)),
        "raw headers": sorted(answer.raw.headers.items()),
        "closed": answer.raw.closed,
    }


def seen(fake: Fake) -> list[tuple[Any, ...]]:
    return [
        (one.method, one.path, one.query, one.uri, one.host, one.body, sorted(one.headers.items()))
        for one in fake.requests
    ]


REQUESTS: dict[str, Ask] = {
    "get": lambda session: session.get(URL),
    "query": lambda session: session.get(URL, params={"a": "1 2+ü", "b": ["x", "y"]}),
    "form": lambda session: session.post(URL, data={"UniqueName": "a b&ü"}, auth=("AC1", "x")),
    "json": lambda session: session.post(URL, json={"a": "ü"}),
    "text": lambda session: session.post(URL, data="ü=ü"),
    "bytes": lambda session: session.put(URL, data=b"\x00\xff"),
    "empty": lambda session: session.post(URL),
    "head": lambda session: session.head(URL),
    "delete": lambda session: session.delete(URL),
    "core": lambda session: session.get("https://proxy.dublin.ie1.twilio.com/v1/Services?a=%2f"),
    "own headers": lambda session: session.get(URL, headers={"X-Mine": "1", "User-Agent": "mine"}),
    "cookies": lambda session: session.get(URL, cookies={"a": "b"}),
    "read whole, later": lambda session: session.get(URL, stream=True),
    "time-out": lambda session: session.get(URL, timeout=20),
    "not verified": lambda session: session.get(URL, verify=False),
    "fragment": lambda session: session.get(URL + "#a"),
}

ANSWERS: dict[str, tuple[str, list[tuple[str, str]], bytes]] = {
    "json": ("200 OK", [("Content-Type", "application/json")], b'{"a": 1}'),
    "length": ("201 Created", [("Content-Type", "text/html; charset=latin-1"), ("Content-Length", "1")], b"\xe9"),
    "nothing": ("204 No Content", [], b""),
    "refused": ("404 Not Found", [("Content-Type", "application/json")], b"{}"),
    "odd status": ("799 Odd", [], b"?"),
    "cookies": ("200 OK", [("Set-Cookie", "a=b; Path=/"), ("Set-Cookie", "c=d"), ("X-Two", "1"), ("X-Two", "2")], b""),
    "packed": ("200 OK", [("Content-Encoding", "gzip")], gzip.compress(b"packed", mtime=0)),
}


@pytest.mark.parametrize("ask", REQUESTS.values(), ids=REQUESTS)
def test_the_fake_gets_the_same_and_the_client_too(fake: Fake, deep: list[str], ask: Ask) -> None:
    with requests.Session() as session, through_urllib3() as other:
        at_the_adapter = told(ask(session)), seen(fake)
        fake.requests.clear()
        were_deep = len(deep)
        through = told(ask(other)), seen(fake)
    assert at_the_adapter == through
    assert (were_deep, len(deep)) in [(0, 1), (1, 2)]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_each_answer_is_the_same(
    fake: Fake, deep: list[str], answer: tuple[str, list[tuple[str, str]], bytes], stream: bool
) -> None:
    fake.status, fake.headers, fake.body = answer
    with requests.Session() as session, through_urllib3() as other:
        at_the_adapter = told(session.get(URL, stream=stream)), session.cookies.get_dict()
        assert deep == []
        assert at_the_adapter == (told(other.get(URL, stream=stream)), other.cookies.get_dict())


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
def test_redirects_are_the_sessions(make_fake: Callable[..., Fake], deep: list[str], status: str) -> None:
    def follow(session: requests.Session) -> tuple[Any, Any]:
        fake = make_fake()
        app, answers = fake.app, iter([status, "200 OK"])

        def redirect(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
            fake.status, fake.headers = next(answers), [("Location", "/v1/Elsewhere")]
            return app(environ, start)

        fake.target.app = redirect
        return told(session.post(URL, data={"a": "b"})), seen(fake)

    with requests.Session() as session, through_urllib3() as other:
        at_the_adapter = follow(session)
        assert deep == []
        assert at_the_adapter == follow(other)


def test_pieces_of_a_stream(fake: Fake, deep: list[str]) -> None:
    fake.body = b"line 1\nline 2\n"
    with requests.get(URL, stream=True) as answer:
        assert not answer.raw.closed
        assert list(answer.iter_lines()) == [b"line 1", b"line 2"]
    assert answer.raw.closed
    assert deep == []


#: What the adapter leaves to urllib3, which may refuse it.
LEFT: dict[str, Ask] = {
    "two time-outs": lambda session: session.get(URL, timeout=(1, 2)),
    "a proxy": lambda session: session.get(URL, proxies={"https": "http://proxy.example.com:3128"}),
    "pieces of a body": lambda session: session.post(URL, data=iter([b"a=", b"b"])),
    "another host in its header": lambda session: session.get(URL, headers={"Host": "proxy.ie1.twilio.com"}),
    "bytes in a header": lambda session: session.get(URL, headers={"X-Mine": b"\xe9"}),
    "port": lambda session: session.get("https://proxy.twilio.com:443/v1/Services"),
    "plain http": lambda session: session.get("http://proxy.twilio.com/v1/Services"),
    "an odd method": lambda session: session.request("M-SEARCH", URL),
}


@pytest.mark.parametrize("ask", LEFT.values(), ids=LEFT)
def test_what_is_not_plain_goes_through_urllib3(fake: Fake, deep: list[str], ask: Ask) -> None:
    assert ask(requests.Session()).status_code == 200
    assert deep == ["request"]


REFUSED: dict[str, tuple[Ask, type[Exception]]] = {
    "no time-out": (lambda session: session.get(URL, timeout=0), ValueError),
    "certificates that are not there": (lambda session: session.get(URL, verify="/nowhere"), OSError),
    "a certificate of its own": (lambda session: session.get(URL, cert="/nowhere"), OSError),
    "a header that is no Latin-1": (lambda session: session.get(URL, headers={"X-Mine": "☎"}), UnicodeEncodeError),
}


@pytest.mark.parametrize(("ask", "error"), REFUSED.values(), ids=REFUSED)
def test_what_requests_refuses_it_refuses(fake: Fake, ask: Ask, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(requests.Session())
    assert fake.requests == []


def test_an_answer_with_a_control_character_raises(fake: Fake) -> None:
    fake.headers = [("X-Odd", "a\r\nb: c")]
    with pytest.raises(ValueError, match="control character"):
        requests.get(URL)


def _with_retries(session: requests.Session) -> None:
    session.mount("https://", HTTPAdapter(max_retries=3))


def _with_an_adapter_of_its_own(session: requests.Session) -> None:
    session.mount("https://", type("Adapter", (HTTPAdapter,), {})())


def _with_a_replaced_method(session: requests.Session) -> None:
    adapter: Any = session.get_adapter("https://")
    adapter.build_response = adapter.build_response


def _with_pools_of_its_own(session: requests.Session) -> None:
    adapter: Any = session.get_adapter("https://")
    adapter.poolmanager = type("Pools", (urllib3.PoolManager,), {})()


@pytest.mark.parametrize(
    "change", [_with_retries, _with_an_adapter_of_its_own, _with_a_replaced_method, _with_pools_of_its_own]
)
def test_an_adapter_that_somebody_made_is_asked(
    fake: Fake, deep: list[str], change: Callable[[requests.Session], None]
) -> None:
    with requests.Session() as session:
        change(session)
        assert session.get(URL).status_code == 200
    assert deep == ["request"]


def test_whoever_reads_the_log_of_urllib3_finds_the_request(fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "urllib3"):
        requests.get(URL)
    assert '"GET /v1/Services HTTP/1.1" 200' in caplog.text


def test_whoever_debugs_http_client_sees_the_request(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    requests.get(URL)
    assert "GET /v1/Services" in capsys.readouterr().out


def test_a_session_keeps_its_adapters(fake: Fake) -> None:
    with requests.Session() as session:
        mine = session.adapters["https://"]
        given = session.get_adapter(URL)
        assert isinstance(given, HTTPAdapter)
        assert session.get(URL).connection is mine
        assert given.max_retries is mine.max_retries
        assert session.adapters["https://"] is mine


def test_an_adapter_that_outlives_the_fake_answers_no_more() -> None:
    with requests.Session() as session:
        request = session.prepare_request(requests.Request("GET", URL))
        with FakeProxy():
            adapter = session.get_adapter(URL)
            assert adapter.send(request).status_code == 401
        with FakeProxy() as proxy:
            assert adapter.send(request).status_code == 401
            assert len(proxy.journal) == 1


def test_another_host_of_twilios_is_stopped(deep: list[str]) -> None:
    with FakeProxy(blocked="raise"), pytest.raises(BlockedRequest, match=r"lookups\.twilio\.com"):
        requests.get("https://lookups.twilio.com/v2/PhoneNumbers/+14155550100")
    assert deep == []
