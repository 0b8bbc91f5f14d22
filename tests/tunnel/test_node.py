"""Clients of Node under `fakeproxy run`: each lands in the fake, or is stopped; none reaches the network."""

# ruff: noqa: E501 (programs in JavaScript)

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from fakeproxy import FakeProxy
from fakeproxy.cli.commands import main
from tests import needs
from tests.quick import slow_but

#: Each leaves the status and the JSON of the answer to `ask(method, url)` in `told`.
BUILT_IN = {
    "fetch": "const r = await fetch(url, {headers}); told(r.status, await r.json())",
    "https.request": """
        await new Promise((resolve, reject) => require("https").request(url, {headers}, (r) => {
          let text = ""; r.on("data", (d) => text += d).on("end", () => resolve(told(r.statusCode, JSON.parse(text))));
        }).on("error", reject).end())""",
    "https.get with an agent that keeps connections": """
        const https = require("https"); const agent = new https.Agent({keepAlive: true});
        for (let i = 0; i < 2; i++) await new Promise((resolve, reject) => https.get(url, {headers, agent}, (r) => {
          let text = ""; r.on("data", (d) => text += d).on("end", () => { i && told(r.statusCode, JSON.parse(text)); resolve() });
        }).on("error", reject)); agent.destroy()""",
    "tls.connect": """
        await new Promise((resolve, reject) => { const socket = require("tls").connect(443, new URL(url).hostname, () => {
          socket.write(`GET ${new URL(url).pathname} HTTP/1.1\\r\\nHost: ${new URL(url).hostname}\\r\\nConnection: close\\r\\n`
            + `Authorization: ${headers.authorization}\\r\\n\\r\\n`);
          let text = ""; socket.on("data", (d) => text += d).on("end", () => {
            const [head, body] = text.split("\\r\\n\\r\\n"); resolve(told(+head.split(" ")[1], JSON.parse(body))) }) });
          socket.on("error", reject) })""",
    "http.request without TLS": """
        await new Promise((resolve, reject) => require("http").request(url.replace("https", "http"), {headers, agent: new (require("http").Agent)({})}, (r) => {
          let text = ""; r.on("data", (d) => text += d).on("end", () => resolve(told(r.statusCode, JSON.parse(text))));
        }).on("error", reject).end())""",
    "a worker": """
        const {Worker} = require("worker_threads");
        await new Promise((resolve, reject) => new Worker(`
          const {parentPort, workerData: {url, headers}} = require("worker_threads");
          require("https").get(url, {headers}, (r) => { let text = ""; r.on("data", (d) => text += d)
            .on("end", () => parentPort.postMessage([r.statusCode, JSON.parse(text)])) })`,
          {eval: true, workerData: {url, headers}}).on("message", (m) => resolve(told(...m))).on("error", reject))""",
    "a child process": """
        const program = `require("https").get(${JSON.stringify(url)}, {headers: ${JSON.stringify(headers)}}, (r) => {
          let text = ""; r.on("data", (d) => text += d).on("end", () => console.log(JSON.stringify([r.statusCode, JSON.parse(text)])))})`;
        told(...JSON.parse(require("child_process").execFileSync(process.execPath, ["-e", program]).toString()))""",
}
INSTALLED = {
    "got": 'const r = await require("got")(url, {headers, throwHttpErrors: false}); told(r.statusCode, JSON.parse(r.body))',
    "got, HTTP/2 where there is": """
        const r = await require("got")(url, {headers, http2: true, throwHttpErrors: false}); told(r.statusCode, JSON.parse(r.body))""",
    "ky": """
        const {default: ky} = await load("ky");
        const r = await ky(url, {headers, throwHttpErrors: false, retry: 0}); told(r.status, await r.json())""",
    "node-fetch": 'const r = await (await load("node-fetch")).default(url, {headers}); told(r.status, await r.json())',
    "undici": """
        const r = await require("undici").request(url, {headers}); told(r.statusCode, await r.body.json())""",
    "undici, an agent of its own": """
        const {fetch, Agent} = require("undici");
        const r = await fetch(url, {headers, dispatcher: new Agent()}); told(r.status, await r.json())""",
    "superagent": """
        const r = await require("superagent").get(url).set(headers).ok(() => true); told(r.status, r.body)""",
    "axios": 'const r = await require("axios").get(url, {headers, validateStatus: null}); told(r.status, r.data)',
    "axios without the proxy": """
        const r = await require("axios").get(url, {headers, validateStatus: null, proxy: false}); told(r.status, r.data)""",
    "the SDK": """
        const client = require("twilio")("AC" + "1".repeat(32), "token");
        const r = await client.request({method: "get", uri: url}); told(r.statusCode, r.body)""",
}

PROGRAM = """
const url = process.argv[2];
const headers = {{authorization: "Basic QUMxOnRva2Vu"}};
const told = (status, body) => console.log(JSON.stringify([status, body]));
const load = (name) => import(require("url").pathToFileURL(require("path").join(
  process.env.NODE_PATH, name, JSON.parse(require("fs").readFileSync(require("path").join(process.env.NODE_PATH, name, "package.json"))).main)));
(async () => {{ {client} }})().catch((error) => {{ console.error(error); process.exit(1) }});
"""


@pytest.fixture
def proxy() -> Generator[FakeProxy]:
    with FakeProxy(intercept=False, blocked="raise") as fake:
        fake.add_service("rides")
        yield fake


def ask(proxy: FakeProxy, tmp_path: Path, node: str, client: str, url: str) -> tuple[int, dict[str, object]]:
    program = tmp_path / "program.cjs"
    program.write_text(PROGRAM.format(client=client))
    env = {**os.environ, **proxy.environment, "NODE_PATH": needs.NODE_MODULES, "NODE_NO_WARNINGS": "1"}
    command = [node, str(program), url]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    status, body = json.loads(done.stdout)
    return status, body


def lands_or_is_stopped(proxy: FakeProxy, tmp_path: Path, node: str, client: str) -> None:
    status, body = ask(proxy, tmp_path, node, client, "https://proxy.twilio.com/v1/Services")
    assert (status, [row["unique_name"] for row in body["services"]]) == (200, ["rides"])  # type: ignore[attr-defined]
    assert proxy.journal[-1].operation == "ListService"
    status, body = ask(proxy, tmp_path, node, client, "https://lookups.twilio.com/v1/PhoneNumbers")
    assert (status, body["code"]) == (403, 20403)
    assert "lookups.twilio.com/v1/PhoneNumbers was stopped" in str(body["message"])
    assert "stopped: GET" in proxy.report()


@needs.node
@pytest.mark.parametrize("node", needs.NODES)
@pytest.mark.parametrize("client", slow_but(BUILT_IN, "fetch"))
def test_what_node_has_itself(proxy: FakeProxy, tmp_path: Path, node: str, client: str) -> None:
    lands_or_is_stopped(proxy, tmp_path, node, BUILT_IN[client])


@needs.node
@needs.node_modules
@pytest.mark.parametrize("node", needs.NODES)
@pytest.mark.parametrize("client", slow_but(INSTALLED, "axios", "the SDK"))
def test_clients_that_are_installed(proxy: FakeProxy, tmp_path: Path, node: str, client: str) -> None:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if client.startswith("undici"):
        needs.node_at_least(20, version)
    lands_or_is_stopped(proxy, tmp_path, node, INSTALLED[client])


@needs.node
@pytest.mark.parametrize("node", needs.NODES)
def test_a_client_that_insists_on_http_2_is_told_so(proxy: FakeProxy, node: str) -> None:
    program = 'require("http2").connect("https://proxy.twilio.com").on("error", (error) => console.log(error.message))'
    env = {**os.environ, **proxy.environment}
    done = subprocess.run([node, "-e", program], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert "fakeproxy answers for proxy.twilio.com in HTTP/1.1 only" in done.stdout, done.stderr


@needs.node
@pytest.mark.parametrize("node", needs.NODES)
def test_esm_and_the_users_own_node_options(
    proxy: FakeProxy, tmp_path: Path, node: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "own.cjs").write_text("globalThis.own = true")
    monkeypatch.setenv("NODE_OPTIONS", f'--require "{folder}/own.cjs" --max-old-space-size=512')
    program = tmp_path / "program.mjs"
    program.write_text("""
        import { get } from "node:https";
        get("https://proxy.twilio.com/v1/Services", (r) => {
          r.resume();  // else its connection keeps the process alive
          console.log(r.statusCode, own, process.env.NODE_OPTIONS);
        });
    """)
    env = {**os.environ, **proxy.environment}
    done = subprocess.run([node, str(program)], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("401 true"), done.stderr
    assert "--max-old-space-size=512" in done.stdout


def test_a_path_with_spaces_and_quotes() -> None:
    from fakeproxy.transports.loopback import tunnel

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tunnel, "_NODE_MODULE", Path('/a "b" c\\d/node.cjs'))
        assert tunnel._node_options("") == r'--require "/a \"b\" c\\d/node.cjs"'
        assert tunnel._node_options("-r x").endswith('" -r x')
        assert tunnel._node_options(tunnel._node_options("")) == tunnel._node_options("")


@needs.node
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_what_is_local_is_left_alone(proxy: FakeProxy, host: str) -> None:
    url = f"{proxy.url.replace('127.0.0.1', host)}/_fakeproxy/health"
    program = f"fetch({url!r}).then((r) => r.json()).then((r) => console.log(r.status), console.error)"
    env = {**os.environ, **proxy.environment}
    done = subprocess.run(
        [needs.NODES[0], "-e", program], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "ok", done.stderr


# Credentials

_CREDENTIALS = {
    "TWILIO_ACCOUNT_SID": "AC" + "7" * 32,
    "TWILIO_AUTH_TOKEN": "real-token",
    "TWILIO_API_KEY": "SK" + "7" * 32,
    "TWILIO_API_SECRET": "real-secret",
}
_SHOW = f"import json, os; print(json.dumps({{name: os.environ.get(name) for name in {list(_CREDENTIALS)}}}))"


@pytest.mark.parametrize("options", [[], ["--keep-credentials"]])
def test_the_callers_credentials(
    options: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in _CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    assert main(["run", *options, "--", sys.executable, "-c", _SHOW]) == 0
    told = json.loads(capfd.readouterr().out)
    if options:
        assert told == _CREDENTIALS
    else:
        assert all(told.values())
        assert not set(told.values()) & set(_CREDENTIALS.values())
    assert {name: os.environ[name] for name in _CREDENTIALS} == _CREDENTIALS


def test_the_fakes_credentials_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    program = """
import os
from twilio.rest import Client
Client().proxy.v1.services.create("rides")
Client(os.environ["TWILIO_API_KEY"], os.environ["TWILIO_API_SECRET"], os.environ["TWILIO_ACCOUNT_SID"]).proxy.v1.services.create("meals")
"""
    assert main(["run", "--", sys.executable, "-c", program]) == 0
