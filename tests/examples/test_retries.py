import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client


# the application: it tries again where that is safe
def open_session(service_sid, name, attempts=3):
    sessions = Client().proxy.v1.services(service_sid).sessions
    while True:
        attempts -= 1
        try:
            return sessions.create(unique_name=name)
        except TwilioRestException as error:
            if error.status != 429 or not attempts:
                raise


def test_it_tries_again_when_it_was_too_fast(fakeproxy):
    service = fakeproxy.add_service()
    fakeproxy.faults.too_many_requests(operation="CreateSession", times=2)
    assert open_session(service.sid, "job-7").unique_name == "job-7"


def test_it_does_not_try_again_after_a_refusal(fakeproxy):
    service = fakeproxy.add_service()
    fakeproxy.faults.refuse(80603, operation="CreateSession")
    with pytest.raises(TwilioRestException, match="must be unique"):
        open_session(service.sid, "job-7")


def test_the_answer_is_lost_but_the_session_is_there(fakeproxy):
    service = fakeproxy.add_service()
    fakeproxy.faults.connection_reset(operation="CreateSession", after=True)
    with pytest.raises(requests.ConnectionError):
        open_session(service.sid, "job-7")
    assert fakeproxy.sessions["job-7"].status == "open"
