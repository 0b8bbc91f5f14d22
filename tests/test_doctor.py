"""`fakeproxy doctor`: what of an environment would not reach a fake. Environments here are real child processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fakeproxy.cli.doctor import show
from fakeproxy.doctor.finding import Finding
from fakeproxy.doctor.known import CLIENTS, EARLY, GUARD, OLD_SDKS, OTHER_PROCESSES, OTHER_STUBS, TRIED
from fakeproxy.doctor.packages import installed, old_versions, outside, tools, versions
from fakeproxy.doctor.probes import probes
from fakeproxy.doctor.programs import programs
from fakeproxy.doctor.variables import variables
from tests.matrix.rows import RANGES
from tests.matrix.table import PAGE

ROOT = Path(__file__).parent.parent
TOKEN = "0123456789abcdef" * 2

#: A client outside of Python, as far as a fake can see: its requests arrive nowhere.
PYCURL = """
URL = PROXY = NOPROXY = TIMEOUT = 0
class Curl:
    def setopt(self, option, value): pass
    def perform(self): raise OSError("no connection")
"""


def environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    return {**kept, **variables}


def doctor(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "fakeproxy", "doctor", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**variables), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_every_installed_client_lands_also_with_a_proxy_and_a_region() -> None:
    done = doctor("--json", HTTPS_PROXY="http://127.0.0.1:1", TWILIO_EDGE="dublin", TWILIO_REGION="ie1")
    told: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, told["leaks"]) == (0, 0), done.stdout + done.stderr
    verdicts = {finding["subject"]: finding["verdict"] for finding in told["findings"]}
    for client in ("twilio", "requests", "urllib3", "httpx", "aiohttp", "http.client"):
        assert verdicts[f"probe of {client}"] == "fine"
    assert {verdicts["HTTPS_PROXY"], verdicts["TWILIO_EDGE"], verdicts["TWILIO_REGION"]} == {"fine"}


@pytest.mark.slow
def test_a_real_token_is_a_leak_and_is_not_shown() -> None:
    done = doctor(TWILIO_AUTH_TOKEN=TOKEN)
    assert done.returncode == 1
    assert "leaks   TWILIO_AUTH_TOKEN: looks like a real one" in done.stdout
    assert "Unset it for tests" in done.stdout
    assert "1 leaks" in done.stdout
    assert TOKEN not in done.stdout + done.stderr


def test_a_probe_that_does_not_land_is_a_leak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pycurl.py").write_text(PYCURL)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("fakeproxy.doctor.probes._SENDS", {"pycurl": _sends()["pycurl"]})
    path = os.pathsep.join((str(tmp_path), str(ROOT)))
    (found,) = probes(environment(PYTHONPATH=path))
    assert (found.subject, found.verdict) == ("probe of pycurl", "leaks")
    assert "did not land in the fake (OSError)" in found.found


def test_a_probe_connects_to_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    away = "import socket\n    socket.create_connection(('example.com', 443))"
    monkeypatch.setattr("fakeproxy.doctor.probes._SENDS", {"socket": away, "json": "import no_such_module"})
    refused, untried = probes(environment(PYTHONPATH=str(ROOT)))
    assert (refused.verdict, "OSError" in refused.found) == ("leaks", True)
    assert (untried.verdict, "ModuleNotFoundError" in untried.found) == ("unknown", True)


def _sends() -> dict[str, str]:
    from fakeproxy.doctor import probes as module

    return module._SENDS


def test_the_versions_that_the_matrix_tries_are_those_that_the_package_knows() -> None:
    assert {range_.package: range_.versions[0] for range_ in RANGES} == {name: low for name, (low, _) in TRIED.items()}
    newest = re.findall(r"^\| `([\w-]+)` \|.*?, ([\d.]+) \(newest\)", PAGE.read_text("utf-8"), re.MULTILINE)
    assert dict(newest) == {name: high for name, (low, high) in TRIED.items() if low != high}


@pytest.mark.parametrize(
    ("version", "verdict", "text"),
    [
        ("6.8.4", "unknown", "older than 6.9"),
        ("6.9.1", "fine", "within 6.9 to"),
        ("9.13.7", "fine", "within 6.9 to"),
        ("10.0.0", "unknown", "newer than 9."),
    ],
)
def test_a_version_is_compared_with_those_that_were_tried(version: str, verdict: str, text: str) -> None:
    (found,) = versions({"twilio": version})
    assert found.verdict == verdict
    assert text in found.found


@pytest.mark.parametrize(
    ("version", "texts"),
    [("9.3.8", ["returns False", "Credentials are required"]), ("9.8.8", ["returns False"]), ("9.9.0", [])],
)
def test_what_an_old_sdk_does_otherwise(version: str, texts: list[str]) -> None:
    found = old_versions({"twilio": version, "requests": "2.28"})
    assert len(found) == len(texts)
    for finding, text in zip(found, texts, strict=True):
        assert (finding.verdict, text in finding.found) == ("unknown", True)


def test_what_is_installed_here_is_found() -> None:
    found = installed()
    assert {"twilio", "requests", "respx", "pytest-xdist", "sentry-sdk"} <= found.keys()
    subjects = {finding.subject.split()[0]: finding.verdict for finding in tools(found)}
    assert (subjects["respx"], subjects["pytest-xdist"]) == ("unknown", "fine")
    assert [finding.verdict for finding in outside({"curl-cffi": "0.17.0"})] == ["unknown"]


@pytest.mark.parametrize(
    ("name", "value", "verdicts"),
    [
        ("TWILIO_AUTH_TOKEN", TOKEN, ["leaks"]),
        ("TWILIO_AUTH_TOKEN", "0" * 32, ["fine"]),
        ("TWILIO_AUTH_TOKEN", "token", ["fine"]),
        ("TWILIO_API_SECRET", "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA", ["leaks"]),
        ("https_proxy", "http://proxy.example:3128", ["fine"]),
        ("TWILIO_REGION", "ie1", ["fine"]),
        ("TWILIO_ACCOUNT_SID", "AC1", []),
    ],
)
def test_variables(name: str, value: str, verdicts: list[str]) -> None:
    assert [finding.verdict for finding in variables({name: value})] == verdicts


@pytest.mark.parametrize(
    ("version", "verdicts"),
    [("", []), ("v20.20.2", ["fine"]), ("v16.1.0", ["unknown"]), ("v99.0.0", ["unknown"]), ("no version", ["unknown"])],
)
def test_node(version: str, verdicts: list[str]) -> None:
    assert [finding.verdict for finding in programs(version, lambda name: True)] == verdicts


def test_without_the_package_of_the_tunnel() -> None:
    (found,) = programs("", lambda name: None)
    assert (found.verdict, found.advice) == ("stops", "pip install 'pytest-fakeproxy[tunnel]'.")


def test_only_a_leak_makes_the_exit_status_1() -> None:
    said: list[str] = []
    unsure = Finding("pook 2.1", "gets every request first", "unknown", "Check it.", OTHER_STUBS)
    assert show([unsure], said.append, as_json=False) == 0
    assert "".join(said).endswith(f"Check it. See {OTHER_STUBS}\n0 fine, 0 leaks, 0 stops, 1 unknown\n")
    assert show([unsure, unsure._replace(verdict="leaks")], said.append, as_json=True) == 1
    assert json.loads(said[-1])["findings"][1]["verdict"] == "leaks"


@pytest.mark.parametrize("page", [CLIENTS, EARLY, GUARD, OLD_SDKS, OTHER_PROCESSES, OTHER_STUBS])
def test_the_pages_are_there(page: str) -> None:
    assert (ROOT / page).is_file()
