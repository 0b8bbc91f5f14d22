"""requests, urllib3 and http.client on a line in memory: what these clients do above it still works."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
import trustme
import urllib3
from requests.adapters import HTTPAdapter

from fakeproxy import BlockedRequest, FakeProxy
from fakeproxy.transports import interception
from tests.transports.conftest import Fake

URL = "https://proxy.twilio.com/v1/Services"


def state() -> list[list[tuple[str, object]]]:
    owners = (
        http.client.HTTPConnection,
        http.client.HTTPSConnection,
        urllib3.connection.HTTPConnection,
        urllib3.connection.HTTPSConnection,
        requests.Session,
    )
    return [list(vars(owner).items()) for owner in owners]


def test_the_patches_leave_no_trace() -> None:
    before = state()
    with FakeProxy(), FakeProxy():
        assert state() != before
    assert state() == before


@pytest.mark.parametrize(
    "url", ["https://proxy.dublin.ie1.twilio.com/v1/Services", "http://proxy.twilio.com/v1/Services"]
)
def test_regions_and_plain_http(fake: Fake, url: str) -> None:
    requests.get(url, timeout=20)
    assert fake.last.host == url.split("/")[2]


def test_a_session_and_its_own_adapter_and_hooks(fake: Fake) -> None:
    class Adapter(HTTPAdapter):
        def send(self, *args: object, **kwargs: object) -> requests.Response:
            sent.append("adapter")
            return super().send(*args, **kwargs)  # type: ignore[arg-type]

    sent: list[str] = []
    with requests.Session() as session:
        session.mount("https://proxy.twilio.com", Adapter(max_retries=3))
        session.hooks["response"].append(lambda response, **kwargs: sent.append(f"hook {response.status_code}"))
        session.headers["X-Mine"] = "1"
        session.cookies.set("a", "b", domain="proxy.twilio.com")
        session.get(URL)
    assert sent == ["adapter", "hook 200"]
    assert (fake.last.headers["X_MINE"], fake.last.headers["COOKIE"]) == ("1", "a=b")


def test_retries_of_a_503_are_the_clients_own(fake: Fake) -> None:
    answers = iter(["503 Service Unavailable", "429 Too Many Requests", "200 OK"])
    app = fake.app

    def next_answer(environ: object, start: object) -> object:
        fake.status = next(answers)
        fake.headers = [("Retry-After", "0"), ("Content-Type", "application/json")]
        return app(environ, start)  # type: ignore[arg-type]

    fake.target.app = next_answer  # type: ignore[assignment]
    retries = urllib3.Retry(3, status_forcelist=[503], backoff_factor=0)
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retries))
        assert session.get(URL).status_code == 200
    assert len(fake.requests) == 3


def test_redirects_on_and_off(fake: Fake) -> None:
    fake.status, fake.headers = "307 Temporary Redirect", [("Location", "/v1/Elsewhere")]
    assert requests.get(URL, allow_redirects=False).status_code == 307
    with pytest.raises(requests.TooManyRedirects):
        requests.get(URL)
    assert fake.last.path == "/v1/Elsewhere"


def test_streams_in_and_out(fake: Fake) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"UniqueName="
        yield b"rides"

    fake.body = b"line 1\nline 2\n"
    with requests.post(URL, data=chunks(), stream=True) as answer:
        assert list(answer.iter_lines()) == [b"line 1", b"line 2"]
    assert fake.last.body == b"UniqueName=rides"
    assert "CONTENT_LENGTH" not in fake.last.headers or fake.last.headers["CONTENT_LENGTH"] == "16"


@pytest.mark.parametrize("form", [{}, {"a": "b"}])
def test_head_and_put_and_no_body(fake: Fake, form: dict[str, str]) -> None:
    assert requests.head(URL).text == ""
    assert requests.put(URL, data=form).status_code == 200
    assert fake.last.method == "PUT"


def test_a_proxy_of_the_environment_is_not_asked(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    assert requests.get(URL).status_code == 200
    assert requests.get(URL.replace("https", "http")).status_code == 200
    assert urllib.request.build_opener().open(URL).status == 200
    assert len(fake.requests) == 3


def test_a_proxy_of_a_pool_manager(fake: Fake) -> None:
    assert urllib3.ProxyManager("http://proxy.example.com:3128").request("GET", URL).status == 200


def test_http_client_step_by_step(fake: Fake) -> None:
    connection = http.client.HTTPSConnection("proxy.twilio.com", timeout=3)
    connection.putrequest("POST", "/v1/Services")
    connection.putheader("Content-Type", "text/plain")
    connection.putheader("Content-Length", "5")
    connection.endheaders()
    connection.send(b"he")
    connection.send(bytearray(b"llo"))
    answer = connection.getresponse()
    assert (answer.status, fake.last.body) == (200, b"hello")
    answer.read()
    connection.request("GET", "/v1/Services")  # the same connection object, a new line
    assert connection.getresponse().status == 200
    connection.close()


def test_an_explicit_connect(fake: Fake) -> None:
    connection = http.client.HTTPSConnection("proxy.twilio.com")
    connection.connect()
    connection.request("GET", "/v1/Services")
    assert connection.getresponse().status == 200


@pytest.mark.parametrize(
    "ask",
    [
        lambda url: requests.post(url, timeout=3),
        lambda url: urllib3.PoolManager().request("POST", url, retries=False),
        lambda url: urllib3.PoolManager().request("POST", url),
        lambda url: urllib.request.urlopen(url, b""),
    ],
)
def test_other_hosts_of_twilio_are_stopped_by_name(fake: Fake, ask: object) -> None:
    with pytest.raises(BlockedRequest, match=r"POST https://verify\.twilio\.com/v2/Services was stopped"):
        ask("https://verify.twilio.com/v2/Services?secret=1")  # type: ignore[operator]
    assert [error.url for error in fake.blocked] == ["https://verify.twilio.com/v2/Services"]


class _Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"real")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    import pytest_socket

    pytest_socket.enable_socket()
    server = HTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class _ConnectionOfOnesOwn(urllib3.connection.HTTPSConnection):
    def connect(self) -> None:
        super().connect()


def _by_http_client(port: int, context: ssl.SSLContext) -> bytes:
    with closing(http.client.HTTPSConnection("lookups.twilio.com", port, context=context)) as connection:
        connection.request("GET", "/v1/x")
        return connection.getresponse().read()


def _by_http_client_step_by_step(port: int, context: ssl.SSLContext) -> bytes:
    with closing(http.client.HTTPSConnection("lookups.twilio.com", port, context=context)) as connection:
        connection.connect()
        connection.request("GET", "/v1/x")
        return connection.getresponse().read()


def _by_urllib(port: int, context: ssl.SSLContext) -> bytes:
    with urllib.request.urlopen(f"https://lookups.twilio.com:{port}/v1/x", context=context) as answer:
        body: bytes = answer.read()
        return body


def _by_urllib3(port: int, context: ssl.SSLContext) -> bytes:
    with urllib3.PoolManager(ssl_context=context) as pool:
        return pool.request("GET", f"https://lookups.twilio.com:{port}/v1/x").data


def _by_a_connection_of_ones_own(port: int, context: ssl.SSLContext) -> bytes:
    with urllib3.HTTPSConnectionPool("lookups.twilio.com", port, ssl_context=context) as pool:
        pool.ConnectionCls = _ConnectionOfOnesOwn
        return pool.request("GET", "/v1/x").data


@pytest.mark.parametrize(
    "ask", [_by_http_client, _by_http_client_step_by_step, _by_urllib, _by_urllib3, _by_a_connection_of_ones_own]
)
def test_an_allowed_host_is_really_asked(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch, ask: Callable[[int, ssl.SSLContext], bytes]
) -> None:
    authority, theirs = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("lookups.twilio.com").configure_cert(theirs)
    server.socket = theirs.wrap_socket(server.socket, server_side=True)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: look_up("127.0.0.1", *rest, **more))
    with FakeProxy(allow_hosts=("lookups.twilio.com",)) as proxy:
        assert ask(server.server_port, ours) == b"real"
        assert not proxy.journal


def test_a_query_may_hold_a_url(fake: Fake) -> None:
    assert requests.get(f"{URL}?next=https://example.com/").status_code == 200
    assert fake.requests


@pytest.mark.parametrize(("timeout", "strikes"), [((3, 30), False), ((30, 3), True), (3, True), (None, False)])
def test_it_is_the_timeout_for_reading_that_strikes(timeout: Any, strikes: bool) -> None:
    with FakeProxy() as proxy:
        proxy.faults.slow(10)
        if strikes:
            with pytest.raises(requests.ReadTimeout, match=r"read timeout=3\)"):
                requests.get(URL, auth=("AC1", "x"), timeout=timeout)
        else:
            assert requests.get(URL, auth=("AC1", "x"), timeout=timeout).status_code == 200


def test_other_hosts_are_not_touched(fake: Fake, server: HTTPServer) -> None:
    url = f"http://127.0.0.1:{server.server_port}/"
    with requests.Session() as session:
        assert [session.get(url).text, session.get(url).text] == ["real", "real"]
    assert urllib.request.urlopen(url).read() == b"real"
    assert not fake.requests


def test_a_connection_from_before_the_fake_is_swapped(server: HTTPServer) -> None:
    """It has a socket, and never calls `connect` again; still nothing of the request gets onto that."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"real"
    connection.host, connection.port = "proxy.twilio.com", 80
    real = connection.sock
    with FakeProxy() as proxy:
        connection.request("GET", "/v1/Services")
        assert connection.getresponse().status == 401
        assert len(proxy.journal) == 1
    assert real.fileno() == -1


def test_a_line_that_was_never_used_says_that_its_fake_is_gone(fake: Fake) -> None:
    connection = http.client.HTTPConnection("proxy.twilio.com")
    connection.connect()
    interception.deactivate(fake.target)
    with pytest.raises(ConnectionResetError, match="the fake of this connection was stopped"):
        connection.request("GET", "/v1/Services")


@pytest.mark.slow
def test_clients_that_are_imported_later() -> None:
    program = """
import sys
from fakeproxy import FakeProxy
with FakeProxy() as proxy:
    assert "requests" not in sys.modules and "urllib3" not in sys.modules and "httpx" not in sys.modules
    import requests, httpx
    assert requests.get("https://proxy.twilio.com/v1/Services", auth=("AC1", "x")).status_code == 200
    assert httpx.get("https://proxy.twilio.com/v1/Services", auth=("AC1", "x")).status_code == 200
    assert len(proxy.journal) == 2
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)
