"""Which number of the pool a participant gets, and why none."""

from __future__ import annotations

from typing import Any

import pytest

from fakeproxy import FakeProxy, Refusal
from fakeproxy.views import Service

CUSTOMER, DRIVER = "+14155550100", "+14155550101"
CLOSE_OR_ADD = "a number serves a person in one session at a time: close a session, or add numbers to the pool"
NO_NUMBER = "This Service has no compatible Proxy numbers for this Participant. "


def given(proxy: FakeProxy, service: Service, identifier: str = CUSTOMER, **settings: Any) -> str:
    """The proxy number that the person gets in a new session."""
    return proxy.add_session(service, participants=[identifier], **settings).participants[0].proxy_identifier


def refusal(proxy: FakeProxy, service: Service, identifier: str = CUSTOMER, **settings: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        given(proxy, service, identifier, **settings)
    return refused.value


def test_both_people_of_a_session_may_share_a_number(proxy: FakeProxy, service: Service) -> None:
    session = proxy.add_session(service, participants=[CUSTOMER, DRIVER])
    assert {person.proxy_identifier for person in session.participants} == {"+14155550001"}
    assert proxy.phone_numbers[session.participants[0].proxy_identifier_sid or ""].in_use == 1


def test_a_person_has_a_number_of_his_own_for_each_active_session(proxy: FakeProxy, service: Service) -> None:
    assert [given(proxy, service) for _ in range(3)] == ["+14155550001", "+14155550002", "+14155550003"]
    none_left = refusal(proxy, service)
    assert none_left.code == 80208
    assert none_left.message == (
        NO_NUMBER + "Failed to find a proxy number for +1415555XXXX. All matching proxies for this Participant are "
        "already in use in other Sessions."
    )
    assert none_left.why[0].startswith("+14155550001 is used by +14155550100 in KC")
    assert none_left.why[3:] == (CLOSE_OR_ADD,)


def test_prefer_sticky_gives_a_person_the_last_number_again(proxy: FakeProxy, service: Service) -> None:
    first = proxy.add_session(service, participants=[CUSTOMER])
    second = proxy.add_session(service, participants=[CUSTOMER])
    client = proxy.client().proxy.v1.services(service.sid)
    client.sessions(first.sid).update(status="closed")
    client.sessions(second.sid).delete()
    assert second.participants[0].proxy_identifier == "+14155550002"
    assert given(proxy, service) == "+14155550002"


def test_prefer_sticky_never_fails_because_of_the_last_number(proxy: FakeProxy, service: Service) -> None:
    session = proxy.add_session(service, participants=[CUSTOMER])
    client = proxy.client().proxy.v1.services(service.sid)
    client.sessions(session.sid).delete()
    client.phone_numbers(session.participants[0].proxy_identifier_sid).delete()
    assert given(proxy, service) == "+14155550002"


def test_avoid_sticky_gives_what_the_person_had_longest_ago(proxy: FakeProxy) -> None:
    service = proxy.add_service(numbers=["+14155550001", "+14155550002"], number_selection_behavior="avoid-sticky")
    had = []
    for _ in range(4):
        session = proxy.add_session(service, participants=[CUSTOMER])
        had.append(session.participants[0].proxy_identifier[-1])
        proxy.client().proxy.v1.services(service.sid).sessions(session.sid).delete()
    assert had == ["1", "2", "1", "2"]
    busy = [given(proxy, service) for _ in range(2)]
    assert sorted(busy) == ["+14155550001", "+14155550002"]
    assert refusal(proxy, service).code == 80208


def test_an_empty_pool(proxy: FakeProxy) -> None:
    service = proxy.add_service()
    refused = refusal(proxy, service)
    assert (refused.code, refused.status) == (80205, 400)
    assert refused.message == NO_NUMBER + "This Service has no Proxy numbers configured."
    assert refused.why == (f"the pool of {service.sid} is empty: no number was added to Service {service.unique_name}",)


@pytest.mark.parametrize(
    ("capabilities", "mode", "code"),
    [
        (["sms"], "voice-and-message", 80201),
        (["sms"], "voice-only", 80201),
        (["sms"], "message-only", None),
        (["voice"], "voice-and-message", 80202),
        (["voice"], "message-only", 80202),
        (["voice"], "voice-only", None),
    ],
)
def test_a_number_must_have_what_the_mode_needs(
    proxy: FakeProxy, capabilities: list[str], mode: str, code: int | None
) -> None:
    service = proxy.add_service()
    proxy.add_number("+14155550001", service=service, capabilities=capabilities)
    if code is None:
        assert given(proxy, service, mode=mode) == "+14155550001"
        return
    refused = refusal(proxy, service, mode=mode)
    assert refused.code == code
    assert refused.message.startswith(NO_NUMBER + "This Service has no available Proxy numbers having ")
    assert f"capability, which mode {mode} needs" in refused.why[0]


@pytest.mark.parametrize(
    ("number", "person", "matches"),
    [
        ("+14155550001", "+12125550100", True),
        ("+14155550001", "+14165550100", False),  # Canada
        ("+14155550001", "+14412345678", True),  # Bermuda uses numbers of the United States
        ("+442079460001", "+441481250100", True),  # Guernsey and Great Britain
        ("+441481250001", "+447624550100", True),  # Guernsey and the Isle of Man
        ("+14155550001", "+818012345678", False),
        ("+14155550001", "+15551234567", True),  # unassigned: the main country of its code
    ],
)
def test_a_number_is_of_the_persons_country(proxy: FakeProxy, number: str, person: str, matches: bool) -> None:
    service = proxy.add_service(numbers=[number])
    if matches:
        assert given(proxy, service, person) == number
        return
    refused = refusal(proxy, service, person)
    country = {"+1": "CA", "+8": "JP"}[person[:2]]
    assert refused.code == 80203
    assert refused.message == NO_NUMBER + (f"This Service has no available Proxy numbers for country code {country}.")
    assert refused.why == (f"{number} is a number of US, not of {country}",)


@pytest.mark.parametrize(
    ("level", "person", "expected"),
    [
        ("country", "+12125550100", "+14155550001"),
        ("area-code", "+16285550100", "+16285550003"),
        ("area-code", "+16465550100", None),
        ("overlay", "+16285550100", "+14155550001"),  # 628 lies over 415
        ("radius", "+16465550100", "+12125550002"),
        ("extended-area-code", "+19175550100", "+12125550002"),
        ("extended-area-code", "+13105550100", None),
        ("area-code", "+442079460100", "+442079460004"),  # finer levels mean nothing outside North America
    ],
)
def test_geo_match_levels(proxy: FakeProxy, level: str, person: str, expected: str | None) -> None:
    pool = ["+14155550001", "+12125550002", "+16285550003", "+442079460004"]
    service = proxy.add_service(geo_match_level=level, numbers=pool)
    if expected is not None:
        assert given(proxy, service, person) == expected
        return
    refused = refusal(proxy, service, person)
    assert refused.code == 80206
    assert "Either you have no numbers meeting your service's GeoMatchLevel" in refused.message
    assert f"no match for {person[2:5]} of level {level}" in " ".join(refused.why)


def test_reserved_numbers_are_never_chosen(proxy: FakeProxy) -> None:
    service = proxy.add_service(reserved_numbers=["+14155550001"])
    refused = refusal(proxy, service)
    assert (refused.code, refused.status) == (80207, 400)
    assert refused.why == ("+14155550001 is reserved",)
    person = {"identifier": CUSTOMER, "proxy_identifier": "+14155550001"}
    session = proxy.add_session(service, participants=[person])
    assert session.participants[0].proxy_identifier == "+14155550001"


def test_the_last_reason_standing_names_the_code_and_every_number_is_accounted_for(proxy: FakeProxy) -> None:
    service = proxy.add_service(reserved_numbers=["+14155550004"], numbers=["+14155550005", "+14165550006"])
    proxy.add_number("+14155550007", service=service, capabilities=["sms"])
    given(proxy, service)
    refused = refusal(proxy, service)
    assert refused.code == 80208
    assert [reason.split(" ", 1)[1][:20] for reason in refused.why] == [
        "has no voice capabil",
        "is a number of CA, n",
        "is reserved",
        "is used by +14155550",
        CLOSE_OR_ADD.split(" ", 1)[1][:20],
    ]


def test_the_refusal_of_a_seed_reads_like_a_report(proxy: FakeProxy) -> None:
    service = proxy.add_service(reserved_numbers=["+14155550001"])
    text = str(refusal(proxy, service))
    assert text.startswith("Twilio would refuse this with 400 / 80207: ")
    assert text.endswith("\n  - +14155550001 is reserved")


def test_a_persons_channel_has_no_country(proxy: FakeProxy, service: Service) -> None:
    assert given(proxy, service, "CH" + "0" * 32, mode="message-only") == "+14155550001"
