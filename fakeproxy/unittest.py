"""A TestCase with a fake: `self.proxy`."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
        with self._active():
            return super().run(result)

    def debug(self) -> None:
        with self._active():
            super().debug()

    @contextmanager
    def _active(self) -> Iterator[None]:
        # Not `with self.proxy`: the hooks below have checked it, and told what fails, while it was active.
        self.proxy = FakeProxy(**self.fakeproxy_config).start()
        try:
            yield
        finally:
            self.proxy.stop()

    @contextmanager
    def subTest(self, *message: Any, **parameters: Any) -> Iterator[None]:
        with super().subTest(*message, **parameters), self.proxy.noted():
            yield

    # Hooks of unittest's own, which asynchronous test cases and pytest go through as well.

    def _callSetUp(self) -> None:
        with self.proxy.noted():
            super()._callSetUp()  # type: ignore[misc]

    def _callTestMethod(self, method: Callable[[], Any]) -> None:
        with self.proxy.noted():
            super()._callTestMethod(method)  # type: ignore[misc]
            self.proxy.check()

    def _callTearDown(self) -> None:
        with self.proxy.noted():
            super()._callTearDown()  # type: ignore[misc]

    def _callCleanup(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        with self.proxy.noted():
            super()._callCleanup(function, *arguments, **named)  # type: ignore[misc]
