import booking
import pytest
from twilio.base.exceptions import TwilioRestException

CUSTOMER, DRIVER = "+14155550100", "+14155550101"


@pytest.fixture
def service(fakeproxy):
    return fakeproxy.add_service(sid="KS123", numbers=["+14155550001", "+14155550002"]).sid


def test_a_ride_is_booked(fakeproxy, service):
    session, numbers = booking.book(service, CUSTOMER, DRIVER)

    assert fakeproxy.phone(CUSTOMER).text(numbers[0], "I am here").delivered_to == DRIVER
    assert fakeproxy.phone(DRIVER).text(numbers[1], "So am I").delivered_to == CUSTOMER

    fakeproxy.clock.advance(hours=1)
    assert fakeproxy.sessions[session].status == "closed"


def test_a_ride_is_cancelled(fakeproxy, service):
    session, _ = booking.book(service, CUSTOMER, DRIVER)

    assert booking.cancel(service, session)
    assert fakeproxy.sessions[session].status == "closed"


def test_a_ride_is_cancelled_twice(fakeproxy, service):
    session, _ = booking.book(service, CUSTOMER, DRIVER)

    assert booking.cancel(service, session)
    assert not booking.cancel(service, session)  # 80607: a closed session cannot be updated


def test_what_the_mock_accepted(fakeproxy, service):
    with pytest.raises(TwilioRestException, match="not appear to be a valid"):
        booking.book(service, "555-0100", "555-0101")
    assert not booking.cancel(service, "KC123")
