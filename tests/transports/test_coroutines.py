"""A coroutine that nobody awaited: the active fake is told, and Python's warning stays as it is."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy
from fakeproxy.transports.seams.coroutines import not_started
from fakeproxy.views import Service


def forget_await(service_sid: str) -> None:
    Client("AC" + "1" * 32, "token").proxy.v1.services(service_sid).sessions.create_async()


def test_it_is_an_event_among_those_before_and_after_it(proxy: FakeProxy, service: Service) -> None:
    proxy.note("before")
    with pytest.warns(RuntimeWarning, match=r"coroutine 'SessionList\.create_async' was never awaited"):
        forget_await(service.sid)
    proxy.note("after")
    assert [event.text for event in proxy.history] == [
        "note: before",
        "coroutine SessionList.create_async was never awaited, so it sent nothing",
        "note: after",
    ]


def test_the_warning_names_the_line_that_it_names_without_a_fake(service: Service) -> None:
    with pytest.warns(RuntimeWarning) as inside:
        forget_await(service.sid)
    proxy_line = inside[0].filename, inside[0].lineno
    assert proxy_line == (__file__, forget_await.__code__.co_firstlineno + 1)


def test_one_that_has_not_run_is_in_the_report_of_its_own_fake_only() -> None:
    with FakeProxy() as first:
        coroutine = Client("AC" + "1" * 32, "token").proxy.v1.services.create_async("rides")
    for _ in range(2):
        assert "coroutine ServiceList.create_async has not run: is there an await before it?" in first.report()
    assert "has not run" not in FakeProxy().report()
    coroutine.close()
    assert "has not run" not in first.report()


def test_one_in_the_memory_of_another_that_was_told_of(proxy: FakeProxy) -> None:
    create = Client("AC" + "1" * 32, "token").proxy.v1.services.create_async
    told = create("rides")
    assert "has not run" in proxy.report()
    place, others = id(told), []
    told.close()
    del told
    while id(other := create("rides")) != place:
        others.append(other)
        assert len(others) < 10_000
    with pytest.warns(RuntimeWarning, match="was never awaited"):
        del other
    assert [event.kind for event in proxy.history] == ["coroutine"]
    for other in others:
        other.close()


class Owner:
    pass


def test_it_is_not_told_to_another_owner_in_the_memory_of_the_first() -> None:
    coroutine = Client("AC" + "1" * 32, "token").proxy.v1.services.create_async("rides")
    owner, others = Owner(), []
    assert [*not_started(owner)] == ["ServiceList.create_async"]
    place = id(owner)
    del owner
    while id(other := Owner()) != place:
        others.append(other)
        assert len(others) < 10_000
    assert [*not_started(other)] == []
    coroutine.close()


def test_without_a_fake_python_warns_as_ever() -> None:
    with FakeProxy():
        pass
    assert vars(warnings)["_warn_unawaited_coroutine"].__globals__ is vars(warnings)
    with pytest.warns(RuntimeWarning, match="was never awaited"):
        forget_await("KS" + "1" * 32)


class Lazy:
    """An object as Celery, Flask and Django make them: asked for its class, it does what it was put off to."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise AssertionError("the object was asked for its class")


def test_a_lazy_object_is_not_asked_for_what_it_puts_off() -> None:
    lazy = [Lazy()]
    assert FakeProxy().report()
    assert type(lazy[0]) is Lazy
