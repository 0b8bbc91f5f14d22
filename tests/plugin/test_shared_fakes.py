"""The recipe for a fake that several tests share.

It runs in a pytest of its own: a fake of session scope would be active under the tests beside it here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

RECIPE = Path(__file__).parent.parent / "examples" / "shared_fake.py"


@pytest.mark.parametrize("scope", ["session", "class"])
def test_each_test_starts_from_the_seeded_state(pytester: pytest.Pytester, scope: str) -> None:
    recipe = RECIPE.read_text(encoding="utf-8")
    assert 'scope="session"' in recipe
    pytester.makepyfile(recipe.replace('scope="session"', f'scope="{scope}"'))

    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=2)
