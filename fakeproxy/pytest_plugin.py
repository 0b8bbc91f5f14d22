"""The pytest plugin: the fixture `fakeproxy`, its settings, and what the fake saw in the report of a failing test.

It imports pytest and the table of settings, no more, at module level: every pytest run loads it, used or not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack
from threading import Timer
from typing import TYPE_CHECKING, Any

import pytest

from fakeproxy.exceptions import UsageError
from fakeproxy.fake.settings import SETTINGS

if TYPE_CHECKING:
    from fakeproxy.fake.lifecycle import Lifecycle
    from fakeproxy.fake.proxy import FakeProxy


class Early:
    """A fake that is active from before collection to the end, for applications that call Proxy when they are imported.

    Every test starts from the state that collection has left: this fake itself, for tests without the fixture, and the
    fixture's.
    """

    def __init__(self, make: Callable[[], FakeProxy]) -> None:
        self._make = make
        self.proxy = make().start()
        self.state = self.proxy.snapshot()

    def pytest_collection_finish(self) -> None:
        self.state = self.proxy.snapshot()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        if self.proxy.is_copy:  # pytest-forked runs each test in a child, which needs a fake of its own.
            self.proxy = self._make().start()
        self.proxy.restore(self.state)
        self.proxy.journal.clear()

    def pytest_unconfigure(self) -> None:
        self.proxy.stop()


def pytest_addoption(parser: pytest.Parser) -> None:
    for setting in SETTINGS.values():
        parser.addini(f"fakeproxy_{setting.name}", f"{setting.help} (a setting of the fixture fakeproxy)", default="")
    parser.addini("fakeproxy_early", "a fake is active before collection, and every test starts from its state", "bool")
    parser.addini(
        "fakeproxy_early_state", "a snapshot as JSON, or what POST /_fakeproxy/seed takes, for it", default=""
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.get_verbosity() >= 2 and "FAKEPROXY_REPORT" not in os.environ:
        os.environ["FAKEPROXY_REPORT"] = "whole"  # Of fakes in children too.
        config.add_cleanup(lambda: os.environ.__delitem__("FAKEPROXY_REPORT"))
    _tell_before_it_ends(config)
    if config.getini("fakeproxy_early"):
        config.pluginmanager.register(_early(config), "fakeproxy_early")
    config.addinivalue_line(
        "markers",
        f"fakeproxy(*, {', '.join(SETTINGS)}): "
        "settings of the fixture fakeproxy for this test, as those of FakeProxy(...).",
    )


@pytest.fixture
def fakeproxy_config() -> Mapping[str, Any]:
    """Settings of the fixture `fakeproxy`; override it to configure a module or a suite."""
    return {}


@pytest.fixture(name="fakeproxy")
def _fakeproxy(request: pytest.FixtureRequest, fakeproxy_config: Mapping[str, Any]) -> Generator[FakeProxy]:
    """An active FakeProxy, new for each test.

    Its settings come from the ini options `fakeproxy_...`, then `fakeproxy_config`, then
    `@pytest.mark.fakeproxy(...)`, the nearest last; the later ones win, setting by setting.
    """
    # Here for start-up time.
    from fakeproxy.fake.proxy import FakeProxy

    nearer = {**fakeproxy_config, **_marked(request.node)}
    proxy = FakeProxy(**{**_ini(request.config), **nearer})
    early: Early | None = request.config.pluginmanager.get_plugin("fakeproxy_early")
    if early is not None:
        proxy.restore(early.state)
        if "start" in nearer:
            proxy.clock.move_to(nearer["start"])
    proxy.start()
    yield proxy
    proxy.stop()
    proxy.check()


def _early(config: pytest.Config) -> Early:
    # Here for start-up time.
    import json

    from fakeproxy.fake.proxy import FakeProxy
    from fakeproxy.inspector.seeds import load

    def make() -> FakeProxy:
        proxy = FakeProxy(**_ini(config))
        if path := config.getini("fakeproxy_early_state"):
            load(proxy, json.loads((config.rootpath / path).read_text(encoding="utf-8")), path)
        return proxy

    return Early(make)


def _ini(config: pytest.Config) -> dict[str, Any]:
    settings = {}
    for name, setting in SETTINGS.items():
        text = str(config.getini(f"fakeproxy_{name}")).strip()
        if text:  # A blank one counts as absent.
            try:
                settings[name] = setting.read(text)
            except ValueError as error:
                raise UsageError(f"ini option fakeproxy_{name} = {text}: {error}") from error
    return settings


def _marked(item: pytest.Item) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("fakeproxy"))):
        if marker.args:
            raise UsageError(f"@pytest.mark.fakeproxy takes settings by name only, not {marker.args!r}")
        settings.update(marker.kwargs)
    return settings


def _active() -> tuple[Lifecycle, ...]:
    """The active fakes, those of other processes too; nothing is imported for that."""
    module = sys.modules.get("fakeproxy.fake.lifecycle")
    return tuple(module.active) if module else ()


def _reports() -> list[str]:
    """What the active fakes saw. Where one of them saw something, those that saw nothing are left out."""
    fakes = _active()
    telling = [proxy for proxy in fakes if proxy.has_seen_something]
    return [proxy.report() for proxy in telling or fakes[-1:]]


def _decorating(item: pytest.Item) -> list[FakeProxy]:
    """The fakes that decorate the classes which the test is in, the outermost first. A TestCase sees to its own."""
    if issubclass(getattr(item, "cls", None) or object, getattr(sys.modules.get("unittest"), "TestCase", ())):
        return []
    classes = [node.obj for node in item.listchain() if isinstance(node, pytest.Class)]
    return list(dict.fromkeys(fake for kind in classes for fake in getattr(kind, "__fakeproxy__", ())))


_entered = pytest.StashKey[ExitStack]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Start the fakes of a decorated class before `setup_method` and the test's fixtures."""
    with ExitStack() as stack:
        for fake in _decorating(item):
            stack.callback(fake.check)
            fake.start()
            stack.callback(fake.stop)
        item.stash[_entered] = stack.pop_all()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Stop them after `teardown_method` and the end of the fixtures."""
    with item.stash.get(_entered, ExitStack()):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail the test that made a request which was stopped, although the application swallowed the exception."""
    try:
        result = yield
    except BaseException as error:
        for proxy in _active():
            proxy.mark_raised(error)
        raise
    for proxy in _active():
        proxy.check()
    return result


@pytest.hookimpl
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Put what the fakes saw into the report of a failing test.

    A fake that the exception has left put its report there as a note. It becomes a section, as that of the active ones
    is: pytest would repeat a note in its summary. This runs before pytest makes the report, and after its support of
    `unittest` has said which exception that is about.
    """
    if call.excinfo is not None:
        notes = getattr(call.excinfo.value, "__notes__", [])
        seen = [note for note in notes if note.startswith("fakeproxy, ")]
        notes[:] = [note for note in notes if note not in seen]
        for text in dict.fromkeys(seen + _reports()):
            item.add_report_section(call.when, "fakeproxy", text)


# A test that does not come to its end has no report of pytest's. What its fakes saw is shown where pytest says so.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Where `faulthandler_timeout` dumps the stacks of a test that hangs, tell what its fakes have seen so far."""
    timeout = float(item.config.getini("faulthandler_timeout") or 0)
    if not timeout or not item.config.pluginmanager.has_plugin("faulthandler"):
        return (yield)
    # A moment after the stacks: CPython may crash when it dumps the stack of a thread that runs, as this one would.
    timer = Timer(timeout + 0.25, _tell_unfinished, (item, f"still running after {timeout:g} seconds"))
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()


def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Tell it after Ctrl-C and `pytest.exit()`. A fake that the exception has left put its report there as a note."""
    seen = [note for note in getattr(excinfo.value, "__notes__", []) if note.startswith("fakeproxy, ")]
    _tell("interrupted", list(dict.fromkeys(seen + _reports())))


def _tell_unfinished(item: pytest.Item, why: str) -> None:
    """Write to the terminal itself: what pytest has captured by then may never be shown."""
    capture = item.config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else ExitStack():
        _tell(f"{item.nodeid}, {why}", _reports())


def _tell(title: str, reports: list[str]) -> None:
    for text in reports:
        sys.stderr.write(f"\n---- fakeproxy: {title} ----\n{text}\n")
        sys.stderr.flush()


def _tell_before_it_ends(config: pytest.Config) -> None:
    """Have pytest-timeout, whose method `thread` ends the process where a test hangs, tell it before that."""
    timeout: Any = config.pluginmanager.get_plugin("timeout")
    ends = getattr(timeout, "timeout_timer", None)
    if ends is None:
        return

    def tell_and_end(item: pytest.Item, settings: Any) -> None:
        _tell_unfinished(item, f"ended after {settings.timeout:g} seconds by pytest-timeout")
        ends(item, settings)

    timeout.timeout_timer = tell_and_end
    config.add_cleanup(lambda: setattr(timeout, "timeout_timer", ends))
