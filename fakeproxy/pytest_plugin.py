"""The pytest plugin: the fixture `fakeproxy`, its settings, and what the fake saw in the report of a failing test.

It imports pytest and nothing else at module level: it is loaded by every pytest run, used or not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fakeproxy.fake import FakeProxy


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("expected true or false")
    return text.lower() == "true"


def _behavior(text: str) -> Any:
    from fakeproxy.behavior import Behavior

    return Behavior.parse(text.split("\n"))


#: How the ini option of each setting is read; blank ones count as absent.
_INI: dict[str, Callable[[str], Any]] = {
    "start": str,
    "time": str,
    "seed": int,
    "account_sid": str,
    "auth_token": str,
    "behavior": _behavior,
    "intercept": _yes_or_no,
    "scope": str,
    "allow_hosts": lambda text: tuple(text.split()),
    "blocked": str,
    "fail_on_alerts": str,
    "journal_size": int,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    for name in _INI:
        parser.addini(f"fakeproxy_{name}", f"the setting {name} of the fixture fakeproxy", default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "fakeproxy(*, start, time, seed, account_sid, auth_token, behavior, intercept, scope, allow_hosts, blocked, "
        "fail_on_alerts, journal_size): settings of the fixture fakeproxy for this test, as those of FakeProxy(...).",
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
    from fakeproxy.fake import FakeProxy

    proxy = FakeProxy(**{**_ini(request.config), **fakeproxy_config, **_marked(request.node)}).start()
    yield proxy
    proxy.stop()
    proxy.check()


def _ini(config: pytest.Config) -> dict[str, Any]:
    settings = {}
    for name, read in _INI.items():
        text = str(config.getini(f"fakeproxy_{name}")).strip()
        if text:
            try:
                settings[name] = read(text)
            except ValueError as error:
                from fakeproxy.exceptions import UsageError

                raise UsageError(f"ini option fakeproxy_{name} = {text}: {error}") from error
    return settings


def _marked(item: pytest.Item) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("fakeproxy"))):
        if marker.args:
            from fakeproxy.exceptions import UsageError

            raise UsageError(f"@pytest.mark.fakeproxy takes settings by name only, not {marker.args!r}")
        settings.update(marker.kwargs)
    return settings


def _active() -> tuple[FakeProxy, ...]:
    """The active fakes; the module of FakeProxy is asked only if something else has imported it."""
    module = sys.modules.get("fakeproxy.fake")
    return module.active_fakes() if module else ()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail the test that made a request which was stopped, although the application swallowed the exception."""
    result = yield
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
        for text in dict.fromkeys(seen + [proxy.report() for proxy in _active()]):
            item.add_report_section(call.when, "fakeproxy", text)
