"""Applications that call Proxy when they are imported, and workers of pytest-xdist."""

from __future__ import annotations

import json

import pytest

APPLICATION = """
from twilio.rest import Client

client = Client()
service = client.proxy.v1.services("rides").fetch()  # at import, before any test
session = client.proxy.v1.services(service.sid).sessions.create(unique_name="at-import")
"""

TESTS = """
import application


def names(proxy):
    return [session.unique_name for session in proxy.sessions.values()]


def test_it_finds_what_was_there_at_import(fakeproxy):
    assert names(fakeproxy) == ["at-import"]
    application.client.proxy.v1.services(application.service.sid).sessions.create(unique_name="of-a-test")
    fakeproxy.clock.advance(days=1)


def test_and_so_does_the_next(fakeproxy):
    assert names(fakeproxy) == ["at-import"]
    assert fakeproxy.clock.now().day == 1
    fakeproxy.add_session()
    fakeproxy.reset()
    assert names(fakeproxy) == ["at-import"]


def test_without_the_fixture():
    sessions = application.client.proxy.v1.services(application.service.sid).sessions
    assert [session.unique_name for session in sessions.list()] == ["at-import"]
    sessions.create(unique_name="of-a-test")


def test_without_the_fixture_again():
    test_without_the_fixture()
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    state = {"services": [{"unique_name": "rides", "numbers": ["+14155550001"]}]}
    pytester.makefile(".json", state=json.dumps(state))
    pytester.makeini(
        "[pytest]\nfakeproxy_early = true\nfakeproxy_early_state = state.json\nfakeproxy_start = 2030-01-01T09:00:00Z\n"
    )
    pytester.makepyfile(application=APPLICATION, test_it=TESTS)
    return pytester


def test_early(suite: pytest.Pytester) -> None:
    suite.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=4)


@pytest.mark.slow
def test_a_nearer_start_counts(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_it="""
        import application
        import pytest

        @pytest.mark.fakeproxy(start="2031-06-01T00:00:00Z")
        def test_it(fakeproxy):
            assert fakeproxy.clock.now().year == 2031
            assert fakeproxy.sessions["at-import"].status == "open"
        """
    )
    suite.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.slow
def test_without_it_the_import_is_the_applications_own_failure(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\n")
    result = suite.runpytest_subprocess()
    result.assert_outcomes(errors=1)


@pytest.mark.slow
def test_a_state_that_is_not_there(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nfakeproxy_early = true\nfakeproxy_early_state = nowhere.json\n")
    result = suite.runpytest_subprocess()
    assert result.ret != 0
    result.stderr.fnmatch_lines(["*nowhere.json*"])


@pytest.mark.slow
def test_each_worker_of_xdist_has_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(20))
        def test_it(fakeproxy, number):
            assert len(fakeproxy.services) == 0
            fakeproxy.client().proxy.v1.services.create(f"service-{number}")
            assert [service.unique_name for service in fakeproxy.services.values()] == [f"service-{number}"]
        """
    )
    pytester.runpytest_subprocess("-p", "xdist.plugin", "-n", "2").assert_outcomes(passed=20)


FORKING = """
import os
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item):  # as pytest-forked does it
    pid = os.fork()
    if pid == 0:
        reports = runtestprotocol(item, log=False)
        os._exit(sum(report.failed for report in reports))
    _, status = os.waitpid(pid, 0)
    assert status == 0, item
    return True
"""


@pytest.mark.slow
def test_tests_that_each_run_in_a_forked_child(suite: pytest.Pytester) -> None:
    suite.makeconftest(FORKING)
    done = suite.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")
    assert done.ret == 0, done.outlines


#: A plugin that loads the settings of an application before each conftest.py, as pytest-django does.
EAGER_PLUGIN = """
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests():
    import site_settings
"""


@pytest.mark.slow
def test_settings_that_a_plugin_loads_before_the_conftest(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        eager_plugin=EAGER_PLUGIN,
        site_settings="import os\nTOKEN = os.environ.get('TWILIO_AUTH_TOKEN', '')",
        test_settings="""
            import site_settings

            def test_it_has_the_token_of_the_fake(fakeproxy):
                fakeproxy.client().proxy.v1.services.list()
                assert site_settings.TOKEN == fakeproxy.account["auth_token"]
        """,
    )
    suite.syspathinsert()
    arguments = ("-p", "eager_plugin", "--fakeproxy-trace=on", "test_settings.py")
    suite.runpytest_subprocess(*arguments).assert_outcomes(passed=1)
    (trace,) = suite.path.rglob("*.html")
    assert "test_it_has_the_token_of_the_fake" in trace.name


@pytest.mark.slow
def test_it_ends_where_a_conftest_fails(suite: pytest.Pytester) -> None:
    suite.makeconftest("import nothing_of_this_name")
    program = "import pytest; from fakeproxy.fake import lifecycle; pytest.main(); assert not lifecycle.active"
    assert suite.runpython_c(program).ret == 0
