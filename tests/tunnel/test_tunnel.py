"""The tunnel: unmodified programs of other processes and languages."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from fakeproxy import BlockedRequest, FakeProxy, MissingPackage
from fakeproxy.cli.commands import main
from tests import needs

URL = "https://proxy.twilio.com/v1/Services"

PROGRAM = """
import requests
answer = requests.post("https://proxy.twilio.com/v1/Services", data={"UniqueName": "rides"}, auth=("AC1", "x"))
print(answer.status_code, answer.json()["url"].partition("/v1")[0])
"""

NODE = """
const client = require("twilio")("AC" + "1".repeat(32), "token");
(async () => {
  const service = await client.proxy.v1.services.create({uniqueName: "rides"});
  await client.proxy.v1.services(service.sid).phoneNumbers.create({phoneNumber: "+14155550001"});
  const session = await client.proxy.v1.services(service.sid).sessions.create({ttl: 60});
  try {
    await client.proxy.v1.services(service.sid).sessions.create({ttl: -1});
  } catch (error) {
    console.log(JSON.stringify([session.status, session.dateCreated, error.status, error.code]));
  }
})();
"""


@pytest.fixture
def proxy() -> Generator[FakeProxy]:
    with FakeProxy(start="2030-01-01T09:00:00Z", intercept=False) as fake:
        yield fake


def run(proxy: FakeProxy, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    env = {**inherited, **proxy.tunnel().environment, **environment}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_requests_in_a_child(proxy: FakeProxy) -> None:
    done = run(proxy, sys.executable, "-c", PROGRAM)
    assert done.stdout.split() == ["201", "https://proxy.twilio.com"], done.stderr
    assert "rides" in [service.unique_name for service in proxy.services.values()]


@pytest.mark.parametrize("client", ["httpx", "urllib.request"])
def test_other_clients_in_a_child(proxy: FakeProxy, client: str) -> None:
    ask = {"httpx": "import httpx; r = httpx.get(u); print(r.status_code)", "urllib.request": _URLLIB}[client]
    done = run(proxy, sys.executable, "-c", f"u = {URL!r}\n{ask}")
    assert done.stdout.split() == ["401"], done.stderr


_URLLIB = """
import urllib.request, urllib.error
try:
    urllib.request.urlopen(u)
except urllib.error.HTTPError as error:
    print(error.code)
"""


def test_curl(proxy: FakeProxy) -> None:
    done = run(proxy, *needs.CURL, "-sS", "-u", "AC1:x", URL, "-d", "UniqueName=rides", "-w", "\n%{http_code}")
    body, status = done.stdout.rsplit("\n", 1)
    assert (status, json.loads(body)["unique_name"]) == ("201", "rides"), done.stderr
    regional = run(proxy, *needs.CURL, "-sS", "-u", "AC1:x", URL.replace("proxy.", "proxy.dublin.ie1."))
    assert json.loads(regional.stdout)["services"][0]["unique_name"] == "rides"
    plain = run(proxy, *needs.CURL, "-sS", "-x", proxy.tunnel().url, "http://proxy.twilio.com/v1/Services")
    assert json.loads(plain.stdout)["code"] == 20003


@pytest.mark.parametrize("url", ["https://example.com/", "http://example.com/"])
def test_other_destinations_are_refused(proxy: FakeProxy, url: str) -> None:
    done = run(proxy, *needs.CURL, "-sS", "-v", url)
    assert "403" in done.stdout + done.stderr


@needs.node
@needs.node_modules
def test_the_official_sdk_of_node(proxy: FakeProxy) -> None:
    done = run(proxy, "node", "-e", NODE, NODE_PATH=needs.NODE_MODULES)
    assert json.loads(done.stdout) == ["open", "2030-01-01T09:00:00.000Z", 400, 80701], done.stderr


def through(proxy: FakeProxy, method: str, url: str, **request: Any) -> requests.Response:
    """A request of this process, which is not intercepted here."""
    tunnel = proxy.tunnel()
    proxies = {"http": tunnel.url, "https": tunnel.url}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, proxies=proxies, verify=str(tunnel.authority_file), timeout=20, **request)


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("host", ["verify.twilio.com", "api.twilio.com", "oauth.twilio.com"])
def test_what_else_is_twilios_is_stopped(proxy: FakeProxy, scheme: str, host: str) -> None:
    answer = through(proxy, "POST", f"{scheme}://{host}/v1/Services", data={"FriendlyName": "rides"})
    assert answer.status_code == 403
    assert f"POST {scheme}://{host}/v1/Services was stopped" in answer.json()["message"]
    # No Python: the program may be of another language.
    assert "allow it with the setting allow_hosts of the fake; if not" in answer.json()["message"]
    assert (answer.json()["code"], answer.json()["status"]) == (20403, 403)
    assert answer.headers["Content-Type"] == "application/json"
    assert not proxy.services
    with pytest.raises(BlockedRequest, match=rf'FakeProxy\(allow_hosts=\("{host}",\)\)'):
        proxy.check()


def test_what_belongs_to_proxy_is_answered(proxy: FakeProxy) -> None:
    token = through(proxy, "POST", "https://oauth.twilio.com/v2/token", data={"grant_type": "client_credentials"})
    assert token.json()["token_type"] == "Bearer"
    proxy.add_number("+14155550001")
    owned = f"https://api.twilio.com/2010-04-01/Accounts/{proxy.account['account_sid']}/IncomingPhoneNumbers.json"
    numbers = through(proxy, "GET", owned, auth=tuple(proxy.account.values())).json()["incoming_phone_numbers"]
    assert [number["phone_number"] for number in numbers] == ["+14155550001"]


def test_a_plain_request_with_a_body(proxy: FakeProxy) -> None:
    plain = URL.replace("https", "http")
    answer = through(proxy, "POST", plain, data={"UniqueName": "rides"}, auth=("AC1", "x"))
    assert answer.json()["unique_name"] == "rides"
    assert answer.headers["Connection"] == "close"
    proxy.faults.connection_reset()
    with pytest.raises(requests.ConnectionError):
        through(proxy, "GET", plain)


class _Server(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.path} {self.headers['Host']} {body.decode()}".encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Generator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_allowed_destination_is_passed_on(server: HTTPServer) -> None:
    address = f"127.0.0.1:{server.server_port}"
    with FakeProxy(intercept=False, allow_hosts=("127.0.0.1",)) as proxy:
        host, port = proxy.tunnel().url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(f"CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
            connection.sendall(b"POST /eta HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi")
            assert connection.recv(100).startswith(b"HTTP/1.0 200 ")
        answer = through(proxy, "POST", f"http://{address}/eta?of=7", data="hi")
        assert answer.text == f"/eta?of=7 {address} hi"


def test_an_allowed_host_of_twilios_is_passed_on(server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: look_up("127.0.0.1", *rest, **more))
    with FakeProxy(intercept=False, allow_hosts=("Lookups.twilio.com", "proxy.twilio.com")) as proxy:
        assert through(proxy, "GET", URL).json()["code"] == 20003  # this one is the fake's in any case
        authority = f"lookups.twilio.com:{server.server_port}"
        assert through(proxy, "POST", f"http://{authority}/v1", data="hi").text == f"/v1 {authority} hi"
        proxy.check()


def test_it_ends_what_it_passes_on_and_waits_for_nobody() -> None:
    """The other side says nothing, and does not end either."""
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        FakeProxy(intercept=False, allow_hosts=("127.0.0.1",)) as proxy,
    ):
        tunnel = proxy.tunnel()
        host, port = tunnel.url.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)), timeout=20)
        connection.sendall(f"CONNECT 127.0.0.1:{silent.getsockname()[1]} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
        assert [other.gettimeout() for other in tunnel.forwarded] == [None]
    with connection:
        assert connection.recv(100) == b""


def test_its_files_go_with_it(proxy: FakeProxy) -> None:
    tunnel = proxy.tunnel()
    assert proxy.tunnel() is tunnel
    assert b"BEGIN CERTIFICATE" in tunnel.authority_file.read_bytes()
    assert tunnel.bundle_file.read_bytes().endswith(tunnel.authority_file.read_bytes())
    proxy.stop()
    assert not tunnel.authority_file.exists()
    proxy.start()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", b""),
        (b"hello", b"400"),
        (b"GET http://example.com/ HTTP/1.1\r\nHost: example.com", b"403"),
        (b"GET /v1/Services HTTP/1.1\r\nHost: proxy.twilio.com", b"400"),
        (b"GET http://[::1/v1 HTTP/1.1\r\nHost: a", b"400"),
        (b"GET http://[zz]/v1 HTTP/1.1\r\nHost: a", b"400"),
        (b"GET http://proxy.twilio.com:x/v1 HTTP/1.1\r\nHost: a", b"400"),
        (b"GET ftp://proxy.twilio.com/v1 HTTP/1.1\r\nHost: a", b"400"),
        (b"CONNECT proxy.twilio.com: HTTP/1.1\r\nHost: a", b"400"),
        (b"CONNECT proxy.twilio.com HTTP/1.1\r\nHost: a", b"400"),
        (b"CONNECT proxy.twilio.com:99999 HTTP/1.1\r\nHost: a", b"400"),
        (b"CONNECT [::1:443 HTTP/1.1\r\nHost: a", b"400"),
        (b"CONNECT proxy..twilio.com:443 HTTP/1.1\r\nHost: a", b"400"),
        (b"CONNECT a_b.twilio.com:443 HTTP/1.1\r\nHost: a", b"400"),
        (b"CONNECT " + b"a" * 64 + b".twilio.com:443 HTTP/1.1\r\nHost: a", b"400"),
        (b"CONNECT [::1]:443 HTTP/1.1\r\nHost: a", b"403"),
    ],
)
def test_what_is_no_request_for_it(proxy: FakeProxy, sent: bytes, status: bytes) -> None:
    """It is answered, with a text that says what is wrong, and the tunnel goes on."""
    host, port = proxy.tunnel().url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(sent + b"\r\n\r\n" if sent else b"")
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as received:
            answer = received.read()
    assert answer[9:12] == status
    assert not sent or answer.partition(b"\r\n\r\n")[2]
    assert through(proxy, "GET", URL).json()["code"] == 20003


def test_an_allowed_destination_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with FakeProxy(intercept=False, allow_hosts=("127.0.0.1",)) as proxy:
        answer = through(proxy, "GET", f"http://127.0.0.1:{port}/")
    assert (answer.status_code, f"127.0.0.1:{port} cannot be reached" in answer.text) == (502, True)


def test_without_trustme(proxy: FakeProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(MissingPackage, match=r"pip install 'pytest-fakeproxy\[tunnel\]'"):
        proxy.tunnel()


# fakeproxy run


def test_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"services": [{"unique_name": "meals"}]}))
    program = f"{PROGRAM}\nimport os; control = os.environ['FAKEPROXY_URL'] + '/_fakeproxy/tables/services'"
    program += "\nprint(sorted(row['unique_name'] for row in requests.get(control).json()))\nraise SystemExit(3)"
    assert main(["run", "--load", str(state), "--", sys.executable, "-c", program]) == 3
    assert capfd.readouterr().out.splitlines() == ["201 https://proxy.twilio.com", "['meals', 'rides']"]


def test_run_of_a_program_that_is_killed() -> None:
    assert main(["run", "--", sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]) == 137


def test_run_of_a_program_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--", "/does/not/exist"]) == 1
    assert "No such file" in capsys.readouterr().err


@pytest.mark.slow
def test_certificates_are_made_while_time_is_frozen_too() -> None:
    """cryptography keeps the class `datetime` that it meets first, and would refuse all others from then on."""
    program = """
import ssl, trustme, urllib.request
from fakeproxy import FakeProxy
with FakeProxy(time="app", start="2030-01-01T09:00:00Z", intercept=False) as proxy:
    tunnel = proxy.tunnel()
    context = ssl.create_default_context(cafile=str(tunnel.bundle_file))
    handlers = urllib.request.ProxyHandler({"https": tunnel.url}), urllib.request.HTTPSHandler(context=context)
    try:
        urllib.request.build_opener(*handlers).open("https://proxy.twilio.com/v1/Services", timeout=20)
    except urllib.error.HTTPError as error:
        assert error.code == 401
trustme.CA()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
