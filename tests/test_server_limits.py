"""A server and a tunnel that run out of descriptors or threads: they go on, and idle connections make room."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from fakeproxy import FakeProxy
from tests.processes import running
from tests.quick import slow_but

SERVE = 'ulimit -n 256; exec "$0" -m fakeproxy serve --time still --tunnel'
HEALTH = b"GET /_fakeproxy/health HTTP/1.1\r\nHost: %s\r\n\r\n"


@contextmanager
def serving() -> Generator[tuple[str, str, str]]:
    """Addresses of a server and of its tunnel, whose process may open 256 files; and the file of its authority."""
    with running(["sh", "-c", SERVE, sys.executable], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        server = process.stdout.readline().split()[2].removesuffix("/v1,").removeprefix("http://")
        lines = [line.removeprefix("export ").strip() for line in _until_last(process.stdout)]
        exports = {name: value for name, _, value in (line.partition("=") for line in lines)}
        try:
            yield server, exports["HTTPS_PROXY"].removeprefix("http://"), exports["NODE_EXTRA_CA_CERTS"]
        finally:
            process.terminate()
            code = process.wait(30)
        assert code == 0


def _until_last(lines: Iterable[str]) -> Generator[str]:
    for line in lines:
        yield line
        if line.startswith("export FAKEPROXY_ALLOW_HOSTS"):
            return


def connect(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def ask(address: str) -> bytes:
    with connect(address) as connection:
        connection.sendall(HEALTH % address.encode())
        return connection.recv(1 << 16)


HALF = (b"GET /_fakeproxy/hea", b"POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")


@pytest.mark.slow
@pytest.mark.parametrize("said", slow_but([b"", *HALF], b""))
def test_idle_connections_make_room_for_new_ones(said: bytes) -> None:
    """It is as good as before, whatever the others have said so far, and once they are gone."""
    with serving() as (server, _, _), ExitStack() as held:
        first = held.enter_context(connect(server))
        first.sendall(said)
        for _ in range(300):
            held.enter_context(connect(server)).sendall(said)
        assert ask(server).startswith(b"HTTP/1.1 200 ")
        assert first.recv(1) == b""  # the longest wait first
        held.close()
        assert ask(server).startswith(b"HTTP/1.1 200 ")


@pytest.mark.slow
def test_a_new_connection_is_not_closed_before_it_speaks() -> None:
    """Though all others have begun a request, and it has not."""
    with serving() as (server, _, _), ExitStack() as held:
        for _ in range(260):
            held.enter_context(connect(server)).sendall(HALF[0])
        for _ in range(20):
            new = held.enter_context(connect(server))
            assert ask(server).startswith(b"HTTP/1.1 200 ")  # The server has looked for room meanwhile.
            new.sendall(HEALTH % server.encode())
            assert new.recv(1 << 16).startswith(b"HTTP/1.1 200 ")


@pytest.mark.slow
def test_half_a_request_stays_where_others_are_idle() -> None:
    with serving() as (server, _, _), ExitStack() as held:
        half, request = held.enter_context(connect(server)), HEALTH % server.encode()
        half.sendall(request[:9])
        for _ in range(300):
            held.enter_context(connect(server))
        assert ask(server).startswith(b"HTTP/1.1 200 ")
        half.sendall(request[9:])
        assert half.recv(1 << 16).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("greeted", slow_but([False, True], True), ids=["before TLS", "after TLS"])
def test_idle_connections_of_the_tunnel_make_room_too(greeted: bool) -> None:
    with serving() as (_, tunnel, authority), ExitStack() as held:
        context = ssl.create_default_context(cafile=authority)

        def through() -> socket.socket:
            connection = held.enter_context(connect(tunnel))
            connection.sendall(b"CONNECT proxy.twilio.com:443 HTTP/1.1\r\nHost: proxy.twilio.com:443\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
            return connection

        def encrypted() -> ssl.SSLSocket:
            return held.enter_context(context.wrap_socket(through(), server_hostname="proxy.twilio.com"))

        for _ in range(200):
            (encrypted if greeted else through)()
        last = encrypted()
        last.sendall(b"GET /v1/Services HTTP/1.1\r\nHost: proxy.twilio.com\r\n\r\n")
        assert last.recv(100).startswith(b"HTTP/1.1 401 ")


@contextmanager
def without_threads() -> Generator[None]:
    """No thread can be started: none gets a stack of that size."""
    before = threading.stack_size(1 << 45)
    try:
        yield
    finally:
        threading.stack_size(before)


def test_a_connection_for_which_no_thread_can_be_started_is_told_so(proxy: FakeProxy) -> None:
    address = proxy.url.removeprefix("http://")
    with without_threads():
        for _ in range(3):
            assert ask(address).startswith(b"HTTP/1.1 503 ")
    assert ask(address).startswith(b"HTTP/1.1 200 ")


def test_a_kept_connection_goes_on_where_no_thread_can_be_started(proxy: FakeProxy) -> None:
    with requests.Session() as session:
        health = f"{proxy.url}/_fakeproxy/health"
        assert session.get(health, timeout=20).status_code == 200
        assert session.get(health, timeout=20).status_code == 200


@pytest.mark.slow
def test_slow_readers_hold_up_nobody(proxy: FakeProxy) -> None:
    """They ask for megabytes and take nothing."""
    for number in range(200):
        proxy.add_service(f"service-{number}")
    with ExitStack() as held:
        for _ in range(20):
            slow = held.enter_context(connect(proxy.url.removeprefix("http://")))
            request = f"GET /_fakeproxy/state HTTP/1.1\r\nHost: {proxy.url.removeprefix('http://')}\r\n\r\n"
            slow.sendall(request.encode() * 20)
        assert ask(proxy.url.removeprefix("http://")).startswith(b"HTTP/1.1 200 ")


@pytest.mark.slow
def test_a_certificate_file_is_left_by_nobody(tmp_path: Path) -> None:
    """What a tunnel needs for its work goes with it, also after it ran out of descriptors."""
    with serving() as (_, tunnel, authority), ExitStack() as held:
        for _ in range(260):
            held.enter_context(connect(tunnel))
    assert not Path(authority).exists()


@pytest.mark.parametrize("said", [b"", HALF[0]])
@pytest.mark.parametrize("way", ["server", "tunnel"])
def test_a_silent_connection_is_closed(
    proxy: FakeProxy, monkeypatch: pytest.MonkeyPatch, said: bytes, way: str
) -> None:
    monkeypatch.setattr("fakeproxy.transports.loopback.server.IDLE_TIMEOUT", 0.05)
    url = proxy.url if way == "server" else proxy.tunnel().url
    with connect(url.rpartition("/")[2].removesuffix("/v1")) as connection:
        connection.sendall(said)
        assert connection.recv(1) == b""
