"""A day of silence ends a conversation, at the same instant in the table and at Twilio."""

import pytest


@pytest.fixture
def open_in_table(office, ida):
    """Return the SIDs of Ida's open conversations, in the application's table."""
    return lambda: [inquiry["session"] for inquiry in office.get(f"/agents/{ida.id}/inquiries").json]


@pytest.fixture
def open_at_twilio(fakeproxy):
    """Return the SIDs of the sessions that are not closed."""
    return lambda: [session.sid for session in fakeproxy.sessions.values() if session.status != "closed"]


def test_a_day_of_silence_ends_it(fakeproxy, inquire, ida, anne, open_in_table, open_at_twilio):
    inquire(ida, anne)
    fakeproxy.clock.advance(hours=23, minutes=59)
    assert len(open_in_table()) == len(open_at_twilio()) == 1
    fakeproxy.clock.advance(minutes=1)
    assert open_in_table() == open_at_twilio() == []


def test_a_text_at_hour_23_postpones_the_end(fakeproxy, inquire, ida, anne, bert, open_in_table, open_at_twilio):
    number = inquire(ida, anne).json["number"]
    inquire(ida, bert)
    fakeproxy.clock.advance(hours=23)
    contact = anne.text(number, "Still there?")
    fakeproxy.clock.advance(hours=1)
    assert open_in_table() == open_at_twilio() == [contact.session.sid]


def test_a_call_counts_to_its_end(fakeproxy, inquire, ida, anne, open_in_table, open_at_twilio):
    call = anne.call(inquire(ida, anne).json["number"])
    ida.phone.calls.one().answer()
    fakeproxy.clock.advance(minutes=20)
    call.hang_up()

    fakeproxy.clock.advance(hours=23, minutes=59)
    assert len(open_in_table()) == len(open_at_twilio()) == 1
    fakeproxy.clock.advance(minutes=1)
    assert open_in_table() == open_at_twilio() == []


def test_a_conversation_that_began_at_a_sign_is_in_the_table(fakeproxy, ida, anne, open_in_table, open_at_twilio):
    anne.text(ida.sign, "What does it cost?")
    assert open_in_table() == open_at_twilio() == [fakeproxy.sessions.one().sid]
    fakeproxy.clock.advance(days=1)
    assert open_in_table() == open_at_twilio() == []


def test_a_buyer_who_comes_back_has_the_former_session(fakeproxy, inquire, ida, anne, open_in_table):
    before = inquire(ida, anne).json["number"]
    fakeproxy.clock.advance(days=30)
    assert inquire(ida, anne).json["number"] == before
    assert open_in_table() == [fakeproxy.sessions.one(status="in-progress").sid]


def test_the_line_of_a_buyer_who_comes_back_is_busy(fakeproxy, inquire, ida, anne, bert):
    inquire(ida, anne)
    fakeproxy.clock.advance(days=1)
    inquire(ida, bert)  # has the number that Ida's side of the first session had
    assert inquire(ida, anne).status_code == 503
