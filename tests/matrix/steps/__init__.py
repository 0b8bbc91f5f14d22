"""The script that every row of the matrix runs: steps that use fakeproxy as a suite would, one topic each.

`python -m tests.matrix.steps` runs them with the interpreter that it is asked with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Check = Callable[[], None]


class Step(NamedTuple):
    """`check` fails by raising. `needs`: modules without which the step does not apply to a row."""

    name: str
    needs: tuple[str, ...]
    check: Check


STEPS: list[Step] = []


def step(*needs: str) -> Callable[[Check], Check]:
    """Make a function a step, named like the function."""

    def add(check: Check) -> Check:
        STEPS.append(Step(check.__name__.replace("_", " "), needs, check))
        return check

    return add
