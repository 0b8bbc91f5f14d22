"""A program is told of what it may not reach, in a form that it can show; so is whoever ran it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
import requests

from fakeproxy import FakeProxy, connect
from fakeproxy.cli.commands import main
from tests import needs
from tests.processes import running

LOOKUP = "https://lookups.twilio.com/v1/PhoneNumbers/+14155550100"

#: Programs that call another host of Twilio's and swallow what they are told: in process, and through the tunnel.
SWALLOWING = {
    "in process": f"import requests\ntry: requests.get({LOOKUP!r})\nexcept Exception as error: print(error)",
    "through the tunnel": f"""
import urllib.request
from fakeproxy.transports import interception, targets
interception.deactivate(targets.current())
try: urllib.request.urlopen({LOOKUP!r})
except urllib.error.HTTPError as error: print(__import__("json").loads(error.read())["message"])
""",
}


@pytest.mark.parametrize("way", SWALLOWING)
def test_run_tells_of_a_stopped_request_that_the_program_swallowed(way: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--", sys.executable, "-c", SWALLOWING[way]]) == 1
    told = capfd.readouterr()
    for text in (told.out, told.err):
        assert f"GET {LOOKUP} was stopped" in text
        assert "fakeproxy run --allow-host lookups.twilio.com" in text
        assert "FakeProxy(" not in text
    assert "--blocked raise" in told.err
    assert f"stopped: GET {LOOKUP}" in told.err


@pytest.mark.slow
def test_run_may_leave_it_to_the_program(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--blocked", "raise", "--", sys.executable, "-c", SWALLOWING["in process"]]) == 0
    assert capfd.readouterr().err == ""


def test_run_shows_what_the_fake_saw_when_the_program_fails(capfd: pytest.CaptureFixture[str]) -> None:
    program = "import requests; requests.get('https://proxy.twilio.com/v1/Services'); raise SystemExit(7)"
    assert main(["run", "--", sys.executable, "-c", program]) == 7
    assert "401 / 20003" in capfd.readouterr().err


@pytest.mark.slow
def test_run_says_how_to_have_the_service_that_the_program_asks_for(capfd: pytest.CaptureFixture[str]) -> None:
    url = f"https://proxy.twilio.com/v1/Services/KS{'0' * 32}"
    program = f"import requests; requests.get({url!r}, auth=('AC' + '1' * 32, 'token')); raise SystemExit(7)"
    assert main(["run", "--", sys.executable, "-c", program]) == 7
    report = capfd.readouterr().err
    assert "there is no Service at all; --load, or POST /_fakeproxy/seed, adds one with this SID" in report
    assert "add_service" not in report


@pytest.mark.slow
def test_run_says_nothing_of_a_program_that_ends_well(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--", sys.executable, "-c", "print('well')"]) == 0
    assert capfd.readouterr() == ("well\n", "")


@pytest.mark.slow
@pytest.mark.parametrize(("option", "status"), [([], 0), (["--blocked", "fail"], 1)])
def test_serve_tells_of_it_if_it_is_asked_to(option: list[str], status: int) -> None:
    command = [sys.executable, "-m", "fakeproxy", "serve", "--tunnel", *option]
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as serve:
        assert serve.stdout is not None
        url = serve.stdout.readline().split()[2].removesuffix("/v1,")
        exported = {}
        while "FAKEPROXY_ALLOW_SETTING" not in exported or "HTTPS_PROXY" not in exported:
            name, _, value = serve.stdout.readline().removeprefix("export ").partition("=")
            exported[name] = value.strip().strip("'")
        with requests.Session() as session:
            session.trust_env = False
            tunnel = {"https": exported["HTTPS_PROXY"]}
            answer = session.get(LOOKUP, proxies=tunnel, verify=exported["SSL_CERT_FILE"], timeout=20)
            assert "fakeproxy serve --allow-host lookups.twilio.com" in answer.json()["message"]
            checked = session.post(f"{url}/_fakeproxy/check", timeout=20)
            assert checked.status_code == (400 if status else 200)
            session.get(LOOKUP, proxies=tunnel, verify=exported["SSL_CERT_FILE"], timeout=20)
        serve.send_signal(signal.SIGTERM)
        assert serve.wait(30) == status
        assert serve.stderr is not None
        assert ("was stopped" in serve.stderr.read()) is bool(status)


@pytest.mark.parametrize("url", ["http://example.com/", "https://example.com/"])
def test_other_destinations_are_told_of_in_json(url: str) -> None:
    with FakeProxy(intercept=False) as proxy:
        done = subprocess.run(
            [*needs.CURL, "-sS", "-v", "-x", proxy.tunnel().url, url], capture_output=True, text=True, check=False
        )
        assert "403" in done.stderr
        if done.stdout:
            message = json.loads(done.stdout)["message"]
            assert message == (
                "fakeproxy forwards nothing to 'example.com'; allow it with the setting allow_hosts of the fake"
            )


def test_connect_names_its_own_setting() -> None:
    with FakeProxy(intercept=False) as elsewhere, connect(elsewhere.url) as proxy:
        with pytest.raises(Exception, match=r"connect\(\.\.\., allow_hosts=\(\"lookups.twilio.com\",\)\)"):
            requests.get(LOOKUP, timeout=20)
        with pytest.raises(Exception, match="was stopped"):
            proxy.check()
