"""Which token a webhook was signed with, where a handler refuses it: told, and never shown."""

from __future__ import annotations

import pytest
from werkzeug.wrappers import Response

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.surface.arguments import Settings
from tests.network.conftest import ANNE, BERT, POOL, SITE, Recorder


@pytest.fixture(autouse=True)
def _no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    monkeypatch.delenv("TWILIO_ACCOUNT_SID", raising=False)


def _refused(proxy: FakeProxy, status: int, callback: str = "callback_url") -> str:
    site = Recorder()
    site.answers["/hook"] = Response("", status)
    proxy.webhooks.mount(SITE, site)
    proxy.add_service(numbers=POOL, **{callback: SITE + "/hook"})  # type: ignore[arg-type]
    if callback != "out_of_session_callback_url":
        proxy.add_session(participants=[ANNE, BERT])
    contact = proxy.phone(ANNE).text(POOL[0], "hi")
    why = "\n".join(alert.why for alert in contact.alerts if alert.why)
    if contact.blocked:
        assert why == "the handler answered 403, which blocks the contact"
        why = contact.callbacks[0].outcome
        assert why.startswith(
            "the handler answered 403 (403 blocks the contact; if the handler refused the signature: "
        )
        assert proxy.report().count("if the handler refused the signature") == 1
    assert why in proxy.report()
    return why


CALLBACKS = ["callback_url", "intercept_callback_url", "out_of_session_callback_url"]


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("callback", CALLBACKS)
def test_one_that_was_made_up(status: int, callback: str) -> None:
    with FakeProxy() as proxy:
        proxy.client().proxy.v1.services.list()
        why = _refused(proxy, status, callback)
    assert f"answered {status}" in why
    assert "signed with a token that the fake made up" in why
    assert "set the fake's auth_token, or TWILIO_AUTH_TOKEN in its environment, to that token" in why


def test_one_that_was_given() -> None:
    with FakeProxy(account_sid="AC" + "1" * 32, auth_token="real-one") as proxy:
        why = _refused(proxy, 403)
    assert "signed with the token that the fake was given as auth_token" in why
    assert "real-one" not in why


def test_one_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "real-one")
    with FakeProxy() as proxy:
        why = _refused(proxy, 401)
    assert "signed with the token of TWILIO_AUTH_TOKEN" in why
    assert "real-one" not in why


def test_one_that_was_presented() -> None:
    from twilio.rest import Client

    with FakeProxy() as proxy:
        Client("AC" + "1" * 32, "real-one").proxy.v1.services.list()
        why = _refused(proxy, 401)
    assert "signed with the token that a client sent last" in why
    assert "real-one" not in why


def test_the_account_sid_in_its_place() -> None:
    from twilio.rest import Client

    with FakeProxy() as proxy:
        Client(proxy.account["account_sid"], proxy.account["account_sid"]).proxy.v1.services.list()
        assert "signed with the token that a client sent last" in _refused(proxy, 403)


QUERY = "?job=7"


@pytest.mark.parametrize(
    ("settings", "url", "first", "other"),
    [
        # Whoever has a token of their own gives it to the fake, or sends it: then only the URL can be another one.
        ({"account_sid": "AC" + "1" * 32, "auth_token": "real-one"}, SITE + "/hook", "URL", "with http"),
        ({}, SITE + "/hook", "token", "with http"),
        ({}, SITE + "/hook" + QUERY, "URL", "with http, or one without its query"),
        ({}, "http" + SITE.removeprefix("https") + "/hook", "token", "with https"),
    ],
)
def test_the_likelier_cause_comes_first(settings: Settings, url: str, first: str, other: str) -> None:
    site = Recorder()
    site.answers["/hook"] = Response("", 403)
    with FakeProxy(**settings) as proxy:
        proxy.webhooks.mount(SITE, site)
        proxy.webhooks.mount("http" + SITE.removeprefix("https"), site)
        proxy.add_service(numbers=POOL, callback_url=url)
        proxy.add_session(participants=[ANNE, BERT])
        (alert,) = proxy.phone(ANNE).text(POOL[0], "hi").alerts
    causes = {"token": alert.why.index("it was signed with"), "URL": alert.why.index("the signature is for")}
    assert min(causes, key=causes.__getitem__) == first
    assert f"the signature is for {url}, and fits no other URL, such as one {other}" in alert.why


def test_none_of_another_refusal() -> None:
    with FakeProxy() as proxy:
        assert "signed with" not in _refused(proxy, 500)


def test_through_connect() -> None:
    with FakeProxy(intercept=False) as proxy, fakeproxy.connect(proxy.url) as remote:
        assert "made up" in _refused(remote, 401)  # type: ignore[arg-type]
