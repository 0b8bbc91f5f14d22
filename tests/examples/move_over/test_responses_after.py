import booking
import pytest

CUSTOMER, DRIVER = "+14155550100", "+14155550101"


@pytest.fixture(autouse=True)
def _service(fakeproxy):
    fakeproxy.add_service(sid="KS123", numbers=["+14155550001", "+14155550002"])


def test_a_ride_is_booked_and_cancelled(fakeproxy):
    session, numbers = booking.book("KS123", CUSTOMER, DRIVER)
    assert fakeproxy.phone(CUSTOMER).text(numbers[0], "I am here").delivered_to == DRIVER
    assert booking.cancel("KS123", session)
    assert fakeproxy.sessions[session].status == "closed"


def test_twilio_is_too_busy_to_cancel(fakeproxy):
    session = fakeproxy.add_session(service="KS123")
    fakeproxy.faults.too_many_requests(operation="UpdateSession")
    assert not booking.cancel("KS123", session.sid)
    assert fakeproxy.sessions[session.sid].status == "open"


def test_twilio_cannot_be_reached_to_cancel(fakeproxy):
    session = fakeproxy.add_session(service="KS123")
    fakeproxy.faults.connection_refused(operation="UpdateSession")
    assert not booking.cancel("KS123", session.sid)


def test_what_the_stub_answered_all_the_same(fakeproxy):
    session, _ = booking.book("KS123", CUSTOMER, DRIVER)
    assert booking.cancel("KS123", session)
    assert not booking.cancel("KS123", session)  # 80607: a closed session cannot be updated
