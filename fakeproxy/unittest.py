"""A TestCase with a fake: `self.proxy`."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from fakeproxy.fake import FakeProxy


class FakeProxyTestCase(unittest.TestCase):
    """A TestCase in which `self.proxy` is an active FakeProxy, new for each test, from before `setUp`.

    `fakeproxy_config` holds its settings. `setUp` and `tearDown` need not call `super()`. Put it before
    `IsolatedAsyncioTestCase` among the bases of an asynchronous one.
    """

    fakeproxy_config: ClassVar[Mapping[str, Any]] = {}
    proxy: FakeProxy

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        self.proxy = FakeProxy(**self.fakeproxy_config)
        # Not `with`: what a test does wrong is reported by unittest, and never comes out here.
        self.proxy.start()
        try:
            return super().run(result)
        finally:
            self.proxy.stop()

    def debug(self) -> None:
        with FakeProxy(**self.fakeproxy_config) as self.proxy:
            super().debug()

    def _callTestMethod(self, method: Callable[[], Any]) -> None:
        # A hook of unittest's own that asynchronous test cases and pytest go through as well.
        with self.proxy.noted():
            super()._callTestMethod(method)  # type: ignore[misc]
            self.proxy.check()
