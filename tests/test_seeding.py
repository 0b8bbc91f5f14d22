"""Seeding: the same rules as for requests, and the caller's own SIDs."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from fakeproxy import FakeProxy, Refusal, UsageError
from fakeproxy.views import Service

CUSTOMER, DRIVER = "+14155550100", "+14155550101"


def test_a_service_with_everything(proxy: FakeProxy) -> None:
    sid = "KS" + "a" * 32
    service = proxy.add_service(
        "rides",
        sid=sid,
        numbers=["+14155550001"],
        reserved_numbers=["+14155550002"],
        default_ttl=60,
        callback_url="https://example.com/a",
        geo_match_level="area-code",
        number_selection_behavior="avoid-sticky",
        intercept_callback_url="https://example.com/b",
        out_of_session_callback_url="https://example.com/c",
        chat_instance_sid="IS" + "0" * 32,
    )
    fetched = proxy.client().proxy.v1.services(sid).fetch()
    for name in ("sid", "unique_name", "default_ttl", "callback_url", "geo_match_level", "chat_instance_sid"):
        assert getattr(fetched, name) == getattr(service, name)
    assert [number.is_reserved for number in proxy.phone_numbers.values()] == [False, True]


def test_rules_are_those_of_requests(proxy: FakeProxy, service: Service) -> None:
    with pytest.raises(Refusal) as refused:
        proxy.add_service("rides")
    assert (refused.value.code, refused.value.status) == (80602, 400)
    with pytest.raises(Refusal, match="80701"):
        proxy.add_service("other", geo_match_level="planet")
    with pytest.raises(Refusal, match="80104"):
        proxy.add_number("+14155550001", service=service)


@pytest.mark.parametrize("sid", ["KC1", "KS", "KS1/2", "KS-1"])
def test_a_sid_of_another_kind(proxy: FakeProxy, sid: str) -> None:
    with pytest.raises(UsageError, match="expected KS and letters or digits"):
        proxy.add_service(sid=sid)


@pytest.mark.parametrize("numbers", [["+14155550001", "0176"], ["+14155550001", "+14155550001"]])
def test_a_service_whose_numbers_are_refused_is_not_there(proxy: FakeProxy, numbers: list[str]) -> None:
    with pytest.raises((UsageError, Refusal)):
        proxy.add_service("chat", numbers=numbers)
    assert not proxy.services
    assert not proxy.phone_numbers
    assert not proxy.owned_numbers
    proxy.add_service("chat", numbers=["+14155550001"])


def test_a_sid_that_is_taken(proxy: FakeProxy) -> None:
    proxy.add_service(sid="KSmine")
    with pytest.raises(UsageError, match="sid='KSmine' is taken already"):
        proxy.add_service(sid="KSmine")
    assert proxy.client().proxy.v1.services("KSmine").fetch().sid == "KSmine"


def test_numbers_that_the_account_owns(proxy: FakeProxy, service: Service) -> None:
    owned = proxy.add_number("+442079460001", friendly_name="London", capabilities=["voice"], sid="PN" + "b" * 32)
    assert (owned.sid, owned.friendly_name, owned.iso_country, owned.capabilities) == (
        "PN" + "b" * 32,
        "London",
        "GB",
        ("voice",),
    )
    number = proxy.add_number("+442079460001", service=service.unique_name, reserved=True)
    assert (number.sid, number.is_reserved, number.in_use) == (owned.sid, True, 0)
    assert proxy.add_number("+442079460001") == owned
    assert proxy.add_number("+14155550044").friendly_name == "(415) 555-0044"


def test_a_number_has_the_same_sid_everywhere() -> None:
    sids = set()
    for _ in range(2):
        with FakeProxy() as proxy:
            proxy.add_service()
            sids.add(proxy.add_number("+14155550001").sid)
    assert len(sids) == 1


@pytest.mark.parametrize("number", ["4155550001", "+1", "12345", "messenger:1"])
def test_what_is_no_number(proxy: FakeProxy, number: str) -> None:
    with pytest.raises(UsageError, match="no possible phone number"):
        proxy.add_number(number)


def test_an_unknown_capability(proxy: FakeProxy) -> None:
    with pytest.raises(UsageError, match="unknown capability smoke; there are: voice, sms, mms, fax"):
        proxy.add_number("+14155550001", capabilities=["smoke"])


def test_short_codes(proxy: FakeProxy, service: Service) -> None:
    owned = proxy.add_short_code("12345")
    code = proxy.add_short_code("12345", service=service, reserved=True)
    assert (code.sid, code.short_code, code.is_reserved) == (owned.sid, "12345", True)
    assert proxy.add_short_code("54321", service=service, sid="SC" + "c" * 32).sid == "SC" + "c" * 32
    with pytest.raises(UsageError, match="give 3 to 8 digits"):
        proxy.add_short_code("+14155550001")


def test_a_session_with_everything(proxy: FakeProxy, service: Service) -> None:
    session = proxy.add_session(
        service,
        sid="KC" + "d" * 32,
        unique_name="job",
        participants=[CUSTOMER, {"identifier": DRIVER, "friendly_name": "D", "proxy_identifier": "+14155550003"}],
        ttl=60,
        date_expiry=datetime(2030, 1, 1, 10, tzinfo=timezone.utc),
        mode="message-only",
        status="open",
    )
    assert (session.sid, session.mode, session.ttl) == ("KC" + "d" * 32, "message-only", 60)
    assert session.date_expiry == datetime(2030, 1, 1, 10, tzinfo=timezone.utc)
    customer, driver = session.participants
    assert (customer.proxy_identifier, driver.proxy_identifier) == ("+14155550001", "+14155550003")
    assert driver.friendly_name == "D"
    assert proxy.participants[driver.sid] == driver


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            {"participants": [{"nickname": "x"}]},
            "a participant has no nickname; it has: sid, identifier, friendly_name",
        ),
        ({"date_expiry": "2030-01-01T10:00:00"}, "has no time zone"),
        ({"service": "nobody"}, "has no Service 'nobody'; add_service() makes one"),
    ],
)
def test_wrong_use_says_what_to_do(proxy: FakeProxy, service: Service, arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError) as refused:
        proxy.add_session(**arguments)
    assert text in str(refused.value)


def test_the_service_may_be_left_out_where_there_is_one(proxy: FakeProxy) -> None:
    with pytest.raises(UsageError, match="there are 0 Services; name one of them by its SID or unique name"):
        proxy.add_session()
    service = proxy.add_service()
    assert proxy.add_session().service_sid == service.sid
    proxy.add_service()
    with pytest.raises(UsageError, match="there are 2 Services"):
        proxy.add_session()
