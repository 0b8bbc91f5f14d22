"""Accounts, unique names in paths, and why something was not found."""

from __future__ import annotations

import pytest

from fakeproxy import FakeProxy
from fakeproxy.views import Service
from tests.api.http import Http

ONE, TWO = "AC" + "1" * 32, "AC" + "2" * 32


@pytest.fixture(autouse=True)
def _no_account_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWILIO_ACCOUNT_SID", raising=False)
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)


def test_the_first_account_that_presents_itself_is_the_default_one() -> None:
    with FakeProxy() as proxy:
        service = proxy.add_service()
        assert Http(proxy, ONE)("GET", f"/Services/{service.sid}").json["account_sid"] == ONE
        assert proxy.services[service.sid].account_sid == ONE
        assert Http(proxy, "SK" + "0" * 32)("GET", f"/Services/{service.sid}").status == 200


def test_another_account_is_another_world() -> None:
    with FakeProxy(account_sid=ONE) as proxy:
        service = proxy.add_service("rides", numbers=["+14155550001"])
        other = Http(proxy, TWO)
        assert other("GET", f"/Services/{service.sid}").status == 404
        remedy = f"if {TWO} is the application's account, set the fake's account_sid (fakeproxy_account_sid) to it"
        assert proxy.journal[-1].why == (f"{service.sid} belongs to another account, {ONE}; {remedy}",)
        assert other("GET", f"/Services/KS{32 * 'e'}").status == 404
        assert f"account {TWO} has no Service, account {ONE} has; {remedy}" in proxy.journal[-1].why[0]
        assert other("GET", "/Services").json["services"] == []
        theirs = other("POST", "/Services", UniqueName="rides").json
        assert theirs["account_sid"] == TWO
        number = other("POST", f"/Services/{theirs['sid']}/PhoneNumbers", PhoneNumber="+14155550001")
        assert (number.status, number.json["account_sid"]) == (201, TWO)
        mine = next(iter(proxy.phone_numbers))
        assert other("POST", f"/Services/{theirs['sid']}/PhoneNumbers", Sid=mine).json["code"] == 80301
        with pytest.raises(KeyError, match="'rides' is the name of KS"):
            proxy.services["rides"]


def test_with_a_token_credentials_are_checked() -> None:
    with FakeProxy(account_sid=ONE, auth_token="secret") as proxy:
        assert Http(proxy, ONE, "secret")("GET", "/Services").status == 200
        assert Http(proxy, "SK" + "0" * 32, "any")("GET", "/Services").status == 200
        for user, password in ((ONE, "wrong"), (TWO, "secret"), ("me", "secret")):
            assert Http(proxy, user, password)("GET", "/Services").status == 401
            assert "are not the account_sid and auth_token of the fake" in proxy.journal[-1].why[0]


def test_the_environment_names_the_default_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", TWO)
    with FakeProxy() as proxy:
        assert proxy.add_service().account_sid == TWO


def test_unique_names_stand_for_their_rows_in_get_only(proxy: FakeProxy, service: Service, http: Http) -> None:
    proxy.add_session(service, unique_name="job 1")
    path = f"/Services/{service.sid}/Sessions/job%201"
    assert http("GET", "/Services/rides").json["sid"] == service.sid
    assert http("GET", path).json["unique_name"] == "job 1"
    for method, target in [
        ("POST", path),
        ("DELETE", path),
        ("GET", path + "/Participants"),
        ("POST", "/Services/rides"),
    ]:
        assert http(method, target).status == 404
        assert "a unique name stands for its row in GET only" in proxy.journal[-1].why[0]
    assert http("GET", "/Services/nobody").status == 404
    assert proxy.journal[-1].why == ("'nobody' is not KS and 32 hex digits, nor the unique name of a row",)


def test_why_something_is_not_found(proxy: FakeProxy, service: Service, http: Http) -> None:
    other = proxy.add_service("other")
    session = proxy.add_session(service)
    http("GET", f"/Services/{other.sid}/Sessions/{session.sid}")
    assert proxy.journal[-1].why == (f"{session.sid} belongs to {service.sid}",)
    http("DELETE", f"/Services/{service.sid}/Sessions/{session.sid}")
    proxy.clock.advance(60)
    http("GET", f"/Services/{service.sid}/Sessions/{session.sid}")
    assert proxy.journal[-1].why == (f"{session.sid} was deleted at 2030-01-01T09:00:00Z",)
    http("GET", f"/Services/KS{'0' * 32}/Sessions")
    named = f"{service.sid} (rides), {other.sid} (other)"
    assert proxy.journal[-1].why == (
        f"there never was a KS{'0' * 32}; the fake's Services are {named}; add_service(sid=...) adds one with this SID",
    )
    http("GET", f"/Services/{service.sid}/PhoneNumbers/PN1")
    assert proxy.journal[-1].why == ("'PN1' is not PN and 32 hex digits",)
    http("GET", "/Nothing")
    assert proxy.journal[-1].why == ("no operation of Proxy has this path",)


def test_short_codes(proxy: FakeProxy, service: Service, http: Http) -> None:
    owned = proxy.add_short_code("12345")
    path = f"/Services/{service.sid}/ShortCodes"
    added = http("POST", path, Sid=owned.sid).json
    assert (added["short_code"], added["iso_country"], added["is_reserved"]) == ("12345", "US", False)
    assert added["capabilities"]["sms_inbound"]
    assert not added["capabilities"]["voice_inbound"]
    assert http("POST", path, Sid=owned.sid).json["code"] == 80105
    assert http("POST", f"{path}/{owned.sid}", IsReserved="true").json["is_reserved"] is True
    assert http("GET", f"{path}/{owned.sid}").json["sid"] == owned.sid
    assert http("GET", path).json["short_codes"][0]["sid"] == owned.sid
    assert http("DELETE", f"{path}/{owned.sid}").status == 204
    assert proxy.owned_numbers[owned.sid].number == "12345"


def test_the_reason_says_how_to_add_the_service_that_the_application_expects(http: Http) -> None:
    proxy = http.proxy
    http("GET", f"/Services/KS{'0' * 32}/Sessions")
    why = f"there never was a KS{'0' * 32}; there is no Service at all; add_service(sid=...) adds one with this SID"
    assert proxy.journal[-1].why == (why,)
    proxy.add_service(sid="KS" + "0" * 32)
    assert http("GET", f"/Services/KS{'0' * 32}/Sessions").status == 200
