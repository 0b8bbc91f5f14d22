"""Which refusal each request meets: code, status and text; nothing changes, and the journal says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakeproxy import FakeProxy
from fakeproxy.views import Service
from tests.api.http import Http

CUSTOMER, DRIVER, THIRD = "+14155550100", "+14155550101", "+14155550102"


def _state(proxy: FakeProxy) -> dict[str, Any]:
    return {name: value for name, value in proxy.snapshot().items() if name != "accounts"}


def refused(http: Http, code: int, status: int, text: str, why: str, method: str, path: str, **form: Any) -> None:
    before = _state(http.proxy)
    answer = http(method, path, **form)
    assert answer.json == {
        "code": code,
        "message": text,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    assert answer.status == status
    assert why in " ".join(http.proxy.journal[-1].why)
    assert _state(http.proxy) == before


Setup = Callable[[FakeProxy, Service], str]


def _service(proxy: FakeProxy, service: Service) -> str:
    return f"/Services/{service.sid}"


def _session(proxy: FakeProxy, service: Service) -> str:
    session = proxy.add_session(service, participants=[CUSTOMER], unique_name="job")
    return f"/Services/{service.sid}/Sessions/{session.sid}"


def _full_session(proxy: FakeProxy, service: Service) -> str:
    session = proxy.add_session(service, participants=[CUSTOMER, DRIVER])
    return f"/Services/{service.sid}/Sessions/{session.sid}"


def _closed_session(proxy: FakeProxy, service: Service) -> str:
    session = proxy.add_session(service, participants=[CUSTOMER], status="closed")
    return f"/Services/{service.sid}/Sessions/{session.sid}"


def _voice_session(proxy: FakeProxy, service: Service) -> str:
    session = proxy.add_session(service, participants=[CUSTOMER], mode="voice-only")
    return f"/Services/{service.sid}/Sessions/{session.sid}"


def _participant(proxy: FakeProxy, service: Service) -> str:
    session = proxy.add_session(service, participants=[CUSTOMER])
    person = session.participants[0].sid
    return f"/Services/{service.sid}/Sessions/{session.sid}/Participants/{person}"


def _voice_participant(proxy: FakeProxy, service: Service) -> str:
    session = proxy.add_session(service, participants=[CUSTOMER], mode="voice-only")
    return f"/Services/{service.sid}/Sessions/{session.sid}/Participants/{session.participants[0].sid}"


def _closed_participant(proxy: FakeProxy, service: Service) -> str:
    session = proxy.add_session(service, participants=[CUSTOMER], status="closed")
    return f"/Services/{service.sid}/Sessions/{session.sid}/Participants/{session.participants[0].sid}"


def _number_in_use(proxy: FakeProxy, service: Service) -> str:
    proxy.add_session(service, participants=[CUSTOMER])
    return f"/Services/{service.sid}/PhoneNumbers/{next(iter(proxy.phone_numbers))}"


NOWHERE = "PN" + "0" * 32
MISSING = "Missing required parameter {} in the post body"
INVALID = "'{}' is invalid. {}"
CASES: list[tuple[Setup, str, str, dict[str, Any], int, int, str, str]] = [
    (_service, "POST", "/PhoneNumbers", {}, 20001, 400, MISSING.format("PhoneNumber"), ""),
    (_service, "POST", "/PhoneNumbers", {"PhoneNumber": "4155550009"}, 80406, 400, "Invalid Phone Number Did", "E.164"),
    (_service, "POST", "/PhoneNumbers", {"Sid": "PN1"}, 80407, 400, "Invalid Phone Number Sid", "32 hex digits"),
    (
        _service,
        "POST",
        "/PhoneNumbers",
        {"Sid": NOWHERE},
        80301,
        400,
        "Phone Number Sid is not associated with your Account.",
        "add_number",
    ),
    (
        _service,
        "POST",
        "/PhoneNumbers",
        {"PhoneNumber": "+14155550001"},
        80104,
        400,
        "PhoneNumber has already been added to Service",
        "+14155550001 is in the pool of KS",
    ),
    (
        _service,
        "POST",
        "/ShortCodes",
        {"Sid": "SC" + "0" * 32},
        80303,
        400,
        "Short Code Sid is not associated with your Account.",
        "add_short_code",
    ),
    (
        _number_in_use,
        "DELETE",
        "",
        {},
        80611,
        400,
        "Proxy Number cannot be removed from Service.  It is in use by one or more Sessions.",
        "+14155550001 is in use in KC",
    ),
    (_session, "POST", "/Participants", {}, 20001, 400, MISSING.format("Identifier"), ""),
    (_session, "POST", "/Participants", {"Identifier": ""}, 20001, 400, MISSING.format("Identifier"), ""),
    (
        _session,
        "POST",
        "/Participants",
        {"Identifier": "+1415555"},
        80404,
        400,
        "Participant identifier does not appear to be a valid, reachable identity",
        "neither a possible phone number",
    ),
    (
        _session,
        "POST",
        "/Participants",
        {"Identifier": CUSTOMER},
        80103,
        400,
        "Participant has already been added to Session",
        "is KP",
    ),
    (
        _full_session,
        "POST",
        "/Participants",
        {"Identifier": THIRD},
        80609,
        400,
        "A Session may have at most 2 participants",
        f"({CUSTOMER}) and KP",
    ),
    (
        _full_session,
        "POST",
        "/Participants",
        {"Identifier": CUSTOMER},
        80103,
        400,
        "Participant has already been added to Session",
        "",
    ),
    (
        _closed_session,
        "POST",
        "/Participants",
        {"Identifier": DRIVER},
        80607,
        400,
        "Session is closed and cannot be updated",
        "closed at 2030-01-01T09:00:00Z, by a request; it can only be re-opened",
    ),
    (
        _session,
        "POST",
        "/Participants",
        {"Identifier": DRIVER, "ProxyIdentifier": "+14155550099"},
        80606,
        400,
        "Proxy identifier not owned by account.",
        "does not own +14155550099",
    ),
    (
        _session,
        "POST",
        "/Participants",
        {"Identifier": DRIVER, "ProxyIdentifierSid": NOWHERE},
        80606,
        400,
        "Proxy identifier not owned by account.",
        NOWHERE,
    ),
    (
        _session,
        "POST",
        "/Participants",
        {"Identifier": DRIVER, "ProxyIdentifierSid": "nonsense"},
        80407,
        400,
        "Invalid Phone Number Sid",
        "nonsense",
    ),
    (
        _session,
        "POST",
        "/Participants",
        {"Identifier": DRIVER, "ProxyIdentifier": DRIVER},
        80402,
        400,
        "Invalid Identifier and Proxy Identifier pair",
        "its own proxy",
    ),
    (
        _closed_session,
        "POST",
        "",
        {"Ttl": "5"},
        80607,
        400,
        "Session is closed and cannot be updated",
        "closed at",
    ),
    (_closed_session, "POST", "", {}, 80607, 400, "Session is closed and cannot be updated", "closed at"),
    (
        _closed_session,
        "POST",
        "",
        {"Status": "closed"},
        80607,
        400,
        "Session is closed and cannot be updated",
        "closed at",
    ),
    *[
        (
            setup,
            "POST",
            "",
            {"Status": status},
            80608,
            400,
            "Session status change not supported. To re-open a session, choose In Progress. To close a session, "
            "choose Closed.",
            f"the request asks for {status}",
        )
        for setup, status in [
            (_closed_session, "open"),
            (_closed_session, "failed"),
            (_session, "in-progress"),
            (_session, "open"),
            (_session, "failed"),
            (_session, "unknown"),
        ]
    ],
    (
        _session,
        "POST",
        "",
        {"DateExpiry": "2030-01-01T08:59:59Z"},
        80701,
        400,
        INVALID.format("DateExpiry", "2030-01-01T08:59:59Z lies in the past; it is 2030-01-01T09:00:00Z."),
        "",
    ),
    (
        _participant,
        "POST",
        "/MessageInteractions",
        {},
        80701,
        400,
        INVALID.format("Body", "Body or MediaUrl must be given."),
        "",
    ),
    (
        _participant,
        "POST",
        "/MessageInteractions",
        {"Body": "x" * 1601},
        80613,
        400,
        "Your request was rejected: the message body exceeds the 1600 character limit",
        "",
    ),
    (
        _voice_participant,
        "POST",
        "/MessageInteractions",
        {"Body": "hi"},
        80613,
        400,
        "Your request was rejected: the session is voice-only",
        "",
    ),
    (
        _closed_participant,
        "POST",
        "/MessageInteractions",
        {"Body": "hi"},
        80607,
        400,
        "Session is closed and cannot be updated",
        "closed at",
    ),
]


@pytest.mark.parametrize(("setup", "method", "path", "form", "code", "status", "text", "why"), CASES)
def test_what_is_refused(
    proxy: FakeProxy,
    service: Service,
    http: Http,
    setup: Setup,
    method: str,
    path: str,
    form: dict[str, Any],
    code: int,
    status: int,
    text: str,
    why: str,
) -> None:
    refused(http, code, status, text, why, method, setup(proxy, service) + path, **form)


def test_a_service_needs_a_name_of_its_own(proxy: FakeProxy, service: Service, http: Http) -> None:
    refused(http, 20001, 400, MISSING.format("UniqueName"), "", "POST", "/Services")
    taken = "Service UniqueName must be unique."
    refused(http, 80602, 400, taken, f"{service.sid} has the name 'rides'", "POST", "/Services", UniqueName="rides")
    other = proxy.add_service("other")
    refused(http, 80602, 400, taken, service.sid, "POST", f"/Services/{other.sid}", UniqueName="rides")
    assert http("POST", f"/Services/{service.sid}", UniqueName="rides").status == 200


def test_a_session_needs_a_name_that_no_other_has_closed_ones_included(
    proxy: FakeProxy, service: Service, http: Http
) -> None:
    proxy.add_session(service, unique_name="job", status="closed")
    path = f"/Services/{service.sid}/Sessions"
    refused(http, 80603, 400, "Session UniqueName must be unique.", "which is closed", "POST", path, UniqueName="job")
    http("DELETE", f"{path}/{proxy.sessions['job'].sid}")
    assert http("POST", path, UniqueName="job").status == 201


def test_a_number_is_in_one_service_and_in_no_messaging_service(proxy: FakeProxy, service: Service, http: Http) -> None:
    other = f"/Services/{proxy.add_service('other').sid}/PhoneNumbers"
    elsewhere = "PhoneNumber has already been added to another Service"
    refused(http, 80101, 400, elsewhere, service.sid, "POST", other, PhoneNumber="+14155550001")
    bound = proxy.add_number("+14155550050", messaging_service_sid="MG" + "0" * 32)
    text = "PhoneNumber is not available.  It may be bound to a number pool."
    refused(http, 80601, 400, text, "MG000", "POST", other, Sid=bound.sid)
    contrary = INVALID.format("PhoneNumber", f"{bound.sid} is +14155550050.")
    refused(http, 80701, 400, contrary, "", "POST", other, Sid=bound.sid, PhoneNumber="+14155550051")


def test_a_proxy_number_of_another_pool(proxy: FakeProxy, service: Service, http: Http) -> None:
    path = _session(proxy, service) + "/Participants"
    other = proxy.add_service("other", numbers=["+14155550031"])
    owned = proxy.add_number("+14155550032")
    text = "Proxy identifier not associated with service."
    why = f"in the pool of {other.sid}"
    refused(http, 80605, 400, text, why, "POST", path, Identifier=DRIVER, ProxyIdentifier="+14155550031")
    refused(http, 80605, 400, text, "in no pool", "POST", path, Identifier=DRIVER, ProxyIdentifierSid=owned.sid)


def test_a_pair_that_stands_in_another_active_session(proxy: FakeProxy, service: Service, http: Http) -> None:
    text = "Proxy identifier already in use with requested identifier."
    first = proxy.add_session(service, participants=[CUSTOMER])
    path = f"/Services/{service.sid}/Sessions"
    pair = {"Identifier": CUSTOMER, "ProxyIdentifier": first.participants[0].proxy_identifier}
    second = proxy.add_session(service)
    why = f"a pair in {first.sid} since 2030-01-01T09:00:00Z"
    refused(http, 80604, 400, text, why, "POST", f"{path}/{second.sid}/Participants", **pair)

    http("POST", f"{path}/{first.sid}", Status="closed")
    assert http("POST", f"{path}/{second.sid}/Participants", **pair).status == 201
    refused(http, 80604, 400, text, second.sid, "POST", f"{path}/{first.sid}", Status="in-progress")
    person = proxy.sessions[second.sid].participants[0].sid
    assert http("DELETE", f"{path}/{second.sid}/Participants/{person}").status == 200
    assert http("POST", f"{path}/{first.sid}", Status="in-progress").json["status"] == "in-progress"


def test_identifiers_of_channels(proxy: FakeProxy, service: Service, http: Http) -> None:
    path = f"/Services/{service.sid}/Sessions"
    any_mode = proxy.add_session(service).sid
    text = f"Cannot add messenger:1 to session {any_mode}. The identifier is not compatible with the session mode."
    refused(http, 80616, 400, text, "", "POST", f"{path}/{any_mode}/Participants", Identifier="messenger:1")
    people = f"{path}/{proxy.add_session(service, mode='message-only').sid}/Participants"
    unmanaged = http("POST", people, Identifier=DRIVER, ProxyIdentifier="page 5")
    assert unmanaged.json["code"] == 80304
    unknown = http("POST", people, Identifier=DRIVER, ProxyIdentifierSid="XE" + "0" * 32)
    assert unknown.json["code"] == 80305
    assert f"/Proxy/{service.sid}/Webhooks/Message" in unknown.json["message"]
    number = next(iter(proxy.phone_numbers))
    both = http("POST", people, Identifier="messenger:1", ProxyIdentifier="messenger:2", ProxyIdentifierSid=number)
    assert both.json["code"] == 80402
    added = http("POST", people, Identifier="messenger:1", ProxyIdentifier="messenger:2")
    assert (added.status, added.json["proxy_identifier_sid"]) == (201, None)


def test_an_explicit_number_by_both_of_its_names(proxy: FakeProxy, service: Service, http: Http) -> None:
    path = f"/Services/{service.sid}/Sessions/{proxy.add_session(service).sid}/Participants"
    one, two = list(proxy.phone_numbers.values())[:2]
    pair = "Invalid Identifier and Proxy Identifier pair"
    form = {"Identifier": DRIVER, "ProxyIdentifier": one.phone_number}
    refused(http, 80402, 400, pair, two.phone_number, "POST", path, **form, ProxyIdentifierSid=two.sid)
    added = http("POST", path, **form, ProxyIdentifierSid=one.sid)
    assert added.json["proxy_identifier_sid"] == one.sid


def test_an_identifier_that_was_deleted_cannot_come_back(proxy: FakeProxy, service: Service, http: Http) -> None:
    path = _participant(proxy, service)
    assert http("DELETE", path).status == 200
    assert http("GET", path).json["date_deleted"] == "2030-01-01T09:00:00Z"
    people = path.rpartition("/")[0]
    text = "Participant has already been added to Session"
    refused(http, 80103, 400, text, "deleted at 2030-01-01T09:00:00Z", "POST", people, Identifier=CUSTOMER)
    gone = f"The requested resource {path} was not found"
    refused(http, 20404, 404, gone, "the participant was deleted", "DELETE", path)
    sent = f"The requested resource {path}/MessageInteractions was not found"
    refused(http, 20404, 404, sent, "was deleted", "POST", path + "/MessageInteractions", Body="hi")
    assert http("GET", path + "/MessageInteractions").json["interactions"] == []
    assert http("POST", people, Identifier=DRIVER).status == 201
    assert http("POST", people, Identifier=THIRD).status == 201


def test_a_full_pool(proxy: FakeProxy, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakeproxy.engine.phone_numbers.LIMITS", {False: 7, True: 7})
    numbers = [f"+1415555{number:04}" for number in range(1, 8)]
    service = proxy.add_service("full", numbers=numbers[:5])
    assert [alert.code for alert in proxy.alerts] == [80624]
    for number in numbers[5:]:
        proxy.add_number(number, service=service)
    assert len(proxy.alerts) == 1
    text = "Maximum Pool Size Error. A Service may have at most 7 unreserved numbers."
    path = f"/Services/{service.sid}/PhoneNumbers"
    refused(http, 80622, 400, text, "", "POST", path, PhoneNumber="+14155550099")
    reserved = proxy.add_number("+14155550098", service=service, reserved=True)
    refused(http, 80622, 400, text, "", "POST", f"{path}/{reserved.sid}", IsReserved="false")
    assert http("POST", f"{path}/{reserved.sid}", IsReserved="true").status == 200
