import pytest
from twilio.rest import Client

from fakeproxy import FakeProxy

RIDER, DRIVER = "+14155550100", "+14155550101"


def replace_driver(session, participant_sid, new_driver):  # the application
    session.participants(participant_sid).delete()
    return session.participants.create(identifier=new_driver).proxy_identifier


@pytest.mark.parametrize("status", [200, 204])
def test_a_driver_is_replaced_whichever_status_twilio_has(status):
    with FakeProxy(behavior={"participant_delete_status": status}) as proxy:
        service = proxy.add_service(numbers=["+14155550001"])
        ride = proxy.add_session(participants=[RIDER, DRIVER])
        session = Client().proxy.v1.services(service.sid).sessions(ride.sid)
        number = replace_driver(session, ride.participants[1].sid, "+14155550102")
        assert number == "+14155550001"
