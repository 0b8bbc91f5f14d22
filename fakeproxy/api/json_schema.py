"""The type of a JSON Schema, with the keywords that fakeproxy uses."""

from __future__ import annotations

from typing import TypedDict

_Keywords = TypedDict("_Keywords", {"$ref": str, "x-items": list["Schema"]}, total=False)


class Schema(_Keywords, total=False):
    """A JSON Schema. `x-items` has the schema of each item of an array with a fixed number of items."""

    type: str
    description: str
    enum: list[object]
    anyOf: list[Schema]
    oneOf: list[Schema]
    format: str
    pattern: str
    examples: list[str]
    minLength: int
    maxLength: int
    minimum: float
    maximum: float
    items: Schema
    minItems: int
    maxItems: int
    properties: dict[str, Schema]
    required: list[str]
    additionalProperties: bool | Schema
