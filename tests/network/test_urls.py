"""URLs that cannot be called are refused where they are given; where one comes up later, that is an alert."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from werkzeug.wrappers import Response

import fakeproxy
from fakeproxy import FakeProxy, Refusal, UsageError
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.network.phones import Phone
from fakeproxy.types import ServiceFields
from fakeproxy.views import Service, Session
from tests.network.conftest import ANNE, POOL, SITE, Recorder, set_urls, twiml

BAD = [
    "http://[::1",
    "http://[zz]/",
    "http://[::1%eth0]/",
    "http://]/",
    "http://a:b/",
    "http://a:99999/",
    "http://a:-1/",
    "http://a:0/",
    "http://a:٣/",
    "http://a b/",
    "http://a/b c",
    "http://a/\x01",
    "http://a/\x7f",
    "http://a\\b/",
    "http://a..b/",
    "http://.a/",
    "http://" + "a" * 64 + ".example/",
    "http://ex℀mple.com/",
    "http://xn--\u0080/",
    "http:///path",
    "http://?x",
    "http://:80/",
    "http://u@/",
    "http:a.b/",
    "ftp://a/",
    "//a/",
    "a.example.com",
    "javascript:alert(1)",
]
GOOD = [
    "https://api.example.com",
    "HTTPS://API.example.com:8443/status?a=%20&b=[1]",
    "http://user:password@api.example.com/status",
    "http://127.0.0.1:3000/status",
    "http://[::1]:3000/status",
    "http://a_b.example.com./",
    "http://münchen.example/größe?ä=ö",
    "http://api.example.com:/",
]
URL_PARAMETERS = sorted({
    (operation.name, parameter.name)
    for operation in OPERATIONS.values()
    for parameter in operation.parameters
    if "Url" in parameter.name
})  # fmt: skip


def credentials(proxy: FakeProxy) -> tuple[str, str]:
    return proxy.account["account_sid"], proxy.account["auth_token"]


def ask(proxy: FakeProxy, operation: str, form: dict[str, Any], service: Service, session: Session) -> Any:
    path = OPERATIONS[operation].path
    path = path.replace("{ServiceSid}", service.sid).replace("{SessionSid}", session.sid)
    path = path.replace("{Sid}", service.sid).replace("{ParticipantSid}", session.participants[0].sid)
    return requests.post(f"{proxy.url}/v1{path}", form, auth=credentials(proxy), timeout=20)


@pytest.mark.parametrize(("operation", "name"), URL_PARAMETERS)
def test_every_parameter_of_every_operation(
    proxy: FakeProxy, service: Service, session: Session, operation: str, name: str
) -> None:
    for url in BAD:
        answer = ask(proxy, operation, {name: url, "Body": "hi", "UniqueName": "x"}, service, session)
        assert (answer.status_code, answer.json()["code"]) == (400, 80701), url
        assert name in answer.json()["message"]
    for number, url in enumerate(GOOD):
        answer = ask(proxy, operation, {name: url, "Body": "hi", "UniqueName": str(number)}, service, session)
        assert answer.status_code < 300, url


@pytest.mark.parametrize("url", BAD)
def test_seeding_and_the_control_api(proxy: FakeProxy, url: str) -> None:
    for name in ("callback_url", "intercept_callback_url", "out_of_session_callback_url"):
        with pytest.raises(Refusal, match="not an absolute http or https URL") as refused:
            proxy.add_service(**cast(ServiceFields, {name: url}))
        assert refused.value.code == 80701
        seed = {"services": [{name: url}]}
        answer = requests.post(f"{proxy.url}/_fakeproxy/seed", json=seed, timeout=20)
        assert (answer.status_code, answer.json()["code"]) == (409, 80701)
    for path, body in (
        ("mount", {"base_url": url, "to": "http://127.0.0.1:1"}),
        ("mount", {"base_url": SITE, "to": url}),
        ("unmount", {"base_url": url}),
        ("forward", {"base_url": url, "to": "http://127.0.0.1:1"}),
        ("forward", {"base_url": SITE, "to": url}),
    ):
        answer = requests.post(f"{proxy.url}/_fakeproxy/webhooks/{path}", json=body, timeout=20)
        assert (answer.status_code, answer.json()["error"]) == (400, "UsageError"), (path, body)
    acts: tuple[Callable[[], None], ...] = (
        lambda: proxy.webhooks.mount(url, print),
        lambda: proxy.webhooks.unmount(url),
    )
    for act in acts:
        with pytest.raises(UsageError, match="expected a base URL such as"):
            act()


@pytest.mark.parametrize(
    ("resource", "name", "code"),
    [
        ("IncomingPhoneNumbers", "StatusCallback", 80701),
        ("IncomingPhoneNumbers", "SmsUrl", 80701),
        ("IncomingPhoneNumbers", "VoiceFallbackUrl", 80701),
        ("Messages", "StatusCallback", 21609),
        ("Messages", "MediaUrl", 80701),
    ],
)
def test_the_core_api(proxy: FakeProxy, resource: str, name: str, code: int) -> None:
    proxy.webhooks.unmounted = "alert"
    proxy.add_number(POOL[0])
    path = f"{proxy.url}/2010-04-01/Accounts/{proxy.account['account_sid']}/{resource}.json"
    form = {"PhoneNumber": "+14155550009", "To": ANNE, "From": POOL[0], "Body": "hi"}
    for url in BAD:
        answer = requests.post(path, {**form, name: url}, auth=credentials(proxy), timeout=20)
        assert (answer.status_code, answer.json()["code"]) == (400, code), url
    form[name] = "http://api.example.com/voice"
    assert requests.post(path, form, auth=credentials(proxy), timeout=20).status_code == 201


@pytest.mark.parametrize("url", BAD)
def test_the_address_of_a_fake_elsewhere(url: str) -> None:
    with pytest.raises(UsageError, match="is no URL such as"):
        fakeproxy.connect(url)


@pytest.mark.parametrize("base_url", [f"{SITE}?a=b", f"{SITE}#a"])
def test_a_base_url_has_a_path_at_most(proxy: FakeProxy, base_url: str) -> None:
    with pytest.raises(UsageError, match="without a query or a fragment"):
        proxy.webhooks.mount(base_url, print)


def test_a_bad_url_that_a_snapshot_brings_raises_nowhere(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone
) -> None:
    """Snapshots are not looked at for their URLs."""
    proxy.webhooks.unmounted = "alert"
    set_urls(proxy, service, callback="/status")
    snapshot = proxy.snapshot()
    for row in snapshot["tables"]["services"]:
        row["callback_url"] = "http://[::1"
    proxy.restore(snapshot)
    assert anne.text(POOL[0], "hi").delivered
    assert {alert.code for alert in proxy.alerts} == {80908}
    assert "it is no URL that can be called" in proxy.alerts[0].why


@pytest.mark.parametrize(
    ("url", "base_url", "path"),
    [
        ("http://münchen.example/größe?ä=ö", "http://münchen.example", "/größe"),
        ("http://münchen.example/größe?ä=ö", "http://xn--mnchen-3ya.example", "/größe"),
        ("http://u:p@api.example.com/status", "http://api.example.com", "/status"),
        ("HTTP://API.Example.com/status", "http://api.example.com", "/status"),
    ],
)
def test_a_url_is_called_as_a_client_would_write_it(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, url: str, base_url: str, path: str
) -> None:
    recorder = Recorder()
    proxy.webhooks.mount(base_url, recorder)
    proxy.client().proxy.v1.services(service.sid).update(callback_url=url)
    anne.text(POOL[0], "hi")
    assert set(recorder.paths) == {path}
    assert not proxy.alerts


# TwiML


@pytest.fixture
def stranger(proxy: FakeProxy, service: Service, site: Recorder) -> Phone:
    """Somebody without a session, whom the callback at /lost is asked about."""
    set_urls(proxy, service, out_of_session_callback="/lost")
    return proxy.phone(ANNE)


def codes(proxy: FakeProxy) -> list[int]:
    return [alert.code for alert in proxy.alerts if alert.code not in (80903, 80905, 80908)]


@pytest.mark.parametrize("kind", ["text", "call"])
@pytest.mark.parametrize("url", ["http://[::1", "http://[zz]/", "http://a:b/", "ftp://a/b", "javascript:x", "//[::1"])
def test_a_redirect_to_what_is_no_url(proxy: FakeProxy, site: Recorder, stranger: Phone, kind: str, url: str) -> None:
    site.answers["/lost"] = twiml(f"<Redirect>{url}</Redirect>")
    contact = stranger.text(POOL[0], "hi") if kind == "text" else stranger.call(POOL[0])
    assert codes(proxy) == [12100]
    assert url in next(alert for alert in proxy.alerts if alert.code == 12100).why
    assert not contact.delivered


@pytest.mark.parametrize(
    "verb",
    [
        "<Play>http://[::1</Play>",
        '<Gather action="http://[::1"><Say>hi</Say></Gather>',
        '<Dial action="http://[::1"><Number statusCallback="http://[::1">+14155550101</Number></Dial>',
        '<Record action="http://[::1"/>',
        '<Message action="http://[::1" statusCallback="http://[::1"><Body>hi</Body><Media>http://[::1</Media></Message>',
    ],
)
@pytest.mark.parametrize("kind", ["text", "call"])
def test_other_verbs_that_take_a_url(proxy: FakeProxy, site: Recorder, stranger: Phone, kind: str, verb: str) -> None:
    """Nothing is asked of these URLs, so nothing is raised for them."""
    site.answers["/lost"] = twiml(verb)
    contact = stranger.text(POOL[0], "hi") if kind == "text" else stranger.call(POOL[0])
    assert contact.out_of_session
    assert set(codes(proxy)) <= {12200}


@pytest.mark.parametrize("levels", [51, 5_000, 50_000])
def test_a_document_that_is_nested_too_deeply(proxy: FakeProxy, site: Recorder, stranger: Phone, levels: int) -> None:
    site.answers["/lost"] = twiml("<Say>" * levels + "</Say>" * levels)
    stranger.call(POOL[0])
    assert codes(proxy) == [12100]


def test_json_that_is_nested_too_deeply(proxy: FakeProxy, site: Recorder, stranger: Phone) -> None:
    site.answers["/lost"] = Response("[" * 100_000, content_type="application/json")
    stranger.text(POOL[0], "hi")
    assert codes(proxy) == [12100]


def test_the_location_of_a_redirect_is_not_followed(proxy: FakeProxy, site: Recorder, stranger: Phone) -> None:
    site.answers["/lost"] = Response("", 302, {"Location": "http://[::1"})
    stranger.text(POOL[0], "hi")
    assert codes(proxy) == [80913]


def test_a_refusal_of_the_sdk(proxy: FakeProxy) -> None:
    with pytest.raises(TwilioRestException) as refused:
        proxy.client().proxy.v1.services.create("rides", callback_url="http://[::1")
    assert refused.value.code == 80701
