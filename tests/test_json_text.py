"""JSON is written as `json.dumps` writes it, whichever encoder this version of Python has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeproxy.web.json_text import encoder, to_json

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_KEYS = st.text() | st.integers() | st.booleans() | st.none()
_VALUES = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner), max_leaves=20)


@given(_VALUES)
def test_it_is_the_text_of_json_dumps(value: object) -> None:
    assert to_json(value) == json.dumps(value)


@pytest.mark.parametrize("value", [{1}, b"x", {"a": [object()]}, {(1, 2): 3}], ids=["set", "bytes", "object", "key"])
def test_what_is_no_json_is_refused_with_the_same_error(value: object) -> None:
    with pytest.raises(TypeError) as usual:
        json.dumps(value)
    with pytest.raises(TypeError) as ours:
        to_json(value)
    assert str(ours.value) == str(usual.value)


def _of_another_signature(*arguments: Any) -> None:
    raise TypeError("make_encoder() takes other arguments")


@pytest.mark.parametrize("other", [None, _of_another_signature], ids=["PyPy", "a later Python"])
def test_a_python_with_another_encoder(other: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(json.encoder, "c_make_encoder", other)
        encode = encoder()
    assert encode({"ä": [1, None, 2.5]}) == '{"\\u00e4": [1, null, 2.5]}'
