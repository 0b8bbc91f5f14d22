"""A plain request to the server is answered without WSGI, and byte for byte as it is over WSGI."""

from __future__ import annotations

import re
import socket
from base64 import b64encode
from typing import Any

import pytest
import requests

from fakeproxy import FakeProxy
from fakeproxy.web import http1, plain

ACCOUNT = "AC" + "1" * 32
BASIC = b64encode(f"{ACCOUNT}:token".encode()).decode()
SERVICE, SESSION = "KS" + "a" * 32, "KC" + "a" * 32
SESSIONS = f"/v1/Services/{SERVICE}/Sessions"


def request(
    method: str,
    target: str,
    body: bytes = b"",
    kind: str | None = "application/x-www-form-urlencoded",
    version: str = "1.1",
    host: str | None = "127.0.0.1:80",
    authorization: str | None = f"Basic {BASIC}",
    **headers: str,
) -> bytes:
    sent = {"Host": host, "Authorization": authorization, "Content-Type": kind, "Content-Length": str(len(body))}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}\r\n" for name, value in sent.items() if value is not None]
    return f"{method} {target} HTTP/{version}\r\n{''.join(lines)}Connection: close\r\n\r\n".encode("latin-1") + body


def in_chunks(head: bytes, body: bytes) -> bytes:
    return head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + b"%x\r\n%b\r\n0\r\n\r\n" % (
        len(body),
        body,
    )


WITHOUT = {
    "create": request("POST", SESSIONS, b"Ttl=60&UniqueName=%C3%A4+%26"),
    "create without a body": request("POST", SESSIONS, kind=None),
    "create with a refusal": request("POST", SESSIONS, b"Ttl=never"),
    "create with an unknown parameter": request("POST", SESSIONS + "?a=b", b"Tll=60"),
    "create with a form that is too large": request("POST", SESSIONS, b"UniqueName=" + b"x" * 1_100_000),
    "create in chunks": in_chunks(request("POST", SESSIONS), b"Ttl=60"),
    "create in chunks that are too large": in_chunks(request("POST", SESSIONS), b"UniqueName=" + b"x" * 1_100_000),
    "list": request("GET", SESSIONS + "?PageSize=1&a=%FC"),
    "fetch": request("GET", SESSIONS + "/ride.json"),
    "fetch with a body": request("GET", SESSIONS + "/ride", b"Ttl=5"),
    "fetch what is not there": request("GET", SESSIONS + "/KC0"),
    "no such path": request("GET", SESSIONS + "/a/b/c/d/e"),
    "a longer version": request("GET", "/v11/Services"),
    "two slashes": request("GET", "/v1//Services"),
    "a fragment": request("GET", SESSIONS + "#x"),
    "delete": request("DELETE", f"{SESSIONS}/{SESSION}"),
    "wrong credentials": request("GET", SESSIONS, authorization="Basic QUM6eA=="),
    "no credentials": request("GET", SESSIONS, authorization=None),
    "HTTP/1.0": request("GET", SESSIONS, version="1.0", host=None),
    "no host": request("GET", SESSIONS, host=""),
    "Twilio's host": request("GET", SESSIONS, host="proxy.twilio.com"),
    "another host": request("GET", SESSIONS, host="fake.test:8080"),
    "other headers": request("GET", SESSIONS, Accept="*/*", User_Agent="curl", X_Twilio_Client="js", Cookie="a=b"),
    "headers with underscores": request("POST", SESSIONS, b"Ttl=60").replace(
        b"Connection:", b"Content_Type: text/plain\r\nSec_Fetch_Site: x\r\nX_Fakeproxy_Patience: x\r\nConnection:"
    ),
}
OVER = {
    "head": request("HEAD", SESSIONS),
    "put": request("PUT", SESSIONS, b"Ttl=60"),
    "json": request("POST", SESSIONS, b'{"Ttl": 60}', "application/json"),
    "a form in another charset": request("POST", SESSIONS, b"Ttl=60", "application/x-www-form-urlencoded; charset=x"),
    "bytes beyond ASCII": request("POST", SESSIONS, "UniqueName=ä".encode()),
    "a body without its kind": request("POST", SESSIONS, b"Ttl=60", None),
    "a path with percent signs": request("GET", f"/v1/Services/{SERVICE}/%53essions"),
    "a whole URL": request("GET", "http://proxy.twilio.com" + SESSIONS),
    "of the core API": request("GET", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"),
    "a token": request("POST", "/v2/token", b"grant_type=x"),
    "the control API": request("GET", "/_fakeproxy/account"),
    "a page of another origin": request("POST", SESSIONS, b"Ttl=60", Origin="https://example.org"),
    "a page of another site": request("GET", SESSIONS, Sec_Fetch_Site="cross-site"),
    "a client with a time-out": request("GET", SESSIONS, X_Fakeproxy_Patience="never"),
}


def answered(sent: bytes, patch: pytest.MonkeyPatch, *, over_wsgi: bool) -> tuple[bool, tuple[object, ...]]:
    """Return whether a WSGI app was called, and all that can be seen of the request."""
    call, called = http1.call, list[str]()

    def noting(*arguments: Any) -> Any:
        called.append(arguments[1].target)
        return call(*arguments)

    with patch.context() as patched, FakeProxy(start="2030-01-01T09:00:00Z", account_sid=ACCOUNT) as proxy:
        patched.setattr(http1, "call", noting)
        if over_wsgi:
            patched.setattr(plain, "texts", lambda *arguments: None)
        proxy.add_service("rides", sid=SERVICE, numbers=["+14155550001"])
        proxy.add_session(unique_name="ride", sid=SESSION)
        received = b""
        with socket.create_connection(("127.0.0.1", proxy.serve().port), timeout=20) as connection:
            connection.sendall(sent)
            while data := connection.recv(65536):
                received += data
        journal = [entry._replace(text=_alike(entry.text)) for entry in proxy.journal]
        return bool(called), (_alike(received.decode()), journal, proxy.snapshot())


def _alike(text: str) -> str:
    """Return a text without what differs from fake to fake: the port, and the identity."""
    return re.sub(r"127\.0\.0\.1:\d{4,}|(?<=Identity: )\w+", "", text)


@pytest.mark.parametrize("name", [*WITHOUT, *OVER])
def test_the_answer_is_that_over_wsgi(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = (WITHOUT | OVER)[name]
    was_called, seen = answered(sent, monkeypatch, over_wsgi=False)
    assert was_called == (name in OVER)
    assert (True, seen) == answered(sent, monkeypatch, over_wsgi=True)


def test_the_requests_of_the_table_have_several_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [answered(sent, monkeypatch, over_wsgi=False)[1][0] for sent in (WITHOUT | OVER).values()]
    statuses = {int(str(answer)[9:12]) for answer in answers}
    assert statuses == {200, 201, 204, 400, 401, 403, 404, 405, 413}


def test_a_fault_is_met(proxy: FakeProxy) -> None:
    url = f"{proxy.url}/v1/Services"
    proxy.faults.server_error(503)
    assert requests.get(url, auth=("SK", "x"), timeout=20).status_code == 503
    assert requests.get(url, auth=("SK", "x"), timeout=20).status_code == 200
