"""The check of bodies, with jsonschema as oracle: both accept the same values."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

import jsonschema
from hypothesis import example, given
from hypothesis import strategies as st

from fakeproxy import UsageError
from fakeproxy.inspector.schemas import Schemas


class Cat(TypedDict):
    kind: Literal["cat"]
    lives: int


class Dog(TypedDict, total=False):
    kind: Literal["dog"]
    name: str | None


_POSITIVE = Annotated[int, ("minimum", 1)]
LEAVES: list[Any] = [
    str,
    int,
    float,
    bool,
    None,
    object,
    Cat,
    Dog,
    Literal["a", 1, True],
    Annotated[int, ("minimum", 1)],
]
#: Strings are short and numbers small, so that values fit now and then. JSON Schema takes 1.0 for an integer.
PLAIN = (
    st.sampled_from(["a", "cat", "dog", ""])
    | st.integers(-1, 2)
    | st.sampled_from([0.5, -1.5])
    | st.booleans()
    | st.none()
)
NAMES = st.sampled_from(["kind", "lives", "name", "x"])


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        inner.map(lambda one: list[one]),  # type: ignore[valid-type]
        inner.map(lambda one: dict[str, one]),  # type: ignore[valid-type]
        st.lists(inner, min_size=1, max_size=3).map(lambda several: tuple[tuple(several)]),  # type: ignore[misc]
        st.tuples(inner, inner).map(lambda two: two[0] | None if isinstance(two[0], type) else two[0]),
    )


ANNOTATIONS = st.recursive(st.sampled_from([*LEAVES, Cat | Dog]), _containers, max_leaves=4)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


def standard(schema: Any) -> Any:
    """The schema with `prefixItems`, as the standard has it, in place of `x-items`."""
    if isinstance(schema, list):
        return [standard(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: standard(one) for name, one in schema.items() if name != "x-items"}
    return {**kept, "prefixItems": standard(schema["x-items"]), "items": False} if "x-items" in schema else kept


@given(ANNOTATIONS, VALUES)
@example(Literal[1], True)
@example(Cat | Dog, {})
@example(tuple[int, str], [1, "a", 1])
@example(Annotated[int, ("minimum", 1)], 0)
def test_what_is_accepted_is_what_jsonschema_accepts(annotation: Any, value: Any) -> None:
    schemas = Schemas()
    schema = schemas.of(annotation)
    whole = {**standard(schema), "components": {"schemas": standard(schemas.named)}}
    expected = jsonschema.Draft202012Validator(whole).is_valid(value)
    try:
        schemas.check(value, schema)
    except UsageError as error:
        assert not expected, error  # noqa: PT017 - what is compared is whether it raises
    else:
        assert expected
