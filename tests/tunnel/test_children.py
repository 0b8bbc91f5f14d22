"""Children in Python: what they run, their calls to Twilio land in the fake that their environment names."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Generator
from pathlib import Path

import pytest

from fakeproxy import BlockedRequest, FakeProxy
from fakeproxy.cli.commands import main
from tests.quick import slow_but

URL = "https://proxy.twilio.com/v1/Services"

#: Each prints what the fake answers to a request that has no credentials; `u` is the URL.
CLIENTS = {
    "requests": "import requests; print(requests.get(u).status_code)",
    "urllib3": "import urllib3; print(urllib3.PoolManager().request('GET', u).status)",
    "http.client": """
import http.client
connection = http.client.HTTPSConnection("proxy.twilio.com")
connection.request("GET", "/v1/Services")
print(connection.getresponse().status)
""",
    "httpx": "import httpx; print(httpx.get(u).status_code)",
    "aiohttp": """
import aiohttp, asyncio
async def main():
    async with aiohttp.ClientSession() as session, session.get(u) as answer:
        print(answer.status)
asyncio.run(main())
""",
    "the SDK": """
from twilio.rest import Client
try:
    Client("AC" + "1" * 32, "wrong").proxy.v1.services.create("rides")
except Exception as error:
    print(error.status)
""",
    "the SDK, asynchronous": """
import asyncio
from twilio.rest import Client
from twilio.http.async_http_client import AsyncTwilioHttpClient
async def main():
    async with AsyncTwilioHttpClient() as http_client:
        try:
            await Client("AC" + "1" * 32, "wrong", http_client=http_client).proxy.v1.services.create_async("rides")
        except Exception as error:
            print(error.status)
asyncio.run(main())
""",
}


@pytest.fixture
def proxy() -> Generator[FakeProxy]:
    with FakeProxy(account_sid="AC1", auth_token="token", intercept=False) as fake:
        yield fake


def run(
    proxy: FakeProxy, program: str, python: str = sys.executable, *options: str, **more: str
) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    env = {**inherited, **proxy.environment, **more}
    command = [python, *options, "-c", f"u = {URL!r}\n{program}"]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("client", slow_but(CLIENTS, "the SDK", "aiohttp"))
def test_every_client_of_a_child(proxy: FakeProxy, client: str) -> None:
    done = run(proxy, CLIENTS[client])
    assert done.stdout.split() == ["401"], done.stderr
    assert [(entry.path, entry.status) for entry in proxy.journal] == [("/v1/Services", 401)]


@pytest.mark.slow
def test_grandchildren_too(proxy: FakeProxy) -> None:
    grandchild = f"u = {URL!r}\n{CLIENTS['urllib3']}"
    assert (
        run(proxy, f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {grandchild!r}])").stdout == "401\n"
    )


def test_credentials_are_there(proxy: FakeProxy) -> None:
    done = run(proxy, "from twilio.rest import Client; print(Client().proxy.v1.services.create('rides').unique_name)")
    assert done.stdout.split() == ["rides"], done.stderr
    assert [service.unique_name for service in proxy.services.values()] == ["rides"]


@pytest.mark.slow
def test_a_fault_is_what_its_client_would_raise(proxy: FakeProxy) -> None:
    proxy.faults.read_timeout()
    done = run(proxy, "import httpx\ntry: httpx.get(u)\nexcept httpx.HTTPError as error: print(type(error).__name__)")
    assert done.stdout.split() == ["ReadTimeout"], done.stderr


def test_a_child_that_calls_another_host_of_twilio_fails_the_test(proxy: FakeProxy) -> None:
    program = "import http.client\nhttp.client.HTTPSConnection('lookups.twilio.com').request('GET', '/v1')"
    done = run(proxy, program)
    assert "BlockedRequest: GET https://lookups.twilio.com/v1 was stopped" in done.stderr
    with pytest.raises(BlockedRequest, match="lookups"):
        proxy.check()


@pytest.mark.slow
def test_the_programs_own_sitecustomize_runs(proxy: FakeProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.own = True")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    program = "import sys; print(own, sys.modules['sitecustomize'].__file__, any('child' in path for path in sys.path))"
    done = run(proxy, f"{program}\n{CLIENTS['http.client']}")
    assert done.stdout.split() == ["True", str(tmp_path / "sitecustomize.py"), "False", "401"], done.stderr


def test_a_python_without_fakeproxy_runs_as_ever(proxy: FakeProxy, tmp_path: Path) -> None:
    """There the tunnel is what reaches it."""
    venv.create(tmp_path, symlinks=os.name != "nt", with_pip=False)
    python = str(tmp_path / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    program = """
import urllib.request, urllib.error
try:
    urllib.request.urlopen(u)
except urllib.error.HTTPError as error:
    print(error.code)
"""
    done = run(proxy, program, python)
    assert (done.stdout.split(), done.stderr) == (["401"], "")


def test_a_python_that_ignores_its_environment(proxy: FakeProxy) -> None:
    assert run(proxy, "print('runs')", sys.executable, "-I").stdout.split() == ["runs"]


@pytest.mark.slow
def test_fakeproxy_run_of_a_suite_that_takes_warnings_for_errors(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(fakeproxy): assert not fakeproxy.services")
    test = str(tmp_path / "test_it.py")
    command = ["-m", "pytest", "-W", "error", "-p", "no:cacheprovider", "-p", "no:randomly", "-c", os.devnull, test]
    assert main(["run", "--", sys.executable, *command]) == 0


@pytest.mark.slow
def test_fakeproxy_run(capfd: pytest.CaptureFixture[str]) -> None:
    program = f"u = {URL!r}\n{CLIENTS['aiohttp']}"
    assert main(["run", "--account-sid", "AC1", "--auth-token", "token", "--", sys.executable, "-c", program]) == 0
    assert capfd.readouterr().out.split() == ["401"]
