"""The cases of a test that the quick suite runs; `pytest -m ""` runs all."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet


def slow(*values: object) -> ParameterSet:
    """Return a case that the quick suite leaves out."""
    return pytest.param(*values, marks=pytest.mark.slow)


def slow_but(cases: Iterable[object], *quick: object) -> list[object]:
    """Return the cases, of which all are slow but those that are named."""
    found = list(cases)
    assert all(case in found for case in quick)
    return [case if case in quick else slow(case) for case in found]
