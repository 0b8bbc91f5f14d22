import asyncio

import httpx
import pytest
from people import DRIVER, RECIPIENT, SECOND_DRIVER, SITE, assign, book


def test_the_two_reach_each_other_and_see_no_number_of_the_other(fakeproxy, dispatcher):
    delivery = book(dispatcher).json()
    recipient, driver = fakeproxy.phone(RECIPIENT), fakeproxy.phone(DRIVER)

    recipient.text(delivery["recipient_dials"], "The bell is broken.")
    driver.text(delivery["driver_dials"], "I will knock.")

    assert [(text.from_, text.body) for text in driver.inbox] == [(delivery["driver_dials"], "The bell is broken.")]
    assert [(text.from_, text.body) for text in recipient.inbox] == [(delivery["recipient_dials"], "I will knock.")]


def test_the_second_driver_takes_the_place_of_the_first(fakeproxy, dispatcher):
    first = book(dispatcher).json()
    second = assign(dispatcher, SECOND_DRIVER).json()

    assert fakeproxy.phone(RECIPIENT).text(first["recipient_dials"], "Are you close?").delivered_to == SECOND_DRIVER
    assert fakeproxy.phone(SECOND_DRIVER).text(second["driver_dials"], "Yes.").delivered_to == RECIPIENT
    late = fakeproxy.phone(DRIVER).text(first["driver_dials"], "I am stuck.")
    assert (late.delivered, late.reply) == (False, "parcel-7 has another driver now.")


def test_a_driver_who_has_the_parcel_keeps_it(fakeproxy, dispatcher):
    delivery = book(dispatcher).json()
    assert assign(dispatcher, DRIVER).json() == delivery


def test_a_stranger_reaches_nobody(fakeproxy, dispatcher):
    delivery = book(dispatcher).json()
    stranger = fakeproxy.phone("+14155550199").text(delivery["recipient_dials"], "Who is this?")
    assert (stranger.delivered, stranger.reply.split()[0]) == (False, "Only")


def test_a_number_in_a_text_is_blocked(fakeproxy, dispatcher):
    delivery = book(dispatcher).json()
    with fakeproxy.alerts.expect(80909):
        assert fakeproxy.phone(RECIPIENT).text(delivery["recipient_dials"], "Call me: 415 555 0100").blocked
    assert fakeproxy.phone(RECIPIENT).text(delivery["recipient_dials"], "It is house 4155.").delivered


def test_a_webhook_that_is_not_signed_by_twilio_is_refused(fakeproxy, dispatcher):
    delivery = book(dispatcher).json()
    with fakeproxy.webhooks.sign_with("another token"), fakeproxy.alerts.expect(80909):
        forged = fakeproxy.phone(RECIPIENT).text(delivery["recipient_dials"], "Hello?")
    assert [callback.status for callback in forged.callbacks] == [403]


@pytest.mark.anyio
async def test_ten_parcels_are_booked_at_once(fakeproxy, app):
    recipients = [f"+1415555020{number}" for number in range(10)]
    drivers = [f"+1415555030{number}" for number in range(10)]
    fakeproxy.webhooks.mount(SITE, app)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=SITE) as dispatcher:
        answers = await asyncio.gather(
            *[book(dispatcher, f"parcel-{number}", recipients[number], drivers[number]) for number in range(10)]
        )
        dials = answers[3].json()["recipient_dials"]
        contact = await fakeproxy.phone(recipients[3]).atext(dials, "Hello!")

    assert {answer.status_code for answer in answers} == {201}
    assert contact.delivered_to == drivers[3]
