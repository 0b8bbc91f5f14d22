"""The loopback server, its control API, and the command that runs it."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from freezegun import freeze_time

import fakeproxy
from fakeproxy import FakeProxy, NotActive
from fakeproxy.cli.commands import main
from tests.processes import running
from tests.quick import slow

AUTH = ("AC" + "1" * 32, "token")


def raw(proxy: FakeProxy, *pieces: bytes) -> bytes:
    """What comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", proxy.serve().port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while data := connection.recv(65536):
            received += data
        return received


def control(proxy: FakeProxy, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    answer = requests.request(method, f"{proxy.url}/_fakeproxy{path}", json=body, headers=headers, timeout=20)
    return answer.status_code, answer.json()


# HTTP


def test_the_urls_of_an_answer_have_the_servers_own_host(proxy: FakeProxy) -> None:
    answer = requests.post(f"{proxy.url}/v1/Services", data={"UniqueName": "rides"}, auth=AUTH, timeout=20)
    assert answer.status_code == 201
    assert answer.json()["url"] == f"{proxy.url}/v1/Services/{answer.json()['sid']}"
    assert answer.headers["Date"] == "Tue, 01 Jan 2030 09:00:00 GMT"
    assert requests.get(answer.json()["links"]["sessions"], auth=AUTH, timeout=20).json()["sessions"] == []


def test_a_connection_is_kept(proxy: FakeProxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.serve().port, timeout=20)
    for _ in range(3):
        connection.request("GET", "/v1/Services", headers={"Authorization": "Basic U0s6eA=="})
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.getheader("Connection") == "keep-alive"
        answer.read()
        local = connection.sock.getsockname()
    assert connection.sock.getsockname() == local
    connection.request("GET", "/v1/Services", headers={"Connection": "close"})
    answer = connection.getresponse()
    assert answer.getheader("Connection") == "close"
    answer.read()
    connection.close()


def test_pieces_of_a_request(proxy: FakeProxy) -> None:
    head = b"POST /v1/Services HTTP/1.1\r\nHost: x\r\nAuthorization: Basic U0s6eA==\r\nConnection: close\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\n"
    chunked = (
        b"Transfer-Encoding: chunked\r\n\r\n6\r\nUnique\r\n9;x=1\r\nName=ride\r\n1\r\ns\r\n0\r\nTrailer: x\r\n\r\n"
    )
    answer = raw(proxy, head[:20], head[20:], form, chunked[:40], chunked[40:])
    assert answer.startswith(b"HTTP/1.1 201 Created\r\n")
    assert proxy.services["rides"].unique_name == "rides"


def test_a_client_that_waits_to_be_asked(proxy: FakeProxy) -> None:
    head = b"POST /v1/Services HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n"
    head += b"Expect: 100-continue\r\n\r\n"
    assert raw(proxy, head, b"a").startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"hello\r\n\r\n", 400),
        (b"GET /v1/Services HTTP/2.0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
    ],
)
def test_what_is_no_request(proxy: FakeProxy, sent: bytes, status: int) -> None:
    answer = raw(proxy, sent)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"Connection: close" in answer


def test_a_client_that_sends_too_much_is_told_so(proxy: FakeProxy) -> None:
    """Though it reads only when all is sent."""
    for size in (5 << 20, 20 << 20):
        answer = requests.post(f"{proxy.url}/v1/Services", data=b"a" * size, auth=AUTH, timeout=20)
        assert (answer.status_code, answer.json()["message"]) == (413, "a body may have 4194304 bytes")
    length = 20 << 20
    with socket.create_connection(("127.0.0.1", proxy.serve().port), timeout=20) as connection:
        connection.sendall(f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode())
        connection.sendall(b"a" * length)
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"])
def test_half_a_request_runs_nothing(proxy: FakeProxy, sent: bytes) -> None:
    assert raw(proxy, sent) == b""
    assert len(proxy.journal) == 0


def test_slow_clients_hold_up_nobody(proxy: FakeProxy) -> None:
    port = proxy.serve().port
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for connection in held:
        connection.sendall(b"GET /v1/Serv")
    assert requests.get(f"{proxy.url}/v1/Services", auth=AUTH, timeout=20).status_code == 200
    for connection in held:
        connection.close()


def test_it_is_down_at_once_also_under_a_freeze_and_with_open_connections() -> None:
    with freeze_time("2031-01-01"):
        proxy = FakeProxy().start()
        port = proxy.serve().port
        idle = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        idle.request("GET", "/_fakeproxy/health")
        assert json.loads(idle.getresponse().read())["now"] == "2031-01-01T00:00:00Z"
        half = socket.create_connection(("127.0.0.1", port))
        half.sendall(b"GET /")
    before = time.perf_counter()
    proxy.stop()
    assert time.perf_counter() - before < 1  # 50 ms is the aim; a loaded machine may take longer
    assert not [thread for thread in threading.enumerate() if thread.name.endswith(f" {port}")]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    half.close()
    idle.close()


def test_it_belongs_to_an_active_fake() -> None:
    proxy = FakeProxy()
    with pytest.raises(NotActive, match="a server: this fake is not active"):
        _ = proxy.url
    with proxy:
        first = proxy.url
        assert proxy.url == first
    with proxy:
        assert proxy.url.startswith("http://127.0.0.1:")


def test_many_threads_and_one_fake(proxy: FakeProxy) -> None:
    service = proxy.add_service("rides")
    url = f"{proxy.url}/v1/Services/{service.sid}/Sessions"

    def book() -> None:
        with requests.Session() as session:
            for _ in range(10):
                assert session.post(url, auth=AUTH, timeout=20).status_code == 201

    threads = [threading.Thread(target=book) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(proxy.sessions) == 160


# The control API


def test_the_clock(proxy: FakeProxy) -> None:
    proxy.add_service("rides")
    proxy.add_session(ttl=3600)
    assert control(proxy, "GET", "/clock")[1]["due"][0]["at"] == "2030-01-01T10:00:00Z"
    status, answer = control(proxy, "POST", "/clock", {"advance": "PT1H30M"})
    assert (status, answer["now"], answer["ran"][0]["kind"]) == (200, "2030-01-01T10:30:00Z", "expire session")
    assert control(proxy, "POST", "/clock", {"advance": 1.5})[1]["now"] == "2030-01-01T10:30:01.500000Z"
    assert control(proxy, "POST", "/clock", {"move_to": "2030-02-01T00:00:00Z"})[1]["now"] == "2030-02-01T00:00:00Z"
    assert control(proxy, "POST", "/clock", {"advance_to_next": True})[0] == 200
    for wrong in ({}, {"advance": "an hour"}, {"advance": -1}, {"advance": True}, {"move_to": "today"}):
        status, answer = control(proxy, "POST", "/clock", wrong)
        assert (status, answer["error"]) == (400, "UsageError")


def test_seed_state_restore_and_reset(proxy: FakeProxy) -> None:
    seed = {
        "services": [{"unique_name": "rides", "numbers": ["+14155550001"]}],
        "sessions": [{"unique_name": "job", "participants": ["+14155550100", "+14155550101"]}],
    }
    assert control(proxy, "POST", "/seed", seed)[1]["sessions"][0]["unique_name"] == "job"
    snapshot = control(proxy, "GET", "/state")[1]
    assert snapshot == proxy.snapshot()
    assert control(proxy, "POST", "/reset")[0] == 200
    assert len(proxy.sessions) == 0
    assert control(proxy, "POST", "/state", snapshot)[0] == 200
    assert [row["status"] for row in control(proxy, "GET", "/tables/sessions")[1]] == ["open"]
    assert control(proxy, "POST", "/state", {"no": "snapshot"})[0] == 400
    assert control(proxy, "GET", "/tables/secrets")[0] == 400
    assert control(proxy, "POST", "/seed", {"cars": []})[0] == 400
    status, answer = control(proxy, "POST", "/seed", {"services": [{"unique_name": "rides"}]})
    assert (status, answer["error"], answer["code"]) == (409, "Refusal", 80602)


def test_phones(proxy: FakeProxy) -> None:
    proxy.add_service("rides", numbers=["+14155550001"])
    proxy.add_session(participants=["+14155550100", "+14155550101"])
    anne, bert = quote("+14155550100"), quote("+14155550101")
    status, text = control(proxy, "POST", f"/phones/{anne}/text", {"to": "+14155550001", "body": "hi"})
    assert (status, text["delivered"], text["delivered_to"], text["session"]["status"]) == (
        200,
        True,
        "+14155550101",
        "in-progress",
    )
    assert control(proxy, "GET", f"/phones/{bert}")[1]["inbox"][0]["body"] == "hi"
    call = control(proxy, "POST", f"/phones/{anne}/call", {"to": "+14155550001"})[1]
    assert call["status"] == "ringing"
    assert control(proxy, "POST", f"/calls/{call['sid']}/answer")[1]["status"] == "in-progress"
    ring = control(proxy, "GET", f"/phones/{bert}")[1]["calls"][0]
    assert control(proxy, "POST", f"/calls/{ring['sid']}/hang_up")[1]["status"] == "completed"
    assert control(proxy, "POST", f"/calls/{ring['sid']}/hang_up")[0] == 400
    assert control(proxy, "POST", "/calls/CA0/answer")[1] == {"error": "UnknownKey", "text": "no call 'CA0'"}
    assert control(proxy, "POST", f"/calls/{call['sid']}/sing")[0] == 400
    assert control(proxy, "POST", f"/phones/{anne}/text", {"to": "+14155559999", "body": "hi"})[0] == 400


def test_journal_alerts_webhooks_and_faults(proxy: FakeProxy) -> None:
    proxy.add_service("rides", numbers=["+14155550001"])
    control(proxy, "POST", f"/phones/{quote('+14155550100')}/text", {"to": "+14155550001", "body": "hi"})
    assert [alert["code"] for alert in control(proxy, "GET", "/alerts")[1]] == [80903, 80905]
    assert control(proxy, "GET", "/webhooks")[1] == []
    assert control(proxy, "POST", "/faults", {"fault": "server_error", "operation": "ListService"})[1]["left"] == 1
    assert requests.get(f"{proxy.url}/v1/Services", auth=AUTH, timeout=20).status_code == 500
    entry = control(proxy, "GET", "/journal")[1][-1]
    assert (entry["operation"], entry["status"], entry["why"]) == (
        "ListService",
        500,
        ["fault 500 / 20500 for operation ListService"],
    )
    assert control(proxy, "POST", "/faults", {"fault": "earthquake"})[0] == 400
    assert control(proxy, "POST", "/faults/clear")[0] == 200


def test_it_describes_itself(proxy: FakeProxy) -> None:
    status, document = control(proxy, "GET", "/openapi.json")
    assert status == 200
    assert set(document["paths"]["/_fakeproxy/clock"]) == {"get", "post"}
    assert control(proxy, "GET", "/nothing")[0] == 404
    assert control(proxy, "DELETE", "/clock")[0] == 405


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1", "evil.example.com:80"])
def test_another_host_header_is_refused(proxy: FakeProxy, host: str) -> None:
    assert control(proxy, "GET", "/state", None, Host=host)[0] == 403


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        ("connection_reset", requests.ConnectionError),
        ("truncated", requests.exceptions.ChunkedEncodingError),
        ("read_timeout", requests.ReadTimeout),
    ],
)
def test_faults_over_the_socket(proxy: FakeProxy, failure: str, error: type[Exception]) -> None:
    getattr(proxy.faults, failure)()
    seconds = 0.3 if failure == "read_timeout" else 20
    with pytest.raises(error):
        requests.get(f"{proxy.url}/v1/Services", auth=AUTH, timeout=seconds)


# The command


def test_serve(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"services": [{"unique_name": "rides"}]}))
    command = [sys.executable, "-m", "fakeproxy", "serve", "--load", str(state), "--start", "2030-01-01T09:00:00Z"]
    with running([*command, "--time", "still"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[2].removesuffix("/v1,")
        answer = requests.get(f"{url}/v1/Services", auth=AUTH, timeout=20)
        assert [service["unique_name"] for service in answer.json()["services"]] == ["rides"]
        assert requests.get(f"{url}/_fakeproxy/clock", timeout=20).json()["now"] == "2030-01-01T09:00:00Z"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_serve_with_all_there_is() -> None:
    sid, token = "AC" + "7" * 32, "secret"
    command = [sys.executable, "-m", "fakeproxy", "serve", "--tunnel", "--seed", "7"]
    command += ["--host", "0.0.0.0", "--port", "0"]
    command += ["--account-sid", sid, "--auth-token", token, "--behavior", "newest_first=false"]
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        port = process.stdout.readline().split()[2].removesuffix("/v1,").rpartition(":")[2]
        url = f"http://127.0.0.1:{port}/v1/Services"
        exports: dict[str, str] = {}
        while not {"HTTPS_PROXY", "REQUESTS_CA_BUNDLE", "TWILIO_ACCOUNT_SID"} <= set(exports):
            name, _, value = process.stdout.readline().removeprefix("export ").strip().partition("=")
            exports[name] = shlex.split(value)[0]
        assert exports["TWILIO_ACCOUNT_SID"] == sid
        assert requests.get(url, auth=(sid, "wrong"), timeout=20).status_code == 401
        first = requests.post(url, {"UniqueName": "first"}, auth=(sid, token), timeout=20).json()
        with FakeProxy(seed=7, intercept=False) as same:
            assert first["sid"] == same.add_service().sid
        with requests.Session() as session:
            session.trust_env = False
            session.proxies, session.verify = {"https": exports["HTTPS_PROXY"]}, exports["REQUESTS_CA_BUNDLE"]
            session.auth = (sid, token)
            session.post("https://proxy.twilio.com/v1/Services", {"UniqueName": "second"}).raise_for_status()
        listed = requests.get(url, auth=(sid, token), timeout=20).json()["services"]
        assert [service["unique_name"] for service in listed] == ["first", "second"]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert "Anybody who reaches 0.0.0.0:" in process.stderr.read()


def test_serve_ends_well_whenever_it_is_ended_once_its_address_is_known() -> None:
    program = """
import builtins, os, signal
from fakeproxy.cli.commands import main
told = print
builtins.print = lambda *texts, **more: (told(*texts, **more), os.kill(os.getpid(), signal.SIGTERM))
raise SystemExit(main(["serve"]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.startswith("fakeproxy serves ")) == (0, True), done.stderr


@pytest.fixture
def browser(tmp_path: Path) -> tuple[dict[str, str], Path]:
    """An environment with a browser that writes down what it is to open, and the file where it does."""
    opened, program = tmp_path / "opened", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$1" > {opened}.new\nmv {opened}.new {opened}\n')
    program.chmod(0o755)
    return {**os.environ, "BROWSER": f"{program} %s"}, opened


@pytest.mark.parametrize("options", [slow([]), ["--open"], slow(["--sandbox", "--time", "still", "--open"])])
def test_serve_without_options_is_a_sandbox(options: list[str], browser: tuple[dict[str, str], Path]) -> None:
    environment, opened = browser
    command = [sys.executable, "-m", "fakeproxy", "serve", *options]
    with running(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[2].removesuffix("/v1,")
        remote = fakeproxy.connect(url)
        assert [len(one) for one in (remote.services, remote.phone_numbers, remote.sessions)] == [1, 3, 1]
        assert [one.friendly_name for one in remote.sessions["job-1"].participants] == ["Anne", "Bert"]
        assert remote.history[0].text.startswith("note: This is a sandbox: a Service with three numbers")
        assert remote.as_of(remote.history[0]).sessions.where() == []
        if options:
            assert f"{url}/_fakeproxy/" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert not options or opened.read_text().strip() == f"{url}/_fakeproxy/"


@pytest.mark.slow
def test_the_demo_opens_its_ride(browser: tuple[dict[str, str], Path]) -> None:
    environment, opened = browser
    command = [sys.executable, "-m", "fakeproxy", "demo", "--open"]
    with running(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("the page is at"))
        url = line.split()[4].removesuffix("/_fakeproxy/;")
        remote = fakeproxy.connect(url)
        assert remote.sessions["job-1"].status == "closed"
        first_text = remote.history.where(kind="text")[0]
        assert remote.as_of(first_text).sessions["job-1"].status != "closed"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert opened.read_text().strip() == f"{url}/_fakeproxy/"


@pytest.mark.slow
def test_run_opens_the_page_of_its_program(browser: tuple[dict[str, str], Path]) -> None:
    environment, opened = browser
    program = "import os, sys; sys.exit(os.environ['FAKEPROXY_URL'])"
    command = [sys.executable, "-m", "fakeproxy", "run", "--open", "--", sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    url = opened.read_text().strip().removesuffix("/_fakeproxy/")
    assert f"the page is at {url}/_fakeproxy/; Ctrl-C ends it" in done.stdout
    assert url in done.stderr.splitlines()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--behavior", "nothing=1"], "unknown behavior nothing"),
        (["--start", "tomorrow"], "is not an ISO 8601 instant"),
        (["--load", "/does/not/exist.json"], "No such file"),
    ],
)
def test_serve_refuses(arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", *arguments]) == 1
    assert text in capsys.readouterr().err
