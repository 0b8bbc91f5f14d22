"""Make `openapi.json` of this folder from Twilio's OpenAPI file: its facts, none of its prose.

    python -m tests.contract.extract PATH/TO/twilio_proxy_v1.json

Kept are paths, methods, parameters, types, formats, limits, enumerations, what is required, the fields of answers and
the names of links. Two facts stand in the descriptions alone, and are kept as what JSON Schema calls them: a length
("191 characters or fewer": `maxLength`) and a default ("The default value is `country`": `default`).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

#: The file that this writes.
FACTS = Path(__file__).with_name("openapi.json")

_FACTS_OF_A_SCHEMA = (
    "$ref",
    "default",
    "enum",
    "format",
    "maximum",
    "maxLength",
    "minimum",
    "minLength",
    "nullable",
    "pattern",
    "required",
    "type",
)
_METHODS = ("get", "post", "delete", "put", "patch")


def facts(document: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of an OpenAPI document, as a smaller document of the same form."""
    return {
        "openapi": document["openapi"],
        "info": {"title": "The facts of an OpenAPI file", "version": document["info"]["version"]},
        "paths": {path: _path(item) for path, item in document["paths"].items()},
        "components": {"schemas": {name: _schema(one) for name, one in document["components"]["schemas"].items()}},
    }


def _path(item: dict[str, Any]) -> dict[str, Any]:
    extension = item["x-twilio"]
    links = sorted(extension.get("dependentProperties", ()))
    return {
        "x-twilio": {"pathType": extension["pathType"], "dependentProperties": {name: {} for name in links}},
        **{method: _operation(item[method]) for method in _METHODS if method in item},
    }


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "operationId": operation["operationId"],
        "parameters": [
            {
                "name": parameter["name"],
                "in": parameter["in"],
                "required": parameter.get("required", False),
                "schema": _schema(parameter["schema"]),
            }
            for parameter in operation.get("parameters", ())
        ],
        "responses": {
            status: {"description": "", **_content(answer)} for status, answer in operation["responses"].items()
        },
    }
    if "requestBody" in operation:
        kept["requestBody"] = _content(operation["requestBody"])
    return kept


def _content(body: dict[str, Any]) -> dict[str, Any]:
    if "content" not in body:
        return {}
    return {"content": {kind: {"schema": _schema(one["schema"])} for kind, one in body["content"].items()}}


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {name: schema[name] for name in _FACTS_OF_A_SCHEMA if name in schema}
    prose = schema.get("description", "")
    if length := re.search(r"must be (\d+) characters or fewer", prose):
        kept.setdefault("maxLength", int(length[1]))
    if default := re.search(r"default value is `([\w-]+)`", prose):
        kept.setdefault("default", default[1])
    if "properties" in schema:
        kept["properties"] = {name: _schema(one) for name, one in schema["properties"].items()}
    if "items" in schema:
        kept["items"] = _schema(schema["items"])
    return kept


if __name__ == "__main__":
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    FACTS.write_text(json.dumps(facts(source), indent=1, sort_keys=True) + "\n", encoding="utf-8")
