"""The reference has every public name, and says of each option what the code says."""

from __future__ import annotations

import re
import runpy
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import fakeproxy
from fakeproxy import exceptions, types, unittest
from fakeproxy.cli import commands
from fakeproxy.fake.settings import SETTINGS
from fakeproxy.inspector.prefix import PREFIX
from fakeproxy.inspector.routes import ROUTES

DOCS = Path(__file__).parent.parent / "docs"
NAMES: dict[str, Any] = runpy.run_path(str(DOCS / "names.py"))
SHAPE: Any = runpy.run_path(str(DOCS / "control_api.py"))["_shape"]


def page(name: str) -> str:
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


def documented() -> list[object]:
    """Return the objects whose docstrings Sphinx shows."""
    text = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "reference").glob("*.md"))
    shown: list[object] = []
    for kind, path in re.findall(r"^\.\. auto(class|function|module):: (\S+)$", text, re.MULTILINE):
        if kind == "module":
            module = import_module(path)
            shown += [value for value in vars(module).values() if getattr(value, "__module__", None) == path]
        else:
            module_name, _, name = path.rpartition(".")
            shown.append(getattr(import_module(module_name), name))
    return shown


@pytest.mark.parametrize("module", [fakeproxy, types], ids=lambda module: module.__name__)
def test_every_public_name_is_in_the_reference(module: Any) -> None:
    shown = documented()
    assert [name for name in module.__all__ if getattr(module, name) not in shown] == []


def test_the_errors_and_the_test_case_are_in_the_reference() -> None:
    errors = {value for value in vars(exceptions).values() if isinstance(value, type) and issubclass(value, Exception)}
    assert errors | {unittest.FakeProxyTestCase} <= set(documented())


def test_each_type_is_on_one_page() -> None:
    on_pages = Counter(name for names in NAMES["TYPES"].values() for name in names)
    assert set(on_pages) | NAMES["ELSEWHERE"] == set(types.__all__)
    assert set(on_pages.values()) == {1}


def test_the_fields_of_every_collection_with_queries_are_listed() -> None:
    assert {name for name in types.__all__ if hasattr(getattr(types, name), "where")} == set(NAMES["COLLECTIONS"])


def test_every_route_of_the_control_api_is_listed() -> None:
    text = page("control-api.md")
    assert [route for route in ROUTES if f"**`{route.method} {PREFIX[:-1]}{route.path}`**" not in text] == []


def test_every_object_that_a_route_names_is_listed() -> None:
    text = page("control-api.md")
    named = set(re.findall(r"\b[A-Z]\w+\b", " ".join(re.findall(r"(?:answer|body): `([^`]*)`", text))))
    assert named - set(re.findall(r"^### (\w+)$", text, re.MULTILINE)) == {"Snapshot"}


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ({}, "any"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Session"}}, "[Session]"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer or null"),
        ({"enum": ["own", True]}, '"own" or true'),
        (
            {"type": "object", "properties": {"to": {"type": "string"}, "of": {}}, "required": ["to"]},
            "{to: string, of?: any}",
        ),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "{name: integer}"),
    ],
)
def test_a_schema_is_shown_in_a_line(schema: dict[str, object], shape: str) -> None:
    assert SHAPE(schema) == shape


def test_every_command_and_option_is_listed() -> None:
    text = page("command-line.md")
    help_text = commands.parser().format_help()
    listed = re.search(r"\{([\w,]+)\}", help_text)
    assert listed
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == listed[1].split(",")
    for option in ("--svg FILE", "--state FILE", "--allow-host HOST", "--webhook BASE=TO", "--json"):
        assert f"| `{option}` |" in text


def test_every_setting_is_an_argument_and_an_ini_option() -> None:
    for name in SETTINGS:
        assert f"| `{name}` |" in page("settings.md")
        assert f"| `fakeproxy_{name}` |" in page("pytest.md")
