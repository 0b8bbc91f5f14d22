"""The slice of api.twilio.com behind Proxy, through the SDK, and how the rest of that host is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fakeproxy import BlockedRequest, FakeProxy
from fakeproxy.engine.records import End
from fakeproxy.transports import targets
from fakeproxy.views import Service

ANNE, BERT = "+14155550100", "+14155550101"
NINE = datetime(2030, 1, 1, 9, tzinfo=timezone.utc)


@pytest.fixture
def client(proxy: FakeProxy, service: Service) -> Client:
    proxy.add_session(service, participants=[ANNE, BERT])
    return Client()


def test_the_messages_of_an_interaction(proxy: FakeProxy, client: Client) -> None:
    contact = proxy.phone(ANNE).text("+14155550001", "hello", media=["https://example.com/a"])
    inbound = client.messages(contact.sid).fetch()
    assert (inbound.from_, inbound.to, inbound.body) == (ANNE, "+14155550001", "hello")
    assert (inbound.status, inbound.direction, inbound.num_media) == ("received", "inbound", "1")
    assert (inbound.date_created, inbound.date_sent, inbound.date_updated) == (NINE, NINE, NINE)
    assert contact.interaction is not None
    outbound = client.messages(contact.interaction.outbound_resource_sid).fetch()
    assert (outbound.from_, outbound.to, outbound.status) == ("+14155550001", BERT, "delivered")
    assert (outbound.error_code, outbound.num_segments) == (None, "1")


@pytest.mark.parametrize(("end", "code"), [("undelivered", 30003), ("failed", 30008)])
def test_a_message_that_did_not_arrive(proxy: FakeProxy, client: Client, end: End, code: int) -> None:
    proxy.phone(BERT).reception = end
    contact = proxy.phone(ANNE).text("+14155550001", "hello")
    assert contact.interaction is not None
    message = client.messages(contact.interaction.outbound_resource_sid).fetch()
    assert (message.status, message.error_code) == (end, code)


def test_a_call_from_ringing_to_its_end(proxy: FakeProxy, client: Client) -> None:
    call = proxy.phone(ANNE).call("+14155550001")
    assert call.interaction is not None
    outbound = client.calls(call.interaction.outbound_resource_sid)

    def seen() -> tuple[Any, ...]:
        row = outbound.fetch()
        return row.status, row.start_time, row.end_time, row.duration

    assert seen() == ("ringing", None, None, None)
    proxy.clock.advance(5)
    call.answer()
    assert seen() == ("in-progress", NINE.replace(second=5), None, None)
    proxy.clock.advance(60)
    call.hang_up()
    assert seen() == ("completed", NINE.replace(second=5), NINE.replace(minute=1, second=5), "60")
    row = outbound.fetch()
    assert (row.direction, row.parent_call_sid, row._from, row.to) == ("outbound-dial", call.sid, "+14155550001", BERT)
    inbound = client.calls(call.sid).fetch()
    assert (inbound.direction, inbound.duration, inbound.from_formatted) == ("inbound", "65", "(415) 555-0100")


def test_a_call_that_nobody_answers(proxy: FakeProxy, client: Client) -> None:
    call = proxy.phone(ANNE).call("+14155550001").busy()
    assert call.interaction is not None
    row = client.calls(call.interaction.outbound_resource_sid).fetch()
    assert (row.status, row.start_time, row.duration) == ("busy", None, "0")


def test_an_application_ends_both_legs(proxy: FakeProxy, client: Client) -> None:
    call = proxy.phone(ANNE).call("+14155550001").answer()
    proxy.clock.advance(9)
    assert client.calls(call.sid).update(status="completed").status == "completed"
    assert (call.status, call.duration) == ("completed", 9)


@pytest.mark.parametrize("status", ["completed", "canceled"])
def test_an_application_ends_what_rings(proxy: FakeProxy, client: Client, status: str) -> None:
    call = proxy.phone(ANNE).call("+14155550001")
    assert call.interaction is not None
    row = client.calls(call.interaction.outbound_resource_sid).update(status=status)
    assert row.status == call.status == "canceled"


def test_the_callbacks_of_an_end_by_the_api(proxy: FakeProxy, client: Client, service: Service) -> None:
    call = proxy.phone(ANNE).call("+14155550001").answer()
    proxy.webhooks.unmounted = "alert"
    client.proxy.v1.services(service.sid).update(callback_url="https://api.example.com/status")
    client.calls(call.sid).update(status="completed")
    assert [delivery.form["outboundResourceStatus"] for delivery in call.callbacks] == ["initiated", "completed"]


def refused(act: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        act()
    return caught.value.status, caught.value.code


def test_what_cannot_be_done_to_a_call(proxy: FakeProxy, client: Client) -> None:
    call = proxy.phone(ANNE).call("+14155550001").answer()
    assert refused(lambda: client.calls(call.sid).update(status="canceled")) == (400, 21220)
    assert refused(lambda: client.calls(call.sid).update(url="https://example.com")) == (501, 501)
    assert refused(lambda: client.calls(call.sid).update()) == (400, 20001)
    call.hang_up()
    assert refused(lambda: client.calls(call.sid).update(status="completed")) == (400, 21220)


def test_unknown_sids_and_other_accounts(proxy: FakeProxy, client: Client) -> None:
    contact = proxy.phone(ANNE).text("+14155550001", "hello")
    client.proxy.v1.services.list()
    assert refused(lambda: client.messages("SM" + "0" * 32).fetch()) == (404, 20404)
    assert refused(lambda: client.calls("CA" + "0" * 32).fetch()) == (404, 20404)
    other = Client("AC" + "9" * 32, "token")
    assert refused(lambda: other.messages(contact.sid).fetch()) == (404, 20404)
    assert refused(lambda: Client(client.username, client.password, "AC" + "9" * 32).messages(contact.sid).fetch()) == (
        404,
        20404,
    )


def test_the_numbers_of_the_account(proxy: FakeProxy, client: Client, service: Service) -> None:
    bought = client.incoming_phone_numbers.create(phone_number="+442071838750", friendly_name="London")
    assert (bought.phone_number, bought.friendly_name) == ("+442071838750", "London")
    assert bought.date_created == NINE
    assert bought.capabilities == {"voice": True, "sms": True, "mms": True, "fax": True}
    numbers = client.incoming_phone_numbers.list()
    assert [row.phone_number for row in numbers] == ["+14155550001", "+14155550002", "+14155550003", "+442071838750"]
    row = client.proxy.v1.services(service.sid).phone_numbers.create(sid=bought.sid)
    assert (row.sid, row.phone_number) == (bought.sid, "+442071838750")


def test_numbers_by_filter_and_page(proxy: FakeProxy, client: Client) -> None:
    proxy.add_short_code("12345")
    list_ = client.incoming_phone_numbers.list
    assert [row.phone_number for row in list_(phone_number="+1415555000*")] == [f"+1415555000{n}" for n in (1, 2, 3)]
    assert [row.phone_number for row in list_(phone_number="0002")] == ["+14155550002"]
    assert [row.phone_number for row in list_(friendly_name="(415) 555-0003")] == ["+14155550003"]
    assert [row.phone_number[-1] for row in list_(page_size=1)] == ["1", "2", "3"]
    second = client.incoming_phone_numbers.page(page_size=1).next_page()
    assert [row.phone_number[-1] for row in second.previous_page()] == ["1"]
    assert second.next_page().next_page() is None


def test_numbers_that_cannot_be_bought(client: Client) -> None:
    create = client.incoming_phone_numbers.create
    assert refused(lambda: create(phone_number="+14155550001")) == (400, 21422)
    assert refused(lambda: create(phone_number="nobody")) == (400, 21421)
    assert refused(lambda: create(area_code="999")) == (400, 21452)
    assert refused(lambda: create()) == (400, 20001)


def test_every_attribute_of_the_sdk_is_answered(proxy: FakeProxy, client: Client) -> None:
    """What the SDK reads is there, so that nothing is null just because the fake forgot it."""
    call = proxy.phone(ANNE).call("+14155550001").answer().hang_up()
    contact = proxy.phone(ANNE).text("+14155550001", "hello")
    for fetch in (
        client.calls(call.sid).fetch,
        client.messages(contact.sid).fetch,
        lambda: client.incoming_phone_numbers.list()[0],
    ):
        row = fetch()
        answer = json.loads(proxy.journal[-1].text)
        answer = answer.get("incoming_phone_numbers", [answer])[0]
        read = {name.strip("_") for name in vars(row) if name not in ("_version", "_solution", "_context")}
        missing = {name for name in read if name not in answer} - {"from_", "type", "stir_verstat"}
        assert missing == set()


def test_the_journal_has_it_too(proxy: FakeProxy, client: Client) -> None:
    client.incoming_phone_numbers.list()
    assert proxy.journal[-1].operation == "ListIncomingPhoneNumber"


def test_the_rest_of_the_host_is_stopped(client: Client) -> None:
    with FakeProxy(blocked="raise"):
        acts: tuple[Callable[[], object], ...] = (
            lambda: client.messages("SM" + "0" * 32).media.list(),
            lambda: client.calls.create(to=ANNE, from_=BERT, url="https://example.com"),
            lambda: client.api.v2010.accounts.list(),
            lambda: client.addresses.list(),
        )
        for act in acts:
            with pytest.raises(BlockedRequest, match=r"what belongs to it on api\.twilio\.com"):
                act()


def test_with_the_host_allowed_the_fakes_own_sids_stay_with_it() -> None:
    with FakeProxy(allow_hosts=("api.twilio.com",)) as proxy:
        proxy.add_service(numbers=["+14155550001"])
        proxy.add_session(participants=[ANNE, BERT])
        sid = proxy.phone(ANNE).text("+14155550001", "hello").sid
        target = targets.current()
        assert target is not None
        base = "https://api.twilio.com/2010-04-01/Accounts/" + Client().username
        assert targets.takes(target, "GET", f"{base}/Messages/{sid}.json")
        assert not targets.takes(target, "GET", f"{base}/Messages/SM{'0' * 32}.json")
        assert targets.takes(target, "GET", f"{base}/IncomingPhoneNumbers.json")
        assert targets.takes(target, "POST", f"{base}/IncomingPhoneNumbers.json")
        assert not targets.takes(target, "POST", f"{base}/Messages.json")
        assert Client().messages(sid).fetch().body == "hello"


def test_a_region_and_an_edge(proxy: FakeProxy, client: Client) -> None:
    assert len(Client(region="ie1", edge="dublin").incoming_phone_numbers.list()) == 3


def test_through_the_wsgi_application(proxy: FakeProxy, client: Client) -> None:
    from tests.api.http import Http

    http = Http(proxy)
    base = "/2010-04-01/Accounts/" + client.username
    assert http.send("DELETE", base + "/IncomingPhoneNumbers.json").status == 405
    answer = http.send("GET", base + "/Recordings.json")
    assert (answer.status, answer.json["message"]) == (
        501,
        f"The fake does not do this: GET {base}/Recordings.json of Twilio's core API",
    )
