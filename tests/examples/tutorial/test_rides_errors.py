import pytest
from rides_errors import AlreadyBooked, try_to_book
from twilio.base.exceptions import TwilioRestException

RIDER, DRIVER, OTHER_DRIVER = "+14155550100", "+14155550101", "+14155550102"


@pytest.fixture
def service(fakeproxy):
    return fakeproxy.add_service("rides", numbers=["+14155550001"])


def test_a_ride_is_booked_once(fakeproxy, service):
    try_to_book(service.sid, "ride-7", RIDER, DRIVER)
    with pytest.raises(AlreadyBooked):
        try_to_book(service.sid, "ride-7", RIDER, DRIVER)


def test_the_pool_has_a_number_for_one_ride_of_a_rider(fakeproxy, service):
    try_to_book(service.sid, "ride-7", RIDER, DRIVER)
    with pytest.raises(TwilioRestException) as refused:
        try_to_book(service.sid, "ride-8", RIDER, OTHER_DRIVER)

    print(refused.value.status, refused.value.code, refused.value.msg)
    print(*fakeproxy.journal[-1].why, sep="\n")


def test_it_tries_again_if_it_was_too_fast(fakeproxy, service):
    fakeproxy.faults.too_many_requests(operation="CreateSession", times=2)
    assert try_to_book(service.sid, "ride-7", RIDER, DRIVER)


def test_it_gives_up_after_three_times(fakeproxy, service):
    fakeproxy.faults.too_many_requests(operation="CreateSession", times=3)
    with pytest.raises(TwilioRestException, match="429"):
        try_to_book(service.sid, "ride-7", RIDER, DRIVER)
