"""Inquiries over the form of the website: the application opens a session at once."""

import pytest


def test_neither_sees_the_number_of_the_other(inquire, ida, anne):
    number = inquire(ida, anne).json["number"]
    anne.text(number, "Is it still for sale?")
    shown = ida.phone.inbox.one(body="Is it still for sale?").from_
    ida.phone.text(shown, "It is. Tomorrow at nine?")

    assert anne.inbox.one(body="It is. Tomorrow at nine?").from_ == number
    assert not {number, shown} & {anne.number, ida.phone.number}


def test_an_agent_can_tell_the_buyers_apart(inquire, ida, anne, bert):
    for buyer in (anne, bert):
        buyer.text(inquire(ida, buyer).json["number"], "Is it still for sale?")

    ida.phone.text(ida.phone.inbox[1].from_, "Not for you, Bert.")
    assert (len(anne.inbox), len(bert.inbox)) == (0, 1)


def test_a_form_that_is_sent_twice_opens_one_session(fakeproxy, inquire, ida, anne):
    first, second = inquire(ida, anne), inquire(ida, anne)
    assert first.json == second.json
    assert fakeproxy.sessions.one().unique_name.startswith(f"listing-{ida.listing}-")


def test_no_name_of_a_session_has_the_number_of_a_buyer(fakeproxy, inquire, ida, anne):
    inquire(ida, anne)
    assert anne.number.strip("+") not in fakeproxy.sessions.one().unique_name


def test_nobody_is_connected_about_a_house_that_is_not_for_sale(fakeproxy, office):
    assert office.post("/listings/7/inquiries", json={"phone": "+14155550101"}).status_code == 404
    assert len(fakeproxy.sessions) == 0


def test_all_lines_are_busy_with_the_third_buyer_of_an_agent(fakeproxy, inquire, ida, anne, bert):
    assert [inquire(ida, buyer).status_code for buyer in (anne, bert)] == [201, 201]
    assert inquire(ida, fakeproxy.phone("+14155550103")).status_code == 503


def test_a_sale_ends_all_conversations_about_the_house(fakeproxy, office, inquire, ida, anne, bert):
    inquire(ida, anne)
    fakeproxy.clock.advance(days=1)  # the first one is over by then
    inquire(ida, bert)

    assert office.post(f"/listings/{ida.listing}/sold").status_code == 204
    assert [session.closed_reason for session in fakeproxy.sessions.values()] == ["expired", "api"]
    assert office.get(f"/agents/{ida.id}/inquiries").json == []


@pytest.mark.usefixtures("ida", "tom")
def test_there_is_a_sign_for_two_agents(office):
    assert office.post("/agents", json={"name": "Eve", "phone": "+14155550203"}).status_code == 409
