"""What the intercept callback lets pass."""

import pytest


@pytest.mark.parametrize("text", ["Call me: 415 555-0101", "anne@example.com"])
def test_a_text_with_contact_details_is_refused_and_its_sender_is_told(fakeproxy, inquire, ida, anne, text):
    number = inquire(ida, anne).json["number"]
    with fakeproxy.alerts.expect(80909):
        assert anne.text(number, text).blocked

    assert len(ida.phone.inbox) == 0
    assert "was not sent" in anne.inbox.one(from_=number).body


def test_a_price_and_a_time_are_no_contact_details(inquire, ida, anne):
    number = inquire(ida, anne).json["number"]
    assert anne.text(number, "I offer $450,000. Friday at 10:30?").delivered


def test_a_text_is_refused_although_its_sender_cannot_be_told(fakeproxy, inquire, ida, anne):
    number = inquire(ida, anne).json["number"]
    fakeproxy.faults.connection_refused(operation="CreateMessageInteraction")
    with fakeproxy.alerts.expect(80909):
        assert anne.text(number, "anne@example.com").blocked


@pytest.mark.parametrize("night", ["2030-01-01T20:00:00Z", "2030-01-02T07:59:00Z"])
def test_nobody_is_called_at_night(fakeproxy, inquire, ida, anne, night):
    number = inquire(ida, anne).json["number"]
    fakeproxy.clock.move_to(night)
    with fakeproxy.alerts.expect(80909):
        assert anne.call(number).blocked
    assert len(ida.phone.calls) == 0
    assert anne.text(number, "I shall call at eight.").delivered
    fakeproxy.clock.move_to("2030-01-02T08:00:00Z")
    assert anne.call(number).status == "ringing"


def test_a_webhook_that_twilio_did_not_sign_is_refused(fakeproxy, ida, anne):
    with fakeproxy.webhooks.sign_with("another token"), fakeproxy.alerts.expect(80913):
        contact = anne.text(ida.sign, "What does it cost?")
    assert [callback.status for callback in contact.callbacks] == [403]
    assert len(fakeproxy.sessions) == 0
