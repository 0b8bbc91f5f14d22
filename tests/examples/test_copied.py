import pytest
from twilio.base.exceptions import TwilioRestException

ANNE, BERT = "+14155550100", "+14155550101"


def test_what_was_done(fakeproxy):
    client = fakeproxy.client()
    anne = fakeproxy.phone(ANNE)
    bert = fakeproxy.phone(BERT)

    rides = fakeproxy.add_service("rides", numbers=["+14155550001", "+14155550002"])

    # Requests of the application.
    job_7 = client.proxy.v1.services(rides.sid).sessions.create(unique_name="job-7", ttl=3600)
    participant = client.proxy.v1.services(rides.sid).sessions(job_7.sid).participants.create(identifier=ANNE)
    assert participant.proxy_identifier == "+14155550001"
    participant = client.proxy.v1.services(rides.sid).sessions(job_7.sid).participants.create(identifier=BERT)
    assert participant.proxy_identifier == "+14155550001"
    with pytest.raises(TwilioRestException) as refused:
        client.proxy.v1.services(rides.sid).sessions(job_7.sid).participants.create(identifier="+14155550102")
    assert refused.value.code == 80609

    # the driver is on the way

    text = anne.text("+14155550001", "I am here")
    assert (text.delivered_to, text.shown_from) == (BERT, "+14155550001")
    call = bert.call("+14155550001")
    assert (call.delivered_to, call.shown_from) == (ANNE, "+14155550001")
    call.answer()
    fakeproxy.clock.advance(minutes=2)
    call.hang_up()
    fakeproxy.clock.advance(hours=2)
    with fakeproxy.alerts.expect(80904, 80905):
        text = anne.text("+14155550001", "I forgot my bag!")
    assert text.delivered_to is None

    assert {session.unique_name: session.status for session in fakeproxy.sessions.values()} == {"job-7": "closed"}
    assert (call.status, call.duration) == ("completed", 120)
    assert anne.inbox == ()
    assert [(text.from_, text.body) for text in bert.inbox] == [("+14155550001", "I am here")]
    assert [alert.code for alert in fakeproxy.alerts] == [80904, 80905]
