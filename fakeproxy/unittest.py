"""The base class of test cases with a fake: `self.proxy`."""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from fakeproxy.fake.proxy import FakeProxy
from fakeproxy.fake.test_cases import run_tests_in

if TYPE_CHECKING:
    from fakeproxy.surface.arguments import Settings


class FakeProxyTestCase(unittest.TestCase):
    """A TestCase in which `self.proxy` is an active FakeProxy, new for each test, from before `setUp`.

    `setUp` and `tearDown` need not call `super()`. An asynchronous test case has this class before
    `IsolatedAsyncioTestCase` among its bases.
    """

    #: The settings of the fake.
    fakeproxy_config: ClassVar[Settings] = {}
    #: The fake of the running test.
    proxy: FakeProxy


@contextmanager
def _of_test(test: FakeProxyTestCase) -> Iterator[FakeProxy]:
    # Not `with FakeProxy(...)`: the hooks of `run_tests_in` check it, and add its report, while it is active.
    test.proxy = FakeProxy(**test.fakeproxy_config).start()
    try:
        yield test.proxy
    finally:
        test.proxy.stop()


run_tests_in(FakeProxyTestCase, _of_test)
