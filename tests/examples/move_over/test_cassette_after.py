import booking
import pytest

SERVICE = "KS00000000000000000000000000000001"
CUSTOMER, DRIVER, OTHER = "+14155550100", "+14155550101", "+14155550102"


@pytest.fixture(autouse=True)
def _service(fakeproxy):
    fakeproxy.add_service(sid=SERVICE, numbers=["+14155550001", "+14155550002"])


def test_a_ride_is_booked_and_cancelled(fakeproxy):
    session, numbers = booking.book(SERVICE, CUSTOMER, DRIVER)
    assert fakeproxy.phone(CUSTOMER).text(numbers[0], "I am here").delivered_to == DRIVER
    assert booking.cancel(SERVICE, session)
    assert fakeproxy.sessions[session].status == "closed"


def test_what_takes_an_hour_to_record(fakeproxy):
    _, [number, _] = booking.book(SERVICE, CUSTOMER, DRIVER)
    session, [other, _] = booking.book(SERVICE, CUSTOMER, OTHER)
    assert number != other  # one customer, two rides: the numbers tell them apart
    assert fakeproxy.phone(CUSTOMER).text(other, "I am here").delivered_to == OTHER

    fakeproxy.clock.advance(hours=1)
    assert not booking.cancel(SERVICE, session)  # it closed by itself
