"""The plugin that writes the traces of tests. `fakeproxy.pytest_plugin` loads it only in a run that wants them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from fakeproxy.fake import traces
from fakeproxy.fake.settings import TraceMode
from fakeproxy.surface.fake import Fake

if TYPE_CHECKING:
    from fakeproxy.fake.lifecycle import Lifecycle


#: The fakes that were active during a test. They have ended when a fixture fails at its end.
_fakes_of_test = pytest.StashKey[dict[int, "Lifecycle"]]()


class Traces:
    """A plugin that writes a trace of each fake of a test, or of a failing test, before the fake ends."""

    def __init__(self, mode: TraceMode, folder: Path, fakes: Callable[[], tuple[Lifecycle, ...]]) -> None:
        self._mode = mode
        self._folder = folder
        self._fakes = fakes

    def __repr__(self) -> str:
        return f"<Traces {self._mode}: {self._folder}>"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Write the traces, and name them in the report of a failing test."""
        report = yield
        seen: dict[int, Lifecycle] = item.stash.setdefault(_fakes_of_test, {})
        seen |= {id(fake): fake for fake in self._fakes()}
        if call.when == "teardown":
            del item.stash[_fakes_of_test]
        if report.failed or (self._mode == "on" and call.when == "call"):
            error = call.excinfo.value if call.excinfo is not None else None
            seen |= {id(fake): fake for fake in getattr(error, "__fakeproxy__", ())}
            written = traces.write(self._folder, item.nodeid, error, (cast("Fake", fake) for fake in seen.values()))
            if report.failed and written:
                report.sections.append(("fakeproxy trace", "\n".join(written)))
        return report
