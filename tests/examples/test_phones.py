import pytest

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture
def number(fakeproxy):  # which Anne dials to reach Bert
    fakeproxy.add_service("rides", numbers=["+14155550001"])
    return fakeproxy.add_session(participants=[ANNE, BERT]).participants[0].proxy_identifier


def test_a_text(fakeproxy, number):
    text = fakeproxy.phone(ANNE).text(
        number, "I am at the gate.", media=["https://example.com/gate.jpg"]
    )
    assert (text.delivered_to, text.shown_from) == (BERT, "+14155550001")
    assert fakeproxy.phone(BERT).inbox.one().body == "I am at the gate."


def test_a_call_that_is_answered(fakeproxy, number):
    call = fakeproxy.phone(ANNE).call(number)
    assert call.status == "ringing"
    fakeproxy.phone(BERT).calls.one().answer()
    fakeproxy.clock.advance(minutes=2)
    call.hang_up()
    assert (call.status, call.duration) == ("completed", 120)


def test_a_call_that_nobody_answers(fakeproxy, number):
    call = fakeproxy.phone(ANNE).call(number)
    fakeproxy.clock.advance(seconds=30)
    assert call.status == "no-answer"


def test_a_text_that_does_not_arrive(fakeproxy, number):
    fakeproxy.phone(BERT).reception = "undelivered"
    text = fakeproxy.phone(ANNE).text(number, "I am at the gate.")
    assert text.status == "undelivered"
    assert len(fakeproxy.phone(BERT).inbox) == 0


def test_a_stranger(fakeproxy, number):
    with fakeproxy.alerts.expect(80903, 80905):
        text = fakeproxy.phone("+14155550199").text(number, "Who is this?")
    # True if the Service had a callback to ask
    assert (text.delivered, text.out_of_session) == (False, False)
