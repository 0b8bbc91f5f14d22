"""Which texts stand for a person's number, in every place that takes one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.engine.numbering import WITHHELD

ANNE, BERT, POOL = "+14155550100", "+14155550101", "+14155550001"
MEXICAN = "+5215512345678"


@pytest.fixture(params=["here", "elsewhere"])
def people(request: pytest.FixtureRequest, proxy: FakeProxy) -> Any:
    """The fake, and the same fake driven by `connect()`."""
    proxy.add_service("rides", numbers=[POOL])
    proxy.add_session(participants=[ANNE, BERT])
    return proxy if request.param == "here" else fakeproxy.connect(proxy.url)


@pytest.mark.parametrize(
    "text", [f"tel:{ANNE}", "TEL:+1-415-555-0100", f" {ANNE} ", "sms:+14155550100", "(415) 555-0100"]
)
def test_a_number_in_any_notation_is_that_person(people: Any, text: str) -> None:
    assert people.phone(text).number == ANNE
    assert people.phone(text).text("tel:+1 415 555 0001", "hi").delivered


@pytest.mark.parametrize(
    "text", [*WITHHELD, "Anonymous", "anonymous", "Restricted", "unknown", "Unavailable", "BLOCKED"]
)
def test_who_withholds_the_number_can_call_and_text(people: Any, text: str) -> None:
    call = people.phone(text).call(POOL)
    contact = people.phone(text).text(POOL, "hi")
    assert not contact.delivered
    assert call.from_ == contact.from_ == text


def test_a_withheld_number_is_no_identifier(proxy: FakeProxy) -> None:
    service = proxy.add_service("rides", numbers=[POOL])
    participants = Client().proxy.v1.services(service.sid).sessions(proxy.add_session().sid).participants
    for text in ("+266696687", "Anonymous", f"tel:{ANNE}", f"{ANNE};ext=5"):
        with pytest.raises(TwilioRestException) as refused:
            participants.create(text)
        assert refused.value.code == 80404


def test_a_mexican_mobile_with_its_former_1(proxy: FakeProxy) -> None:
    proxy.add_service("rides", numbers=["+525512340001"])
    session = proxy.add_session(participants=[MEXICAN, "+525512345679"])
    contact = proxy.phone(MEXICAN).text(session.participants[0].proxy_identifier, "hola")
    assert contact.delivered_to == "+525512345679"
    back = proxy.phone("+52 55 1234 5679").text(session.participants[1].proxy_identifier, "hola")
    assert back.delivered_to == MEXICAN
    assert len(proxy.phone(MEXICAN).inbox) == 1


@pytest.mark.parametrize("text", ["+1 415 555 0100 ext. 5", "+14155550100x5", "tel:+14155550100;ext=5", "", "0"])
def test_what_is_no_number_is_refused(people: Any, text: str) -> None:
    with pytest.raises(UsageError, match="is no phone number"):
        people.phone(text)
    with pytest.raises(UsageError):
        people.phone(ANNE).text(text, "hi")


WRONG_TYPES = [None, 14155550100, 4.5, b"+14155550100", [ANNE], object()]


@pytest.mark.parametrize("wrong", WRONG_TYPES)
def test_what_is_no_text_is_told_so(proxy: FakeProxy, wrong: Any) -> None:
    proxy.add_service("rides", numbers=[POOL])
    acts: list[Callable[[], object]] = [
        lambda: proxy.phone(wrong),
        lambda: proxy.phone(ANNE).text(wrong, "hi"),
        lambda: proxy.phone(ANNE).call(wrong),
        lambda: proxy.add_number(wrong),
        lambda: proxy.add_short_code(wrong),
        lambda: proxy.add_service(numbers=[wrong]),
        lambda: proxy.add_service(reserved_numbers=[wrong]),
        lambda: proxy.add_session(participants=[wrong]),
        lambda: proxy.add_session(participants=[{"identifier": wrong}]),
    ]
    for act in acts:
        with pytest.raises(UsageError, match=r"such as|give 3 to 8 digits"):
            act()
    assert (len(proxy.services), len(proxy.sessions)) == (1, 0)


@pytest.mark.parametrize("wrong", [value for value in WRONG_TYPES if value is not None])
def test_what_may_be_left_out_is_a_text_too(proxy: FakeProxy, wrong: Any) -> None:
    proxy.add_service("rides", numbers=[POOL])
    acts: list[Callable[[], object]] = [
        lambda: proxy.add_service(sid=wrong),
        lambda: proxy.add_number("+14155550002", sid=wrong),
        lambda: proxy.add_short_code("12345", sid=wrong),
        lambda: proxy.add_session(sid=wrong),
        *(
            lambda name=name: proxy.add_session(participants=[{"identifier": ANNE, name: wrong}])
            for name in ("sid", "proxy_identifier", "proxy_identifier_sid", "friendly_name")
        ),
    ]
    for act in acts:
        with pytest.raises(UsageError, match=r"is a text such as|expected [A-Z]{2} and letters"):
            act()
    assert (len(proxy.services), len(proxy.sessions), len(proxy.owned_numbers)) == (1, 0, 1)


@pytest.mark.parametrize("wrong", WRONG_TYPES)
def test_what_is_no_text_is_told_so_elsewhere(proxy: FakeProxy, wrong: Any) -> None:
    proxy.add_service("rides", numbers=[POOL])
    elsewhere = fakeproxy.connect(proxy.url)
    acts: list[Callable[[], object]] = [
        lambda: elsewhere.phone(wrong),
        lambda: elsewhere.phone(ANNE).text(wrong, "hi"),
        lambda: elsewhere.phone(ANNE).call(wrong),
        lambda: elsewhere.add_number(wrong),
        lambda: elsewhere.add_short_code(wrong),
        lambda: elsewhere.add_session(participants=[wrong]),
        lambda: elsewhere.add_session(participants=[{"identifier": wrong}]),
    ]
    for act in acts:
        with pytest.raises(UsageError, match=r"such as|is no string|give a text"):
            act()


@pytest.mark.parametrize("people", ["here", "elsewhere"], indirect=True)
def test_what_is_none_is_left_out(people: Any) -> None:
    person = {"identifier": "+14155550102", "sid": None, "proxy_identifier": None, "friendly_name": None}
    assert people.add_session(participants=[person]).participants[0].proxy_identifier == POOL


def test_one_number_in_place_of_a_list_is_told(proxy: FakeProxy) -> None:
    with pytest.raises(UsageError, match="numbers is a list of phone numbers"):
        proxy.add_service(numbers=POOL)
    with pytest.raises(UsageError, match="reserved_numbers is a list of phone numbers"):
        proxy.add_service(reserved_numbers=POOL)
    proxy.add_service("rides", numbers=[POOL])
    with pytest.raises(UsageError, match="participants is a list of people"):
        proxy.add_session(participants=ANNE)
    with pytest.raises(UsageError, match="participants is a list of people"):
        proxy.add_session(participants={"identifier": ANNE})
    assert (len(proxy.services), len(proxy.sessions)) == (1, 0)


@pytest.mark.parametrize("local", ["+15550100", "555-0100", "+1 415555"])
def test_a_number_without_its_area_code_is_none(people: Any, proxy: FakeProxy, local: str) -> None:
    with pytest.raises(UsageError, match="is no phone number"):
        people.phone(local)
    with pytest.raises(UsageError, match="is no possible phone number"):
        people.add_number(local)
    service = next(iter(proxy.services))
    with pytest.raises(TwilioRestException) as refused:
        Client().proxy.v1.services(service).sessions(proxy.add_session().sid).participants.create(local)
    assert refused.value.code == 80404


@pytest.mark.parametrize("channel", ["messenger:123", "whatsapp:+14155550100", "CH" + "0" * 32])
def test_addresses_of_channels_stay_as_they_are(people: Any, channel: str) -> None:
    assert people.phone(channel).number == channel
