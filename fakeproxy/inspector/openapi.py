"""The fake's own OpenAPI document, made of the routes of the control API and the operations of the Proxy API.

The schemas of the routes' bodies and answers are in `bodies` and `body_schemas`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from typing import Protocol

from fakeproxy import views
from fakeproxy.api.json_schema import Schema
from fakeproxy.api.operations import OPERATIONS, Operation
from fakeproxy.api.parameters import SCHEMAS, Parameter
from fakeproxy.api.request import VERSION
from fakeproxy.api.resources import RENDERINGS
from fakeproxy.engine.codes import CODES
from fakeproxy.inspector.bodies import ACTIONS, PROPERTIES, Meta, Problem, Refused, TwilioError
from fakeproxy.inspector.body_schemas import resolve
from fakeproxy.inspector.schemas import Schemas
from fakeproxy.surface.fake import Fake

_TEXT: Schema = {"type": "string"}


class DescribedRoute(Protocol):
    """A route, as the document describes it."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def path(self) -> str:
        """The path below the prefix, with `{names}`."""

    @property
    def summary(self) -> str:
        """The effect, as a short text."""

    @property
    def body(self) -> object:
        """The type of the body, or a function of `Schemas` and the fake that returns its schema."""

    @property
    def answer(self) -> object:
        """The type of the answer, or a function of `Schemas` and the fake that returns its schema."""

    @property
    def query(self) -> tuple[str, ...]:
        """The names of the parameters that the query of a GET may have."""


def document(routes: Iterable[DescribedRoute], prefix: str, proxy: Fake) -> dict[str, object]:
    """Return the document, as JSON data."""
    schemas = Schemas(PROPERTIES)
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        paths.setdefault(prefix + route.path, {})[route.method.lower()] = _control(route, schemas, proxy)
    for operation in OPERATIONS.values():
        paths.setdefault(VERSION + operation.path, {})[operation.method.lower()] = _proxy(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fakeproxy",
            "version": "1",
            "description": f"A fake of Twilio Proxy ({VERSION}) and its control API ({prefix}).",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.named,
            "securitySchemes": {"account": {"type": "http", "scheme": "basic"}},
        },
    }


def _control(route: DescribedRoute, schemas: Schemas, proxy: Fake) -> dict[str, object]:
    names = re.findall(r"\{(\w+)\}", route.path)
    known: dict[str, Schema] = {"table": {"enum": list(views.TABLES)}, "action": {"enum": list(ACTIONS)}}
    problem = schemas.name("Problem", lambda: schemas.of(Problem))
    responses = {
        "200": _json("done", resolve(route.answer, schemas, proxy)),
        "400": _json("wrong use; the text says how to correct it", problem),
        "403": _json("the Host header is not this server's own, or a web page of another origin asks", problem),
        "412": _json("the header Fakeproxy-Identity names another fake; nothing was done", problem),
    }
    operation: dict[str, object] = {"summary": route.summary, "responses": responses, "tags": ["control"]}
    parameters: list[object] = [_path_parameter(name, known.get(name)) for name in names]
    parameters += [{"name": name, "in": "query", "schema": _TEXT} for name in route.query]
    if parameters:
        operation["parameters"] = parameters
    if names:
        responses["404"] = _json("there is no such path", problem)
    if route.method == "POST":
        refused = schemas.name("Refused", lambda: schemas.of(Refused))
        responses["409"] = _json("Twilio would refuse this", refused)
        responses["413"] = _json("the body is too large", schemas.name("TwilioError", lambda: schemas.of(TwilioError)))
        responses["415"] = _json("the body is not application/json", problem)
        responses["500"] = _json("the state file could not be written; nothing was done", problem)
        body = resolve(route.body, schemas, proxy)
        operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return operation


def _proxy(operation: Operation, schemas: Schemas) -> dict[str, object]:
    names = re.findall(r"\{(\w+)\}", operation.path)
    error = schemas.name("TwilioError", lambda: schemas.of(TwilioError))
    statuses = {code.status for code in CODES.values()} - {405, 501}
    if operation.method != "POST":
        statuses -= {413}
    if operation.verb == "Fetch":
        statuses -= {400}
    responses = {str(status): _json("refused", error) for status in sorted(statuses)}
    parameters = [_path_parameter(name) for name in names]
    declared: dict[str, object] = {
        "operationId": operation.name,
        "tags": ["proxy"],
        "security": [{"account": []}],
        "parameters": parameters,
        "responses": responses,
    }
    row = schemas.name(f"Proxy{operation.resource.name}", lambda: _row(operation.resource.name, schemas))
    if operation.verb == "Delete":
        for status in {operation.status, 204}:  # Or `Behavior.participant_delete_status`.
            responses[str(status)] = {"description": "deleted"}
    elif operation.verb == "List":
        key = RENDERINGS[operation.resource.name][0]
        page: dict[str, Schema] = {"meta": schemas.of(Meta), key: {"type": "array", "items": row}}
        responses["200"] = _json("a page", schemas.closed(page))
        whole: Schema = {"type": "integer", "minimum": 0}
        sizes = {"PageSize": {**whole, "minimum": 1}, "Page": whole, "PageToken": {"type": "string"}}
        parameters += [{"name": name, "in": "query", "schema": one} for name, one in sizes.items()]
    else:
        responses[str(operation.status)] = _json("the row", row)
    if operation.parameters:
        form = {"application/x-www-form-urlencoded": {"schema": _form(operation.parameters)}}
        declared["requestBody"] = {"content": form}
    return declared


def _form(parameters: Iterable[Parameter]) -> Schema:
    """Return the schema of a form. It allows other members: unknown parameters are ignored."""
    members: dict[str, Schema] = {}
    for parameter in parameters:
        one = copy(SCHEMAS.get(parameter.read, _TEXT))
        if parameter.required and "pattern" not in one:
            one["minLength"] = 1
        members[parameter.name] = {"type": "array", "items": one} if parameter.read_all else one
    required = [parameter.name for parameter in parameters if parameter.required]
    return {"type": "object", "properties": members, "required": required}


def _row(resource: str, schemas: Schemas) -> Schema:
    """Return the schema of a row in the Proxy API: the members of its view, with the differences."""
    members = schemas.members(getattr(views, resource, views.Interaction))["properties"]
    for only_here in ("participants", "expires"):
        members.pop(only_here, None)
    if "capabilities" in members:
        members["capabilities"] = schemas.of(dict[str, bool])
    members["url"] = {"type": "string", "format": "uri"}
    required = ["sid", "account_sid", "date_created", "date_updated", "url"]
    return {"type": "object", "properties": members, "required": required}


def _path_parameter(name: str, schema: Schema | None = None) -> dict[str, object]:
    return {"name": name, "in": "path", "required": True, "schema": schema or {"type": "string", "minLength": 1}}


def _json(description: str, schema: Schema) -> dict[str, object]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
