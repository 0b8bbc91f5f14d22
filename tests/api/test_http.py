"""HTTP: credentials, paths, methods, headers, bodies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client as WerkzeugClient

from fakeproxy.api.request import credentials
from fakeproxy.views import Service
from tests.api.http import Http

SID = "0" * 32


def error(code: int, status: int, message: str) -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def test_headers_of_an_answer(http: Http) -> None:
    first, second = http("POST", "/Services", UniqueName="a"), http("GET", "/Services/KS" + SID)
    for answer in (first, second):
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Twilio-Request-Duration"] == "0.000"
        assert len(answer.headers["Twilio-Request-Id"]) == 34
    assert first.headers["Twilio-Request-Id"] != second.headers["Twilio-Request-Id"]
    gone = http("DELETE", f"/Services/{first.json['sid']}")
    assert (gone.status, gone.json) == (204, None)
    assert "Content-Type" not in gone.headers


@pytest.mark.parametrize(
    ("authorization", "why"),
    [
        (None, "there is no Authorization header"),
        ("nonsense", "it is neither Basic nor Bearer"),
        ("Basic !!!", "it is neither Basic nor Bearer"),
        ("Basic Og==", "it is neither Basic nor Bearer"),
        ("Digest a=b", "it is neither Basic nor Bearer"),
        ("Digest =b", "it is neither Basic nor Bearer"),
        ("Basic é", "it is neither Basic nor Bearer"),
        ("Basic /w==", "it is neither Basic nor Bearer"),
        ("Basic", "it is neither Basic nor Bearer"),
        ("Bearer ", "it is neither Basic nor Bearer"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/Services", "/nowhere"])
def test_without_credentials(http: Http, authorization: str | None, why: str, path: str) -> None:
    answer = http.send("GET", path, Authorization=authorization)
    assert (answer.status, answer.json) == (401, error(20003, 401, "Authenticate"))
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'
    assert http.proxy.journal[-1].why == (why,)


@given(st.sampled_from(["", "Basic ", "Bearer ", "Digest "]), st.text(st.characters(max_codepoint=255)))
def test_credentials_are_read_of_any_header(scheme: str, rest: str) -> None:
    found = credentials(scheme + rest)
    assert found is None or found[0]


@pytest.mark.parametrize("authorization", ["Bearer token", "Basic U0s6c2VjcmV0", "Basic YTpi"])
def test_what_stands_for_the_default_account(http: Http, service: Service, authorization: str) -> None:
    answer = http.send("GET", f"/v1/Services/{service.sid}", Authorization=authorization)
    assert answer.json["account_sid"] == service.account_sid


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/v1/Services/KS" + SID, "/Services/KS" + SID),
        ("/v1/Services/KS71", "/Services/KS71"),
        ("/v1/Services/KS71?a=b", "/Services/KS71"),
        ("/v1/Services/", "/Services/"),
        ("/v1/services", "/services"),
        ("/v1//Services", "//Services"),
        ("/v1/Services/KS71/", "/Services/KS71/"),
        ("/v1/Nowhere", "/Nowhere"),
        ("/v1", ""),
        ("/", "/"),
        ("/v2/Services", "/v2/Services"),
        ("/v1/Services/a%2Fb", "/Services/a/b"),
        ("/v1/Services/%FF", "/Services/\ufffd"),
        ("/v1/Services/%C3%BC", "/Services/ü"),
        ("/v1/Services/../Services", "/Services/../Services"),
    ],
)
def test_paths_are_matched_exactly_and_never_redirected(http: Http, target: str, shown: str) -> None:
    answer = http.send("GET", target)
    assert (answer.status, answer.json) == (
        404,
        error(20404, 404, f"The requested resource {shown} was not found"),
    )


def test_a_path_may_end_in_json(http: Http, service: Service) -> None:
    assert http("GET", f"/Services/{service.sid}.json").json["sid"] == service.sid
    assert http("GET", "/Services.json").status == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/Services", "GET, POST"),
        ("DELETE", "/Services", "GET, POST"),
        ("HEAD", "/Services", "GET, POST"),
        ("OPTIONS", "/Services", "GET, POST"),
        ("PATCH", f"/Services/KS{SID}", "GET, POST, DELETE"),
        ("POST", f"/Services/KS{SID}/Sessions/KC{SID}/Interactions", "GET"),
        ("DELETE", f"/Services/KS{SID}/Sessions/KC{SID}/Participants/KP{SID}/MessageInteractions/KI{SID}", "GET"),
    ],
)
def test_other_methods(http: Http, method: str, path: str, allowed: str) -> None:
    answer = http.send(method, "/v1" + path)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.json == error(20004, 405, "Method not allowed")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/mixed; boundary=x", ""])
def test_a_body_that_is_no_form(http: Http, content_type: str) -> None:
    answer = http.send("POST", "/v1/Services", b'{"UniqueName": "a"}', content_type)
    assert (answer.status, answer.json["code"]) == (400, 20001)
    assert "must be application/x-www-form-urlencoded" in answer.json["message"]
    assert http.send("POST", "/v1/Services", b"", content_type).json["message"].startswith("Missing required")


def test_a_charset_does_no_harm(http: Http) -> None:
    kind = "Application/X-WWW-Form-Urlencoded; charset=UTF-8"
    assert http.send("POST", "/v1/Services", b"UniqueName=a", kind).status == 201


def test_text_that_is_no_utf_8_is_decoded_with_replacement(http: Http) -> None:
    assert http.send("POST", "/v1/Services", b"UniqueName=%FF\xff").json["unique_name"] == "\ufffd\ufffd"


def test_a_huge_body(http: Http) -> None:
    answer = http.send("POST", "/v1/Services", b"UniqueName=" + b"a" * (1 << 20))
    assert (answer.status, answer.json) == (413, error(20413, 413, "Request Entity Too Large"))


@pytest.mark.parametrize(
    ("body", "environ", "status"),
    [
        (b"UniqueName=a", {"CONTENT_LENGTH": "13"}, 400),
        (b"UniqueName=a", {"CONTENT_LENGTH": "nonsense"}, 400),
        (b"UniqueName=a", {"CONTENT_LENGTH": "-1"}, 400),
        (b"UniqueName=a", {"CONTENT_LENGTH": "9" * 5000}, 400),
        (b"UniqueName=a", {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, 201),
        (b"UniqueName=" + b"a" * (1 << 20), {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, 413),
    ],
)
def test_lengths_that_lie(http: Http, body: bytes, environ: dict[str, Any], status: int) -> None:
    client = WerkzeugClient(http.proxy.wsgi_app)
    answer = client.post(
        "/v1/Services",
        data=body,
        headers={"Authorization": http.authorization},
        content_type="application/x-www-form-urlencoded",
        environ_overrides=environ,
    )
    assert answer.status_code == status


def test_answers_to_another_host_lead_back_to_it(http: Http, service: Service) -> None:
    client = WerkzeugClient(http.proxy.wsgi_app)
    headers = {"Authorization": http.authorization}
    there = client.get(f"/v1/Services/{service.sid}", base_url="http://127.0.0.1:8080", headers=headers)
    assert there.get_json()["url"] == f"http://127.0.0.1:8080/v1/Services/{service.sid}"
    edge = client.get("/v1/Services", base_url="https://proxy.sydney.au1.twilio.com", headers=headers)
    assert edge.get_json()["meta"]["url"].startswith("https://proxy.twilio.com/v1/Services?")


def test_what_is_ignored_is_told(http: Http) -> None:
    service = http("POST", "/Services", UniqueName="rides").json["sid"]
    assert http.proxy.journal[-1].why == ()
    sessions = f"/v1/Services/{service}/Sessions"
    answer = http.send(
        "POST", f"{sessions}?Ttl=60", body=b"Uniquename=job-7&TTL=60&Colour=red&FailOnParticipantConflict=1"
    )
    assert (answer.status, answer.json["unique_name"], answer.json["ttl"]) == (201, None, 0)
    assert http.proxy.journal[-1].why == (
        "Colour is no parameter of CreateSession, and is ignored",
        "TTL is no parameter of CreateSession, and is ignored; Ttl is one",
        "Uniquename is no parameter of CreateSession, and is ignored; UniqueName is one",
        "the query 'Ttl=60' is ignored; the parameters of a POST are in its body",
    )
    assert http("POST", "/Services", Name="rides").status == 400
    assert http.proxy.journal[-1].why[-1].endswith("is ignored; UniqueName is one")  # type: ignore[misc]


def test_a_number_of_parameters_is_ignored(http: Http) -> None:
    assert http("POST", "/Services", UniqueName="a", Nonsense="b", uniqueName="c").json["unique_name"] == "a"


@pytest.mark.parametrize(
    ("resource", "form", "name"),
    [
        ("Services", {"UniqueName": "a" * 192}, "UniqueName"),
        ("Services", {"UniqueName": "a", "CallbackUrl": "http://a/" + "b" * 4000}, "CallbackUrl"),
        ("Services", {"UniqueName": "a", "CallbackUrl": "ftp://a"}, "CallbackUrl"),
        ("Services", {"UniqueName": "a", "CallbackUrl": "https://webhooks.twilio.com/v1"}, "CallbackUrl"),
        ("Services", {"UniqueName": "a", "GeoMatchLevel": "planet"}, "GeoMatchLevel"),
        ("Services", {"UniqueName": "a", "NumberSelectionBehavior": "default"}, "NumberSelectionBehavior"),
        ("Services", {"UniqueName": "a", "ChatInstanceSid": "IS1"}, "ChatInstanceSid"),
        ("Services", {"UniqueName": ["a", "b"]}, "UniqueName"),
        ("Services", {"UniqueName": "a", "DefaultTtl": "-1"}, "DefaultTtl"),
        ("Sessions", {"Ttl": "abc"}, "Ttl"),
        ("Sessions", {"Ttl": ""}, "Ttl"),
        ("Sessions", {"Ttl": "2147483647"}, "Ttl"),
        ("Sessions", {"Ttl": "9" * 5000}, "Ttl"),
        ("Sessions", {"Ttl": "\u0661"}, "Ttl"),
        ("Sessions", {"Mode": "VOICE-ONLY"}, "Mode"),
        ("Sessions", {"Status": "completed"}, "Status"),
        ("Sessions", {"UniqueName": "a" * 192}, "UniqueName"),
        ("Sessions", {"DateExpiry": "tomorrow"}, "DateExpiry"),
        ("Sessions", {"DateExpiry": "2030-01-01T10:00:00"}, "DateExpiry"),
        ("Sessions", {"DateExpiry": "2030-01-01T10:00:00 00:00"}, "DateExpiry"),
        ("Sessions", {"DateExpiry": "2030-13-01"}, "DateExpiry"),
        ("PhoneNumbers", {"PhoneNumber": "+14155550009", "IsReserved": "yes"}, "IsReserved"),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    http: Http, service: Service, resource: str, form: dict[str, Any], name: str
) -> None:
    before = http.proxy.snapshot()
    answer = http("POST", "/Services" if resource == "Services" else f"/Services/{service.sid}/{resource}", **form)
    assert (answer.status, answer.json["code"]) == (400, 80701)
    assert answer.json["message"].startswith(f"'{name}' is invalid. ")
    assert http.proxy.snapshot() == before


def test_the_blank_that_was_a_plus_gets_a_hint(http: Http, service: Service) -> None:
    form = {"DateExpiry": "2030-01-01T10:00:00 00:00"}
    text = http("POST", f"/Services/{service.sid}/Sessions", **form).json["message"]
    assert text.endswith("An unescaped + arrives as a blank.")


def test_empty_values(http: Http, service: Service) -> None:
    path = f"/Services/{service.sid}"
    http("POST", path, CallbackUrl="https://example.com/", ChatInstanceSid="IS" + SID)
    cleared = http("POST", path, CallbackUrl="", ChatInstanceSid="", UniqueName="").json
    assert (cleared["callback_url"], cleared["chat_instance_sid"], cleared["unique_name"]) == (None, None, "rides")
    assert http("POST", path + "/Sessions", UniqueName="").json["unique_name"] is None


@pytest.mark.parametrize(("text", "value"), [("true", True), ("True", True), ("FALSE", False)])
def test_booleans_in_any_case(http: Http, service: Service, text: str, value: bool) -> None:
    number = http("POST", f"/Services/{service.sid}/PhoneNumbers", PhoneNumber="+14155550009", IsReserved=text).json
    assert number["is_reserved"] is value
    path = f"/Services/{service.sid}/PhoneNumbers/{number['sid']}"
    assert http("POST", path, IsReserved=str(not value)).json["is_reserved"] is not value
    assert http("POST", path).json["is_reserved"] is not value
    assert http("DELETE", path).status == 204
