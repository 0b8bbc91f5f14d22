"""The facts of Twilio's OpenAPI file for the tests that are about them, and rows for the tests of the SDK."""

from __future__ import annotations

from typing import Any

import pytest

from fakeproxy import FakeProxy
from tests.contract.exceptions import amended
from tests.contract.openapi import Contract, load
from tests.contract.sdk import World, furnish


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The facts as the file has them."""
    return load()


@pytest.fixture(scope="session")
def contract(document: dict[str, Any]) -> Contract:
    """The file with what cannot fit amended, as every answer of the suite is held against it."""
    return Contract(amended(document))


@pytest.fixture
def world(proxy: FakeProxy) -> World:
    return furnish(proxy)
