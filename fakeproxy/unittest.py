"""The base class of test cases with a fake: `self.proxy`."""

from __future__ import annotations

import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from fakeproxy.fake import traces
from fakeproxy.fake.proxy import FakeProxy
from fakeproxy.fake.settings import TRACE_FOLDER, TraceMode
from fakeproxy.fake.test_cases import run_tests_in

if TYPE_CHECKING:
    from fakeproxy.surface.arguments import Settings


#: The folder in which the tests were started. A test may leave it.
_FOLDER = Path.cwd()


class FakeProxyTestCase(unittest.TestCase):
    """A TestCase in which `self.proxy` is an active FakeProxy, new for each test, from before `setUp`.

    `setUp` and `tearDown` need not call `super()`. An asynchronous test case has this class before
    `IsolatedAsyncioTestCase` among its bases.
    """

    #: The settings of the fake.
    fakeproxy_config: ClassVar[Settings] = {}
    #: "on" leaves an HTML file with what happened in each test, "retain-on-failure" in each test that fails.
    fakeproxy_trace: ClassVar[TraceMode] = "off"
    #: The folder of these files.
    fakeproxy_trace_dir: ClassVar[str] = TRACE_FOLDER
    #: The fake of the running test.
    proxy: FakeProxy


@contextmanager
def _of_test(test: FakeProxyTestCase) -> Iterator[FakeProxy]:
    # Not `with FakeProxy(...)`: the hooks of `run_tests_in` check it, and add its report, while it is active.
    test.proxy = FakeProxy(**test.fakeproxy_config)
    test.proxy.name_settings('fakeproxy_config = {{"allow_hosts": {hosts}}}')
    if test.fakeproxy_trace != "off":
        test.proxy.keep_past()
    test.proxy.start()
    try:
        yield test.proxy
        if test.fakeproxy_trace == "on":
            _write_trace(test, None)
    finally:
        test.proxy.stop()


def _write_trace(test: FakeProxyTestCase, error: BaseException | None) -> list[str]:
    return traces.write(_FOLDER / test.fakeproxy_trace_dir, test.id(), error, [test.proxy])


def _failed(test: FakeProxyTestCase, error: BaseException) -> None:
    """Write the trace of a failing test, and name it in a note of the exception."""
    if test.fakeproxy_trace != "off" and not isinstance(error, unittest.SkipTest):
        notes = [f"fakeproxy trace: {line}" for line in _write_trace(test, error)]
        error.__notes__ = [*getattr(error, "__notes__", []), *notes]


run_tests_in(FakeProxyTestCase, _of_test, _failed)
