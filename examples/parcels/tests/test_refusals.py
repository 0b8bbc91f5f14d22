import pytest
from people import DRIVER, RECIPIENT, SECOND_DRIVER, THIRD_DRIVER, assign, book


def test_a_parcel_is_booked_once(fakeproxy, dispatcher):
    book(dispatcher)
    again = book(dispatcher)
    assert (again.status_code, again.json()["detail"]) == (409, "This parcel has a session already.")


def test_a_driver_can_have_as_many_parcels_as_the_pool_has_numbers(fakeproxy, dispatcher):
    recipients = ["+14155550110", "+14155550111", "+14155550112"]
    answers = [book(dispatcher, f"parcel-{who}", recipient=who) for who in recipients]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[2].json()["detail"].startswith("No number is free for this person.")


def test_a_parcel_that_was_refused_can_be_booked_again(fakeproxy, dispatcher):
    assert book(dispatcher, driver="0101").json()["detail"] == "This is no phone number."
    assert len(fakeproxy.sessions) == 0
    assert book(dispatcher).status_code == 201


def test_a_driver_cannot_come_back_but_a_third_one_can_join(fakeproxy, dispatcher):
    delivery = book(dispatcher).json()
    assign(dispatcher, SECOND_DRIVER)

    refused = assign(dispatcher, DRIVER)
    assert (refused.status_code, refused.json()["detail"][:11]) == (409, "This person")
    assert dispatcher.get("/deliveries/parcel-7").json()["driver"] is None

    assert assign(dispatcher, THIRD_DRIVER).status_code == 200
    assert fakeproxy.phone(RECIPIENT).text(delivery["recipient_dials"], "Hello?").delivered_to == THIRD_DRIVER


@pytest.mark.parametrize("operation", ["CreateSession", "CreateParticipant"])
def test_it_tries_again_if_it_was_too_fast(fakeproxy, dispatcher, operation):
    fakeproxy.faults.too_many_requests(operation=operation, times=2)
    assert book(dispatcher).status_code == 201
    assert len(fakeproxy.sessions) == 1


def test_it_gives_up_after_three_attempts_and_leaves_nothing_behind(fakeproxy, dispatcher):
    fakeproxy.faults.too_many_requests(operation="CreateParticipant", times=3)
    assert book(dispatcher).status_code == 503
    assert len(fakeproxy.sessions) == 0
