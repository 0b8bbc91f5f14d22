import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy


@pytest.fixture(autouse=True)
# in a conftest.py, for the whole suite
def _no_test_reaches_twilio(fakeproxy: FakeProxy) -> None:
    """A test that forgets to ask for the fake has an empty one all the same."""


def test_that_forgets_the_fake():
    assert Client().proxy.v1.services.list() == []
