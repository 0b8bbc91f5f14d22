"""JSON Schemas made of Python's types, dataclasses, typed dicts and the arguments of functions.

An object must have all of its members, and no others. Only members of a typed dict with `total=False`, and arguments
with a default, may be absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from inspect import Parameter, signature
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, cast, get_args, get_origin, get_type_hints, is_typeddict

from fakeproxy.api.json_schema import Schema
from fakeproxy.exceptions import UsageError

_REFERENCE = "#/components/schemas/"

_PLAIN: dict[object, Schema] = {
    object: {},
    None: {"type": "null"},
    NoneType: {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    BaseException: {"type": "string"},
}

_TYPES: dict[str, tuple[type, ...]] = {
    "null": (NoneType,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}


class Schemas:
    """A set of schemas that refer to each other.

    `properties`: for a dataclass, the names of the properties that its JSON has besides its fields.
    """

    def __init__(self, properties: Mapping[type, Sequence[str]] | None = None) -> None:
        self._properties = properties or {}
        #: The schemas with a name. That of a dataclass has the name of the class.
        self.named: dict[str, Schema] = {}

    def __repr__(self) -> str:
        return f"<Schemas: {', '.join(self.named)}>"

    def of(self, annotation: object) -> Schema:
        """Return the schema for values of this type, as JSON. Raises `TypeError` for a type that JSON does not have."""
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:  # With further keywords of JSON Schema.
            return cast(Schema, {**self.of(arguments[0]), **dict(arguments[1:])})
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, UnionType):
            shown = [one for one in arguments if not (one is str and any(map(_is_instant, arguments)))]
            if len(shown) == 1:
                return self.of(shown[0])
            forms = [self.of(one) for one in shown]
            return {"oneOf": forms} if all(map(is_typeddict, shown)) else {"anyOf": forms}
        if origin is tuple and arguments[1:] != (...,):
            return self.items(arguments)
        if origin in (list, tuple, Sequence, Iterable):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if isinstance(annotation, type) and is_typeddict(annotation):
            required: frozenset[str] = vars(annotation)["__required_keys__"]
            return self.members(annotation, required=required)
        if isinstance(annotation, type) and is_dataclass(annotation):
            kind, properties = annotation, self._properties.get(annotation, ())
            return self.name(kind.__name__, lambda: self.members(kind, *properties))
        if _is_instant(annotation):
            return {"type": "string", "format": "date-time"}
        if annotation not in _PLAIN:
            raise TypeError(f"{annotation!r} has no JSON Schema")
        return {**_PLAIN[annotation]}

    def items(self, kinds: Iterable[object]) -> Schema:
        """Return the schema of an array with one item of each of these types, in order."""
        items = [self.of(kind) for kind in kinds]
        # `prefixItems` would be right, but schemathesis 4.32 makes an invalid schema of it.
        return {
            "type": "array",
            "items": {"anyOf": items},
            "x-items": items,
            "minItems": len(items),
            "maxItems": len(items),
        }

    def name(self, name: str, make: Callable[[], Schema]) -> Schema:
        """Return a reference to the schema of this name. `make` returns the schema, and is called once."""
        if name not in self.named:
            self.named[name] = {}  # The schema may refer to itself.
            self.named[name] = make()
        return {"$ref": _REFERENCE + name}

    def members(self, kind: type, *properties: str, required: Iterable[str] | None = None) -> Schema:
        """Return the schema of an object with the public fields of the class, and these properties of it."""
        hints = {k: v for k, v in get_type_hints(kind, include_extras=True).items() if not k.startswith("_")}
        for name in properties:
            hints[name] = get_type_hints(getattr(kind, name).fget)["return"]
        return self.closed({name: self.of(hint) for name, hint in hints.items()}, required)

    def arguments(
        self,
        function: Callable[..., object],
        required: Mapping[str, Schema] | None = None,
        optional: Mapping[str, Schema] | None = None,
    ) -> Schema:
        """Return the schema of an object with the arguments of a function or method, and these further members."""
        hints = get_type_hints(function)
        taken = [
            parameter
            for parameter in signature(function).parameters.values()
            if parameter.name != "self" and parameter.kind is not Parameter.VAR_KEYWORD
        ]
        members = {parameter.name: self.of(_without_classes(hints[parameter.name])) for parameter in taken}
        needed = [parameter.name for parameter in taken if parameter.default is Parameter.empty]
        required = required or {}
        return self.closed({**required, **members, **(optional or {})}, [*required, *needed])

    def closed(self, members: Mapping[str, Schema], required: Iterable[str] | None = None) -> Schema:
        """Return the schema of an object with these members and no others. `required` None: all are required."""
        needed = set(members if required is None else required)
        names = [name for name in members if name in needed]  # Keys of a typed dict come in any order.
        return {"type": "object", "properties": dict(members), "required": names, "additionalProperties": False}

    def check(self, value: object, schema: Schema, at: str = "the body") -> None:
        """Raise `UsageError`, with the place in the value, for JSON that does not fit. Formats are not checked."""
        if "$ref" in schema:
            schema = self.named[schema["$ref"].removeprefix(_REFERENCE)]
        if forms := schema.get("oneOf") or schema.get("anyOf"):
            self._check_forms(value, forms, at)
            return
        if "enum" in schema and not any(value == one and type(value) is type(one) for one in schema["enum"]):
            raise UsageError(f"{at} is {_short(value)}, not {' or '.join(map(repr, schema['enum']))}")
        if (kind := schema.get("type")) and type(value) not in _TYPES[kind]:
            raise UsageError(f"{at} is {_short(value)}, which is no {kind}")
        if isinstance(value, int | float):
            _check_bounds(value, schema, at)
        if kind == "array" and isinstance(value, list):
            self._check_items(value, schema, at)
        elif kind == "object" and isinstance(value, dict):
            self._check_members(value, schema, at)

    def _check_forms(self, value: object, forms: Sequence[Schema], at: str) -> None:
        fitting = [form for form in forms if _fits_constants(value, form)]
        if not fitting and isinstance(value, dict):
            constants = [f"{name}={only!r}" for form in forms for name, only in _constants(form).items()]
            raise UsageError(f"{at} is {_short(value)}; it may have {', '.join(constants)}")
        problems = []
        for form in fitting or forms:
            try:
                return self.check(value, form, at)
            except UsageError as error:
                problems.append(str(error))
        raise UsageError("; or ".join(dict.fromkeys(problems)))

    def _check_items(self, value: list[object], schema: Schema, at: str) -> None:
        fixed = schema.get("x-items")
        if fixed is not None and len(value) != len(fixed):
            raise UsageError(f"{at} has {len(value)} items, not {len(fixed)}")
        for number, item in enumerate(value):
            self.check(item, fixed[number] if fixed else schema["items"], f"{at}[{number}]")

    def _check_members(self, value: dict[str, object], schema: Schema, at: str) -> None:
        known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        if missing := [name for name in schema.get("required", ()) if name not in value]:
            raise UsageError(f"{at} lacks {', '.join(missing)}")
        if others is False and (unknown := sorted(set(value) - set(known))):
            raise UsageError(f"{at} takes no {', '.join(unknown)}; it takes {', '.join(known) or 'nothing'}")
        other: Schema = {} if isinstance(others, bool) else others
        for name, item in value.items():
            self.check(item, known.get(name, other), f"{at}.{name}")


def _check_bounds(value: float, schema: Schema, at: str) -> None:
    low, high = schema.get("minimum"), schema.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = {"minimum": low, "maximum": high}
        text = " and ".join(f"{name} {bound}" for name, bound in bounds.items() if bound is not None)
        raise UsageError(f"{at} is {_short(value)}; {text}")


def _is_instant(annotation: object) -> bool:
    """Return whether this is `datetime`, or freezegun's replacement: a subclass from another module."""
    return any(one.__module__ == one.__name__ == "datetime" for one in getattr(annotation, "__mro__", ()))


def _constants(form: Schema) -> dict[str, object]:
    """Return the members that allow only one value. They distinguish forms."""
    members = form.get("properties", {}).items()
    return {name: one["enum"][0] for name, one in members if len(one.get("enum", ())) == 1}


def _fits_constants(value: object, form: Schema) -> bool:
    return isinstance(value, dict) and all(value.get(name, only) == only for name, only in _constants(form).items())


def _without_classes(annotation: object) -> object:
    """Return the type without dataclasses: in JSON a row is given by its SID, not as a view."""
    kept = [one for one in get_args(annotation) if not is_dataclass(one)]
    return Union[tuple(kept)] if get_origin(annotation) in (Union, UnionType) else annotation  # noqa: UP007


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
