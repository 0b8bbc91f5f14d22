"""Forms that come as `multipart/form-data`: each operation takes them as it takes any form."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import requests
from urllib3.filepost import encode_multipart_formdata

from fakeproxy import FakeProxy
from fakeproxy.api.bodies import MOST_PARTS
from fakeproxy.api.core.operations import OPERATIONS as CORE
from fakeproxy.api.operations import OPERATIONS
from tests.api.http import Http

TYPE = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="UniqueName"\r\n\r\nrides\r\n'


def multipart(*fields: tuple[str, str]) -> tuple[bytes, str]:
    return encode_multipart_formdata(list(fields))


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if operation.method == "POST"])
def test_every_post_answers_as_to_a_form(name: str) -> None:
    """Whatever the answer is: the parameters below are wrong for most of them."""
    told = []
    fields = [("UniqueName", "ri des+é"), ("Identifier", "+14155550100"), ("Body", "a&b=c"), ("Sid", "PN1"), ("X", "")]
    for body, content_type in [
        (urlencode(fields).encode(), "application/x-www-form-urlencoded"),
        multipart(*fields),
    ]:
        proxy = FakeProxy(start="2030-01-01T09:00:00Z")
        service = proxy.add_service("rides", numbers=["+14155550001", "+14155550002"])
        session = proxy.add_session(service=service, participants=["+14155550199"])
        path = OPERATIONS[name].path
        for word, sid in (
            ("{ServiceSid}", service.sid),
            ("{SessionSid}", session.sid),
            ("{ParticipantSid}", session.participants[0].sid),
        ):
            path = path.replace(word, sid)
        path = path.replace("{Sid}", {1: service.sid, 2: session.sid}.get(path.count("/") // 2, service.sid))
        answer = Http(proxy).send("POST", f"/v1{path}", body, content_type)
        entry = proxy.journal[-1]
        told.append((answer.status, answer.json, entry.parameters, entry.operation, str(entry)))
    assert told[0] == told[1]
    assert told[0][2]["UniqueName"] == ["ri des+é"]


def test_fields_that_repeat(http: Http, proxy: FakeProxy) -> None:
    service = proxy.add_service("rides")
    body, content_type = multipart(("CallbackUrl", ""), ("CallbackUrl", "https://example.com"))
    http.send("POST", f"/v1/Services/{service.sid}", body, content_type)
    assert proxy.journal[-1].parameters == {"CallbackUrl": ["", "https://example.com"]}


@pytest.mark.parametrize("charset", ["", "utf-8", "iso-8859-1"])
def test_a_field_says_its_charset(http: Http, proxy: FakeProxy, charset: str) -> None:
    kind = f"Content-Type: text/plain; charset={charset}\r\n" if charset else ""
    head = f'--x\r\nContent-Disposition: form-data; name="UniqueName"\r\n{kind}\r\n'
    http.send("POST", "/v1/Services", head.encode() + "é".encode(charset or "utf-8") + b"\r\n--x--\r\n", TYPE)
    assert [service.unique_name for service in proxy.services.values()] == ["é"]


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (PART, TYPE, "boundary 'x'"),
        (PART + b"--y--\r\n", TYPE, "boundary 'x'"),
        (PART + b"--x--\r\n", "multipart/form-data", "boundary ''"),
        (PART + b"--x--\r\n", "multipart/form-data; boundary=\xe9", "boundary"),
        (b"UniqueName=rides", TYPE, "boundary 'x'"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n", TYPE, "no name"),
        (PART.replace(b'"\r\n', b'"; filename="a.png"\r\n') + b"--x--\r\n", TYPE, r"UniqueName is a file ('a.png')"),
        (PART * (MOST_PARTS + 1) + b"--x--\r\n", TYPE, f"at most {MOST_PARTS} parts"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_changes_nothing(
    http: Http, proxy: FakeProxy, body: bytes, content_type: str, text: str
) -> None:
    answer = http.send("POST", "/v1/Services", body, content_type)
    assert (answer.status, answer.json["code"]) == (400, 20001)
    assert text in answer.json["message"]
    assert not proxy.services


def test_an_empty_form(http: Http, proxy: FakeProxy) -> None:
    service = proxy.add_service("rides")
    assert http.send("POST", f"/v1/Services/{service.sid}/Sessions", b"--x--\r\n", TYPE).status == 201


def test_a_body_that_is_too_large(http: Http) -> None:
    answer = http.send("POST", "/v1/Services", PART + b"-" * (1 << 20), TYPE)
    assert answer.json["code"] == 20413


def test_a_fault_is_matched_by_the_number_in_the_form(http: Http, proxy: FakeProxy) -> None:
    session = proxy.add_session(service=proxy.add_service("rides", numbers=["+14155550001"]))
    path = f"/v1/Services/{session.service_sid}/Sessions/{session.sid}/Participants"
    proxy.faults.server_error(number="+14155550100")
    assert http.send("POST", path, *multipart(("Identifier", "+14155550111"))).status == 201
    assert http.send("POST", path, *multipart(("Identifier", "+14155550100"))).status == 500


def test_the_core_api_takes_them(http: Http, proxy: FakeProxy) -> None:
    assert [operation.method for operation in CORE].count("POST")
    owned = f"/2010-04-01/Accounts/{proxy.account['account_sid']}/IncomingPhoneNumbers.json"
    answer = http.send("POST", owned, *multipart(("PhoneNumber", "+14155550001")))
    assert (answer.status, answer.json["phone_number"]) == (201, "+14155550001")


def test_files_are_refused_there_too(http: Http, proxy: FakeProxy) -> None:
    owned = f"/2010-04-01/Accounts/{proxy.account['account_sid']}/IncomingPhoneNumbers.json"
    answer = http.send("POST", owned, PART.replace(b'"\r\n', b'"; filename="a"\r\n') + b"--x--\r\n", TYPE)
    assert (answer.status, answer.json["code"]) == (400, 20001)


def test_a_token_is_given(http: Http) -> None:
    answer = http.send("POST", "/v2/token", *multipart(("grant_type", "client_credentials")))
    assert answer.json["token_type"] == "Bearer"


def test_requests_sends_one_in_process_and_to_the_server() -> None:
    fields = {"UniqueName": (None, "rides")}
    with FakeProxy() as proxy:
        for base in ("https://proxy.twilio.com", proxy.url):
            requests.post(f"{base}/v1/Services", files=fields, auth=("AC1", "t"), timeout=20)
        assert [entry.status for entry in proxy.journal] == [201, 400]
        assert [entry.parameters for entry in proxy.journal] == [{"UniqueName": ["rides"]}] * 2
