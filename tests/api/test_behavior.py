"""Each point of Behavior, on both of its sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from fakeproxy import Behavior, FakeProxy, UsageError
from tests.api.http import Http

CUSTOMER, DRIVER = "+14155550100", "+14155550101"
DAY = 86_400


def _expired_reason(proxy: FakeProxy, http: Http) -> Any:
    session = proxy.add_session(proxy.add_service(), ttl=1)
    proxy.clock.advance(1)
    return proxy.sessions[session.sid].closed_reason


def _expiry_lag(proxy: FakeProxy, http: Http) -> Any:
    session = proxy.add_session(proxy.add_service(), ttl=60)
    proxy.clock.advance(60)
    at_once = proxy.sessions[session.sid].status
    proxy.clock.advance(5)
    late = proxy.sessions[session.sid]
    return at_once, late.status, str(late.date_ended)


def _default_expiry(proxy: FakeProxy, http: Http) -> Any:
    session = proxy.add_session(proxy.add_service())
    proxy.clock.advance(days=91)
    return proxy.sessions[session.sid].status


def _purge_after(proxy: FakeProxy, http: Http) -> Any:
    session = proxy.add_session(proxy.add_service(), ttl=1)
    reopened = proxy.add_session(status="closed")
    http("POST", f"/Services/{session.service_sid}/Sessions/{reopened.sid}", Status="in-progress")
    proxy.clock.advance(days=91)
    return session.sid in proxy.sessions, reopened.sid in proxy.sessions


def _close_closed(proxy: FakeProxy, http: Http) -> Any:
    session = proxy.add_session(proxy.add_service(), status="closed")
    return http("POST", f"/Services/{session.service_sid}/Sessions/{session.sid}", Status="closed").status


def _deleted_identifier_code(proxy: FakeProxy, http: Http) -> Any:
    session = proxy.add_session(proxy.add_service(numbers=["+14155550001"]), participants=[CUSTOMER])
    people = f"/Services/{session.service_sid}/Sessions/{session.sid}/Participants"
    http("DELETE", f"{people}/{session.participants[0].sid}")
    return http("POST", people, Identifier=CUSTOMER).json["code"]


def _participant_delete_status(proxy: FakeProxy, http: Http) -> Any:
    session = proxy.add_session(proxy.add_service(numbers=["+14155550001"]), participants=[CUSTOMER])
    path = f"/Services/{session.service_sid}/Sessions/{session.sid}/Participants/{session.participants[0].sid}"
    answer = http("DELETE", path)
    return answer.status, answer.json


def _camel_case_participants(proxy: FakeProxy, http: Http) -> Any:
    service = proxy.add_service(numbers=["+14155550001"])
    return http("POST", f"/Services/{service.sid}/Sessions", Participants=f'{{"identifier": "{CUSTOMER}"}}').status


def _distinct_within_session(proxy: FakeProxy, http: Http) -> Any:
    service = proxy.add_service(numbers=["+14155550001", "+14155550002"])
    single = proxy.add_service(numbers=["+14155550003"])
    avoiding = proxy.add_service(numbers=["+14155550004", "+14155550005"], number_selection_behavior="avoid-sticky")
    sessions = [proxy.add_session(one, participants=[CUSTOMER, DRIVER]) for one in (service, single, avoiding)]
    return [len({person.proxy_identifier for person in session.participants}) for session in sessions]


def _strict_identifiers(proxy: FakeProxy, http: Http) -> Any:
    service = proxy.add_service(numbers=["+14155550001"])
    path = f"/Services/{service.sid}/Sessions/{proxy.add_session(service).sid}/Participants"
    return [http("POST", path, Identifier=one).status for one in ("+15551234567", "+14155550100", "+14152345678")]


def _strict_numbers(proxy: FakeProxy, http: Http) -> Any:
    service = proxy.add_service()
    proxy.add_number("+14155550002")
    path = f"/Services/{service.sid}"
    session = proxy.add_session(service, mode="message-only")
    channel = {"Identifier": "messenger:1", "ProxyIdentifier": "messenger:2"}
    return (
        http("POST", path + "/PhoneNumbers", PhoneNumber="+14155550001").status,
        http("POST", path + "/PhoneNumbers", PhoneNumber="+14155550002").status,
        http("POST", f"{path}/Sessions/{session.sid}/Participants", **channel).status,
    )


def _reserved_by_name(proxy: FakeProxy, http: Http) -> Any:
    service = proxy.add_service(reserved_numbers=["+14155550001"])
    path = f"/Services/{service.sid}/Sessions/{proxy.add_session(service).sid}/Participants"
    return http("POST", path, Identifier=CUSTOMER, ProxyIdentifier="+14155550001").status


def _capability_keys(proxy: FakeProxy, http: Http) -> Any:
    service = proxy.add_service(numbers=["+14155550001"])
    numbers = http("GET", f"/Services/{service.sid}/PhoneNumbers").json["phone_numbers"]
    return len(numbers[0]["capabilities"])


def _capital_resource_types(proxy: FakeProxy, http: Http) -> Any:
    session = proxy.add_session(proxy.add_service(numbers=["+14155550001"]), participants=[CUSTOMER])
    path = f"/Services/{session.service_sid}/Sessions/{session.sid}/Participants/{session.participants[0].sid}"
    return http("POST", path + "/MessageInteractions", Body="hi").json["outbound_resource_type"]


def _newest_first(proxy: FakeProxy, http: Http) -> Any:
    names = ("a", "b")
    for name in names:
        proxy.add_service(name)
    return [service["unique_name"] for service in http("GET", "/Services").json["services"]]


def _unknown_name_code(proxy: FakeProxy, http: Http) -> Any:
    return http("GET", f"/Services/{proxy.add_service().sid}/Sessions/nobody").json["code"]


def _link_short_codes(proxy: FakeProxy, http: Http) -> Any:
    return sorted(http("GET", f"/Services/{proxy.add_service().sid}").json["links"])


def _new_customer(proxy: FakeProxy, http: Http) -> Any:
    answer = http("POST", "/Services", UniqueName="a")
    return answer.status, answer.json.get("code")


def _test_account_sids(proxy: FakeProxy, http: Http) -> Any:
    answer = Http(proxy, "ACtest")("GET", "/Services")
    return answer.status, answer.json.get("code")


def _message_seconds(proxy: FakeProxy, http: Http) -> Any:
    proxy.add_service(numbers=["+14155550001"])
    proxy.add_session(participants=["+14155550100", "+14155550101"])
    contact = proxy.phone("+14155550100").text("+14155550001", "hi")
    statuses = [contact.status]
    for _ in range(2):
        proxy.clock.advance(5)
        statuses.append(contact.status)
    return statuses


def _rate_limit(proxy: FakeProxy, http: Http) -> Any:
    statuses = [http("GET", "/Services").status for _ in range(152)]
    proxy.clock.advance(1)
    statuses += [http("GET", "/Services").status for _ in range(31)]
    return statuses.count(429), statuses[149:152], statuses[-2:]


def _answering_postpones_expiry(proxy: FakeProxy, http: Http) -> Any:
    proxy.add_service(numbers=["+14155550001"])
    proxy.add_session(ttl=60, participants=["+14155550100", "+14155550101"])
    call = proxy.phone("+14155550100").call("+14155550001")
    proxy.clock.advance(20)
    call.answer()
    proxy.clock.advance(40)
    return next(iter(proxy.sessions.values())).status


def _number_choice(proxy: FakeProxy, http: Http) -> Any:
    proxy.add_service(numbers=["+14155550001", "+14155550002"])
    return [
        proxy.add_session(participants=[f"+141555501{n:02}"]).participants[0].proxy_identifier[-1] for n in range(4)
    ]


def _intercept_api_messages(proxy: FakeProxy, http: Http) -> Any:
    proxy.webhooks.unmounted = "alert"
    service = proxy.add_service(numbers=["+14155550001"], intercept_callback_url="https://app.example.com")
    session = proxy.add_session(participants=["+14155550100"])
    path = f"/Services/{service.sid}/Sessions/{session.sid}/Participants/{session.participants[0].sid}"
    http("POST", f"{path}/MessageInteractions", Body="hi")
    return [delivery.kind for delivery in proxy.webhooks.deliveries]


Look = Callable[[FakeProxy, Http], Any]
POINTS: dict[str, tuple[Look, Any, Any, Any]] = {
    "expired_reason": (_expired_reason, "expired", "timeout", "timeout"),
    "expiry_lag": (
        _expiry_lag,
        ("closed", "closed", "2030-01-01 09:01:00+00:00"),
        5,
        ("open", "closed", "2030-01-01 09:01:00+00:00"),
    ),
    "default_expiry": (_default_expiry, "open", 90 * DAY, "closed"),
    "purge_after": (_purge_after, (True, True), 90 * DAY, (False, True)),
    "close_closed": (_close_closed, 400, "accept", 200),
    "deleted_identifier_code": (_deleted_identifier_code, 80103, 80612, 80612),
    "participant_delete_status": (_participant_delete_status, (200, None), 204, (204, None)),
    "camel_case_participants": (_camel_case_participants, 201, False, 400),
    "number_choice": (_number_choice, list("1111"), "least-used", list("1212")),
    "intercept_api_messages": (_intercept_api_messages, [], True, ["intercept"]),
    "distinct_within_session": (_distinct_within_session, [1, 1, 1], True, [2, 1, 2]),
    "strict_identifiers": (_strict_identifiers, [201, 201, 400], True, [400, 400, 201]),
    "strict_numbers": (_strict_numbers, (201, 201, 201), True, (400, 201, 400)),
    "reserved_by_name": (_reserved_by_name, 201, "refuse", 400),
    "capability_keys": (_capability_keys, 13, "short", 4),
    "capital_resource_types": (_capital_resource_types, "message", True, "Message"),
    "newest_first": (_newest_first, ["a", "b"], True, ["b", "a"]),
    "unknown_name_code": (_unknown_name_code, 20404, 80308, 80308),
    "link_short_codes": (
        _link_short_codes,
        ["phone_numbers", "sessions"],
        True,
        ["phone_numbers", "sessions", "short_codes"],
    ),
    "new_customer": (_new_customer, (201, None), True, (403, 80506)),
    "rate_limit": (_rate_limit, (0, [200] * 3, [200] * 2), True, (3, [200, 429, 429], [200, 429])),
    "message_seconds": (_message_seconds, ["delivered"] * 3, 5, ["queued", "sent", "delivered"]),
    "answering_postpones_expiry": (_answering_postpones_expiry, "closed", True, "in-progress"),
    "test_account_sids": (_test_account_sids, (200, None), ("ACtest",), (403, 20008)),
}


@pytest.mark.parametrize("name", POINTS)
def test_each_point_has_two_sides(name: str) -> None:
    look, usual, value, other = POINTS[name]
    with FakeProxy(start="2030-01-01T09:00:00Z") as proxy:
        assert look(proxy, Http(proxy)) == usual
    with FakeProxy(start="2030-01-01T09:00:00Z", behavior={name: value}) as proxy:
        assert look(proxy, Http(proxy)) == other


def test_no_point_is_left_out() -> None:
    assert set(POINTS) == {point.name for point in fields(Behavior)}


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"colour": 1}, "unknown behavior colour; there are: expired_reason, "),
        ({"newest_first": 1}, "behavior newest_first=1: expected a bool"),
        ({"participant_delete_status": 201}, "expected 200 or 204"),
        ({"expiry_lag": -1}, "expected 0 or more seconds"),
        ({"expiry_lag": True}, "expected a int"),
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError) as refused:
        FakeProxy(behavior=settings)
    assert text in str(refused.value)


def test_a_behavior_can_be_given_whole() -> None:
    with FakeProxy(behavior=Behavior(newest_first=True)) as proxy:
        assert _newest_first(proxy, Http(proxy)) == ["b", "a"]


def test_a_behavior_from_text() -> None:
    lines = ["newest_first = TRUE", "", "expiry_lag=5", "expired_reason = gone", "test_account_sids = ACa ACb"]
    assert Behavior.parse(lines) == Behavior(
        newest_first=True, expiry_lag=5, expired_reason="gone", test_account_sids=("ACa", "ACb")
    )


@pytest.mark.parametrize("line", ["newest_first", "newest_first=1", "expiry_lag=x", "colour=1"])
def test_a_wrong_text_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="behavior"):
        Behavior.parse([line])
