"""JSON Schema of what Python declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict

import pytest
import requests
from freezegun import freeze_time

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.history.events import Event
from fakeproxy.inspector.schemas import Schemas


@dataclass
class Person:
    name: str
    friends: tuple[Person, ...] = ()
    _secret: str = ""

    @property
    def greeting(self) -> str:
        return f"hello {self.name}"


class Cat(TypedDict):
    kind: Literal["cat"]
    lives: int


class Dog(TypedDict, total=False):
    kind: Literal["dog"]


def invite(person: str | Person, at: datetime | str, seats: int = 1, *, names: Sequence[str] = (), **more: Any) -> None:
    pass


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (str | None, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (tuple[bool, ...], {"type": "array", "items": {"type": "boolean"}}),
        (dict[str, float], {"type": "object", "additionalProperties": {"type": "number"}}),
        (Literal["a", "b"], {"enum": ["a", "b"]}),
        (Annotated[int, ("minimum", 1)], {"type": "integer", "minimum": 1}),
        (datetime, {"type": "string", "format": "date-time"}),
        (object, {}),
    ],
)
def test_types(annotation: Any, schema: dict[str, Any]) -> None:
    assert Schemas().of(annotation) == schema


def test_a_type_without_json_is_refused() -> None:
    with pytest.raises(TypeError, match="has no JSON Schema"):
        Schemas().of(complex)


def test_a_dataclass_stands_once_and_shows_nothing_private() -> None:
    schemas = Schemas()
    assert schemas.of(list[Person])["items"] == schemas.of(Person) == {"$ref": "#/components/schemas/Person"}
    assert set(schemas.named) == {"Person"}
    person = schemas.named["Person"]
    assert (person["required"], person["additionalProperties"]) == (["name", "friends"], False)
    assert list(schemas.members(Person, "greeting")["properties"]) == ["name", "friends", "greeting"]


def test_arguments() -> None:
    schema = Schemas().arguments(invite, {"kind": {"enum": ["party"]}}, {"note": {}})
    assert list(schema["properties"]) == ["kind", "person", "at", "seats", "names", "note"]
    assert schema["required"] == ["kind", "person", "at"]
    assert schema["properties"]["person"] == {"type": "string"}  # a row is named there, not sent
    assert schema["properties"]["at"]["format"] == "date-time"


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (float, 1),
        (str | None, None),
        (Person, {"name": "a", "friends": [{"name": "b", "friends": []}]}),
        (tuple[int, str], [1, "a"]),
        (dict[str, int], {"a": 1}),
        (Cat | Dog, {"kind": "cat", "lives": 9}),
        (Cat | Dog, {}),
    ],
)
def test_what_fits(annotation: Any, value: Any) -> None:
    schemas = Schemas()
    schemas.check(value, schemas.of(annotation))


@pytest.mark.parametrize(
    ("annotation", "value", "text"),
    [
        (int, True, "the body is True, which is no integer"),
        (int, 1.0, "the body is 1.0, which is no integer"),
        (Literal[1], True, "the body is True, not 1"),
        (str | None, 5, "the body is 5, which is no string; or the body is 5, which is no null"),
        (Person, {"name": "a", "friends": [{"name": 5, "friends": []}]}, "the body.friends[0].name is 5, which is no"),
        (Person, {"name": "a"}, "the body lacks friends"),
        (Person, {"name": "a", "friends": [], "_secret": ""}, "takes no _secret; it takes name, friends"),
        (tuple[int, str], [1], "the body has 1 items, not 2"),
        (tuple[int, str], ["a", 1], r"the body\[0\] is 'a', which is no integer"),
        (Annotated[int, ("minimum", 1), ("maximum", 2)], 3, "the body is 3; minimum 1 and maximum 2"),
        (Cat | Dog, {"kind": "cat"}, "the body lacks lives"),
        (Cat | Dog, {"kind": "cow"}, "it may have kind='cat', kind='dog'"),
        (Cat | Dog, [], "which is no object"),
        (str | None, list(range(100)), r"\.\.\., which is no string"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(annotation: Any, value: Any, text: str) -> None:
    schemas = Schemas()
    with pytest.raises(UsageError, match=text.replace("friends[0]", r"friends\[0\]")):
        schemas.check(value, schemas.of(annotation))


def test_instants_are_what_they_are_also_under_a_freeze() -> None:
    """freezegun puts a class of its own in their place, here and in the modules that are described."""
    with freeze_time("2030-01-01"), FakeProxy(intercept=False) as proxy:
        remote = fakeproxy.connect(proxy.url)
        remote.add_service("rides", numbers=["+14155550001"])
        session = remote.add_session(participants=["+14155550100"], date_expiry="2030-01-02T00:00:00Z")
        assert session.date_created == remote.clock.now()
        remote.restore(remote.snapshot())
        document = requests.get(f"{proxy.url}/_fakeproxy/openapi.json", timeout=20).json()
    with FakeProxy(intercept=False) as proxy:
        assert requests.get(f"{proxy.url}/_fakeproxy/openapi.json", timeout=20).json() == document


def test_what_an_event_is_about_may_be_anything() -> None:
    """A field that is called `object` must not stand for the type of that name."""
    event = Schemas().members(Event)["properties"]
    assert (event["object"], event["facts"]) == ({}, {"type": "object", "additionalProperties": {}})
