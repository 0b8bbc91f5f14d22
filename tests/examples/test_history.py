import pytest
from twilio.rest import Client

ANNE, BERT = "+14155550100", "+14155550101"


def test_the_story_of_a_ride(fakeproxy):
    service = fakeproxy.add_service("rides", numbers=["+14155550001", "+14155550002"])
    session = (
        Client().proxy.v1.services(service.sid).sessions.create(unique_name="job-7", ttl=3600)
    )
    anne = session.participants.create(ANNE, friendly_name="Anne")
    session.participants.create(BERT, friendly_name="Bert")
    fakeproxy.note("the driver is on the way")
    fakeproxy.phone(ANNE).text(anne.proxy_identifier, "I am here")
    fakeproxy.clock.advance(hours=2)

    story = str(fakeproxy.history.of(session))
    assert "Anne (+14155550100) joined session job-7" in story
    assert "text Anne (+14155550100) -> Bert (+14155550101), shown from +14155550001" in story
    assert "delivered 'I am here'" in story
    assert "closed: expired, its ttl of 1 h is over" in story

    picture = fakeproxy.history.of(session).svg()
    assert "“I am here”" in picture

    text = fakeproxy.history.one(kind="text")
    assert (text.action, text.numbers[0]) == ("delivered", ANNE)
    assert text.seq < fakeproxy.history.one(kind="session", action="closed").seq


def test_a_refusal_says_why(fakeproxy):
    service = fakeproxy.add_service("rides", numbers=["+14155550001"])
    sessions = Client().proxy.v1.services(service.sid).sessions
    sessions.create(unique_name="job-7")
    with pytest.raises(Exception, match="must be unique"):
        sessions.create(unique_name="job-7")
    assert "which is open, has the name 'job-7'" in fakeproxy.history[-1].text
