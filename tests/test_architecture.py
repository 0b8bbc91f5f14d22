"""`docs/explanation/architecture.md` against the code: its files, its arrows, and its walks, which are run."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy
from tests.sources import PACKAGE, nodes

PAGE = (PACKAGE.parent / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
WALKS = {
    title: re.findall(r"^\d+\. `([\w/]+\.py)`, `([\w.]+)`: ", text, re.MULTILINE)
    for title, text in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
PERSON, NUMBER = "+14155550100", "+14155550001"
SITE = "https://app.example"


def code_of(file: str, name: str) -> CodeType:
    """Return the code of a function: of a module, of a class, or inside of another function."""
    found: Any = import_module(f"fakeproxy.{file.removesuffix('.py').replace('/', '.')}")
    for part in name.split("."):
        if isinstance(found, CodeType):
            found = next(one for one in found.co_consts if isinstance(one, CodeType) and one.co_name == part)
        else:
            found = inspect.unwrap(inspect.getattr_static(found, part))
            found = getattr(found, "__code__", found)
    assert isinstance(found, CodeType), f"{file} has no function {name}"
    assert Path(found.co_filename) == PACKAGE / file, f"{name} is a function of {found.co_filename}"
    return found


def calls(action: Callable[[], object]) -> list[CodeType]:
    """Return the code of every Python function that the action calls, in order."""
    called: list[CodeType] = []

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            called.append(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return called


def handler(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    start_response("200 OK", [])
    return []


def a_request(proxy: FakeProxy) -> Callable[[], object]:
    service = proxy.add_service()
    sessions = Client().proxy.v1.services(service.sid).sessions
    return lambda: sessions.create(ttl=86_400)


def people(proxy: FakeProxy, **callbacks: Any) -> None:
    proxy.webhooks.mount(SITE, handler)
    proxy.add_service(numbers=[NUMBER, "+14155550002"], callback_url=f"{SITE}/status", **callbacks)
    proxy.add_session(participants=[PERSON, "+14155550101"])


def a_text(proxy: FakeProxy) -> Callable[[], object]:
    people(proxy, intercept_callback_url=f"{SITE}/intercept")
    return lambda: proxy.phone(PERSON).text(NUMBER, "hi")


def a_step_of_the_clock(proxy: FakeProxy) -> Callable[[], object]:
    people(proxy)
    proxy.phone(PERSON).call(NUMBER)
    return lambda: proxy.clock.advance(minutes=2)


RUN = {"A request": a_request, "A text": a_text, "A step of the clock": a_step_of_the_clock}


@pytest.mark.parametrize("title", RUN)
def test_a_walk_is_what_happens_in_this_order(proxy: FakeProxy, title: str) -> None:
    assert len(WALKS[title]) >= 10
    called = iter(calls(RUN[title](proxy)))
    for file, name in WALKS[title]:
        code = code_of(file, name)
        assert any(one is code for one in called), f"{file}, {name} is not called after what stands above it"


def test_the_steps_of_each_walk_are_numbered() -> None:
    for text in re.split(r"^## ", PAGE, flags=re.MULTILINE):
        numbers = re.findall(r"^(\d+)\. ", text, re.MULTILINE)
        assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    assert {title for title, steps in WALKS.items() if steps} == set(RUN)


def test_each_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`([\w/]+(?:\.py|/))`", PAGE)) - {"fakeproxy/", "__init__.py"}
    places = (PACKAGE, PACKAGE.parent)
    assert {name for name in named if not any((place / name).exists() for place in places)} == set()


# The picture

FOLDERS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
FILES = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}


def rooms() -> dict[str, str]:
    """Return the label of each node with square corners."""
    return dict(re.findall(r'^ +(?:test --> )?(\w+)\["(.*?)<br>', PAGE, re.MULTILINE))


def arrows() -> Iterable[tuple[str, str]]:
    for start, ends in re.findall(r'^ +(\w+)(?:\["[^"]*"\])? --> ([\w &]+)$', PAGE, re.MULTILINE):
        yield from ((start, end) for end in ends.split(" & "))


@cache
def imported(room: str) -> set[str]:
    """Return the rooms that a room imports, for types too."""
    found: set[str] = set()
    for path in [PACKAGE / f"{room}.py"] if room in FILES else (PACKAGE / room).rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                found |= {name.split(".")[1] for name in names if name.startswith("fakeproxy.")}
    return found


def test_each_room_is_in_the_picture() -> None:
    assert set(rooms()) == FOLDERS | FILES
    for room, label in rooms().items():
        assert label == (f"{room}/" if room in FOLDERS else f"{room}.py")


def test_each_arrow_is_an_import() -> None:
    drawn = set(arrows())
    assert len(drawn) > 20
    for start, end in drawn:
        if start in rooms():
            assert end in imported(start), f"{start} does not import {end}"
