"""A usual request of requests is answered without WSGI, and as it is over WSGI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from fakeproxy import FakeProxy

ACCOUNT = "AC" + "1" * 32
AUTH = (ACCOUNT, "token")
HOST = "https://proxy.twilio.com"
SID = "KC" + "a" * 32
CORE = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
FORM = "application/x-www-form-urlencoded"

Ask = Callable[[requests.Session, str], requests.Response]

WITHOUT: dict[str, Ask] = {
    "create": lambda session, url: session.post(url, {"Ttl": 60, "UniqueName": "ä & ö+%"}),
    "create without a body": lambda session, url: session.post(url),
    "create with a text": lambda session, url: session.post(url, "Ttl=60&Ttl=", headers={"Content-Type": FORM}),
    "create with a refusal": lambda session, url: session.post(url, {"Ttl": "never"}),
    "create with a query": lambda session, url: session.post(url, {"Tll": 60}, params={"a": "b"}),
    "create with a form that is too large": lambda session, url: session.post(url, {"UniqueName": "x" * 1_100_000}),
    "list": lambda session, url: session.get(url, params={"PageSize": "1", "a": "ü%"}),
    "fetch": lambda session, url: session.get(url + "/ride.json"),
    "fetch with a body": lambda session, url: session.get(url + "/ride", data="Ttl=5"),
    "fetch what is not there": lambda session, url: session.get(url + "/KC" + "0" * 32),
    "no such path": lambda session, url: session.get(url + "/a/b/c/d/e"),
    "of another host": lambda session, url: session.get(url.replace("proxy.", "proxy.dublin.ie1.")),
    "send a text": lambda session, url: session.post(CORE, {"To": "+14155550101", "From": "+14155550001", "Body": "ü"}),
    "list the texts": lambda session, url: session.get(CORE),
    "a token": lambda session, url: session.post("https://oauth.twilio.com/v2/token", {"grant_type": "x"}),
    "delete": lambda session, url: session.delete(url + "/" + SID),
    "wrong credentials": lambda session, url: session.get(url, auth=("AC", "wrong")),
    "no credentials": lambda session, url: requests.get(url),
}
OVER: dict[str, Ask] = {
    "head": lambda session, url: session.head(url),
    "put": lambda session, url: session.put(url, {"Ttl": 60}),
    "options": lambda session, url: session.options(url),
    "json": lambda session, url: session.post(url, json={"Ttl": 60}),
    "parts": lambda session, url: session.post(url, files={"Ttl": (None, "60")}),
    "a form in another charset": lambda session, url: session.post(
        url, "Ttl=60", headers={"Content-Type": f"{FORM}; charset=utf-8"}
    ),
    "bytes beyond ASCII": lambda session, url: session.post(url, "UniqueName=ü", headers={"Content-Type": FORM}),
    "a body without its kind": lambda session, url: session.post(url, b"Ttl=60"),
}


def answered(ask: Ask, *, over_wsgi: bool) -> tuple[bool, tuple[object, ...]]:
    """Return whether the app was called, and all that can be seen of the request."""
    with FakeProxy(start="2030-01-01T09:00:00Z", account_sid=ACCOUNT, auth_token="token") as proxy:
        service = proxy.add_service("rides", numbers=["+14155550001"])
        proxy.add_session(service, unique_name="ride", sid=SID)
        app, called = proxy._target.app, list[str]()

        def noting(environ: Any, start_response: Any) -> Any:
            called.append(environ["PATH_INFO"])
            return app(environ, start_response)

        proxy._target.app = noting
        if over_wsgi:
            proxy._target.answer = None
        with requests.Session() as client:
            client.auth = AUTH
            answer = ask(client, f"{HOST}/v1/Services/{service.sid}/Sessions")
        seen = (
            *(answer.status_code, answer.content, answer.reason, answer.url),
            *([*answer.headers.items()], answer.raw.headers.items(), answer.encoding, answer.raw.closed),
            *(proxy.journal[-1], proxy.snapshot()),
        )
        return bool(called), seen


@pytest.mark.parametrize("name", [*WITHOUT, *OVER])
def test_the_answer_is_that_over_wsgi(name: str) -> None:
    ask = (WITHOUT | OVER)[name]
    was_called, seen = answered(ask, over_wsgi=False)
    assert was_called == (name in OVER)
    assert (True, seen) == answered(ask, over_wsgi=True)


def test_the_requests_of_the_table_have_several_outcomes() -> None:
    statuses = {answered(ask, over_wsgi=False)[1][0] for ask in (WITHOUT | OVER).values()}
    assert statuses == {200, 201, 204, 400, 401, 404, 405, 413}
