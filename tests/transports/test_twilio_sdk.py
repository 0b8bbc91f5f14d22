"""The official SDK's clients land in the fake, wherever and whenever they were built."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any
from unittest import mock
from urllib.parse import unquote, unquote_plus

import aiohttp
import jwt
import pytest
import requests
import responses
import yarl
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.validation_client import ValidationClient
from twilio.jwt.validation import ClientValidationJwt
from twilio.rest import Client

from fakeproxy.exceptions import BlockedRequest, MissingPackage
from fakeproxy.transports import clients, interception
from tests.transports.conftest import Fake

URL = "https://proxy.twilio.com/v1/Services/KS1/Sessions"
AT_MODULE_LEVEL = Client("AC1", "token")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BASIC = "Basic " + base64.b64encode(b"AC1:token").decode()


def sessions(client: Any) -> Any:
    return client.proxy.v1.services("KS1").sessions


def run_async(function: Any, **settings: Any) -> Any:
    """Run `await function(sdk client, http client)` in a fresh loop."""

    async def call() -> Any:
        async with AsyncTwilioHttpClient(**settings) as http:
            return await function(Client("AC1", "token", http_client=http), http)

    return asyncio.run(call())


# --- whoever calls, whenever built --------------------------------------------------------------------------


def test_a_client_at_module_level_lands_in_the_fake(fake: Fake) -> None:
    assert sessions(AT_MODULE_LEVEL).create(unique_name="job").ttl == 60
    assert (fake.last.method, fake.last.path, fake.last.host) == (
        "POST",
        "/v1/Services/KS1/Sessions",
        "proxy.twilio.com",
    )
    assert fake.last.form == {"UniqueName": ["job"]}
    assert fake.last.headers["AUTHORIZATION"] == BASIC


def test_a_client_built_before_the_fake_lands_in_it(make_fake: Callable[..., Fake]) -> None:
    client = Client("AC1", "token")
    client.proxy  # noqa: B018 - the SDK builds these parts once and keeps them
    fake = make_fake()
    sessions(client).create()
    assert len(fake.requests) == 1


def test_a_client_built_in_a_function_lands_in_the_fake(fake: Fake) -> None:
    def application() -> Any:
        return Client("AC1", "token").proxy.v1.services("KS1").sessions("KC1").fetch()

    assert application().sid.startswith("KC")
    assert (fake.last.method, fake.last.path) == ("GET", "/v1/Services/KS1/Sessions/KC1")


def test_a_client_kept_from_one_fake_lands_in_the_next(make_fake: Callable[..., Fake]) -> None:
    client = Client("AC1", "token")
    for _ in range(2):
        fake = make_fake()
        sessions(client).create()
        interception.deactivate(fake.target)
        assert len(fake.requests) == 1


def test_threads_land_in_the_fake(fake: Fake) -> None:
    threads = [threading.Thread(target=sessions(AT_MODULE_LEVEL).create) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fake.requests) == 10


def test_a_subclass_that_calls_super_lands_in_the_fake(fake: Fake) -> None:
    class Counting(TwilioHttpClient):  # type: ignore[misc]
        count = 0

        def request(self, *args: Any, **kwargs: Any) -> Any:
            self.count += 1
            return super().request(*args, **kwargs)

    client = Counting()
    sessions(Client("AC1", "token", http_client=client)).create()
    assert (client.count, len(fake.requests)) == (1, 1)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "application/json"])
@pytest.mark.parametrize("whose", ["the application's", "the fake's own", "one that signs"])
def test_a_wrapper_of_another_tool_gets_the_arguments_by_name(
    make_fake: Callable[..., Fake], monkeypatch: pytest.MonkeyPatch, whose: str, content_type: str, named: bool
) -> None:
    owner = ValidationClient if whose == "one that signs" else TwilioHttpClient
    own, told = owner.request, []

    def request(self: Any, method: str, url: str, **kwargs: Any) -> Any:
        told.append((method, kwargs["data"], kwargs["auth"]))
        return own(self, method, url, **kwargs)

    monkeypatch.setattr(owner, "request", request)
    if whose == "one that signs":
        monkeypatch.setattr(ClientValidationJwt, "to_jwt", lambda self, *args, **kwargs: "signed")
    fake = make_fake()
    client = {
        "the application's": TwilioHttpClient,
        "the fake's own": lambda: clients.http_client(fake.target),
        "one that signs": lambda: ValidationClient("AC1", "SK1", "CR1", "key"),
    }[whose]()
    arguments = {
        "params": None,
        "data": {"Ttl": 5},
        "headers": {"Content-Type": content_type},
        "auth": ("AC1", "token"),
    }
    if named:
        client.request("POST", URL, **arguments)
    else:
        client.request("POST", URL, *arguments.values())
    is_short = whose == "the fake's own" and content_type == FORM["Content-Type"]  # It asks no other tool.
    assert told == ([] if is_short else [("POST", {"Ttl": 5}, ("AC1", "token"))])
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("where", "host"),
    [
        ({"region": "au1"}, "proxy.au1.twilio.com"),
        ({"edge": "sydney"}, "proxy.sydney.us1.twilio.com"),
        ({"edge": "sydney", "region": "au1"}, "proxy.sydney.au1.twilio.com"),
    ],
)
def test_edges_and_regions_are_the_fake_too(fake: Fake, where: dict[str, str], host: str) -> None:
    sessions(Client("AC1", "token", **where)).create()
    assert fake.last.host == host


def test_a_client_of_the_fakes_own_lands_there_whatever_responses_was_told(make_fake: Callable[..., Fake]) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(URL, json={"sid": "stub"})
        client = Client("AC1", "token", http_client=clients.http_client(make_fake().target))
        assert sessions(client).create().sid.startswith("KC")


# --- what is sent -------------------------------------------------------------------------------------------


def test_every_kind_of_value_arrives_as_the_sdk_means_it(fake: Fake) -> None:
    people = [{"Identifier": "+1"}, {"Identifier": "+2"}]
    sessions(AT_MODULE_LEVEL).create(unique_name="ü + &=", ttl=0, participants=people)
    assert fake.last.form == {
        "UniqueName": ["ü + &="],
        "Ttl": ["0"],
        "Participants": ['{"Identifier": "+1"}', '{"Identifier": "+2"}'],
    }


def test_lists_ask_page_by_page(fake: Fake) -> None:
    fake.answers("200 OK", {"sessions": [{"sid": "KC1"}], "meta": {"key": "sessions"}})
    assert [session.sid for session in sessions(AT_MODULE_LEVEL).list(page_size=5)] == ["KC1"]
    assert (fake.last.method, fake.last.query) == ("GET", "PageSize=5")


def test_without_credentials_nothing_is_made_up(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", "/nonexistent")
    client = Client("AC1", "token")
    client.username = None
    sessions(client).create(unique_name="job")
    assert "AUTHORIZATION" not in fake.last.headers
    assert fake.last.form == {"UniqueName": ["job"]}


def test_a_bearer_token_arrives(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETRC", "/nonexistent")
    TwilioHttpClient().request("GET", URL, headers={"Authorization": "Bearer token"})
    assert fake.last.headers["AUTHORIZATION"] == "Bearer token"


def test_auth_may_be_a_callable_as_requests_has_it(fake: Fake) -> None:
    def sign(request: Any) -> Any:
        request.headers["X-Signed"] = b"yes"
        return request

    TwilioHttpClient().request("POST", URL, data={"a": "b"}, auth=sign)
    assert fake.last.headers["X_SIGNED"] == "yes"


def test_credentials_are_latin_1_as_in_requests(fake: Fake) -> None:
    TwilioHttpClient().request("GET", URL, headers=dict(FORM), auth=("AC1", "tökén"))
    assert fake.last.headers["AUTHORIZATION"] == requests.auth._basic_auth_str("AC1", "tökén")
    with pytest.raises(UnicodeEncodeError):
        TwilioHttpClient().request("GET", URL, headers=dict(FORM), auth=("AC1", "日本"))


@pytest.mark.parametrize("content_type", ["application/json", "application/scim+json"])
def test_json_bodies_are_json(fake: Fake, content_type: str) -> None:
    TwilioHttpClient().request("POST", URL, data={"a": [1, None]}, headers={"Content-Type": content_type})
    assert fake.last.headers["CONTENT_TYPE"] == content_type
    assert json.loads(fake.last.body) == {"a": [1, None]}


@pytest.mark.parametrize(
    ("data", "body"), [("a=ü", "a=ü".encode()), (b"a=b", b"a=b"), (iter([b"a", b"b"]), b"ab"), ("", b"")]
)
def test_other_bodies_go_as_requests_sends_them(fake: Fake, data: Any, body: Any) -> None:
    TwilioHttpClient().request("POST", URL, data=data, auth=("AC1", "token"), headers=dict(FORM))
    assert fake.last.body == body


def test_headers_of_the_caller_arrive_and_bad_ones_are_refused(fake: Fake) -> None:
    TwilioHttpClient().request("GET", URL, headers={"X-Mine": "1"})
    assert fake.last.headers["X_MINE"] == "1"
    with pytest.raises(requests.exceptions.InvalidHeader):
        TwilioHttpClient().request("GET", URL, headers={"X-Mine": 1})


def test_what_the_session_adds_arrives(fake: Fake) -> None:
    client = TwilioHttpClient()
    client.session.headers["X-Mine"] = "1"
    client.session.params = {"from": "session"}
    client.session.cookies.set("who", "me")
    sessions(Client("AC1", "token", http_client=client)).create()
    assert fake.last.headers["X_MINE"] == "1"
    assert fake.last.headers["COOKIE"] == "who=me"
    assert fake.last.query == "from=session"


def test_a_session_class_of_the_users_own_is_used(fake: Fake) -> None:
    class Own(requests.Session):
        def send(self, request: Any, **kwargs: Any) -> Any:
            request.headers["X-Own"] = "1"
            return super().send(request, **kwargs)

    client = TwilioHttpClient()
    client.session = Own()
    client.request("GET", URL)
    assert fake.last.headers["X_OWN"] == "1"
    assert "get_adapter" not in vars(client.session)


def test_without_a_pool_and_with_a_session_that_is_none_of_requests(fake: Fake) -> None:
    client = TwilioHttpClient(pool_connections=False)
    client.request("GET", URL, headers=dict(FORM), auth=("AC1", "token"))
    client.request("GET", URL)
    client.session = mock.Mock()
    client.request("GET", URL)
    assert len(fake.requests) == 3
    assert not client.session.mock_calls


CALLS = {
    "create": lambda client: sessions(client).create(unique_name="ä b", ttl=3600, participants=[{"Identifier": "+1"}]),
    "update": lambda client: sessions(client)("KC1").update(status="closed"),
    "fetch": lambda client: sessions(client)("KC1").fetch(),
    "page": lambda client: sessions(client).page(page_size=2, page_token="PT x"),
    "delete": lambda client: sessions(client)("KC1").delete(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_short_way_sends_what_the_sdks_own_method_sends(fake: Fake, call: Any) -> None:
    short = Client("AC1", "token", http_client=TwilioHttpClient())
    long = Client("AC1", "token", http_client=TwilioHttpClient(request_hooks={"response": [lambda r, **kwargs: None]}))
    fake.answers("200 OK", {"sid": "KC1", "sessions": [], "meta": {"key": "sessions"}})
    for client in (short, long):
        call(client)
    ours, theirs = fake.requests
    assert (ours.method, ours.uri, ours.body) == (theirs.method, theirs.uri, theirs.body)
    of_the_session = {"ACCEPT_ENCODING", "CONNECTION"} | ({"ACCEPT"} - ours.headers.keys())
    assert ours.headers == {name: value for name, value in theirs.headers.items() if name not in of_the_session}
    first, second = (client.http_client._test_only_last_request for client in (short, long))
    assert (first, str(first)) == (second, str(second))


# --- the URL, as requests would have it ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "path", "query"),
    [
        ("KC1", "KC1", ""),
        ("a name", "a name", ""),
        ("ü", "ü", ""),
        ("a/b", "a/b", ""),
        ("x#y", "x", ""),
        ("a?x=1", "a", "x=1"),
        ("50%", "50%", ""),
        ("a%20b", "a b", ""),
        (".", "", ""),
        ("a.b", "a.b", ""),
        ("+14155550100", "+14155550100", ""),
        (None, "None", ""),
    ],
)
def test_names_that_need_care(fake: Fake, name: str, path: str, query: str) -> None:
    sessions(AT_MODULE_LEVEL)(name).fetch()
    assert (fake.last.path, fake.last.query) == (f"/v1/Services/KS1/Sessions/{path}", query)


def test_dots_climb(fake: Fake) -> None:
    sessions(AT_MODULE_LEVEL)("..").fetch()
    assert fake.last.path == "/v1/Services/KS1/"


def test_several_slashes_at_the_start_become_one(fake: Fake) -> None:
    TwilioHttpClient().request("GET", "https://proxy.twilio.com//v1//x", headers=dict(FORM), auth=("AC1", "token"))
    assert fake.last.uri == "/v1//x"


def test_credentials_in_the_url_become_a_header(fake: Fake) -> None:
    TwilioHttpClient().request("GET", "https://AC1:token@Proxy.twilio.com:443/v1")
    assert fake.last.headers["AUTHORIZATION"] == BASIC
    assert fake.last.host == "proxy.twilio.com:443"


def test_params_join_the_query_that_is_there(fake: Fake) -> None:
    TwilioHttpClient().request("GET", URL + "?a=1", params={"b": [2, None, "ü"], "c": None})
    assert fake.last.query == "a=1&b=2&b=%C3%BC"


class _Sent(BaseException):
    """Ends a request at the point where `requests` would put it on the wire."""


def on_the_wire(url: Any, **kwargs: Any) -> Any:
    """The target and the body that `requests` would write to the socket."""
    with (
        mock.patch("urllib3.connectionpool.HTTPSConnectionPool._validate_conn"),
        mock.patch("urllib3.connection.HTTPSConnection.request", side_effect=_Sent) as request,
    ):
        try:
            requests.Session().request(kwargs.pop("method", "GET"), url, **kwargs)
        except _Sent:
            return request.call_args.args[1], request.call_args.kwargs["body"]
    raise AssertionError("nothing was sent")


def decoded(target: Any) -> Any:
    path, _, query = target.partition("?")
    return unquote(path), query


many = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(
    "./?#%&=+ aZ0-_~:@!$'[]\\2f", max_size=8
)


@many
@given(name=names)
@example(name="%80")  # no UTF-8 once it is decoded
def test_any_name_arrives_as_requests_would_send_it(fake: Fake, name: str) -> None:
    url = f"{URL}/{name}"
    target, _ = on_the_wire(url)
    TwilioHttpClient().request("GET", url, headers=dict(FORM), auth=("AC1", "token"))
    assert (unquote(fake.last.uri.partition("?")[0]), fake.last.query) == decoded(target)


@many
@given(name=names)
def test_any_name_arrives_from_the_async_client_as_aiohttp_would_send_it(fake: Fake, name: str) -> None:
    # yarl leaves control characters and a bad percent sign to each release's taste
    assume(name.isprintable() and "%" not in name)
    run_async(lambda client, http: http.request("GET", f"{URL}/{name}", headers=dict(FORM), auth=("AC1", "token")))
    url = yarl.URL(f"{URL}/{name}")
    assert (fake.last.path, unquote_plus(fake.last.query)) == (url.path, unquote_plus(url.raw_query_string))


values = st.text(max_size=5) | st.integers() | st.booleans() | st.none() | st.floats() | st.binary(max_size=3)
fields = st.dictionaries(st.text(max_size=5), values | st.lists(values, max_size=3) | st.dictionaries(values, values))


@many
@given(data=fields, params=fields)
def test_any_fields_are_encoded_as_requests_would(fake: Fake, data: Any, params: Any) -> None:
    assume("\ud800" not in repr(data))
    prepared = requests.Request("POST", URL, data=data, params=params).prepare()
    TwilioHttpClient().request("POST", URL, data=data, params=params, headers=dict(FORM), auth=("AC1", "token"))
    assert fake.last.body == str(prepared.body or "").encode()
    assert fake.last.uri == prepared.path_url


# --- what comes back ----------------------------------------------------------------------------------------


def test_the_sdks_own_traces_are_kept(fake: Fake) -> None:
    client = Client("AC1", "token")
    sessions(client).create(unique_name="job")
    request, response = client.http_client._test_only_last_request, client.http_client._test_only_last_response
    assert (request.method, request.url, request.auth) == ("POST", URL, ("AC1", "token"))
    assert request.data == {"UniqueName": "job"}
    assert (response.status_code, response.ok, response.text) == (200, True, fake.body.decode())
    assert response.headers["content-type"] == "application/json"


def test_the_last_response_is_none_when_there_was_none(fake: Fake) -> None:
    client = Client("AC1", "token")
    sessions(client).create()
    fake.error = requests.ConnectionError("ordered by the test")
    for _ in range(2):
        with pytest.raises(requests.ConnectionError, match="ordered"):
            sessions(client).create(unique_name="second")
        assert client.http_client._test_only_last_request.data == {"UniqueName": "second"}
        assert client.http_client._test_only_last_response is None
        client.http_client.request_hooks = {"response": [print]}  # and on the long way


def test_headers_come_back_with_an_answer(fake: Fake) -> None:
    fake.answers("201 CREATED", {"sid": "KC1"})
    fake.headers.append(("Twilio-Request-Id", "RQ1"))
    answer = sessions(AT_MODULE_LEVEL).create_with_http_info()
    assert (answer.status_code, answer.headers["Twilio-Request-Id"]) == (201, "RQ1")


def test_an_error_answer_is_a_twilio_rest_exception(fake: Fake) -> None:
    fake.answers("404 NOT FOUND", {"code": 20404, "message": "not found", "status": 404})
    with pytest.raises(TwilioRestException) as refused:
        sessions(AT_MODULE_LEVEL)("KC1").fetch()
    assert (refused.value.status, refused.value.code, refused.value.uri) == (404, 20404, "/Services/KS1/Sessions/KC1")


def test_an_error_answer_to_a_list_is_a_twilio_exception(fake: Fake) -> None:
    fake.answers("429 TOO MANY REQUESTS", {"code": 20429})
    with pytest.raises(TwilioException, match="Unable to fetch page") as refused:
        sessions(AT_MODULE_LEVEL).list()
    assert not isinstance(refused.value, TwilioRestException)


def test_delete_is_true(fake: Fake) -> None:
    fake.answers("204 NO CONTENT", b"")
    assert sessions(AT_MODULE_LEVEL)("KC1").delete() is True


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("application/json", "ü".encode(), "ü"),
        ("application/json; charset=latin-1", b"\xfc", "ü"),
        ("text/html", b"\xfc", "ü"),
        ("text/html; charset=utf-8", "ü".encode(), "ü"),
        ("text/html; charset=no-such", "ü".encode(), "ü"),
        ("application/octet-stream", "ü".encode(), "ü"),
        ("application/json", b"\xff", "\ufffd"),
    ],
)
def test_texts_are_decoded_as_requests_does(fake: Fake, content_type: str, body: Any, text: str) -> None:
    fake.answers("200 OK", body, content_type)
    client = TwilioHttpClient()
    assert client.request("GET", URL, headers=dict(FORM), auth=("AC1", "token")).text == text


def test_a_redirect_is_not_followed(fake: Fake) -> None:
    fake.answers("302 FOUND", b"")
    fake.headers.append(("Location", "https://api.twilio.com/elsewhere"))
    client = ValidationClient("AC1", "SK1", "CR1", "key")
    with mock.patch.object(ClientValidationJwt, "to_jwt", return_value="jwt"):
        assert client.request("GET", URL, allow_redirects=True).status_code == 302
    assert TwilioHttpClient().request("GET", URL, allow_redirects=True).status_code == 302
    assert len(fake.requests) == 2


# --- timeouts, hooks, logs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("timeout", [0, -1])
@pytest.mark.parametrize("hooks", [None, {"response": [print]}], ids=["short", "long"])
def test_a_timeout_of_zero_or_less_is_refused(fake: Fake, timeout: Any, hooks: Any) -> None:
    with pytest.raises(ValueError, match=str(timeout)):
        TwilioHttpClient(request_hooks=hooks).request(
            "POST", URL, headers=dict(FORM), auth=("AC1", "t"), timeout=timeout
        )
    assert not fake.requests


def test_other_timeouts_are_accepted(fake: Fake) -> None:
    TwilioHttpClient(timeout=20).request("GET", URL)
    TwilioHttpClient().request("GET", URL, headers=dict(FORM), auth=("AC1", "token"), timeout=0.1)
    assert len(fake.requests) == 2


def test_hooks_get_a_real_response_of_requests_and_may_change_it(fake: Fake) -> None:
    seen = []

    def hook(response: Any, **kwargs: Any) -> None:
        seen.append(response)
        response._content = b'{"sid": "changed"}'

    client = TwilioHttpClient(request_hooks={"response": [hook]})
    assert sessions(Client("AC1", "token", http_client=client)).create(unique_name="job").sid == "changed"
    response = seen[0]
    assert isinstance(response, requests.Response)
    assert (response.status_code, response.reason, response.request.url) == (200, "OK", URL)
    assert response.request.body == "UniqueName=job"
    assert response.elapsed.total_seconds() >= 0


def test_hooks_of_the_session_are_called(fake: Fake) -> None:
    seen = []
    client = TwilioHttpClient()
    client.session.hooks["response"].append(lambda response, **kwargs: seen.append(response.status_code))
    sessions(Client("AC1", "token", http_client=client)).create()
    assert seen == [200]


def messages(caplog: pytest.LogCaptureFixture, call: Any) -> Any:
    caplog.clear()
    call()
    return [record.getMessage() for record in caplog.records if record.name == "twilio.http_client"]


def test_the_log_is_the_one_that_the_sdk_writes(
    make_fake: Callable[..., Fake], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "twilio.http_client")
    client = Client("AC1", "token")

    def call() -> None:
        client.http_client.request("POST", URL, {"a": "b"}, {"c": "d"}, dict(FORM), ("AC1", "token"))

    with responses.RequestsMock() as real:
        real.post(URL, body=b"{}", content_type="application/json")
        expected = messages(caplog, call)
    fake = make_fake()
    fake.answers("200 OK", {})
    assert messages(caplog, call) == expected
    assert expected[0] == "-- BEGIN Twilio API Request --"
    assert "Response Status Code: 200" in expected
    caplog.set_level(logging.WARNING, "twilio.http_client")
    assert messages(caplog, call) == []


def test_a_logger_of_the_users_own_is_used(fake: Fake) -> None:
    logger = mock.Mock()
    sessions(Client("AC1", "token", http_client=TwilioHttpClient(logger=logger))).create()
    assert mock.call.info("Response Status Code: 200") in logger.mock_calls


@pytest.mark.parametrize("base", [TwilioHttpClient, AsyncTwilioHttpClient])
def test_logging_that_is_overridden_is_called(fake: Fake, base: Any) -> None:
    lines = []

    class Loud(base):  # type: ignore[misc]
        def log_request(self, kwargs: Any) -> None:
            lines.append(kwargs["method"])

        def log_response(self, status_code: Any, response: Any) -> None:
            lines.append((status_code, type(response).__module__.partition(".")[0]))

    client = Loud(pool_connections=False)
    answer = client.request("get", URL, headers=dict(FORM), auth=("AC1", "token"))
    if base is AsyncTwilioHttpClient:
        asyncio.run(answer)
    assert lines == ["GET", (200, "requests" if base is TwilioHttpClient else "twilio")]


# --- async --------------------------------------------------------------------------------------------------


def test_async_calls_land_in_the_fake(fake: Fake) -> None:
    session = run_async(lambda client, http: sessions(client).create_async(unique_name="ü", ttl=60))
    assert session.ttl == 60
    assert (fake.last.method, fake.last.path) == ("POST", "/v1/Services/KS1/Sessions")
    assert fake.last.form == {"UniqueName": ["ü"], "Ttl": ["60"]}
    assert fake.last.headers["AUTHORIZATION"] == BASIC


def test_async_needs_no_pool(fake: Fake) -> None:
    run_async(lambda client, http: sessions(client)("KC1").fetch_async(), pool_connections=False)
    assert len(fake.requests) == 1


def test_async_with_retries_lands_in_the_fake(fake: Fake) -> None:
    run_async(lambda client, http: sessions(client)("KC1").fetch_async(), max_retries=2)
    assert len(fake.requests) == 1


def test_async_trace_configs_see_the_request(fake: Fake) -> None:
    seen = []
    traces = aiohttp.TraceConfig()

    async def on_end(session: Any, context: Any, parameters: Any) -> None:
        seen.append(parameters.response.status)

    traces.on_request_end.append(on_end)
    run_async(lambda client, http: http.request("GET", URL), trace_configs=[traces])
    assert seen == [200]
    assert len(fake.requests) == 1


def test_async_sends_the_same_as_sync(fake: Fake) -> None:
    run_async(lambda client, http: sessions(client).create_async(unique_name="ü b", ttl=60))
    sessions(AT_MODULE_LEVEL).create(unique_name="ü b", ttl=60)
    first, second = fake.requests
    assert first == second


def test_async_of_what_is_not_plain_goes_as_requests_prepares_it(fake: Fake) -> None:
    run_async(lambda client, http: http.request("POST", URL + "/a b?c", headers={"X-Mine": "1"}, data={"d": "ü"}))
    assert (fake.last.path, fake.last.query) == ("/v1/Services/KS1/Sessions/a b", "c")
    assert fake.last.form == {"d": ["ü"]}
    assert fake.last.headers["X_MINE"] == "1"
    assert "AUTHORIZATION" not in fake.last.headers


def test_async_keeps_the_sdks_own_traces(fake: Fake) -> None:
    async def call(client: Any, http: Any) -> Any:
        await sessions(client).create_async(unique_name="job")
        return http

    http = run_async(call)
    assert http._test_only_last_request.data == {"UniqueName": "job"}
    assert http._test_only_last_request.auth == ("AC1", "token", "latin1")
    assert http._test_only_last_response.status_code == 200
    assert http._test_only_last_response.headers["CONTENT-TYPE"] == "application/json"


def test_async_errors_are_the_sdks_own(fake: Fake) -> None:
    fake.answers("404 NOT FOUND", {"code": 20404, "message": "not found"})
    with pytest.raises(TwilioRestException, match="not found"):
        run_async(lambda client, http: sessions(client)("KC1").fetch_async())
    with pytest.raises(TwilioException, match="Unable to fetch page"):
        run_async(lambda client, http: sessions(client).list_async())


@pytest.mark.parametrize("timeout", [0, -1])
def test_async_refuses_a_timeout_of_zero_or_less(fake: Fake, timeout: Any) -> None:
    with pytest.raises(ValueError, match=str(timeout)):
        run_async(lambda client, http: http.request("GET", URL, timeout=timeout))
    assert not fake.requests


def test_async_refuses_a_closed_session_as_aiohttp_does(fake: Fake) -> None:
    async def call(client: Any, http: Any) -> None:
        await http.close()
        await sessions(client).create_async()

    with pytest.raises(RuntimeError, match="Session is closed"):
        run_async(call)
    assert not fake.requests


@pytest.mark.parametrize("auth", [(None, "token"), ("AC1", None), ("a:b", "token")])
def test_async_refuses_credentials_that_aiohttp_refuses(fake: Fake, auth: Any) -> None:
    with pytest.raises(ValueError, match="not allowed"):
        run_async(lambda client, http: http.request("GET", URL, auth=auth))


def test_async_does_not_warn_in_the_sdks_name(fake: Fake) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run_async(lambda client, http: sessions(client).create_async())
    assert not [warning for warning in caught if "BasicAuth" in str(warning.message)]


def test_many_tasks_at_once(fake: Fake) -> None:
    async def call(client: Any, http: Any) -> None:
        await asyncio.gather(*(sessions(client).create_async(unique_name=str(number)) for number in range(50)))

    run_async(call)
    assert len({request.body for request in fake.requests}) == 50


def test_async_logs_as_the_sdk_does(fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "twilio.async_http_client"):
        run_async(lambda client, http: sessions(client).create_async())
    assert f"POST Request: {URL}" in caplog.messages
    assert "Response Status Code: 200" in caplog.messages


# --- the validation client ----------------------------------------------------------------------------------


def test_the_validation_client_signs_what_lands_in_the_fake(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "k" * 32
    monkeypatch.setattr(ClientValidationJwt, "ALGORITHM", "HS256")  # RS256 needs the package cryptography
    client = Client("SK1", "secret", "AC1", http_client=ValidationClient("AC1", "SK1", "CR1", key))
    assert sessions(client).create(unique_name="ü").ttl == 60
    last = fake.last
    claims = jwt.decode(last.headers["TWILIO_CLIENT_VALIDATION"], key, algorithms=["HS256"])
    signed = [
        "POST",
        "/v1/Services/KS1/Sessions",
        "",
        "authorization:" + last.headers["AUTHORIZATION"],
        "host:proxy.twilio.com",
        "",
        claims["hrh"],
        hashlib.sha256(last.body).hexdigest(),
    ]
    assert claims["hrh"] == "authorization;host"
    assert claims["rqh"] == hashlib.sha256("\n".join(signed).encode()).hexdigest()


def test_the_validation_client_gets_errors_too(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ClientValidationJwt, "ALGORITHM", "HS256")
    fake.answers("404 NOT FOUND", {"code": 20404})
    with pytest.raises(TwilioRestException):
        sessions(Client("SK1", "s", "AC1", http_client=ValidationClient("AC1", "SK1", "CR1", "k" * 32)))("KC1").fetch()


# --- clients of one fake ------------------------------------------------------------------------------------


def test_a_client_of_one_fake_lands_there_whatever_else_is_active(make_fake: Callable[..., Fake]) -> None:
    first, second = make_fake(), make_fake()
    client = Client("AC1", "token", http_client=clients.http_client(first.target))
    sessions(client).create()
    interception.deactivate(first.target)
    sessions(client).create()
    assert (len(first.requests), len(second.requests)) == (2, 0)


def test_a_client_of_one_fake_needs_none_active(make_fake: Callable[..., Fake]) -> None:
    fake = make_fake()
    interception.deactivate(fake.target)
    http = clients.http_client(fake.target)
    assert isinstance(http, TwilioHttpClient)
    sessions(Client("AC1", "token", http_client=http)).create()
    http.request("GET", URL + "/a b")
    http.request_hooks = {"response": [lambda response, **kwargs: None]}
    http.request("GET", URL)
    assert len(fake.requests) == 3
    assert http._test_only_last_response.status_code == 200


def test_an_async_client_of_one_fake_is_built_without_a_loop(make_fake: Callable[..., Fake]) -> None:
    first = make_fake()
    second = make_fake()
    http = clients.async_http_client(first.target)
    session = asyncio.run(sessions(Client("AC1", "token", http_client=http)).create_async())
    assert session.ttl == 60
    assert (len(first.requests), len(second.requests)) == (1, 0)
    asyncio.run(http.close())


def test_a_client_of_one_fake_goes_by_that_fakes_hosts(make_fake: Callable[..., Fake]) -> None:
    fake = make_fake(allow_hosts=("api.twilio.com",))
    make_fake()
    http = clients.http_client(fake.target)
    with responses.RequestsMock() as real:
        real.get("https://api.twilio.com/x", json={})
        http.request("GET", "https://api.twilio.com/x")
    with pytest.raises(BlockedRequest, match="lookups"):
        http.request("GET", "https://lookups.twilio.com/x")
    assert len(fake.blocked) == 1


@pytest.mark.parametrize(
    ("missing", "function", "text"),
    [
        ("twilio", "http_client", "'twilio', which is not installed: pip install twilio$"),
        ("twilio", "async_http_client", "pip install twilio aiohttp aiohttp-retry"),
        ("aiohttp", "async_http_client", "'aiohttp', which is not installed: pip install twilio aiohttp aiohttp-retry"),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(missing: str, function: Any, text: str) -> None:
    code = f"""
import re, sys
sys.modules[{missing!r}] = None  # as if it were not installed
from fakeproxy.exceptions import MissingPackage
from fakeproxy.transports import clients, interception, targets
target = targets.Target(print, ())
interception.activate(target)
try:
    clients.{function}(target)
except MissingPackage as error:
    assert isinstance(error, ImportError)
    assert re.search({text!r}, str(error)), str(error)
else:
    raise AssertionError("not raised")
interception.deactivate(target)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_missing_packages_in_this_process(monkeypatch: pytest.MonkeyPatch, fake: Fake) -> None:
    monkeypatch.setitem(sys.modules, "twilio.http.http_client", None)
    with pytest.raises(MissingPackage, match="pip install twilio"):
        clients.http_client(fake.target)
