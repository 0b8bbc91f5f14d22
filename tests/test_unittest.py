"""FakeProxyTestCase, run by unittest itself."""

from __future__ import annotations

import unittest
from contextlib import suppress
from typing import Any

import pytest
from twilio.rest import Client

from fakeproxy.fake import lifecycle
from fakeproxy.fake.proxy import FakeProxy
from fakeproxy.unittest import FakeProxyTestCase
from tests import needs
from tests.quick import slow_but


def run(case: type[unittest.TestCase], name: str = "test_it") -> unittest.TestResult:
    return unittest.TestSuite([case(name)]).run(unittest.TestResult())


def test_the_proxy_is_there_from_before_set_up_and_new_for_each_test() -> None:
    seen: list[FakeProxy] = []

    class Case(FakeProxyTestCase):
        fakeproxy_config = {"start": "2030-01-01T09:00:00Z"}

        def setUp(self) -> None:  # without super()
            self.service = self.proxy.add_service("rides")

        def test_it(self) -> None:
            seen.append(self.proxy)
            self.assertEqual(self.proxy.clock.now().year, 2030)
            self.assertEqual(len(Client().proxy.v1.services.list()), 1)

        def tearDown(self) -> None:
            assert self.proxy in lifecycle.active

    for _ in range(2):
        assert run(Case).wasSuccessful()
    assert seen[0] is not seen[1]
    assert lifecycle.active == []


def test_a_failure_carries_the_report() -> None:
    class Case(FakeProxyTestCase):
        def test_it(self) -> None:
            Client().proxy.v1.services.create(unique_name="rides")
            self.fail("on purpose")

    notes: list[Any] = []

    class Result(unittest.TestResult):
        def addFailure(self, test: Any, err: Any) -> None:
            notes.extend(err[1].__notes__)
            super().addFailure(test, err)

    result = unittest.TestSuite([Case("test_it")]).run(Result())
    assert len(result.failures) == 1
    assert len(notes) == 1
    assert "UniqueName=rides" in notes[0]


def errors_of(result: unittest.TestResult) -> list[str]:
    return [text for _, text in result.errors + result.failures]


@needs.notes
@pytest.mark.parametrize(
    "where", slow_but(["setUp", "test_it", "tearDown", "a cleanup", "subTest"], "test_it", "subTest")
)
@pytest.mark.parametrize("base", [unittest.TestCase, unittest.IsolatedAsyncioTestCase])
def test_whatever_fails_of_a_test_shows_the_report_once(base: type[unittest.TestCase], where: str) -> None:
    def fail_in(place: str) -> None:
        if place == where:
            Client().proxy.v1.services("KS" + "0" * 32).fetch()

    class Case(FakeProxyTestCase, base):  # type: ignore[misc, valid-type]
        def setUp(self) -> None:
            fail_in("setUp")
            self.addCleanup(fail_in, "a cleanup")

        def test_it(self) -> None:
            fail_in("test_it")
            with self.subTest("of several", n=1):
                fail_in("subTest")

        def tearDown(self) -> None:
            fail_in("tearDown")

    (error,) = errors_of(run(Case))
    assert error.count("fakeproxy, active; its own clock") == 1
    assert "20404" in error


def test_a_sub_test_that_fails_lets_the_test_go_on() -> None:
    class Case(FakeProxyTestCase):
        def test_it(self) -> None:
            for n in range(3):
                with self.subTest(n=n):
                    self.assertEqual(n, 1)

    assert len(errors_of(run(Case))) == 2


def test_a_swallowed_request_to_another_host_fails_the_test() -> None:
    class Case(FakeProxyTestCase):
        def test_it(self) -> None:
            with suppress(Exception):
                Client().api.v2010.accounts.list()

    (error,) = run(Case).errors
    assert "BlockedRequest: GET https://api.twilio.com" in error[1]
    assert 'allow it with fakeproxy_config = {"allow_hosts": ("api.twilio.com",)}; if not' in error[1]


def test_an_asynchronous_test_case() -> None:
    class Case(FakeProxyTestCase, unittest.IsolatedAsyncioTestCase):
        async def test_it(self) -> None:
            services = self.proxy.async_client().proxy.v1.services
            await services.create_async(unique_name="rides")
            self.assertEqual(len(self.proxy.services), 1)

        async def test_fails(self) -> None:
            raise ValueError("on purpose")

    assert run(Case).wasSuccessful()
    assert "on purpose" in run(Case, "test_fails").errors[0][1]


def test_debug_runs_it_without_a_result() -> None:
    class Case(FakeProxyTestCase):
        def test_it(self) -> None:
            raise ValueError(repr(self.proxy))

    with pytest.raises(ValueError, match="<FakeProxy active") as raised:
        Case("test_it").debug()
    (note,) = raised.value.__notes__
    assert note.startswith("fakeproxy, active")
    assert lifecycle.active == []


def test_a_freeze_of_the_whole_class_starts_each_test_at_its_own_time() -> None:
    from freezegun import freeze_time

    @freeze_time("2031-01-01")
    class Case(FakeProxyTestCase):
        def test_it(self) -> None:
            self.assertEqual(self.proxy.clock.now().isoformat(), "2031-01-01T00:00:00+00:00")
            session = self.proxy.add_session(self.proxy.add_service(), ttl=60)
            self.proxy.clock.advance(60)
            self.assertEqual(self.proxy.sessions[session.sid].status, "closed")

    for _ in range(2):
        result = run(Case)
        assert result.wasSuccessful(), result.errors + result.failures
