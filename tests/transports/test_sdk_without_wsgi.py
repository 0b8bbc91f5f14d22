"""A usual request of the SDK is answered without WSGI, and as it is over WSGI."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.exceptions import InvalidSchema
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from fakeproxy import FakeProxy
from fakeproxy.api.request import parse_form
from fakeproxy.transports.seams.sdk_requests import texts

_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_ACCOUNT = "AC" + "1" * 32

_REQUESTS = {
    "create": ("POST", "", {"Ttl": 60, "UniqueName": "ä & ö", "Mode": "voice-only"}, None),
    "create, with a refusal": ("POST", "", {"Ttl": "never"}, None),
    "create, with what is ignored": ("POST", "", {"Tll": 60}, {"a": "b"}),
    "create, with odd fields": ("POST", "", {"": "", "Ttl": 60, "a b": "+&=%", "Mode": None, "x": ["1", "2"]}, None),
    "create, with an empty value": ("POST", "", {"UniqueName": "", "Ttl": "5 "}, None),
    "create, with a form that is too large": ("POST", "", {"UniqueName": "x" * 1_100_000}, None),
    "list": ("GET", "", None, {"PageSize": 1}),
    "fetch": ("get", "/ride", None, None),
    "fetch what is not there": ("GET", "/KC" + "0" * 32, None, None),
    "no such method": ("PUT", "", None, None),
    "no such path": ("GET", "/a/b/c/d/e", None, None),
    "delete": ("DELETE", "/{sid}", None, None),
}


def _answered(name: str, auth: tuple[str, str], *, over_wsgi: bool) -> tuple[object, ...]:
    method, path, data, params = _REQUESTS[name]
    with FakeProxy(start="2030-01-01T09:00:00Z", account_sid=_ACCOUNT, auth_token="token") as proxy:
        service = proxy.add_service("rides")
        session = proxy.add_session(service, unique_name="ride")
        if over_wsgi:
            proxy._target.answer = None
        else:
            proxy._target.app = _not_called
        url = f"https://proxy.twilio.com/v1/Services/{service.sid}/Sessions{path.format(sid=session.sid)}"
        answer = TwilioHttpClient().request(method, url, params=params, data=data, headers=dict(_HEADERS), auth=auth)
        return answer.status_code, answer.text, _plain(answer.headers), proxy.journal[-1], proxy.snapshot()


def _plain(headers: Mapping[str, str]) -> dict[str, str]:
    return dict(headers.items())


def _not_called(environ: Any, start_response: Any) -> list[bytes]:
    raise AssertionError("the request went over WSGI")


@pytest.mark.parametrize("name", _REQUESTS)
def test_the_answer_is_that_over_wsgi(name: str) -> None:
    auth = (_ACCOUNT, "token")
    assert _answered(name, auth, over_wsgi=False) == _answered(name, auth, over_wsgi=True)


@pytest.mark.parametrize("auth", [(_ACCOUNT, "wrong"), ("AC" + "2" * 32, "token"), ("", ""), ("SK:", "ü")])
def test_credentials_are_read_alike(auth: tuple[str, str]) -> None:
    assert _answered("list", auth, over_wsgi=False) == _answered("list", auth, over_wsgi=True)


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


@given(st.dictionaries(_TEXTS, st.one_of(_TEXTS, st.integers(), st.none(), st.lists(_TEXTS, max_size=2)), max_size=4))
def test_the_fields_are_those_that_the_form_sends(data: dict[str, object]) -> None:
    found = texts("https://proxy.twilio.com/v1/Services", None, data, dict(_HEADERS), (_ACCOUNT, "token"))
    assert found is not None
    _, _, form, _, fields = found
    assert fields is None or fields == parse_form(form)
    assert (fields is not None) == (bool(data) and all(isinstance(value, str | int) for value in data.values()))


def test_the_requests_of_the_table_have_several_outcomes() -> None:
    statuses = {_answered(name, (_ACCOUNT, "token"), over_wsgi=False)[0] for name in _REQUESTS}
    assert statuses == {200, 201, 204, 400, 404, 405, 413}


def test_a_session_without_adapters_fails_as_with_requests() -> None:
    with FakeProxy() as proxy:
        service = proxy.add_service()
        client = TwilioHttpClient()
        client.session.adapters.clear()
        with pytest.raises(InvalidSchema):
            client.request(
                "GET",
                f"https://proxy.twilio.com/v1/Services/{service.sid}",
                headers=dict(_HEADERS),
                auth=(_ACCOUNT, "x"),
            )


@pytest.mark.parametrize("name", ["log_request", "log_response"])
def test_logging_that_is_replaced_while_a_fake_is_active_is_called(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("ERROR", "twilio.http_client")  # The SDK's own methods call the logger all the same.
    called: list[object] = []
    with monkeypatch.context() as patch, FakeProxy() as proxy:
        service = proxy.add_service()
        client = TwilioHttpClient()
        patch.setattr(TwilioHttpClient, name, lambda *arguments: called.append(arguments))
        client.request(
            "GET", f"https://proxy.twilio.com/v1/Services/{service.sid}", headers=dict(_HEADERS), auth=(_ACCOUNT, "x")
        )
    assert len(called) == 1


class Delegating:
    """A client of the user's own, which is no subclass of the SDK's."""

    def __init__(self) -> None:
        self.__dict__["inner"] = TwilioHttpClient()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["inner"], name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.__dict__["inner"], name, value)

    def request(self, *arguments: Any, **named: Any) -> Any:
        return TwilioHttpClient.request(self, *arguments, **named)


def test_a_client_that_only_delegates_is_answered() -> None:
    with FakeProxy() as proxy:
        proxy.add_service("rides")
        services = Client(_ACCOUNT, "token", http_client=Delegating()).proxy.v1.services.list()
    assert [service.unique_name for service in services] == ["rides"]


_REPLACED_AT_FIRST = """
from unittest import mock
from twilio.http import HttpClient
from twilio.rest import Client
from fakeproxy import FakeProxy

with mock.patch.object(HttpClient, "log_request"), FakeProxy():
    pass
with FakeProxy() as proxy:
    proxy._target.app = None  # Whoever calls it fails.
    print(Client("AC1", "token").proxy.v1.services.list())
"""


def test_logging_that_was_replaced_when_the_first_fake_started_does_not_matter() -> None:
    ran = subprocess.run([sys.executable, "-c", _REPLACED_AT_FIRST], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("[]\n", "", 0)
