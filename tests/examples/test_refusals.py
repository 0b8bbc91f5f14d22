import pytest
from twilio.base.exceptions import TwilioRestException


def test_a_refusal_is_twilios_and_the_journal_says_why(fakeproxy):
    service = fakeproxy.add_service(numbers=["+14155550001"], reserved_numbers=["+14155550002"])
    sessions = fakeproxy.client().proxy.v1.services(service.sid).sessions
    sessions.create(participants=[{"Identifier": "+14155550100"}])

    with pytest.raises(TwilioRestException) as refused:
        sessions.create(participants=[{"Identifier": "+14155550100"}])

    assert (refused.value.status, refused.value.code) == (400, 80208)
    assert fakeproxy.journal[-1].why[0] == "+14155550002 is reserved"
    assert fakeproxy.journal[-1].why[1].startswith("+14155550001 is used by +14155550100 in KC")
