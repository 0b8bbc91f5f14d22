"""`fail_on_ignored`: parameters that an operation does not have fail the test; reports tell of them in any case."""

from __future__ import annotations

import subprocess
import sys

import pytest
from twilio.rest import Client

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.exceptions import IgnoredParameter

APPLICATION = """
import requests
from fakeproxy import FakeProxy

def book():  # as an application that writes Python's names
    url = "https://proxy.twilio.com/v1/Services"
    requests.post(url, {"UniqueName": "rides", "unique_name": "x"}, auth=("AC1", "t")).raise_for_status()
"""
TEXT = "unique_name is no parameter of CreateService, and is ignored"


def ask(proxy: FakeProxy, **form: str) -> None:
    client = Client()
    client.request("POST", "https://proxy.twilio.com/v1/Services", data={"UniqueName": "rides", **form})


@pytest.mark.parametrize("how", ["ini", "marker", "fixture", "unittest"])
def test_it_fails_the_test_with_the_journals_text(pytester: pytest.Pytester, how: str) -> None:
    marker = "@pytest.mark.fakeproxy(fail_on_ignored=True)\n" if how == "marker" else ""
    fixture = "@pytest.fixture\ndef fakeproxy_config(): return {'fail_on_ignored': True}\n" if how == "fixture" else ""
    test = f"{fixture}{marker}def test_it(fakeproxy): book()\n"
    if how == "unittest":
        test = (
            "from fakeproxy.unittest import FakeProxyTestCase\n"
            "class Tests(FakeProxyTestCase):\n"
            "    fakeproxy_config = {'fail_on_ignored': True}\n"
            "    def test_it(self): book()\n"
        )
    if how == "ini":
        pytester.makeini("[pytest]\nfakeproxy_fail_on_ignored = true\n")
    pytester.makepyfile("import pytest\n" + APPLICATION + test)
    result = pytester.runpytest("-p", "no:randomly", "-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*IgnoredParameter: parameters were ignored*", f"*{TEXT}*"])


def test_by_default_it_does_not(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(APPLICATION + "def test_it(fakeproxy): book()\n")
    pytester.runpytest("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_report_tells_of_them_where_nothing_failed(proxy: FakeProxy) -> None:
    ask(proxy, unique_name="x")
    for number in range(30):
        Client().request("POST", "https://proxy.twilio.com/v1/Services", data={"UniqueName": str(number)})
    ask(proxy, UniqueName="again", unique_name="x")
    assert "ignored, as Twilio would:\n  " + TEXT in proxy.report()
    assert "(2 times)" in proxy.report()
    assert "ignored" in fakeproxy.connect(proxy.url).report()


def test_each_is_told_once() -> None:
    proxy = FakeProxy(fail_on_ignored=True)
    with pytest.raises(IgnoredParameter, match=TEXT), proxy:
        ask(proxy, unique_name="x")
    proxy.check()
    with proxy:
        ask(proxy)


def test_a_query_of_a_post_counts_too() -> None:
    with pytest.raises(IgnoredParameter, match="query 'Mode=x' is ignored"), FakeProxy(fail_on_ignored=True):
        Client().request("POST", "https://proxy.twilio.com/v1/Services?Mode=x", data={"UniqueName": "rides"})


@pytest.mark.slow
def test_a_program_under_run_fails(tmp_path: object) -> None:
    program = (
        "import urllib.request as u, base64; q = u.Request('https://proxy.twilio.com/v1/Services', "
        "b'UniqueName=rides&unique_name=x', {'Authorization': 'Basic ' + base64.b64encode(b'AC1:t').decode()}); "
        "u.urlopen(q)"
    )
    for options, status in (([], 0), (["--fail-on-ignored"], 1)):
        command = [sys.executable, "-m", "fakeproxy", "run", *options, "--", sys.executable, "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == status, done.stderr
        assert (TEXT in done.stderr) == bool(options)


def test_a_setting_that_is_no_truth_value_is_refused() -> None:
    with pytest.raises(fakeproxy.UsageError, match="fail_on_ignored='yes': expected True or False"):
        FakeProxy(fail_on_ignored="yes")  # type: ignore[arg-type]
