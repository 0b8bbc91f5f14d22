import re

import pytest

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture
def ride(fakeproxy):
    fakeproxy.add_service("rides", numbers=["+14155550001"])
    session = fakeproxy.add_session(unique_name="job-7", ttl=3600, participants=[ANNE, BERT])
    fakeproxy.phone(ANNE).text(session.participants[0].proxy_identifier, "I am here")
    return session


def test_ask_by_field(fakeproxy, ride):
    fakeproxy.sessions.one(unique_name="job-7", status="in-progress")
    fakeproxy.phone(BERT).inbox.one(body=re.compile("here"))  # a pattern is searched for
    # a function is called
    fakeproxy.participants.one(identifier=lambda number: number.endswith("100"))
    fakeproxy.journal.none(status=400)
    assert [text.body for text in fakeproxy.phone(BERT).inbox.where(from_="+14155550001")] == [
        "I am here"
    ]


def test_the_error_shows_the_nearest(fakeproxy, ride):
    with pytest.raises(AssertionError) as error:
        fakeproxy.sessions.one(unique_name="job-7", status="closed")
    assert "status is 'in-progress', not 'closed'" in str(error.value)
    with pytest.raises(AssertionError) as error:
        fakeproxy.phone(ANNE).inbox.one(body="I am here")
    assert f"but the inbox of {BERT} has <Text +14155550001 -> {BERT}: 'I am here'" in str(
        error.value
    )


def test_step_until_it_is_so(fakeproxy, ride):
    fakeproxy.clock.advance_until(fakeproxy.sessions.has(unique_name="job-7", status="closed"))
    with pytest.raises(
        AssertionError, match="did not come true within 3600 seconds of the fake's time"
    ):
        fakeproxy.clock.advance_until(lambda: len(fakeproxy.sessions) == 2, within=3600)


def test_wait_for_another_thread(fakeproxy, ride):
    fakeproxy.wait_for(fakeproxy.history.has(kind="text", action="delivered"), timeout=20)
