"""Answers against the facts of Twilio's OpenAPI file (`openapi.json`), read more strictly than they are written.

OpenAPI leaves it open whether a declared member is present and whether others may be; here an answer must have every
declared member and no other. Dates are whole seconds with a `Z`, as the official SDK needs them. The members of
`links` come from Twilio's own extension of the file. Refusals, which the file does not describe, have one shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import jsonschema
from jsonschema import FormatChecker
from jsonschema.protocols import Validator

from tests.contract.extract import FACTS

_METHODS = ("get", "post", "delete")
_KEPT = ("type", "format", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum")

_REMEMBERED_ROWS = 10_000

_formats = FormatChecker(formats=())


@_formats.checks("date-time")  # type: ignore[untyped-decorator]
def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        datetime.fromisoformat(value[:-1])
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value, re.ASCII) is not None


@_formats.checks("uri")  # type: ignore[untyped-decorator]
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"https?://[^\s/]+\S*", value, re.IGNORECASE) is not None


@_formats.checks("phone-number")  # type: ignore[untyped-decorator]
def _is_phone_number(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"\+[1-9][0-9]{1,14}", value, re.ASCII) is not None


# jsonschema counts 5.0 as an integer.
_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)


class Answer(NamedTuple):
    """One request, as far as it matters, and what was answered. `status` has the reason phrase of WSGI."""

    method: str
    path: str
    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Body(NamedTuple):
    """The schema of a body. That of a list says nothing of its rows, which have one of their own."""

    schema: Validator
    key: str
    row: Validator | None
    #: Rows that were found to be right: lists repeat them, and to check one takes longer than to answer it.
    right: set[str]


class Operation(NamedTuple):
    """One operation of the file: its address, and a body for each status (None: an empty one)."""

    name: str
    pattern: re.Pattern[str]
    bodies: dict[int, Body | None]


class Contract:
    """What an OpenAPI document says of answers."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._operations = [
            Operation(
                declared["operationId"],
                re.compile(re.sub(r"\{\w+\}", "[^/]+", f"{method.upper()} {path}")),
                {int(status): _body(answer, document) for status, answer in declared["responses"].items()},
            )
            for path, item in document["paths"].items()
            for method, declared in item.items()
            if method in _METHODS
        ]

    def problems(self, answer: Answer) -> list[str]:
        """What is wrong with an answer; nothing, if all is well."""
        status = int(answer.status[:3])
        found = _header_problems(answer, status)
        try:
            body = json.loads(answer.body) if answer.body else None
        except ValueError:
            return [*found, "the body is not JSON"]
        if status >= 400:
            return found + _refusal_problems(answer.method, status, body)
        address = f"{answer.method} {answer.path.removesuffix('.json')}"
        operation = next((one for one in self._operations if one.pattern.fullmatch(address)), None)
        if operation is None:
            return [*found, "the file has no such operation"]
        if status not in operation.bodies:
            declared = ", ".join(map(str, operation.bodies))
            return [*found, f"{operation.name} answers {declared}, not {status}"]
        expected = operation.bodies[status]
        if expected is None:
            return found + ([f"{operation.name} has no body"] if answer.body else [])
        return found + [f"{operation.name}, {problem}" for problem in _body_problems(expected, body)]


def _body_problems(expected: Body, body: Any) -> list[str]:
    found = [f"at {error.json_path}: {error.message}" for error in expected.schema.iter_errors(body)]
    if expected.row is None or found:
        return found
    if body["meta"]["key"] != expected.key:
        found.append(f"at $.meta.key: {body['meta']['key']!r} is not {expected.key!r}")
    for number, row in enumerate(body[expected.key]):
        text = json.dumps(row)
        if text in expected.right:
            continue
        problems = [
            f"at $.{expected.key}[{number}]{error.json_path[1:]}: {error.message}"
            for error in expected.row.iter_errors(row)
        ]
        if problems:
            found += problems
        elif len(expected.right) < _REMEMBERED_ROWS:
            expected.right.add(text)
    return found


def load() -> dict[str, Any]:
    """Return the facts of Twilio's OpenAPI file."""
    document: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return document


def parameters(document: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The form parameters of an operation: name to schema, references resolved."""
    content = declared.get("requestBody", {}).get("content", {})
    form = content.get("application/x-www-form-urlencoded", {}).get("schema", {})
    return {name: resolve(schema, document) for name, schema in form.get("properties", {}).items()}


def resolve(schema: dict[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    target: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return resolve(target, document)


def _body(answer: Mapping[str, Any], document: Mapping[str, Any]) -> Body | None:
    content = answer.get("content")
    if not content:
        return None
    links = _links(document)
    schema = _translated(content["application/json"]["schema"], document, links)
    key, rows = next(((key, one) for key, one in schema["properties"].items() if "items" in one), ("", None))
    row = _Validator(rows.pop("items"), format_checker=_formats) if rows else None
    return Body(_Validator(schema, format_checker=_formats), key, row, set())


def _links(document: Mapping[str, Any]) -> dict[str, set[str]]:
    """By reference to a schema: the names of its links, from Twilio's extension of the paths."""
    links: dict[str, set[str]] = {}
    for item in document["paths"].values():
        if item["x-twilio"]["pathType"] == "instance":
            content = item["get"]["responses"]["200"]["content"]["application/json"]
            links[content["schema"]["$ref"]] = set(item["x-twilio"].get("dependentProperties", ()))
    return links


def _translated(
    schema: dict[str, Any], document: Mapping[str, Any], links: Mapping[str, set[str]], reference: str = ""
) -> dict[str, Any]:
    """A schema of OpenAPI 3.0 as one of JSON Schema 2020-12, strict about members."""
    if "$ref" in schema:
        return _translated(resolve(schema, document), document, links, schema["$ref"])
    if "anyOf" in schema:
        return {"anyOf": [_translated(one, document, links) for one in schema["anyOf"]]}
    new: dict[str, Any] = {key: schema[key] for key in _KEPT if key in schema}
    if schema.get("nullable"):
        new["type"] = [schema["type"], "null"]
        if "enum" in new:
            new["enum"] = [*new["enum"], None]
    if schema.get("format") == "uri-map":
        uri = {"type": "string", "format": "uri"}
        schema = {"properties": dict.fromkeys(sorted(links.get(reference, ())), uri)}
    if "properties" in schema:
        new["properties"] = {
            name: _translated(one, document, links, reference) for name, one in schema["properties"].items()
        }
        new["required"] = list(schema["properties"])
        new["additionalProperties"] = False
    if "items" in schema:
        new["items"] = _translated(schema["items"], document, links)
    return new


def _header_problems(answer: Answer, status: int) -> list[str]:
    headers = {name.lower(): value for name, value in answer.headers}
    found = []
    if not re.fullmatch(r"RQ[0-9a-f]{32}", headers.get("twilio-request-id", "")):
        found.append("there is no Twilio-Request-Id")
    if not re.fullmatch(r"[0-9]+\.[0-9]{3}", headers.get("twilio-request-duration", "")):
        found.append("there is no Twilio-Request-Duration")
    if status == 204:
        if "content-type" in headers or "content-length" in headers:
            found.append("headers that describe a body go with 204")
    else:
        if headers.get("content-type") != "application/json":
            found.append(f"the Content-Type is {headers.get('content-type')}")
        if answer.method != "HEAD" and headers.get("content-length") != str(len(answer.body)):
            found.append(f"the Content-Length is {headers.get('content-length')}, the body has {len(answer.body)}")
    return found


def _refusal_problems(method: str, status: int, body: Any) -> list[str]:
    if method == "HEAD":
        return [] if body is None else ["an answer to HEAD has a body"]
    if status >= 500 and status != 501:
        return [f"{status} is never Twilio's refusal"]
    if not isinstance(body, dict) or set(body) != {"code", "message", "more_info", "status"}:
        return ["a refusal has code, message, more_info and status, and nothing else"]
    found = []
    if type(body["code"]) is not int or not 20000 <= body["code"] <= 99999:
        found.append(f"{body['code']!r} is no code of Twilio's")
    if not isinstance(body["message"], str) or not body["message"] or re.search(r"\{\w*\}", body["message"]):
        found.append(f"{body['message']!r} is no message")
    if body["more_info"] != f"https://www.twilio.com/docs/errors/{body['code']}":
        found.append(f"more_info is {body['more_info']!r}")
    if body["status"] != status or type(body["status"]) is not int:
        found.append(f"the body says {body['status']!r}, the status line {status}")
    return found
