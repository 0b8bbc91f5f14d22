from __future__ import annotations

import pytest

from fakeproxy import FakeProxy
from tests.api.http import Http


@pytest.fixture
def http(proxy: FakeProxy) -> Http:
    """Raw requests with the credentials of the default account."""
    return Http(proxy)
