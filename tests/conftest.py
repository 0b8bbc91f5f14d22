"""The check that is on in every test: what any fake answers fits Twilio's OpenAPI file."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.contract.exceptions import amended
from tests.contract.observation import observed
from tests.contract.openapi import Contract, load


@pytest.fixture(scope="session", autouse=True)
def misfits() -> Generator[list[str]]:
    """What did not fit so far. For the session, so that fakes of wider fixtures are seen too."""
    with observed(Contract(amended(load())).problems) as found:
        yield found


@pytest.fixture(autouse=True)
def _every_answer_fits(misfits: list[str]) -> Generator[None]:
    yield
    found = misfits.copy()
    misfits.clear()
    if found:
        pytest.fail("what the fake answered does not fit the OpenAPI file:\n" + "\n".join(found), pytrace=False)
