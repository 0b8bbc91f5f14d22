"""The SDK's environment variables: filled in where they are unset, as long as any fake is active."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

#: What was filled in, and by how many fakes that are active now it is needed.
_filled: dict[str, str] = {}
_needed = 0


def given(name: str) -> str | None:
    """The variable, unless a fake has filled it in or it is empty."""
    value = os.environ.get(name)
    return None if value == _filled.get(name) else value or None


@contextmanager
def filled(variables: Mapping[str, str]) -> Iterator[None]:
    """Fill in those that are unset. Fakes may end in any order: the last one takes out what the test did not change."""
    global _needed
    for name, value in variables.items():
        if name not in os.environ:
            os.environ[name] = _filled[name] = value
    _needed += 1
    try:
        yield
    finally:
        _needed -= 1
        while _filled and not _needed:
            name, value = _filled.popitem()
            if os.environ.get(name) == value:
                del os.environ[name]
