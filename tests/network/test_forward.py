"""An https URL whose webhooks a server on loopback gets: as Twilio sends them, signed for that URL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import flask
import pytest
import requests
from twilio.request_validator import RequestValidator
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.cli.commands import main
from tests import needs
from tests.network.conftest import ANNE, BERT, POOL
from tests.processes import running

PUBLIC = "https://app.example.com"
CALLBACK = f"{PUBLIC}/hooks/status%20of?job=7&x=%2F"
SID, TOKEN = "AC" + "1" * 32, "the account's token"

NODE = """
const http = require("http"), twilio = require("twilio");
const seen = [];
const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (data) => { body += data; });
  request.on("end", () => {
    if (request.url === "/seen") return response.end(JSON.stringify(seen));
    const url = request.headers["x-forwarded-proto"] + "://" + request.headers.host + request.url;
    const form = Object.fromEntries(new URLSearchParams(body));
    seen.push([url, twilio.validateRequest(process.argv[1], request.headers["x-twilio-signature"], url, form)]);
    response.end();
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().on("end", () => process.exit());
"""


def _host_as_sent(request: flask.Request) -> dict[str, str]:
    """ProxyFix adds the forwarded port to it."""
    return {"Host": request.environ["werkzeug.proxy_fix.orig"]["HTTP_HOST"]}


@contextmanager
def flask_server() -> Generator[tuple[str, list[Any]]]:
    """A server behind a proxy that it trusts; what it saw."""
    app, seen = flask.Flask("application"), []

    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path: str) -> str:
        request = flask.request
        signature = request.headers["X-Twilio-Signature"]
        # Flask decodes the path; the URL as it was sent is what Twilio's signature is made for.
        url = f"{request.scheme}://{request.host}{request.environ['RAW_URI']}"
        seen.append(
            (
                url,
                RequestValidator(TOKEN).validate(url, request.form, signature),
                {**request.headers, **_host_as_sent(request)},
            )
        )
        return ""

    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_port=1)  # type: ignore[method-assign]
    server = make_server("127.0.0.1", 0, app)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server() -> Generator[tuple[str, list[Any]]]:
    with flask_server() as found:
        yield found


def text(proxy: Any) -> None:
    """A text whose status is told to the callback, twice."""
    proxy.add_service("rides", numbers=[POOL[0]], callback_url=CALLBACK)
    proxy.add_session(participants=[ANNE, BERT])
    proxy.phone(ANNE).text(POOL[0], "größer + 1")


def forward_by_python(proxy: Any, base_url: str, to: str) -> None:
    proxy.webhooks.forward(base_url, to)


def forward_by_http(proxy: Any, base_url: str, to: str) -> None:
    body = {"base_url": base_url, "to": to}
    requests.post(f"{proxy.url}/_fakeproxy/webhooks/forward", json=body, timeout=20).raise_for_status()


@pytest.mark.parametrize("base_url", [PUBLIC, f"{PUBLIC}/", f"{PUBLIC}/hooks", "https://APP.example.com"])
@pytest.mark.parametrize("forward", [forward_by_python, forward_by_http])
def test_flask_accepts_the_signature(server: tuple[str, list[Any]], forward: Any, base_url: str) -> None:
    to, seen = server
    with FakeProxy(account_sid=SID, auth_token=TOKEN) as proxy:
        forward(proxy, base_url, to)
        text(proxy)
        assert [entry[:2] for entry in seen] == [(CALLBACK, True)] * len(proxy.webhooks.deliveries)
        assert {delivery.status for delivery in proxy.webhooks.deliveries} == {200}
        assert not proxy.alerts


def test_what_a_proxy_adds(server: tuple[str, list[Any]]) -> None:
    to, seen = server
    with FakeProxy(account_sid=SID, auth_token=TOKEN) as proxy:
        proxy.webhooks.forward(PUBLIC, to)
        text(proxy)
    headers = seen[0][2]
    assert headers["Host"] == headers["X-Forwarded-Host"] == "app.example.com"
    assert (headers["X-Forwarded-Proto"], headers["X-Forwarded-Port"]) == ("https", "443")
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["Content-Type"].startswith("application/x-www-form-urlencoded")


def test_through_connect(server: tuple[str, list[Any]]) -> None:
    to, seen = server
    with FakeProxy(intercept=False, account_sid=SID, auth_token=TOKEN) as elsewhere:
        with fakeproxy.connect(elsewhere.url) as proxy:
            proxy.webhooks.forward(PUBLIC, to)
            text(proxy)
            assert seen[0][:2] == (CALLBACK, True)
        elsewhere.webhooks.unmounted = "alert"
        number = len(seen)
        elsewhere.phone(ANNE).text(POOL[0], "after the connection")
        assert len(seen) == number


def test_the_commands_take_it(server: tuple[str, list[Any]]) -> None:
    to, seen = server
    program = f"""
import os, requests
url = os.environ["FAKEPROXY_URL"] + "/_fakeproxy"
requests.post(url + "/seed", json={{
    "services": [{{"numbers": ["{POOL[0]}"], "callback_url": "{CALLBACK}"}}],
    "sessions": [{{"participants": ["{ANNE}", "{BERT}"]}}],
}}).raise_for_status()
requests.post(url + "/phones/%2B14155550100/text", json={{"to": "{POOL[0]}", "body": "hi"}}).raise_for_status()
"""
    command = [
        "run",
        "--account-sid",
        SID,
        "--auth-token",
        TOKEN,
        "--webhook",
        f"{PUBLIC}={to}",
        "--",
        sys.executable,
        "-c",
        program,
    ]
    assert main(command) == 0
    assert seen[0][:2] == (CALLBACK, True)


@pytest.mark.parametrize(
    ("webhook", "message"),
    [
        (f"{PUBLIC}=http://10.0.0.1:3000", "is not on loopback"),
        (f"{PUBLIC}=http://[::1", "is no URL"),
        (f"{PUBLIC}=127.0.0.1:3000", "is no URL"),
        ("app.example.com=http://127.0.0.1:3000", "expected a base URL"),
        (f"{PUBLIC}=http://127.0.0.1:3000/hooks", "is more than scheme, host and port"),
    ],
)
@pytest.mark.parametrize("command", [["serve"], ["run", "--", "true"]])
def test_the_commands_refuse(
    webhook: str, message: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    name, *rest = command
    assert main([name, "--webhook", webhook, *rest]) == 1
    assert message in capsys.readouterr().err


def test_a_pair_without_its_other_half(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--webhook", PUBLIC])
    assert "is not like https://app.example.com=http://127.0.0.1:3000" in capsys.readouterr().err


def test_a_server_that_is_not_there_yet(proxy: FakeProxy) -> None:
    """It may be started later; a delivery before that is an alert."""
    proxy.webhooks.forward(PUBLIC, "http://127.0.0.1:1")
    text(proxy)
    assert {alert.code for alert in proxy.alerts} == {80908}
    assert "Connection refused" in proxy.alerts[0].why


def test_an_ordinary_server_cannot_be_mounted(proxy: FakeProxy, server: tuple[str, list[Any]]) -> None:
    to, seen = server
    body = {"base_url": PUBLIC, "to": f"{to}/hooks"}
    answer = requests.post(f"{proxy.url}/_fakeproxy/webhooks/mount", json=body, timeout=20)
    assert (answer.status_code, answer.json()["error"]) == (400, "UsageError")
    assert "POST its origin to /_fakeproxy/webhooks/forward instead" in answer.json()["text"]
    assert not seen
    with pytest.raises(UsageError, match="is no URL"):
        proxy.webhooks.forward(PUBLIC, "nowhere")


@needs.node
@needs.node_modules
def test_node_accepts_the_signature() -> None:
    environment = {**os.environ, "NODE_PATH": needs.NODE_MODULES}
    command = ["node", "-e", NODE, TOKEN]
    with (
        running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as node,
        FakeProxy(account_sid=SID, auth_token=TOKEN) as proxy,
    ):
        assert node.stdout is not None
        to = f"http://127.0.0.1:{node.stdout.readline().strip()}"
        proxy.webhooks.forward(PUBLIC, to)
        text(proxy)
        seen = json.loads(requests.get(f"{to}/seen", timeout=20).text)
        node.communicate(timeout=60)
    assert seen == [[CALLBACK, True]] * len(proxy.webhooks.deliveries)
