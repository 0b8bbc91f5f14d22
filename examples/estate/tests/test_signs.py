"""Texts and calls to the number of a sign, which belong to no session: Twilio asks."""


def test_a_buyer_who_texts_a_sign_reaches_its_agent(ida, tom, anne):
    assert anne.text(tom.sign, "What does it cost?").delivered_to == tom.phone.number
    assert len(ida.phone.inbox) == 0

    tom.phone.text(tom.phone.inbox[0].from_, "Less than you fear.")
    assert anne.inbox.one().from_ == tom.sign


def test_a_buyer_who_calls_a_sign_reaches_its_agent(ida, anne):
    call = anne.call(ida.sign)
    ida.phone.calls.one().answer()
    assert (call.status, call.delivered_to) == ("in-progress", ida.phone.number)


def test_an_agent_who_texts_the_own_sign_is_told(fakeproxy, ida):
    assert ida.phone.text(ida.sign, "Testing, testing").reply == "This is the number of your own sign."
    assert len(fakeproxy.sessions) == 0


def test_a_late_text_is_told_whom_to_text(fakeproxy, inquire, ida, anne):
    number = inquire(ida, anne).json["number"]
    fakeproxy.clock.advance(days=1)

    with fakeproxy.alerts.expect(80904):
        contact = anne.text(number, "Hello?")
    assert contact.reply == f"This conversation is over. Please text Ida at {ida.sign}."


def test_a_late_text_of_an_agent_is_told_that_it_is_over(fakeproxy, inquire, ida, anne):
    anne.text(inquire(ida, anne).json["number"], "Is it still for sale?")
    fakeproxy.clock.advance(days=1)

    with fakeproxy.alerts.expect(80904):
        assert ida.phone.text(ida.phone.inbox[0].from_, "It is.").reply == "This conversation is over."


def test_a_late_call_hears_it(fakeproxy, inquire, ida, anne):
    number = inquire(ida, anne).json["number"]
    fakeproxy.clock.advance(days=1)

    with fakeproxy.alerts.expect(80904):
        call = anne.call(number)
    assert call.heard == [f"Say: This conversation is over. Please text Ida at {ida.sign}."]


def test_the_number_of_a_sign_is_given_to_no_buyer_of_the_website(inquire, ida, tom, anne):
    assert inquire(ida, anne).json["number"] not in (ida.sign, tom.sign)
