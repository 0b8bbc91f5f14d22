"""`fakeproxy.types`: each type that a test can hold is there, and costs nothing until it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from inspect import signature
from pathlib import Path

import pytest
from twilio.http import HttpClient

import fakeproxy
from fakeproxy import FakeProxy, types, views
from fakeproxy.fake.settings import SETTINGS
from fakeproxy.network.contacts import Exchange, Leg
from fakeproxy.surface import arguments, fake, parts, windows

ANNE, BERT, PROXY = "+14155550100", "+14155550101", "+14155550001"

#: The Protocols, which objects of two kinds fulfil: a test annotates with them.
PROTOCOLS = (
    *(parts.Alerts, parts.Clock, parts.Faults, parts.Journal, parts.Phone, parts.Webhooks),
    *(fake.Fake, Exchange, Leg),
    windows.Windows,  # The inspector's.
)

#: What is annotated with types of the SDK, or caught.
ELSEWHERE = (HttpClient, BaseException)


def held(proxy: fake.Fake) -> Iterator[object]:
    """Yield what a test gets from a fake by calls."""
    service = proxy.add_service("rides", numbers=[PROXY], intercept_callback_url="http://127.0.0.1:1/nobody")
    yield service
    yield proxy.add_number("+14155550002")
    yield proxy.add_number("+14155550003", service=service)
    yield proxy.add_short_code("12345", service=service)
    yield proxy.add_session(service, participants=[ANNE, BERT], ttl=60)
    yield proxy.phone(ANNE).text(PROXY, "hi")
    call = proxy.phone(ANNE).call(PROXY)
    yield call
    yield proxy.conversation(call.sid).answer()
    yield proxy.phone(BERT)
    yield proxy.faults.server_error(optional=True)
    yield proxy.alerts.add(80604)
    yield proxy.history.of(ANNE)
    proxy.note("a note")
    yield from proxy.clock.due()
    yield from proxy.traffic.legs(call.sid)
    if isinstance(proxy, FakeProxy):
        yield proxy.serve()
        yield proxy.tunnel()
        yield proxy.wsgi_app


def reached(roots: Iterable[object]) -> Iterator[object]:
    """Yield every object of the package that public attributes lead to, and the items of what can be iterated over."""
    left, seen = list(roots), set[int]()
    keep = []  # So that no id is used again.
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        keep.append(one)
        if isinstance(one, Mapping):
            left += one.values()
        elif isinstance(one, Iterable) and not isinstance(one, str | bytes | type):
            left += one
        if type(one).__module__.startswith("fakeproxy") and not isinstance(one, type):
            yield one
            left += [getattr(one, name) for name in dir(one) if not name.startswith("_")]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_a_test_can_reach_has_a_type_there(elsewhere: bool) -> None:
    with FakeProxy(intercept=False) as here:
        proxy = fakeproxy.connect(here.url) if elsewhere else here
        found = list(reached([proxy, *held(proxy)]))
        named = [getattr(types, name) for name in types.__all__]
        classes = {type(one): one for one in found}
        for kind, one in classes.items():
            is_named = {*kind.__mro__} & {*named} or issubclass(kind, ELSEWHERE)
            assert is_named or isinstance(one, PROTOCOLS), kind
        expected = {
            *views.TABLES.values(),
            types.Alert,
            types.Text,
            types.Ring,
            types.Delivery,
            types.Event,
            types.DueWork,
        }
        assert expected <= {*classes}


def test_both_fakes_fulfil_the_protocols() -> None:
    with FakeProxy(intercept=False) as here:
        for proxy in (here, fakeproxy.connect(here.url)):
            assert isinstance(proxy, types.Fake)
            assert isinstance(proxy.phone(ANNE), types.Phone)
            assert isinstance(proxy.traffic, types.Exchange)
            for part in (parts.Alerts, parts.Clock, parts.Faults, parts.Journal, parts.Webhooks):
                assert isinstance(getattr(proxy, part.__name__.lower()), part)


@pytest.mark.parametrize(
    ("fields", "function"),
    [
        (arguments.ServiceFields, FakeProxy.add_service),
        (arguments.NumberFields, FakeProxy.add_number),
        (arguments.ShortCodeFields, FakeProxy.add_short_code),
        (arguments.SessionFields, FakeProxy.add_session),
        (arguments.Settings, FakeProxy.__init__),
    ],
)
def test_the_arguments_are_those_of_the_methods(fields: type, function: object) -> None:
    assert callable(function)
    named = [one.name for one in signature(function).parameters.values() if one.kind is one.KEYWORD_ONLY]
    assert list(fields.__annotations__) == [name for name in named if name != "service"]


@pytest.mark.parametrize("name", ["add_service", "add_session"])
def test_the_protocol_names_the_same_arguments(name: str) -> None:
    here, there = (signature(getattr(kind, name)).parameters.values() for kind in (FakeProxy, fake.Fake))
    assert [(one.name, one.kind, one.default) for one in here] == [(one.name, one.kind, one.default) for one in there]


def test_the_settings_are_those_of_the_table() -> None:
    assert list(arguments.Settings.__annotations__) == list(SETTINGS)


def test_a_type_checker_finds_the_names_that_there_are() -> None:
    tree = ast.parse(Path(types.__file__).read_text(encoding="utf-8"))
    branch = next(node for node in tree.body if isinstance(node, ast.If))
    imported = {
        alias.asname: str(node.module)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == {name: f"fakeproxy.{home}" for name, home in types._EXPORTS.items()}
    for name in types.__all__:
        assert getattr(types, name).__name__ == name


def test_another_name_is_none_of_ours() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        vars(types)["__getattr__"]("Nothing")


def test_importing_them_costs_nothing() -> None:
    program = """
import sys
from fakeproxy import types
assert [name for name in sys.modules if name.startswith("fakeproxy.")] == ["fakeproxy.types"]
from fakeproxy.types import Fake, Settings
assert not {"fakeproxy.fake", "fakeproxy.views", "fakeproxy.engine", "twilio"} & {*sys.modules}
"""
    subprocess.run([sys.executable, "-c", program], check=True)
