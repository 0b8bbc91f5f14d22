"""Which fake gets a request; the patches come and go without a trace."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
import responses
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.validation_client import ValidationClient
from twilio.rest import Client

from fakeproxy.transports import interception, targets
from fakeproxy.transports.targets import Destination, destination
from tests.transports.conftest import Fake

CLASSES = [TwilioHttpClient, AsyncTwilioHttpClient, ValidationClient]


def sessions() -> Any:
    return Client("AC1", "token").proxy.v1.services("KS1").sessions


def state() -> Any:
    """Everything that a patch could change, in its order."""
    return [list(vars(owner).items()) for owner in CLASSES], list(sys.meta_path)


def run(code: Any) -> Any:
    """In a fresh interpreter, where nothing of twilio is imported yet."""
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


STARTED = """
import sys
from fakeproxy.transports import interception, targets
seen = []
def app(environ, start_response):
    seen.append(environ["PATH_INFO"])
    start_response("200 OK", [("Content-Type", "application/json")])
    return [b"{}"]
target = targets.Target(app, ())
before = list(sys.meta_path)
interception.activate(target)
assert not [name for name in sys.modules if name.partition(".")[0] in ("twilio", "requests", "aiohttp")]
"""


@pytest.mark.parametrize(
    ("host", "where"),
    [
        ("proxy.twilio.com", Destination.PROXY),
        ("Proxy.Twilio.COM:443", Destination.PROXY),
        ("proxy.twilio.com.", Destination.PROXY),
        ("proxy.au1.twilio.com", Destination.PROXY),
        ("proxy.sydney.us1.twilio.com", Destination.PROXY),
        ("proxy.a.b.c.twilio.com", Destination.TWILIO),
        ("api.twilio.com", Destination.TWILIO),
        ("myproxy.twilio.com", Destination.TWILIO),
        ("twilio.com", Destination.TWILIO),
        ("proxy.twilio.com.example.org", Destination.OTHER),
        ("nottwilio.com", Destination.OTHER),
        ("localhost:8000", Destination.OTHER),
        ("[::1]:8000", Destination.OTHER),
        ("", Destination.OTHER),
    ],
)
def test_what_a_host_is_to_the_fake(host: str, where: Destination) -> None:
    assert destination(host) is where


def test_nothing_is_patched_before_and_after(make_fake: Callable[..., Fake]) -> None:
    before = state()
    fake = make_fake()
    assert state() != before
    interception.deactivate(fake.target)
    assert state() == before
    assert targets.current() is None


def test_a_test_that_fails_inside_leaves_nothing_behind(make_fake: Callable[..., Fake]) -> None:
    before = state()
    fake = make_fake()
    fake.error = ConnectionError("ordered by the test")
    try:
        with pytest.raises(ConnectionError, match="ordered"):
            sessions().create()
    finally:
        interception.deactivate(fake.target)
    assert state() == before


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (0, 2, 1), (2, 0, 1)])
def test_the_newest_active_fake_answers_in_whatever_order_they_stop(make_fake: Callable[..., Fake], order: Any) -> None:
    before = state()
    fakes = [make_fake(), make_fake(), make_fake()]
    left = [0, 1, 2]
    for stopped in order:
        sessions().create()
        assert fakes[left[-1]].requests
        fakes[left[-1]].requests.clear()
        assert not any(fake.requests for fake in fakes)
        interception.deactivate(fakes[stopped].target)
        left.remove(stopped)
    assert state() == before


def test_to_deactivate_what_is_not_active_does_nothing(make_fake: Callable[..., Fake]) -> None:
    before = state()
    fake = make_fake()
    stranger = targets.Target(fake.app, (), print)
    interception.deactivate(stranger)
    assert targets.current() is fake.target
    interception.deactivate(fake.target)
    interception.deactivate(fake.target)
    assert state() == before


def test_a_request_that_got_into_the_patch_as_the_fake_stopped_goes_on_as_without_it(
    make_fake: Callable[..., Fake],
) -> None:
    fake = make_fake()
    patched = vars(TwilioHttpClient)["request"]
    interception.deactivate(fake.target)
    with responses.RequestsMock() as real:
        real.get("https://proxy.twilio.com/v1/x", json={}, status=418)
        assert patched(TwilioHttpClient(), "GET", "https://proxy.twilio.com/v1/x").status_code == 418
    assert not fake.requests


def test_the_patch_looks_like_the_method_it_replaces(fake: Fake) -> None:
    assert TwilioHttpClient.request.__name__ == "request"
    assert TwilioHttpClient.request.__doc__
    assert mock.create_autospec(TwilioHttpClient).request


def test_a_mock_put_on_top_wins_and_stays_its_owners(fake: Fake, make_fake: Callable[..., Fake]) -> None:
    original = TwilioHttpClient.request.__wrapped__
    on_top = mock.patch.object(
        TwilioHttpClient, "request", return_value=mock.Mock(status_code=200, text="{}", headers={})
    )
    with on_top as mocked:
        sessions().create()
        interception.deactivate(fake.target)
        assert vars(TwilioHttpClient)["request"] is mocked
    # mock has put our patch back, which nobody will take out now: it is the original to whoever calls it,
    with responses.RequestsMock() as real:
        real.post("https://proxy.twilio.com/v1/Services/KS1/Sessions", json={"sid": "KC1"}, status=201)
        sessions().create()
    assert not fake.requests
    # and the next fake takes it up, and out.
    later = make_fake()
    sessions().create()
    assert len(later.requests) == 1
    interception.deactivate(later.target)
    assert vars(TwilioHttpClient)["request"] is original


def test_a_mock_from_before_that_ends_meanwhile_takes_the_patch_out(make_fake: Callable[..., Fake]) -> None:
    """It puts back what it found, and the next fake is not misled by that."""
    before = state()
    on_top = mock.patch.object(TwilioHttpClient, "request")
    on_top.start()
    fake = make_fake()
    on_top.stop()
    interception.deactivate(fake.target)
    later = make_fake()
    sessions().create()
    assert len(later.requests) == 1
    interception.deactivate(later.target)
    assert state() == before


def test_many_threads_start_and_stop_fakes(make_fake: Callable[..., Fake]) -> None:
    before = state()
    failures = []

    def work() -> None:
        for _ in range(50):
            target = targets.Target(lambda environ, start: [], (), print)
            interception.activate(target)
            if targets.current() is None:
                failures.append("lost")
            interception.deactivate(target)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert state() == before


def test_the_sdk_is_not_imported_and_covered_once_it_is() -> None:
    run(
        STARTED
        + """
from twilio.rest import Client                                       # imported while the fake is active
import twilio.http.http_client as module
client = Client("AC1", "token")
client.proxy.v1.services("KS1").sessions.create()
assert seen == ["/v1/Services/KS1/Sessions"], seen
import inspect
assert module.__loader__ is module.__spec__.loader
assert type(module.__loader__).__name__ == "SourceFileLoader"        # the module's own
assert "class TwilioHttpClient" in inspect.getsource(module)
patched = vars(module.TwilioHttpClient)["request"]
interception.deactivate(target)
assert sys.meta_path == before
assert vars(module.TwilioHttpClient)["request"] is patched.__wrapped__
import twilio.http.validation_client as later                        # imported after the fake
assert not hasattr(vars(later.ValidationClient)["request"], "__wrapped__")
"""
    )


def test_every_client_is_covered_when_imported_meanwhile() -> None:
    run(
        STARTED
        + """
import asyncio
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.validation_client import ValidationClient
async def call():
    async with AsyncTwilioHttpClient() as client:
        await client.request("GET", "https://proxy.twilio.com/async")
asyncio.run(call())
assert hasattr(vars(ValidationClient)["request"], "__wrapped__")
assert seen == ["/async"], seen
interception.deactivate(target)
assert not hasattr(vars(ValidationClient)["request"], "__wrapped__")
assert not hasattr(vars(AsyncTwilioHttpClient)["request"], "__wrapped__")
"""
    )


def test_without_the_sdk_a_fake_starts_and_stops() -> None:
    run("import sys; sys.modules['twilio'] = None\n" + STARTED.replace("assert not", "assert 1 or not")
        + "interception.deactivate(target); assert sys.meta_path == before")  # fmt: skip


def test_a_module_imported_anew_is_patched_and_put_back(
    make_fake: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "twilio.http.validation_client"
    monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys.modules["twilio.http"], "validation_client", None, raising=False)
    fake = make_fake()
    found: Any = importlib.util.find_spec(name)
    assert "class ValidationClient" in found.loader.get_source(name)
    module: Any = importlib.import_module(name)
    patched = vars(module.ValidationClient)["request"]
    interception.deactivate(fake.target)
    assert vars(module.ValidationClient)["request"] is patched.__wrapped__
    assert module.__spec__.loader is module.__loader__
    assert not type(module.__loader__).__module__.startswith("fakeproxy")


def test_a_module_found_while_active_but_run_later_is_left_alone(
    make_fake: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "twilio.http.validation_client"
    monkeypatch.delitem(sys.modules, name)
    fake = make_fake()
    spec: Any = importlib.util.find_spec(name)
    interception.deactivate(fake.target)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert not hasattr(vars(module.ValidationClient)["request"], "__wrapped__")


def test_a_meta_path_put_back_by_somebody_else_does_not_bring_the_patch_back(
    make_fake: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "twilio.http.validation_client"
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(sys.modules["twilio.http"], "validation_client", None, raising=False)
    before = list(sys.meta_path)
    fake = make_fake()
    while_active = list(sys.meta_path)
    interception.deactivate(fake.target)
    sys.meta_path[:] = while_active  # as pytester does, which saves and restores it
    monkeypatch.delitem(sys.modules, name)
    assert not hasattr(vars(importlib.import_module(name).ValidationClient)["request"], "__wrapped__")
    interception.deactivate(make_fake().target)
    assert sys.meta_path == before


def test_a_module_that_cannot_be_found_is_still_a_plain_import_error(
    make_fake: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "twilio.http.validation_client")
    monkeypatch.setattr("twilio.http.__path__", [])
    make_fake()
    with pytest.raises(ModuleNotFoundError, match="validation_client"):
        import twilio.http.validation_client  # noqa: F401


def test_a_finder_of_the_old_kind_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, make_fake: Callable[..., Fake]
) -> None:
    monkeypatch.delitem(sys.modules, "twilio.http.validation_client")
    monkeypatch.setattr("twilio.http.validation_client", ValidationClient, raising=False)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    fake = make_fake()
    finder = next(finder for finder in sys.meta_path if type(finder).__module__.startswith("fakeproxy"))
    monkeypatch.setattr(sys, "meta_path", [finder, object(), *sys.meta_path])
    spec = finder.find_spec("twilio.http.validation_client", sys.modules["twilio.http"].__path__)
    assert spec is not None
    interception.deactivate(fake.target)


def test_meta_path_replaced_by_somebody_else_is_not_in_the_way(
    make_fake: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    fake = make_fake()
    monkeypatch.setattr(sys, "meta_path", [f for f in sys.meta_path if "fakeproxy" not in type(f).__module__])
    there = list(sys.meta_path)
    interception.deactivate(fake.target)
    assert sys.meta_path == there


@pytest.mark.parametrize("stand_in", [mock.MagicMock(), None, ModuleType("twilio.http.http_client")])
def test_a_stand_in_for_the_sdk_is_not_patched(
    make_fake: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch, stand_in: Any
) -> None:
    monkeypatch.setitem(sys.modules, "twilio.http.http_client", stand_in)
    before = state()
    fake = make_fake()
    interception.deactivate(fake.target)
    assert state() == before
