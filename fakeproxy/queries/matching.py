"""Matching of expected and actual values."""

from __future__ import annotations

import re
from types import FunctionType, LambdaType, MethodType

#: The types of predicates. Other callables count as values, since they may have an `__eq__` of their own.
_FUNCTIONS = (FunctionType, LambdaType, MethodType)


def fits(expected: object, actual: object) -> bool:
    """Return whether a value fits the expected one.

    `expected` is a value; a pattern, which is searched for in the text; a function, which is called with the value; or
    an object whose `__eq__` decides, such as those of dirty-equals.
    """
    if isinstance(expected, re.Pattern):
        return isinstance(actual, str) and expected.search(actual) is not None
    if isinstance(expected, _FUNCTIONS):
        return bool(expected(actual))
    return bool(expected == actual)


def describe(expected: object) -> str:
    """Return the expected value as errors show it."""
    if isinstance(expected, re.Pattern):
        return f"anything with {expected.pattern!r} in it"
    if isinstance(expected, _FUNCTIONS):
        return f"what {expected.__qualname__} accepts"
    return repr(expected)
