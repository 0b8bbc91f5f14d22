"""The plugin that writes the traces of tests. `fakeproxy.pytest_plugin` loads it only in a run that wants them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from fakeproxy.fake import traces
from fakeproxy.fake.settings import TraceMode
from fakeproxy.surface.fake import Fake

if TYPE_CHECKING:
    from fakeproxy.fake.lifecycle import Lifecycle


class Traces:
    """A plugin that writes a trace of each fake of a test, or of a failing test, before the fake ends."""

    def __init__(self, mode: TraceMode, folder: Path, fakes: Callable[[], tuple[Lifecycle, ...]]) -> None:
        self._mode = mode
        self._folder = folder
        self._fakes = fakes

    def __repr__(self) -> str:
        return f"<Traces {self._mode}: {self._folder}>"

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Write the traces, and name them in the report of a failing test."""
        failed = call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception)
        if not failed and not (self._mode == "on" and call.when == "call"):
            return
        ended: list[Lifecycle] = getattr(call.excinfo and call.excinfo.value, "__fakeproxy__", [])
        fakes = {id(fake): cast("Fake", fake) for fake in [*ended, *self._fakes()]}
        error = call.excinfo.value if call.excinfo is not None else None
        written = traces.write(self._folder, item.nodeid, error, fakes.values())
        if failed and written:
            item.add_report_section(call.when, "fakeproxy trace", "\n".join(map(str, written)))
