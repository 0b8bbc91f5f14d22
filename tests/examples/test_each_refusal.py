import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client


def book(service_sid, ride):  # the application: what it tells its user
    try:
        return Client().proxy.v1.services(service_sid).sessions.create(unique_name=ride).status
    except TwilioRestException as error:
        return {80603: "already booked", 80506: "not available"}.get(
            error.code or 0, "try again later"
        )


@pytest.mark.parametrize(
    ("code", "told"),
    [(80603, "already booked"), (80506, "not available"), (80502, "try again later")],
)
def test_the_user_is_told(fakeproxy, code, told):
    service = fakeproxy.add_service("rides")
    fakeproxy.faults.refuse(code, operation="CreateSession")
    assert book(service.sid, "ride-7") == told
