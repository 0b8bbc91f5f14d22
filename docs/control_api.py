"""The control API and the operations of Proxy in the reference, made of the fake's own OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from fakeproxy import FakeProxy
from fakeproxy.inspector.openapi import document
from fakeproxy.inspector.prefix import PREFIX
from fakeproxy.inspector.routes import ROUTES

#: The objects that only the operations of Proxy have begin with this.
_OF_PROXY = "Proxy"

#: The object whose members are no promise.
_STATE = "Snapshot"

#: The length of a body or an answer, in characters, from which it is shown in several lines.
_LONG = 250


@cache
def _document() -> Mapping[str, Any]:
    made: Mapping[str, Any] = json.loads(json.dumps(document(ROUTES, PREFIX[:-1], FakeProxy())))
    return made


def _operations(tag: str) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    """Yield path, method and description of each operation with a tag."""
    for path, operations in _document()["paths"].items():
        for method, operation in operations.items():
            if tag in operation["tags"]:
                yield path, method.upper(), operation


def control_api() -> str:
    """Return the list of the routes: parameters, body and answer of each."""
    sections: dict[str, list[str]] = {}
    for path, method, operation in _operations("control"):
        lines = [f"**`{method} {path}`**: {operation['summary']}", ""]
        parameters = operation.get("parameters", ())
        for parameter in (one for one in parameters if one["in"] == "path"):
            values = " or ".join(map(_code, parameter["schema"].get("enum", ())))
            lines.append(f"- `{parameter['name']}` in the path{f': {values}' if values else ''}")
        if query := [_code(one["name"]) for one in parameters if one["in"] == "query"]:
            lines.append(f"- query: {', '.join(query)}")
        if (body := _content(operation.get("requestBody"))) and body.get("properties") != {}:
            lines += _lines("body", body)
        lines += _lines("answer", _content(operation["responses"]["200"]))
        sections.setdefault(path.removeprefix(PREFIX).partition("/")[0], []).append("\n".join(lines) + "\n")
    return "\n".join(f"### {name}\n\n" + "\n".join(routes) for name, routes in sections.items())


def _lines(name: str, schema: Mapping[str, Any], indent: str = "") -> list[str]:
    """Return the list item of a body or an answer; a long one has an item for each choice or member."""
    shape = _shape(schema)
    if len(shape) <= _LONG:
        return [f"{indent}- {name}: {_code(shape) if shape != '{}' else 'an empty object'}"]
    if choices := schema.get("oneOf"):
        return [f"{indent}- {name}, one of these:", *(f"{indent}  - {_code(_shape(choice))}" for choice in choices)]
    needed = schema.get("required", ())
    lines = [f"{indent}- {name}:"]
    for member, one in schema.get("properties", {}).items():
        lines.append(f"{indent}  - {_code(member if member in needed else f'{member}?')}: {_code(_shape(one))}")
    return lines if len(lines) > 1 else [f"{indent}- {name}: {_code(shape)}"]


def objects() -> str:
    """Return a table for each object that bodies and answers refer to by name."""
    sections = []
    for name, schema in _document()["components"]["schemas"].items():
        if name != _STATE and not name.startswith(_OF_PROXY):
            rows = "".join(f"| `{member}` | {_code(_shape(one))} |\n" for member, one in schema["properties"].items())
            sections.append(f"### {name}\n\n| member | type |\n| --- | --- |\n{rows}")
    return "\n".join(sections)


def statuses() -> str:
    """Return the table of the statuses of the control API's answers."""
    told = {
        status: response["description"]
        for _, _, operation in _operations("control")
        for status, response in operation["responses"].items()
    }
    return "| status | meaning |\n| --- | --- |\n" + "".join(
        f"| {status} | {told[status]} |\n" for status in sorted(told)
    )


def operations() -> str:
    """Return the table of the operations of Proxy, with the parameters of each."""
    rows = "| operation | method and path | parameters |\n| --- | --- | --- |\n"
    for path, method, operation in _operations("proxy"):
        form = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
        needed = form.get("schema", {}).get("required", ())
        names = [
            f"**`{name}`**" if name in needed else _code(name) for name in form.get("schema", {}).get("properties", ())
        ]
        names += [_code(one["name"]) for one in operation["parameters"] if one["in"] == "query"]
        rows += f"| `{operation['operationId']}` | `{method} {path}` | {', '.join(names)} |\n"
    return rows


def _content(part: Mapping[str, Any] | None) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = part["content"]["application/json"]["schema"] if part else {}
    return schema


def _code(text: object) -> str:
    return f"`{text}`"


def _shape(schema: Mapping[str, Any]) -> str:
    """Return a schema in a line: `{to: string, media?: [string]}`. A `?` marks what may be left out."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " or ".join(map(json.dumps, schema["enum"]))
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(map(_shape, choices))
    kind = schema.get("type", "any")
    if kind == "array":
        return f"[{_shape(schema['items'])}]" if "items" in schema else "[any]"
    if kind == "object" and "properties" in schema:
        needed = schema.get("required", ())
        members = (
            f"{name}{'' if name in needed else '?'}: {_shape(one)}" for name, one in schema["properties"].items()
        )
        return f"{{{', '.join(members)}}}"
    if kind == "object":
        return f"{{name: {_shape(schema.get('additionalProperties') or {})}}}"
    return str(schema.get("format", kind))


#: By name, the functions that make a text of `docs/generate.py`.
TEXTS: dict[str, Callable[[], str]] = {
    "control-api": control_api,
    "control-api-objects": objects,
    "control-api-statuses": statuses,
    "operations": operations,
}
