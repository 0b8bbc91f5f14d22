"""The numbers of the account and those for sale, through the SDK: searched, bought, listed, changed, released."""

from __future__ import annotations

import json
from typing import Any

import phonenumbers
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.engine.available_numbers import countries
from fakeproxy.views import Service

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture
def client(proxy: FakeProxy, service: Service) -> Client:
    return Client()


def refused(act: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        act()
    return caught.value.status, caught.value.code


def list_refused(proxy: FakeProxy, act: Any) -> tuple[int, int | None]:
    """Of a list the SDK raises less than it was told."""
    with pytest.raises(TwilioException, match="Unable to fetch page"):
        act()
    return proxy.journal[-1].status, proxy.journal[-1].code


def numbers(rows: Any) -> list[str]:
    return [row.phone_number for row in rows]


def test_a_number_is_searched_bought_and_put_into_a_pool(proxy: FakeProxy, client: Client, service: Service) -> None:
    found = client.available_phone_numbers("US").local.list(area_code=312, sms_enabled=True, limit=3)
    assert len(found) == 3
    assert all(row.phone_number.startswith("+1312") for row in found)
    bought = client.incoming_phone_numbers.create(phone_number=found[0].phone_number, sms_url="https://x.example/sms")
    assert bought.capabilities["sms"]
    assert bought.sms_url == "https://x.example/sms"
    client.proxy.v1.services(service.sid).phone_numbers.create(sid=bought.sid)
    proxy.add_session(service, participants=[ANNE, BERT])
    again = client.available_phone_numbers("US").local.list(area_code=312, sms_enabled=True, limit=3)
    assert numbers(again)[:2] == numbers(found)[1:]
    assert proxy.journal[-1].operation == "ListAvailablePhoneNumberLocal"


@pytest.mark.parametrize("country", ["US", "CA", "GB", "DE", "FR", "AU", "JP", "BR"])
@pytest.mark.parametrize("kind", ["local", "mobile", "toll_free"])
def test_what_is_for_sale_is_of_the_country_and_of_the_kind(
    proxy: FakeProxy, client: Client, country: str, kind: str
) -> None:
    search = getattr(client.available_phone_numbers(country), kind)
    if kind == "mobile" and country in ("US", "CA"):
        assert list_refused(proxy, lambda: search.list(limit=5)) == (501, 501)
        return
    found = search.list(limit=5)
    assert len(set(numbers(found))) == 5
    assert numbers(found) == numbers(search.list(limit=5))
    for row in found:
        number = phonenumbers.parse(row.phone_number)
        assert phonenumbers.is_valid_number(number)
        assert row.iso_country == country
        assert row.capabilities["voice"]
        kinds = phonenumbers.PhoneNumberType
        assert (phonenumbers.number_type(number) == kinds.TOLL_FREE) == (kind == "toll_free")
        assert (phonenumbers.number_type(number) == kinds.MOBILE) == (kind == "mobile")


@pytest.mark.parametrize("country", ["US", "GB", "DE"])
@pytest.mark.parametrize("pattern", ["77", "123", "9*9", "TAXI", "0*2"])
def test_contains(client: Client, country: str, pattern: str) -> None:
    found = client.available_phone_numbers(country).local.list(contains=pattern, limit=10)
    assert found
    digits = pattern.replace("TAXI", "8294")
    for row in found:
        assert any(
            all(want in ("*", row.phone_number[at + index]) for index, want in enumerate(digits))
            for at in range(1, len(row.phone_number) - len(digits) + 1)
        ), row.phone_number


def test_contains_with_an_area_code(client: Client) -> None:
    local = client.available_phone_numbers("US").local
    found = numbers(local.list(area_code=415, contains="777", limit=5))
    assert len(found) == 5
    assert all(number.startswith("+1415") and "777" in number for number in found)
    assert numbers(local.list(contains="+1212", limit=2))[0].startswith("+1212")
    assert numbers(local.list(contains="415555****", limit=2))[0].startswith("+1415555")
    assert local.list(area_code=415, contains="4165551234") == []


def test_nothing_is_for_sale_where_nothing_can_be(client: Client) -> None:
    assert client.available_phone_numbers("US").local.list(area_code=416) == []  # Toronto's
    assert client.available_phone_numbers("US").local.list(area_code=999) == []
    assert client.available_phone_numbers("US").local.list(sms_enabled=False) == []


@pytest.mark.parametrize("country", ["ZZ", "us", "Q1"])
def test_a_country_without_facts_says_so(proxy: FakeProxy, client: Client, country: str) -> None:
    assert list_refused(proxy, client.available_phone_numbers(country).local.list) == (501, 501)
    assert f"Local numbers of '{country}', of which it has no facts" in proxy.report()
    assert refused(lambda: client.available_phone_numbers(country).fetch()) == (501, 501)


def test_a_filter_without_facts_says_so(proxy: FakeProxy, client: Client) -> None:
    local = client.available_phone_numbers("US").local
    assert list_refused(proxy, lambda: local.list(in_locality="Chicago")) == (501, 501)
    assert "numbers by InLocality" in proxy.report()


def test_the_countries(client: Client) -> None:
    rows = client.available_phone_numbers.list()
    assert {row.country_code for row in rows} == set(countries())
    assert client.available_phone_numbers("GB").fetch().subresource_uris.keys() == {"local", "mobile", "toll_free"}
    assert client.available_phone_numbers("US").fetch().subresource_uris.keys() == {"local", "toll_free"}


def test_a_search_never_shows_what_any_account_owns(proxy: FakeProxy, client: Client) -> None:
    first = numbers(client.available_phone_numbers("US").local.list(limit=4))
    proxy.add_number(first[0])
    client.incoming_phone_numbers.create(phone_number=first[1])
    other = Client("AC" + "9" * 32, "token")
    other.incoming_phone_numbers.create(phone_number=first[2])
    assert numbers(client.available_phone_numbers("US").local.list(limit=1)) == [first[3]]
    assert refused(lambda: client.incoming_phone_numbers.create(phone_number=first[2])) == (400, 21422)


def test_a_page_has_the_size_that_is_asked_for(proxy: FakeProxy, client: Client) -> None:
    local = client.available_phone_numbers("US").local
    assert len(local.list()) == 50
    assert len(local.list(page_size=200, limit=120)) == 120
    assert list_refused(proxy, lambda: local.page(page_size=0)) == (400, 20001)


def test_buying_by_area_code(client: Client) -> None:
    create = client.incoming_phone_numbers.create
    assert create(area_code="212").phone_number.startswith("+1212")
    assert create(area_code="416").phone_number.startswith("+1416")
    assert len(set(numbers([create(area_code="212") for _ in range(3)]))) == 3
    assert refused(lambda: create(area_code="999")) == (400, 21452)


def test_one_number(proxy: FakeProxy, client: Client) -> None:
    row = client.incoming_phone_numbers.list()[0]
    assert client.incoming_phone_numbers(row.sid).fetch().phone_number == row.phone_number
    changed = client.incoming_phone_numbers(row.sid).update(friendly_name="Front desk", voice_url="https://x.example/v")
    assert (changed.friendly_name, changed.voice_url) == ("Front desk", "https://x.example/v")
    proxy.restore(proxy.snapshot())
    assert client.incoming_phone_numbers(row.sid).fetch().voice_url == "https://x.example/v"
    assert numbers(client.incoming_phone_numbers.list(friendly_name="Front desk")) == [row.phone_number]
    client.incoming_phone_numbers(row.sid).update(sms_url="https://x.example/s")
    assert client.incoming_phone_numbers(row.sid).fetch().voice_url == "https://x.example/v"
    for act in ("fetch", "update", "delete"):
        assert refused(getattr(client.incoming_phone_numbers("PN" + "0" * 32), act)) == (404, 20404)
        other = Client("AC" + "9" * 32, "token")
        assert refused(getattr(other.incoming_phone_numbers(row.sid), act)) == (404, 20404)


def test_a_number_is_released(proxy: FakeProxy, client: Client, service: Service) -> None:
    proxy.add_session(service, participants=[ANNE, BERT])
    used, free = (
        next(row for row in proxy.phone_numbers.values() if bool(row.in_use) is in_use) for in_use in (True, False)
    )
    assert client.incoming_phone_numbers(free.sid).delete()
    assert free.phone_number not in numbers(client.incoming_phone_numbers.list())
    assert free.phone_number not in numbers(client.proxy.v1.services(service.sid).phone_numbers.list())
    assert refused(client.incoming_phone_numbers(free.sid).fetch) == (404, 20404)
    assert refused(client.incoming_phone_numbers(used.sid).delete) == (400, 80611)
    assert client.incoming_phone_numbers.create(phone_number=free.phone_number).sid == free.sid


def test_lists_by_kind(client: Client) -> None:
    client.incoming_phone_numbers.create(phone_number="+18005550199")
    client.incoming_phone_numbers.create(phone_number="+447911123456")
    assert numbers(client.incoming_phone_numbers.toll_free.list()) == ["+18005550199"]
    assert numbers(client.incoming_phone_numbers.mobile.list()) == ["+447911123456"]
    assert "+14155550001" in numbers(client.incoming_phone_numbers.local.list())
    assert client.incoming_phone_numbers.list(origin="hosted") == []


def test_every_attribute_of_the_sdk_is_answered(proxy: FakeProxy, client: Client) -> None:
    for fetch, key in (
        (lambda: client.available_phone_numbers("US").local.list(limit=1)[0], "available_phone_numbers"),
        (lambda: client.available_phone_numbers.list()[0], "countries"),
        (client.available_phone_numbers("US").fetch, ""),
    ):
        row = fetch()
        answer = json.loads(proxy.journal[-1].text)
        answer = answer.get(key, [answer])[0]
        read = {name.strip("_") for name in vars(row) if name not in ("_version", "_solution", "_context")}
        assert read - set(answer) == set()


def test_through_a_fake_of_another_process() -> None:
    with FakeProxy(intercept=False) as proxy, fakeproxy.connect(proxy.url):
        found = Client().available_phone_numbers("GB").mobile.list(limit=2)
        sid = Client().incoming_phone_numbers.create(phone_number=found[1].phone_number).sid
        assert Client().incoming_phone_numbers(sid).delete()
        assert len(proxy.owned_numbers) == 0
