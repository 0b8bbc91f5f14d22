"""Matching: whether a value is what was asked for."""

from __future__ import annotations

import re
from types import FunctionType, LambdaType, MethodType

#: Predicates are told from values by these types: an object that can be called may have an `__eq__` of its own.
_FUNCTIONS = (FunctionType, LambdaType, MethodType)


def fits(expected: object, actual: object) -> bool:
    """Return whether the value is what was asked for.

    `expected` is a value; a pattern, which is searched for in the text; a function, which is called with the value; or
    any object whose `__eq__` knows what fits, such as those of dirty-equals.
    """
    if isinstance(expected, re.Pattern):
        return isinstance(actual, str) and expected.search(actual) is not None
    if isinstance(expected, _FUNCTIONS):
        return bool(expected(actual))
    return bool(expected == actual)


def describe(expected: object) -> str:
    """Return what was asked for, as an error shows it."""
    if isinstance(expected, re.Pattern):
        return f"anything with {expected.pattern!r} in it"
    if isinstance(expected, _FUNCTIONS):
        return f"what {expected.__qualname__} accepts"
    return repr(expected)
