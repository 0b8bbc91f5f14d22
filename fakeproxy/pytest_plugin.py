"""The pytest plugin: the fixture `fakeproxy`, its settings, and the fake's report in that of a failing test.

At module level it imports only pytest and the table of settings: every run of pytest loads it, used or not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack
from threading import Timer
from typing import TYPE_CHECKING, Any, cast, get_args

import pytest

from fakeproxy.exceptions import UsageError
from fakeproxy.fake.settings import SETTINGS, TRACE_FOLDER, TraceMode

if TYPE_CHECKING:
    from fakeproxy.fake.lifecycle import Lifecycle
    from fakeproxy.fake.proxy import FakeProxy
    from fakeproxy.surface.arguments import Settings


#: The marker, as `pytest --markers` shows it.
MARKER = (
    f"fakeproxy(*, {', '.join(SETTINGS)}): settings of the fixture fakeproxy for this test, as those of FakeProxy(...)."
)

#: The ini option that errors about stopped requests name.
_ALLOW = "the ini option fakeproxy_allow_hosts = {names}"

#: The help of the options for traces.
_TRACE = "leave an HTML file with what happened in a fake, of each test or of each that fails"


class EarlyFake:
    """A fake that is active before collection, for applications that call Proxy when they are imported.

    Every test begins from its state after collection: tests without the fixture in this fake, the others in the
    fixture's.
    """

    def __init__(self, make: Callable[[], FakeProxy]) -> None:
        self._make = make
        self.proxy = make().start()
        self.state = self.proxy.snapshot()

    def __repr__(self) -> str:
        return f"<EarlyFake {self.proxy!r}>"

    def pytest_collection_finish(self) -> None:
        """Take the state that every test begins from."""
        self.state = self.proxy.snapshot()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Go back to that state."""
        if self.proxy.is_copy:  # pytest-forked runs each test in a child, which needs a fake of its own.
            self.proxy = self._make().start()
        self.proxy.begin_from(self.state)

    def pytest_unconfigure(self) -> None:
        """Stop the fake."""
        self.proxy.stop()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an ini option for each setting, and those of a fake that is active before collection."""
    for setting in SETTINGS.values():
        parser.addini(f"fakeproxy_{setting.name}", f"{setting.help} (a setting of the fixture fakeproxy)", default="")
    group = parser.getgroup("fakeproxy")
    group.addoption(
        "--fakeproxy-trace", choices=get_args(TraceMode), help=f"{_TRACE}; as the ini option fakeproxy_trace"
    )
    parser.addini("fakeproxy_trace", f"{_TRACE}: {', '.join(get_args(TraceMode))}", default="off")
    parser.addini("fakeproxy_trace_dir", "the folder of the traces", default=TRACE_FOLDER)
    parser.addini("fakeproxy_early", "a fake is active before collection, and every test begins from its state", "bool")
    parser.addini(
        "fakeproxy_early_state", "the file of its state: a snapshot, or JSON for POST /_fakeproxy/seed", default=""
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Start the early fake before each `conftest.py`, and before pytest-django loads the settings of a site."""
    _start_early(early_config)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker. Start the early fake, unless it is active: a `conftest.py` may have loaded this plugin."""
    if config.get_verbosity() >= 2 and "FAKEPROXY_REPORT" not in os.environ:
        os.environ["FAKEPROXY_REPORT"] = "whole"  # Of fakes in children too.
        config.add_cleanup(lambda: os.environ.__delitem__("FAKEPROXY_REPORT"))
    _print_reports_before_timeout(config)
    if config.getoption("htmlpath", None) or config.getoption("allure_report_dir", None):
        # Here for start-up time.
        from fakeproxy.pytest_pictures import Pictures

        config.pluginmanager.register(Pictures(_active), "fakeproxy_pictures")
    _write_traces(config)
    _start_early(config)
    config.addinivalue_line("markers", MARKER)


def _start_early(config: pytest.Config) -> None:
    """Start the fake that is active before collection, once, if there is to be one."""
    plugins = config.pluginmanager
    if config.getini("fakeproxy_early") and not plugins.has_plugin("fakeproxy_early"):
        _write_traces(config)
        early = _early(config)
        config.add_cleanup(early.pytest_unconfigure)  # Also where a conftest.py fails, before pytest is configured.
        plugins.register(early, "fakeproxy_early")


def _write_traces(config: pytest.Config) -> None:
    """Have the traces of tests written, if an option wants them."""
    if config.pluginmanager.has_plugin("fakeproxy_traces"):
        return
    # pytest has not read all options yet when the early fake starts.
    given = config.getoption("fakeproxy_trace", None) or getattr(config.known_args_namespace, "fakeproxy_trace", None)
    mode = given or str(config.getini("fakeproxy_trace")).strip() or "off"
    if mode not in get_args(TraceMode):
        raise UsageError(f"ini option fakeproxy_trace = {mode}: expected {', '.join(get_args(TraceMode))}")
    if mode == "off":
        return
    # Here for start-up time.
    from fakeproxy.fake import traces
    from fakeproxy.fake.pytest_traces import Traces

    former = os.environ.get(traces.VARIABLE)
    os.environ[traces.VARIABLE] = mode  # Fakes keep their past from their start.
    config.add_cleanup(lambda: _put_back(traces.VARIABLE, former))
    folder = config.rootpath / str(config.getini("fakeproxy_trace_dir"))
    config.pluginmanager.register(Traces(cast("TraceMode", mode), folder, _active), "fakeproxy_traces")


def _put_back(variable: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(variable, None)
    else:
        os.environ[variable] = value


@pytest.fixture
def fakeproxy_config() -> Settings:
    """The settings of the fixture `fakeproxy`. Override it to configure a module or a suite."""
    return {}


@pytest.fixture(name="fakeproxy")
def _fakeproxy(request: pytest.FixtureRequest, fakeproxy_config: Settings) -> Generator[FakeProxy]:
    """An active FakeProxy, new for each test.

    Its settings come from `@pytest.mark.fakeproxy(...)` (the nearest first), then `fakeproxy_config`, then the ini
    options `fakeproxy_...`. The first one that has a setting decides it.
    """
    # Here for start-up time.
    from fakeproxy.fake.proxy import FakeProxy

    nearer: Settings = {**fakeproxy_config, **_marked(request.node)}
    given: Settings = {**_ini(request.config), **nearer}
    proxy = FakeProxy(**given)
    proxy.name_settings(f"@pytest.mark.fakeproxy(allow_hosts={{hosts}}), or with {_ALLOW}")
    early: EarlyFake | None = request.config.pluginmanager.get_plugin("fakeproxy_early")
    if early is not None:
        proxy.begin_from(early.state)
        if (start := nearer.get("start")) is not None:
            proxy.clock.move_to(start)
    proxy.start()
    yield proxy
    proxy.stop()
    _check(request.node, proxy)


def _early(config: pytest.Config) -> EarlyFake:
    # Here for start-up time.
    import json

    from fakeproxy.fake.proxy import FakeProxy
    from fakeproxy.inspector.seeds import load

    def make() -> FakeProxy:
        proxy = FakeProxy(**_ini(config))
        proxy.name_settings(_ALLOW)
        if path := config.getini("fakeproxy_early_state"):
            load(proxy, json.loads((config.rootpath / path).read_text(encoding="utf-8")), path)
        return proxy

    return EarlyFake(make)


def _ini(config: pytest.Config) -> Settings:
    settings: dict[str, object] = {}
    for name, setting in SETTINGS.items():
        text = str(config.getini(f"fakeproxy_{name}")).strip()
        if text:  # A blank value counts as none.
            try:
                settings[name] = setting.read(text)
            except ValueError as error:
                raise UsageError(f"ini option fakeproxy_{name} = {text}: {error}") from error
    return cast("Settings", settings)


def _marked(item: pytest.Item) -> Settings:
    settings: dict[str, object] = {}
    for marker in reversed(list(item.iter_markers("fakeproxy"))):
        if marker.args:
            raise UsageError(f"@pytest.mark.fakeproxy takes settings by name only, not {marker.args!r}")
        settings.update(marker.kwargs)
    return cast("Settings", settings)


def _active() -> tuple[Lifecycle, ...]:
    """Return the active fakes, connected ones too, without an import."""
    module = sys.modules.get("fakeproxy.fake.lifecycle")
    return tuple(module.active) if module else ()


def _reports() -> list[str]:
    """Return the reports of the active fakes that have seen something, or else that of the newest fake."""
    fakes = _active()
    busy = [proxy for proxy in fakes if proxy.has_seen_something]
    return [proxy.report() for proxy in busy or fakes[-1:]]


def _fakes_of_classes(item: pytest.Item) -> list[FakeProxy]:
    """Return the fakes that decorate the classes of the test, the outermost first. A TestCase starts its own."""
    if issubclass(getattr(item, "cls", None) or object, getattr(sys.modules.get("unittest"), "TestCase", ())):
        return []
    classes = [node.obj for node in item.listchain() if isinstance(node, pytest.Class)]
    return list(dict.fromkeys(fake for test_class in classes for fake in getattr(test_class, "__fakeproxy__", ())))


_entered = pytest.StashKey[ExitStack]()
_has_failed = pytest.StashKey[bool]()


def _check(item: pytest.Item, proxy: FakeProxy) -> None:
    """Raise what must fail a test, unless it has failed: then the report of its failure says the same."""
    if not item.stash.get(_has_failed, False):
        proxy.check()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Start the fakes of a decorated class before `setup_method` and the test's fixtures."""
    item.stash[_has_failed] = False  # A plugin may run a test again.
    with ExitStack() as stack:
        for fake in _fakes_of_classes(item):
            stack.callback(_check, item, fake)
            fake.start()
            stack.callback(fake.stop)
        item.stash[_entered] = stack.pop_all()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Stop the fakes of a decorated class after `teardown_method` and the end of the fixtures."""
    with item.stash.get(_entered, ExitStack()):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test whose request was stopped, even if the application swallowed the exception."""
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
    """Add the reports of the fakes to that of a failing test, as sections.

    A fake that ended with the exception has put its report there as a note. The note becomes a section, since pytest
    would repeat it in its summary. This runs before pytest makes the report, and after its support of `unittest` has
    set the exception.
    """
    if call.excinfo is not None:
        item.stash[_has_failed] = not call.excinfo.errisinstance(pytest.skip.Exception)
        notes = getattr(call.excinfo.value, "__notes__", [])
        seen = [note for note in notes if note.startswith("fakeproxy, ")]
        notes[:] = [note for note in notes if note not in seen]
        for text in dict.fromkeys(seen + _reports()):
            item.add_report_section(call.when, "fakeproxy", text)


# pytest makes no report of a test that does not end. The reports of its fakes are printed where pytest says that.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Print the reports of a test that hangs, after `faulthandler_timeout` has dumped the stacks."""
    timeout = float(item.config.getini("faulthandler_timeout") or 0)
    if not timeout or not item.config.pluginmanager.has_plugin("faulthandler"):
        return (yield)
    # A moment after the stacks: CPython may crash when it dumps the stack of a running thread, as this one.
    timer = Timer(timeout + 0.25, _print_reports_of_unfinished, (item, f"still running after {timeout:g} seconds"))
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()


def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Print the reports after Ctrl-C and `pytest.exit()`. Those of fakes that ended are notes of the exception."""
    seen = [note for note in getattr(excinfo.value, "__notes__", []) if note.startswith("fakeproxy, ")]
    _print_reports("interrupted", list(dict.fromkeys(seen + _reports())))


def _print_reports_of_unfinished(item: pytest.Item, why: str) -> None:
    """Print the reports to the terminal itself: pytest may never show what it has captured."""
    capture = item.config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else ExitStack():
        _print_reports(f"{item.nodeid}, {why}", _reports())


def _print_reports(title: str, reports: list[str]) -> None:
    for text in reports:
        sys.stderr.write(f"\n---- fakeproxy: {title} ----\n{text}\n")
        sys.stderr.flush()


def _print_reports_before_timeout(config: pytest.Config) -> None:
    """Have pytest-timeout print the reports before its method `thread` ends the process of a test that hangs."""
    plugins = config.pluginmanager  # Its name there is another one where it is loaded with `-p pytest_timeout`.
    timeout: Any = plugins.get_plugin("timeout") or plugins.get_plugin("pytest_timeout")
    end = getattr(timeout, "timeout_timer", None)
    if end is None:
        return

    def print_and_end(item: pytest.Item, settings: Any) -> None:
        _print_reports_of_unfinished(item, f"ended after {settings.timeout:g} seconds by pytest-timeout")
        end(item, settings)

    timeout.timeout_timer = print_and_end
    config.add_cleanup(lambda: setattr(timeout, "timeout_timer", end))
