"""The fixture, its settings, and the reports of failing tests, each in a pytest of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

OPTIONS = ("-p", "no:randomly", "-p", "no:cacheprovider")


def test_the_fixture_is_new_for_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from fakeproxy import FakeProxy

        @pytest.mark.parametrize("run", [1, 2])
        def test_it(fakeproxy, run):
            assert isinstance(fakeproxy, FakeProxy)
            assert len(fakeproxy.services) == 0
            fakeproxy.add_service("rides")
        """
    )
    pytester.runpytest(*OPTIONS, "--strict-markers").assert_outcomes(passed=2)


def test_settings_come_from_ini_then_fixture_then_markers(pytester: pytest.Pytester) -> None:
    pytester.makeini(
        """
        [pytest]
        fakeproxy_start = 2030-01-01T09:00:00Z
        fakeproxy_seed = 7
        fakeproxy_time = still
        fakeproxy_account_sid = ACini
        fakeproxy_auth_token = token
        fakeproxy_intercept = True
        fakeproxy_allow_hosts = api.twilio.com verify.twilio.com
        fakeproxy_blocked = raise
        fakeproxy_journal_size = 3
        fakeproxy_behavior =
            newest_first = true
            expired_reason = gone
        """
    )
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def fakeproxy_config():
            return {"start": "2031-01-01T09:00:00Z", "account_sid": "ACconfig"}

        def test_ini_and_fixture(fakeproxy):
            assert fakeproxy.clock.now().year == 2031
            assert fakeproxy.add_service().account_sid == "ACconfig"
            session = fakeproxy.add_session(ttl=1)
            fakeproxy.clock.advance(1)
            assert fakeproxy.sessions[session.sid].closed_reason == "gone"
            for _ in range(5):
                fakeproxy.client().proxy.v1.services.list()
            assert len(fakeproxy.journal) == 3

        @pytest.mark.fakeproxy(start="2032-01-01T09:00:00Z", seed=9)
        class TestMarkers:
            def test_of_the_class(self, fakeproxy):
                assert fakeproxy.clock.now().year == 2032

            @pytest.mark.fakeproxy(start="2033-01-01T09:00:00Z")
            def test_the_nearest_wins_setting_by_setting(self, fakeproxy):
                assert fakeproxy.clock.now().year == 2033
                assert fakeproxy.snapshot()["seed"] == 9
        """
    )
    pytester.runpytest(*OPTIONS).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("ini", "marker", "text"),
    [
        ("fakeproxy_seed = x", "", "ini option fakeproxy_seed = x"),
        ("fakeproxy_intercept = 1", "", "expected true or false"),
        ("fakeproxy_behavior = colour=1", "", "unknown behavior colour"),
        ("", "@pytest.mark.fakeproxy(colour=1)", "unknown setting colour; there are: start, time"),
        ("", "@pytest.mark.fakeproxy('2030')", "takes settings by name only"),
    ],
)
def test_wrong_settings_are_errors_that_say_what_to_do(
    pytester: pytest.Pytester, ini: str, marker: str, text: str
) -> None:
    pytester.makeini(f"[pytest]\n{ini}")
    pytester.makepyfile(f"import pytest\n{marker}\ndef test_it(fakeproxy): pass")
    result = pytester.runpytest(*OPTIONS)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*UsageError: *{text}*"])


@pytest.mark.parametrize("ci", ["", "true"], ids=["at a desk", "in CI, where pytest's summary is not cut"])
def test_a_failing_test_shows_what_the_fake_saw(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str
) -> None:
    monkeypatch.setenv("CI", ci)
    pytester.makepyfile(
        """
        from fakeproxy import FakeProxy
        from fakeproxy.unittest import FakeProxyTestCase

        def test_fixture(fakeproxy):
            fakeproxy.client().proxy.v1.services.create(unique_name="of the fixture")
            assert False

        def test_with():
            with FakeProxy() as proxy:
                proxy.client().proxy.v1.services.create(unique_name="of the statement")
                assert False

        class Case(FakeProxyTestCase):
            def test_case(self):
                self.proxy.client().proxy.v1.services.create(unique_name="of the case")
                assert False

        def test_passes(fakeproxy):
            fakeproxy.client().proxy.v1.services.create(unique_name="of success")
        """
    )
    result = pytester.runpytest(*OPTIONS)
    result.assert_outcomes(failed=3, passed=1)
    output = result.stdout.str()
    for name in ("fixture", "statement", "case"):
        assert output.count(f"UniqueName=of+the+{name}") + output.count(f"UniqueName=of the {name}") == 1
    assert "of success" not in output
    assert output.count("fakeproxy, ") == 3
    assert "stands at" in output
    assert output.count("what happened:") == 3


def test_a_swallowed_request_to_another_host_fails_the_test_in_its_own_phase(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from twilio.rest import Client

        def application():
            try:
                Client().calls.create(to="+14155550100", from_="+14155550001", url="https://x.example")
            except Exception:
                pass

        def test_swallowed(fakeproxy):
            application()

        @pytest.mark.fakeproxy(blocked="raise")
        def test_left_at_the_exception(fakeproxy):
            application()

        def test_the_next_one_is_not_touched(fakeproxy):
            pass
        """
    )
    result = pytester.runpytest(*OPTIONS)
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(
        [
            "*BlockedRequest: POST https://api.twilio.com*was stopped*allow it with "
            '@pytest.mark.fakeproxy(allow_hosts=("api.twilio.com",)), or with the ini option '
            "fakeproxy_allow_hosts = api.twilio.com; if not*"
        ]
    )


def test_a_request_that_was_stopped_fails_a_test_once(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest, requests
        from fakeproxy import BlockedRequest

        def test_not_caught(fakeproxy):
            requests.get("https://lookups.twilio.com/v2")

        def test_expected(fakeproxy):
            with pytest.raises(BlockedRequest):
                requests.get("https://lookups.twilio.com/v2")
        """
    )
    result = pytester.runpytest(*OPTIONS)
    result.assert_outcomes(failed=2, errors=0)
    result.stdout.fnmatch_lines(["E*To fail only the request, not the test, set blocked='raise'."])


def test_a_fake_of_another_process_has_its_report_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest, fakeproxy
        from fakeproxy import FakeProxy
        from twilio.rest import Client

        @pytest.fixture
        def proxy():
            with FakeProxy(intercept=False) as elsewhere, fakeproxy.connect(elsewhere.url) as remote:
                yield remote

        def test_refused(proxy):
            Client().proxy.v1.services("KS1").fetch()

        def test_swallowed(proxy):
            proxy.faults.server_error()
        """
    )
    result = pytester.runpytest(*OPTIONS)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*Captured fakeproxy call*", "*GET /v1/Services/KS1 -> 404 / 20404*", "*UnusedFault*"])


def test_the_plugin_is_found_can_be_left_out_and_shows_its_texts(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    monkeypatch.delenv("PYTEST_PLUGINS")
    options = (*OPTIONS, "-p", "no:schemathesis")
    pytester.makepyfile("def test_it(): pass")
    pytester.runpytest(*options, "-p", "no:fakeproxy").assert_outcomes(passed=1)
    pytester.runpytest(*options, "--markers").stdout.fnmatch_lines(["@pytest.mark.fakeproxy(*): settings of the*"])
    pytester.runpytest(*options, "--fixtures").stdout.fnmatch_lines(
        ["fakeproxy -- *", "*An active FakeProxy, new for each test.*"]
    )


def test_the_plugin_imports_pytest_and_the_table_of_settings() -> None:
    program = """
import sys, pytest
before = set(sys.modules)
import fakeproxy.pytest_plugin
new = {name for name in set(sys.modules) - before}
settings = {"fakeproxy.exceptions", "fakeproxy.fake", "fakeproxy.fake.settings"}
assert new == {"fakeproxy", "fakeproxy.pytest_plugin", *settings}, new
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_test_that_fails_is_no_error_at_its_end_too(pytester: pytest.Pytester) -> None:
    """What the checks at the end would say stands in the report of the failure. A `with` block does the same."""
    pytester.makeini("[pytest]\nfakeproxy_fail_on_alerts = warning\n")
    pytester.makepyfile(
        """
        import pytest
        from fakeproxy import FakeProxy

        def fail_early(proxy):
            proxy.faults.server_error(operation="CreateSession")
            proxy.add_service(numbers=["+14155550001"])
            proxy.phone("+14155550100").call("+14155550001")

        def test_fixture(fakeproxy):
            fail_early(fakeproxy)
            assert False

        proxy = FakeProxy(fail_on_alerts="warning")

        @proxy
        class TestDecorated:
            def test_it(self):
                fail_early(proxy)
                assert False

        @pytest.fixture
        def broken(fakeproxy):
            fail_early(fakeproxy)
            assert False

        def test_setup(broken):
            pass

        def test_that_skips_itself_has_not_failed(fakeproxy):
            fail_early(fakeproxy)
            pytest.skip("late")
        """
    )
    result = pytester.runpytest(*OPTIONS)
    result.assert_outcomes(failed=2, skipped=1, errors=2)
    for title in ("alerts that nobody expected:", "faults that met no request:"):
        assert result.stdout.str().count(title) == 4


def test_a_test_that_is_run_again_is_checked_again(pytester: pytest.Pytester) -> None:
    """As plugins do that run a failed test again."""
    pytester.makeini("[pytest]\nfakeproxy_fail_on_alerts = warning\n")
    pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            runtestprotocol(item, nextitem=nextitem, log=False)
            item._initrequest()
            runtestprotocol(item, nextitem=nextitem)
            return True
        """
    )
    pytester.makepyfile(
        """
        import pytest

        attempts = []

        @pytest.fixture
        def late_call(fakeproxy):
            yield
            fakeproxy.add_service(numbers=["+14155550001"])
            fakeproxy.phone("+14155550100").call("+14155550001")

        def test_it(late_call):
            attempts.append(1)
            assert len(attempts) == 2
        """
    )
    pytester.runpytest(*OPTIONS).assert_outcomes(passed=1, errors=1)
