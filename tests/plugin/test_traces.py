"""Traces: a failing test leaves an HTML file with what happened."""

from __future__ import annotations

import gzip
import json
import re
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.fake.traces import name_of

BOOKING = """
    import json
    from twilio.rest import Client

    def book(name):
        people = [json.dumps({"Identifier": f"+1415555010{digit}"}) for digit in range(2)]
        (service,) = Client().proxy.v1.services.list()
        return service.sessions().create(unique_name=name, ttl=3600, participants=people)
"""
TESTS = """
    import pytest
    from rides_of_a_test import book

    @pytest.fixture(autouse=True)
    def service(fakeproxy):
        fakeproxy.add_service("rides", numbers=["+14155550001"])

    def test_passes(fakeproxy):
        book("job-1")

    @pytest.mark.parametrize("name", ["job/7 <b>", "job-8"])
    def test_fails(fakeproxy, name):
        book(name)
        fakeproxy.clock.advance(7200)
        assert fakeproxy.sessions[name].status == "open"
"""


def read(path: Path) -> dict[str, Any]:
    """What a trace has: what its page reads."""
    packed = re.search(r'id="trace">([^<]+)<', path.read_text(encoding="utf-8"))
    assert packed is not None
    found: dict[str, Any] = json.loads(gzip.decompress(b64decode(packed[1])))
    return found


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(rides_of_a_test=BOOKING.replace("service.sessions()", "service.sessions"), test_rides=TESTS)
    return pytester


def traces(pytester: pytest.Pytester, folder: str = "fakeproxy-traces") -> dict[str, Path]:
    return {str(read(path)["title"]): path for path in sorted((pytester.path / folder).glob("*.html"))}


def test_a_failing_test_leaves_one(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--fakeproxy-trace=retain-on-failure")
    result.assert_outcomes(passed=1, failed=2)
    found = traces(suite)
    assert set(found) == {"test_rides.py::test_fails[job-8]", "test_rides.py::test_fails[job/7 <b>]"}
    for path in found.values():
        result.stdout.fnmatch_lines([f"*{path}"])
        assert path.stat().st_size < 300_000
    trace = read(found["test_rides.py::test_fails[job/7 <b>]"])
    assert "AssertionError" in trace["failure"]
    assert [event["kind"] for event in trace["events"]][-2:] == ["step", "session"]


def test_each_event_has_its_state_and_its_line(suite: pytest.Pytester) -> None:
    suite.runpytest("--fakeproxy-trace=retain-on-failure", "-k", "job-8")
    (path,) = traces(suite).values()
    trace = read(path)
    statuses = [[row["status"] for row in rows.values()] for _, rows in trace["rows"]["sessions"]]
    assert statuses[0] == ["open"]
    assert statuses[-1] == ["closed"]
    lines = (suite.path / "test_rides.py").read_text(encoding="utf-8").splitlines()
    for event in trace["events"]:
        source = trace["sources"][str(event["seq"])]
        assert source["file"] == str(suite.path / "test_rides.py")
        line = lines[source["line"] - 1].strip()
        assert line == ("book(name)" if event["seq"] < trace["events"][-2]["seq"] else "fakeproxy.clock.advance(7200)")
        assert source["lines"][source["line"] - source["first"]].strip() == line


def test_the_picture_of_a_session_ends_with_what_came_of_it(tmp_path: Path) -> None:
    """An alert names the text that raised it, and the session only through that."""
    with FakeProxy(intercept=False) as proxy:
        proxy.keep_past()
        proxy.webhooks.mount("https://app.example.com", lambda environ, answer: (answer("500 No", []), [b""])[1])
        proxy.add_service("rides", numbers=["+14155550001"], callback_url="https://app.example.com/status")
        session = proxy.add_session(participants=["+14155550100", "+14155550101"])
        proxy.phone("+14155550100").text("+14155550001", "hi")
        proxy.write_trace(tmp_path / "trace.html")
        pictures = read(tmp_path / "trace.html")["pictures"][session.sid]
        assert [proxy.history[-1].kind, pictures[-1][0]] == ["alert", proxy.history[-1].seq]
        assert "alert 80908" in " ".join(fromstring(pictures[-1][1]).itertext())


@pytest.mark.slow
def test_a_long_history_stays_small(tmp_path: Path) -> None:
    """A trace of many sessions has fewer states, and says which is the first."""
    with FakeProxy(intercept=False) as proxy:
        proxy.keep_past()
        proxy.add_service("rides", numbers=[f"+1415555{number:04}" for number in range(50)])
        for number in range(300):
            proxy.add_session(unique_name=f"job-{number}", participants=[f"+1415666{number:04}"])
        proxy.write_trace(tmp_path / "trace.html")
        trace = read(tmp_path / "trace.html")
        assert trace["first"] == proxy.history[-1].seq - 29
        assert len(trace["events"]) == len(proxy.history)
    assert (tmp_path / "trace.html").stat().st_size < 500_000


def test_on_means_each_test(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nfakeproxy_trace = on\nfakeproxy_trace_dir = build/traces\n")
    suite.runpytest("-k", "passes")
    assert list(traces(suite, "build/traces")) == ["test_rides.py::test_passes"]


def test_off_writes_nothing_and_keeps_nothing(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nfakeproxy_trace = on\n")
    suite.runpytest("--fakeproxy-trace=off")
    assert not (suite.path / "fakeproxy-traces").exists()
    with FakeProxy(intercept=False) as proxy:
        assert proxy._store.past is None


def test_what_is_expected_to_fail_leaves_none(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.xfail
        def test_it(fakeproxy):
            fakeproxy.note("seen")
            assert False

        def test_skipped(fakeproxy):
            fakeproxy.note("seen")
            pytest.skip("not today")
        """
    )
    pytester.runpytest("--fakeproxy-trace=retain-on-failure").assert_outcomes(xfailed=1, skipped=1)
    assert traces(pytester) == {}


def test_fakes_of_the_tests_own_leave_theirs(pytester: pytest.Pytester) -> None:
    """In setup and teardown, too; with a fake that has ended by then; and one for each fake."""
    pytester.makepyfile(
        """
        import pytest
        from fakeproxy import FakeProxy
        from fakeproxy.unittest import FakeProxyTestCase

        def test_with():
            with FakeProxy() as one, FakeProxy(intercept=False) as other:
                one.note("one")
                other.note("other")
                assert False

        @FakeProxy()
        def test_decorated():
            assert False

        @pytest.fixture
        def broken(fakeproxy):
            fakeproxy.note("seen")
            yield
            raise OSError("at the end")

        def test_teardown(broken):
            pass

        class TestUnit(FakeProxyTestCase):
            def test_it(self):
                self.proxy.note("seen")
                assert False
        """
    )
    pytester.runpytest("--fakeproxy-trace=retain-on-failure").assert_outcomes(passed=1, failed=3, errors=1)
    files = sorted((pytester.path / "fakeproxy-traces").glob("*.html"))
    titles = sorted(read(path)["title"].partition("::")[2] for path in files)
    assert titles == ["TestUnit::test_it", "test_teardown", "test_with", "test_with"]
    assert {read(path)["failure"] for path in files if "teardown" in path.name} == {"OSError: at the end"}


def test_no_password_is_in_a_trace(tmp_path: Path) -> None:
    with FakeProxy(intercept=False, account_sid="AC" + "1" * 32, auth_token="s3cret-token") as proxy:
        proxy.add_service("rides", numbers=["+14155550001"], callback_url="https://me:s3cret-url@app.example.com/x")
        proxy.webhooks.unmounted = "alert"
        proxy.client().proxy.v1.services.list()
        session = proxy.add_session(participants=["+14155550100", "+14155550101"])
        proxy.phone("+14155550100").text(session.participants[0].proxy_identifier, "//a:b s3@c")
        proxy.write_trace(tmp_path / "trace.html")
    assert "s3cret" not in json.dumps(read(tmp_path / "trace.html"))


def test_a_trace_that_cannot_be_written_is_told(suite: pytest.Pytester) -> None:
    (suite.path / "fakeproxy-traces").write_text("not a folder")
    result = suite.runpytest("--fakeproxy-trace=retain-on-failure", "-k", "job-8")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*fakeproxy trace*", "no trace: *fakeproxy-traces*"])


@pytest.mark.slow
def test_workers_of_xdist_write_their_own(suite: pytest.Pytester) -> None:
    suite.runpytest_subprocess("-p", "xdist", "--fakeproxy-trace=on", "-n2").assert_outcomes(passed=1, failed=2)
    assert len(traces(suite)) == 3


def test_another_value_is_refused(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nfakeproxy_trace = always\n")
    result = suite.runpytest()
    assert result.ret != 0
    result.stderr.fnmatch_lines(["*fakeproxy_trace = always: expected off, on, retain-on-failure*"])


def test_unittest_has_the_same(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_unit="""
        import unittest
        from fakeproxy.unittest import FakeProxyTestCase

        class TestRides(FakeProxyTestCase):
            fakeproxy_trace = "retain-on-failure"
            fakeproxy_trace_dir = "traces"

            def test_passes(self):
                self.proxy.note("fine")

            def test_fails(self):
                self.proxy.note("seen")
                self.fail("on purpose")
        """
    )
    result = pytester.run(sys.executable, "-m", "unittest", "-v", "test_unit")
    assert result.ret == 1
    (path,) = traces(pytester, "traces").values()
    assert read(path)["title"] == "test_unit.TestRides.test_fails"
    assert read(path)["failure"] == "AssertionError: on purpose"
    assert f"fakeproxy trace: {path}" in result.stderr.str() or not hasattr(ValueError, "add_note")


def test_a_fake_writes_one_at_any_time_here_and_through_connect(tmp_path: Path) -> None:
    with FakeProxy(intercept=False) as proxy:
        proxy.note("before anybody asked")
        remote = fakeproxy.connect(proxy.url)
        for name, fake in (("here", proxy), ("there", remote)):
            title = r"test_it[\d+\g<0>-</title>]"
            fake.write_trace(tmp_path / name, title=title, failure="a failure")
            trace = read(tmp_path / name)
            assert (trace["title"], trace["failure"], trace["first"]) == (title, "a failure", None)
            page = (tmp_path / name).read_text(encoding="utf-8")
            assert r"<title>test_it[\d+\g&lt;0&gt;-&lt;/title&gt;]</title>" in page
            assert trace["events"][0]["text"] == "note: before anybody asked"


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("test_a", "test_a"),
        ("t.py::a[x/y]", r"t\.py-a-x-y-[0-9a-f]{8}"),
        ("t.py::a[x-y]", r"t\.py-a-x-y-[0-9a-f]{8}"),
        ("ü" * 300, "test-[0-9a-f]{8}"),
        ("x" * 300, "x{100}-[0-9a-f]{8}"),
        ("..", "test-[0-9a-f]{8}"),
    ],
)
def test_names_of_files_are_safe(test: str, name: str) -> None:
    assert re.fullmatch(name, name_of(test))


def test_different_tests_have_different_files() -> None:
    tests = ["t.py::a[x/y]", "t.py::a[x-y]", "t.py::a[x y]", "x" * 300, "x" * 301]
    assert len({name_of(test) for test in tests}) == len(tests)
