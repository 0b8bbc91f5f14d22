"""JSON Schema of what Python declares: types, dataclasses, typed dicts, the arguments of a function.

An object has all of its members and no others, so that a schema tells a wrong value from a right one; what a typed
dict declares with `total=False`, or a function with a default, may be absent.
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
    """Schemas that refer to each other: that of a dataclass stands in `named`, once, under the name of the class.

    `shown`: the properties of a dataclass that are written beside its fields.
    """

    def __init__(self, shown: Mapping[type, Sequence[str]] | None = None) -> None:
        self._shown = shown or {}
        self.named: dict[str, Schema] = {}

    def of(self, annotation: object) -> Schema:
        """The schema of the JSON that a value of this type is written as. Raises TypeError for a type without one."""
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:  # The keywords that the type itself cannot say.
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
            kind, properties = annotation, self._shown.get(annotation, ())
            return self.name(kind.__name__, lambda: self.members(kind, *properties))
        if _is_instant(annotation):
            return {"type": "string", "format": "date-time"}
        if annotation not in _PLAIN:
            raise TypeError(f"{annotation!r} has no JSON Schema")
        return {**_PLAIN[annotation]}

    def items(self, kinds: Iterable[object]) -> Schema:
        """An array that has one item of each of these types."""
        items = [self.of(kind) for kind in kinds]
        # `prefixItems` is what would say it, but schemathesis 4.32 makes an invalid schema of that.
        return {
            "type": "array",
            "items": {"anyOf": items},
            "x-items": items,
            "minItems": len(items),
            "maxItems": len(items),
        }

    def name(self, name: str, make: Callable[[], Schema]) -> Schema:
        """A reference to the schema of this name, which is made at its first mention."""
        if name not in self.named:
            self.named[name] = {}  # It may mention itself.
            self.named[name] = make()
        return {"$ref": _REFERENCE + name}

    def members(self, kind: type, *properties: str, required: Iterable[str] | None = None) -> Schema:
        """An object with the public fields of the class, and these properties of it."""
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
        """An object with the arguments of a function or method, and these besides."""
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
        """An object with these members and no others; if nothing else is said, all are required."""
        needed = set(members if required is None else required)
        names = [name for name in members if name in needed]  # Keys of a typed dict come in any order.
        return {"type": "object", "properties": dict(members), "required": names, "additionalProperties": False}

    def check(self, value: object, schema: Schema, at: str = "the body") -> None:
        """Raise UsageError, which says where, for JSON that does not fit the schema. Formats are not looked at."""
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
        marked = [form for form in forms if _is_marked(value, form)]
        if not marked and isinstance(value, dict):
            marks = [f"{name}={only!r}" for form in forms for name, only in _marks(form).items()]
            raise UsageError(f"{at} is {_short(value)}; it may have {', '.join(marks)}")
        problems = []
        for form in marked or forms:
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
        told = " and ".join(f"{name} {bound}" for name, bound in bounds.items() if bound is not None)
        raise UsageError(f"{at} is {_short(value)}; {told}")


def _is_instant(annotation: object) -> bool:
    """Whether it is `datetime`, or what freezegun puts in its place: a class of that name in another module."""
    return any(one.__module__ == one.__name__ == "datetime" for one in getattr(annotation, "__mro__", ()))


def _marks(form: Schema) -> dict[str, object]:
    """The members that can have one value only: what tells forms from each other."""
    members = form.get("properties", {}).items()
    return {name: one["enum"][0] for name, one in members if len(one.get("enum", ())) == 1}


def _is_marked(value: object, form: Schema) -> bool:
    return isinstance(value, dict) and all(value.get(name, only) == only for name, only in _marks(form).items())


def _without_classes(annotation: object) -> object:
    """What JSON can say of it: a row may be given by its SID there, not as a view."""
    kept = [one for one in get_args(annotation) if not is_dataclass(one)]
    return Union[tuple(kept)] if get_origin(annotation) in (Union, UnionType) else annotation  # noqa: UP007


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
