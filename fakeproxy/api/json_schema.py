"""A JSON Schema as a type: the keywords that are used here."""

from __future__ import annotations

from typing import TypedDict

_Keywords = TypedDict("_Keywords", {"$ref": str, "x-items": list["Schema"]}, total=False)


class Schema(_Keywords, total=False):
    """A JSON Schema. `x-items`: an array has just these items, each of its own schema."""

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
