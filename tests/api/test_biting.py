"""Rules whose mutants once lived: counts of pools, SIDs of a seed, dates of updates, codes that lie together."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fakeproxy import FakeProxy
from fakeproxy.engine.area_codes import _COMPLEXES, same_place
from fakeproxy.engine.phone_numbers import LIMITS

#: Countries that are served by numbers of another: a number of each, and one of the country that serves it.
SUBSTITUTES = {
    "AG": ("+12684601234", "US"),
    "AI": ("+12642351234", "US"),
    "BM": ("+14413701234", "US"),
    "BS": ("+12423591234", "US"),
    "MS": ("+16644923456", "US"),
    "TC": ("+16492311234", "US"),
    "VG": ("+12843001234", "US"),
    "VI": ("+13406421234", "US"),
    "GG": ("+447781123456", "GB"),
    "IM": ("+447924123456", "GB"),
    "JE": ("+447797712345", "GB"),
}
OF = {"US": "+14155550001", "GB": "+447400123456"}


@pytest.mark.parametrize("reserved", [False, True])
def test_the_pool_of_a_service_whose_sid_is_given_again_is_empty(
    proxy: FakeProxy, monkeypatch: pytest.MonkeyPatch, reserved: bool
) -> None:
    monkeypatch.setitem(LIMITS, reserved, 2)
    numbers = ["+14155550001", "+14155550002"]
    pool = {"reserved_numbers" if reserved else "numbers": numbers}
    for _ in range(3):
        proxy.add_service("rides", sid="KS" + "1" * 32, **pool)  # type: ignore[arg-type]
        with pytest.raises(TwilioRestException) as refused:
            Client().proxy.v1.services("KS" + "1" * 32).phone_numbers.create(
                phone_number="+14155550003", is_reserved=reserved
            )
        assert refused.value.code == 80622
        Client().proxy.v1.services("KS" + "1" * 32).delete()


def test_a_restored_state_goes_on_with_its_own_seed(proxy: FakeProxy) -> None:
    proxy.add_service("rides")
    state = proxy.snapshot()
    expected = [proxy.add_service("next").sid, proxy.add_number("+14155550009").sid]
    with FakeProxy(seed=7, intercept=False) as other:
        other.restore(state)
        assert [other.add_service("next").sid, other.add_number("+14155550009").sid] == expected
        assert other.snapshot()["seed"] == 0


def test_a_bought_number_has_the_same_sid_in_any_order_of_buying(proxy: FakeProxy) -> None:
    numbers = ["+14155550001", "+14155550002", "+14155550003"]
    sids = {number: proxy.add_number(number).sid for number in numbers}
    with FakeProxy(intercept=False) as other:
        assert {number: other.add_number(number).sid for number in reversed(numbers)} == sids
    assert len(set(sids.values())) == 3


def test_an_update_of_a_number_is_dated(proxy: FakeProxy) -> None:
    service = proxy.add_service("rides", numbers=["+14155550001"])
    number = next(iter(proxy.phone_numbers.values()))
    client = Client().proxy.v1.services(service.sid)
    for reserved in (True, True, False):
        proxy.clock.advance(60)
        updated = client.phone_numbers(number.sid).update(is_reserved=reserved)
        assert updated.date_updated == proxy.clock.now()
        assert updated.date_created == number.date_created
    code = proxy.add_short_code("12345", service=service)
    assert code.date_updated == proxy.clock.now()


@pytest.mark.parametrize("line", _COMPLEXES.strip().splitlines(), ids=lambda line: line[:7])
def test_the_codes_of_each_complex_lie_over_one_another(line: str) -> None:
    for complex_ in line.split("/"):
        codes = complex_.split()
        for code in codes:
            assert all(same_place(code, other) for other in codes)
            assert not same_place(code, "999")


@pytest.mark.parametrize("country", SUBSTITUTES)
@pytest.mark.parametrize("of_pool", ["US", "GB"])
def test_a_substitute_country_is_served_by_its_own_and_no_other(proxy: FakeProxy, country: str, of_pool: str) -> None:
    number, serves = SUBSTITUTES[country]
    service = proxy.add_service("rides", numbers=[OF[of_pool]])
    sessions = Client().proxy.v1.services(service.sid).sessions
    participants = sessions(proxy.add_session(service).sid).participants
    if serves == of_pool:
        assert participants.create(number).proxy_identifier == OF[of_pool]
    else:
        with pytest.raises(TwilioRestException) as refused:
            participants.create(number)
        assert refused.value.code == 80203


def test_an_update_of_a_short_code_is_dated(proxy: FakeProxy) -> None:
    service = proxy.add_service("rides")
    code = proxy.add_short_code("12345", service=service)
    proxy.clock.advance(60)
    url = f"https://proxy.twilio.com/v1/Services/{service.sid}/ShortCodes/{code.sid}"
    assert Client().request("POST", url, data={"IsReserved": "true"}).status_code == 200
    updated = proxy.short_codes[code.sid]
    assert (updated.date_created, updated.date_updated) == (code.date_created, proxy.clock.now())


def test_an_update_of_an_owned_number_is_dated(proxy: FakeProxy) -> None:
    number = proxy.add_number("+14155550001")
    proxy.clock.advance(60)
    Client().incoming_phone_numbers(number.sid).update(friendly_name="Rides")
    updated = proxy.owned_numbers[number.sid]
    assert (updated.friendly_name, updated.date_updated) == ("Rides", proxy.clock.now())


@pytest.mark.parametrize("level", ["area-code", "overlay", "extended-area-code"])
def test_whom_no_area_code_is_known_of_is_let_in_at_any_level(proxy: FakeProxy, level: str) -> None:
    """A person on a channel, and one of a country without area codes."""
    service = proxy.add_service("rides", numbers=["+14155550001"], geo_match_level=level)
    session = proxy.add_session(service, mode="message-only", participants=["messenger:123"])
    assert session.participants[0].proxy_identifier == "+14155550001"
