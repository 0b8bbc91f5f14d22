"""Tests that do not come to their end: what the fake saw is shown after Ctrl-C, `pytest.exit()` and time-outs too."""

from __future__ import annotations

import pytest

from tests.quick import slow

OPTIONS = ("-p", "no:randomly", "-p", "no:cacheprovider")
# The SDK is imported before a test's time begins: each of them is to be met while it sleeps.
BEGIN = """
import os, signal, time
import pytest
import twilio.rest
from fakeproxy import FakeProxy

signal.signal(signal.SIGINT, signal.default_int_handler)  # A process in the background ignores it.

def book(proxy):
    proxy.client().proxy.v1.services.create(unique_name="rides")
"""
# Every import is done before the time of a test that hangs begins.
HANG = BEGIN + "with FakeProxy() as warm: book(warm)\n"
CLASS = """
@FakeProxy(seed=1)
class TestIt:
    def test_it(self, fakeproxy):
        book(fakeproxy)
        raise KeyboardInterrupt
"""
FIXTURE = """
@pytest.fixture
def booked(fakeproxy):
    book(fakeproxy)
    raise KeyboardInterrupt

def test_it(booked): pass
"""
REQUEST = "*POST /v1/Services UniqueName=rides*"


@pytest.mark.parametrize(
    "test",
    [
        slow("def test_it(fakeproxy): book(fakeproxy); os.kill(os.getpid(), signal.SIGINT); time.sleep(5)"),
        "def test_it(fakeproxy): book(fakeproxy); raise KeyboardInterrupt",
        slow("def test_it(fakeproxy): book(fakeproxy); pytest.exit('enough')"),
        slow("def test_it():\n    with FakeProxy() as proxy: book(proxy); raise KeyboardInterrupt"),
        slow(CLASS),
        slow(FIXTURE),
    ],
)
def test_interrupted(pytester: pytest.Pytester, test: str) -> None:
    pytester.makepyfile(BEGIN + test)
    if "SIGINT" in test or "class" in test:  # A fake of a class is left to the end of its process.
        result = pytester.runpytest_subprocess(*OPTIONS)
    else:
        result = pytester.runpytest_inprocess(*OPTIONS, no_reraise_ctrlc=True)
    assert result.ret == 2
    result.stderr.fnmatch_lines(["---- fakeproxy: interrupted ----", REQUEST])
    assert str(result.stderr).count("POST /v1/Services UniqueName=rides") == 1


@pytest.mark.slow
def test_the_stacks_of_a_test_that_hangs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(HANG + "def test_it(fakeproxy): book(fakeproxy); time.sleep(2)\ndef test_other(): pass")
    result = pytester.runpytest_subprocess(*OPTIONS, "-o", "faulthandler_timeout=1")
    result.assert_outcomes(passed=2)
    result.stderr.fnmatch_lines(["---- fakeproxy: *::test_it, still running after 1 seconds ----", REQUEST])
    assert "test_other" not in str(result.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["signal", "thread"])
def test_pytest_timeout(pytester: pytest.Pytester, method: str) -> None:
    pytester.makepyfile(HANG + "def test_it(fakeproxy): book(fakeproxy); time.sleep(5)")
    result = pytester.runpytest_subprocess(
        *OPTIONS, "-p", "pytest_timeout", "--timeout=1", f"--timeout-method={method}"
    )
    assert result.ret == 1
    (result.stderr if method == "thread" else result.stdout).fnmatch_lines([REQUEST])


@pytest.mark.slow
def test_in_early_mode_a_failure_has_one_report(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nfakeproxy_early = true\n")
    pytester.makepyfile(
        BEGIN
        + """
def test_with_the_fixture(fakeproxy):
    book(fakeproxy)
    assert False

def test_without_it():
    assert False

def test_both(fakeproxy):
    from twilio.rest import Client
    Client().proxy.v1.services.create(unique_name="rides")
    assert False
"""
    )
    result = pytester.runpytest_subprocess(*OPTIONS)
    result.assert_outcomes(failed=3)
    assert str(result.stdout).count("Captured fakeproxy") == 3
    assert str(result.stdout).count("nothing: no request has reached this fake") == 1
