import pytest

from fakeproxy.types import Fake, Session


@pytest.fixture
def ride(fakeproxy: Fake) -> Session:
    service = fakeproxy.add_service("rides", numbers=["+14155550001"])
    return fakeproxy.add_session(service, participants=["+14155550100", "+14155550101"])


def test_the_driver_gets_the_text(fakeproxy: Fake, ride: Session) -> None:
    number = ride.participants[0].proxy_identifier
    fakeproxy.phone("+14155550100").text(number, "I am at the gate.")

    assert fakeproxy.phone("+14155550101").inbox[0].body == "I am at the gate."
