"""`@FakeProxy()` on functions of every kind, and on test classes of unittest and pytest."""

from __future__ import annotations

import asyncio
import functools
import unittest
from collections.abc import AsyncGenerator, Generator
from typing import Any

import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy, UsageError
from fakeproxy.exceptions import BlockedRequest
from fakeproxy.unittest import FakeProxyTestCase

START = "2030-01-01T09:00:00Z"


def names() -> list[str]:
    return [service.unique_name for service in Client().proxy.v1.services.list()]


def create(name: str) -> None:
    Client().proxy.v1.services.create(unique_name=name)


# Functions


def test_the_body_of_a_generator_runs_in_the_fake() -> None:
    fake = FakeProxy()

    @fake
    def steps() -> Generator[int, str, str]:
        create("rides")
        said = yield len(names())
        create(said)
        try:
            yield len(names())
        except KeyError:
            return ",".join(names())
        raise AssertionError

    for _ in range(2):  # from the first state each time
        running = steps()
        assert not fake.is_active
        assert next(running) == 1
        assert fake.is_active
        assert running.send("taxis") == 2
        with pytest.raises(StopIteration) as end:
            running.throw(KeyError())
        assert end.value.value == "rides,taxis"
        assert not fake.is_active


def test_a_generator_that_is_closed_early_ends_the_fake() -> None:
    fake = FakeProxy()

    @fake
    def steps() -> Generator[int, None, None]:
        yield 1

    running = steps()
    next(running)
    running.close()
    assert not fake.is_active


def test_the_body_of_an_asynchronous_generator_runs_in_the_fake() -> None:
    fake = FakeProxy()
    ended: list[str] = []

    @fake
    async def steps() -> AsyncGenerator[int, str]:
        try:
            create("rides")
            said = yield len(names())
            create(said)
            try:
                yield len(names())
            except KeyError:
                yield 7
        finally:
            ended.append(",".join(names()))

    async def run() -> None:
        running = steps()
        assert await running.asend(None) == 1  # type: ignore[arg-type]
        assert fake.is_active
        assert await running.asend("taxis") == 2
        assert await running.athrow(KeyError()) == 7
        await running.aclose()
        assert not fake.is_active

    asyncio.run(run())
    assert ended == ["rides,taxis"]


def test_partial_functions_and_objects_that_can_be_called() -> None:
    class Job:
        async def __call__(self, name: str) -> list[str]:
            create(name)
            return names()

    def job(name: str) -> list[str]:
        create(name)
        return names()

    assert FakeProxy()(functools.partial(job, "rides"))() == ["rides"]
    assert asyncio.run(FakeProxy()(Job())("rides")) == ["rides"]


def test_static_and_class_methods() -> None:
    class Jobs:
        @FakeProxy()
        @staticmethod
        def static() -> list[str]:
            return names()

        @classmethod
        @FakeProxy()
        def of_class(cls) -> list[str]:
            return names()

        @FakeProxy()
        @classmethod
        def around(cls) -> list[str]:
            return names()

    assert Jobs.static() == Jobs.of_class() == Jobs.around() == []


@pytest.mark.parametrize("wrong", [7, "text", property(lambda self: 1), None])
def test_what_is_no_function_and_no_class_is_refused(wrong: Any) -> None:
    with pytest.raises(UsageError, match="decorates functions and test classes"):
        FakeProxy()(wrong)


def test_a_class_without_methods_is_refused() -> None:
    class Empty:
        name = "rides"

    with pytest.raises(UsageError, match="Empty has no method to run in a fake"):
        FakeProxy()(Empty)


def test_a_fixture_is_refused_and_told_where_the_decorator_goes() -> None:
    @pytest.fixture
    def one() -> int:
        return 1

    with pytest.raises(UsageError, match=r"below @pytest\.fixture"):
        FakeProxy()(one)


def test_without_brackets_it_says_how_it_is_written() -> None:
    with pytest.raises(UsageError, match=r"written with brackets: @FakeProxy\(\)"):

        @FakeProxy
        def test() -> None: ...

    with pytest.raises(UsageError, match=r"by name only$"):
        FakeProxy("2030-01-01T09:00:00Z")


# unittest


def run(case: type[unittest.TestCase], *tests: str) -> unittest.TestResult:
    names = tests or unittest.TestLoader().getTestCaseNames(case)
    result = unittest.TestSuite([case(name) for name in names]).run(unittest.TestResult())
    assert result.testsRun == len(names)
    return result


@pytest.mark.parametrize("base", [unittest.TestCase, unittest.IsolatedAsyncioTestCase, FakeProxyTestCase])
def test_each_test_of_a_test_case_runs_in_the_fake(base: type[unittest.TestCase]) -> None:
    fake = FakeProxy(start=START)
    seen: list[str] = []

    class Base(base):  # type: ignore[misc, valid-type]
        def test_inherited(self) -> None:
            seen.append("inherited")
            self.assertEqual(names(), ["in-set-up"])

    @fake
    class Jobs(Base):
        def setUp(self) -> None:
            create("in-set-up")

        def tearDown(self) -> None:
            seen.append("tearDown")
            self.assertIn("in-set-up", names())

        def test_one(self) -> None:
            create("one")
            self.addCleanup(lambda: self.assertIn("one", names()))

        def test_two(self) -> None:
            self.assertEqual(names(), ["in-set-up"])
            for number in range(2):
                with self.subTest(number=number):
                    create(f"sub-{number}")

        def test_fails(self) -> None:
            self.fail("on purpose")

    result = run(Jobs)
    assert isinstance(Jobs, type)
    assert result.errors == []
    ((_, text),) = result.failures
    assert "on purpose" in text
    assert sorted(seen) == ["inherited"] + ["tearDown"] * 4
    assert not fake.is_active

    class Night(Jobs):
        def test_of_the_subclass(self) -> None:
            self.assertEqual(names(), ["in-set-up"])

    assert run(Night, "test_of_the_subclass", "test_one").wasSuccessful()
    assert not run(Base, "test_inherited").wasSuccessful()  # Only what was decorated.


def test_asynchronous_tests_of_a_test_case() -> None:
    @FakeProxy()
    class Jobs(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            create("in-set-up")

        async def test_it(self) -> None:
            self.assertEqual(names(), ["in-set-up"])

    assert run(Jobs).wasSuccessful()


def test_a_test_case_fails_for_what_the_fake_checks() -> None:
    @FakeProxy()
    class Jobs(unittest.TestCase):
        def test_it(self) -> None:
            with self.assertRaises(BlockedRequest):
                Client().lookups.v1.phone_numbers("+14155550100").fetch()

    ((_, text),) = run(Jobs).errors
    assert "BlockedRequest" in text


# pytest

CLASS = """
import pytest
from twilio.rest import Client
from fakeproxy import FakeProxy

def names():
    return [service.unique_name for service in Client().proxy.v1.services.list()]

def create(name):
    Client().proxy.v1.services.create(unique_name=name)

@pytest.fixture
def driver():
    return "driver"

@FakeProxy(start="2030-01-01T09:00:00Z")
class TestJobs:
    def setup_method(self):
        create("in-setup")

    def teardown_method(self):
        assert names()[0] == "in-setup"

    @pytest.fixture
    def ride(self):
        create("of-a-fixture")
        yield "ride"
        assert "of-a-fixture" in names()

    @pytest.mark.parametrize("name", ["a", "b"])
    def test_it(self, name, driver, ride):
        assert names() == ["in-setup", "of-a-fixture"]
        create(name)

    @staticmethod
    def test_static(driver):
        assert names() == ["in-setup"]

    @classmethod
    def test_of_the_class(cls):
        assert names() == ["in-setup"]

    def test_fails(self):
        create("seen-in-the-report")
        assert False

    def test_swallows(self):
        try:
            Client().lookups.v1.phone_numbers("+14155550100").fetch()
        except Exception:
            pass

@FakeProxy()
class TestOuter:
    class TestInner:
        def test_inner(self):
            assert names() == []

    def test_outer(self):
        assert names() == []

class TestNight(TestJobs):
    def test_of_the_subclass(self):
        assert names() == ["in-setup"]

def test_outside():
    import fakeproxy.fake.lifecycle
    assert fakeproxy.fake.lifecycle.active == []
"""


def test_a_plain_class_under_pytest(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(CLASS)
    result = pytester.runpytest("-p", "no:randomly", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=12, failed=4)
    result.stdout.fnmatch_lines(["*POST /v1/Services UniqueName=seen-in-the-report*", "*BlockedRequest*"])


def test_a_plain_class_without_the_plugin(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from fakeproxy import FakeProxy
        from twilio.rest import Client

        @FakeProxy()
        class TestJobs:
            def test_it(self):
                self.create()
                assert len(Client().proxy.v1.services.list()) == 1

            async def run(self):
                return Client().proxy.v1.services.list()

            def test_async(self):
                import asyncio
                assert asyncio.run(self.run()) == []

            def create(self):
                Client().proxy.v1.services.create(unique_name="rides")
        """
    )
    pytester.runpytest("-p", "no:fakeproxy.pytest_plugin", "-p", "no:cacheprovider").assert_outcomes(passed=2)
