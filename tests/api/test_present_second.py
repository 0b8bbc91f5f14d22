"""A date of the wire has whole seconds: the second that the clock shows is the present, not the past."""

from __future__ import annotations

import json

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fakeproxy import FakeProxy, Refusal

NOW = "2030-01-01T09:13:10Z"


@pytest.fixture
def proxy() -> FakeProxy:
    """A fake whose clock stands within a second."""
    return FakeProxy(start="2030-01-01T09:13:10.250000Z")


def test_the_second_that_is_shown_is_accepted_and_the_one_before_is_not(proxy: FakeProxy) -> None:
    with proxy:
        service = proxy.add_service("rides")
        sessions = Client().proxy.v1.services(service.sid).sessions
        assert sessions.create(date_expiry=NOW).status == "closed"
        session = sessions.create()
        assert sessions(session.sid).update(date_expiry=NOW).status == "closed"
        assert proxy.add_session(service, date_expiry=NOW).status == "closed"
        for act in (sessions.create, sessions(sessions.create().sid).update):
            with pytest.raises(TwilioRestException, match="09:13:09Z lies in the past; it is 2030-01-01T09:13:10Z"):
                act(date_expiry="2030-01-01T09:13:09Z")
        with pytest.raises(Refusal):
            proxy.add_session(service, date_expiry="2030-01-01T09:13:09Z")


def test_in_the_answer_of_an_out_of_session_callback_too(proxy: FakeProxy) -> None:
    def answer(environ: object, start_response: object) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])  # type: ignore[operator]
        return [json.dumps({"participantIdentifier": "+14155550101", "dateExpiry": NOW}).encode()]

    with proxy:
        url = "https://app.example.com"
        proxy.add_service("rides", numbers=["+14155550001"], out_of_session_callback_url=url)
        proxy.webhooks.mount(url, answer)
        proxy.phone("+14155550100").text("+14155550001", "hi")
        assert 80701 not in [alert.code for alert in proxy.alerts]
        assert len(proxy.sessions) == 1
