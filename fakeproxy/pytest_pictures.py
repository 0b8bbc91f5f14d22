"""Pictures of the fakes of a failing test in the reports of pytest-html and Allure.

`fakeproxy.pytest_plugin` loads this file only in a run that writes such a report.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import pytest

from fakeproxy.exceptions import FakeProxyError
from fakeproxy.history.history import History

if TYPE_CHECKING:
    from fakeproxy.fake.lifecycle import Lifecycle
    from fakeproxy.surface.fake import Fake

#: The events of a picture at most, the newest ones.
MOST_EVENTS = 150


def _add_to_html(report: Any, picture: str) -> None:
    extra = import_module("pytest_html.extras").html(f"<div>{picture}</div>")
    report.extras = [*getattr(report, "extras", []), extra]


def _add_to_allure(report: Any, picture: str) -> None:
    allure = import_module("allure")
    allure.attach(picture, name="fakeproxy", attachment_type=allure.attachment_type.SVG)


#: By the option that asks for a report: the function that adds a picture to it. Both plugins are optional.
_REPORTS: dict[str, Callable[[Any, str], None]] = {"htmlpath": _add_to_html, "allure_report_dir": _add_to_allure}


class Pictures:
    """A plugin that adds a picture of each fake that has seen something to the report of a failing test."""

    def __init__(self, fakes: Callable[[], tuple[Lifecycle, ...]]) -> None:
        self._fakes = fakes

    def __repr__(self) -> str:
        return "<Pictures>"

    # The last wrapper runs inside of that of pytest-html, which reads the extras after it.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add the pictures to the report of a failing test."""
        report = yield
        if report.failed:
            ended: list[Lifecycle] = getattr(call.excinfo and call.excinfo.value, "__fakeproxy__", [])
            for picture in _pictures([*ended, *self._fakes()]):
                for option, add in _REPORTS.items():
                    if item.config.getoption(option, None):
                        add(report, picture)
        return report


def _pictures(fakes: Iterable[Lifecycle]) -> Iterator[str]:
    for proxy in {id(fake): fake for fake in fakes}.values():
        with suppress(FakeProxyError):  # A connected fake may have ended.
            if proxy.has_seen_something:
                yield _newest(cast("Fake", proxy).history).svg()


def _newest(history: History) -> History:
    return History(lambda seq: history[-MOST_EVENTS:])
