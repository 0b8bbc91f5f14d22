"""What exists under a SID may be named by it, whatever the SID looks like; made names and SIDs never collide."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

import fakeproxy
from fakeproxy import FakeProxy, UsageError

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture(params=["here", "elsewhere"])
def seeded(request: pytest.FixtureRequest, proxy: FakeProxy) -> Any:
    """The fake, and the same fake driven by `connect()`."""
    return proxy if request.param == "here" else fakeproxy.connect(proxy.url)


def test_each_seeded_sid_is_taken_where_one_is_named(seeded: Any) -> None:
    seeded.add_service("rides", sid="KStest")
    seeded.add_number("+14155550001", sid="PNtest1")
    seeded.add_number("+14155550002", sid="PNtest2")
    seeded.add_short_code("12345", sid="SCtest")
    client = Client()
    service = client.proxy.v1.services("KStest")
    assert service.phone_numbers.create(sid="PNtest1").sid == "PNtest1"
    assert service.phone_numbers.create(sid="PNtest2", is_reserved=True).sid == "PNtest2"
    seeded.add_session(
        "KStest", sid="KCtest", unique_name="job", participants=[{"identifier": ANNE, "sid": "KPanne"}, BERT]
    )
    session = service.sessions("KCtest").fetch()
    assert session.participants.list()[0].sid == "KPanne"
    assert service.sessions("KCtest").participants("KPanne").fetch().identifier == ANNE
    message = session.participants("KPanne").message_interactions.create(body="hi")
    assert client.messages(message.outbound_resource_sid).fetch().body == "hi"
    other = service.sessions.create(unique_name="other")
    person = other.participants.create(ANNE, proxy_identifier_sid="PNtest2")
    assert person.proxy_identifier == "+14155550002"
    assert service.phone_numbers("PNtest2").update(is_reserved=False).is_reserved is False
    with pytest.raises(TwilioRestException) as refused:
        other.participants.create(BERT, proxy_identifier_sid="PNnone")
    assert refused.value.code == 80407


def test_people_of_a_new_session_may_name_such_a_number(proxy: FakeProxy) -> None:
    proxy.add_service("rides", sid="KStest")
    proxy.add_number("+14155550001", sid="PNtest1", service="KStest")
    person = '{"Identifier": "+14155550100", "ProxyIdentifierSid": "PNtest1"}'
    session = Client().proxy.v1.services("KStest").sessions.create(participants=[person])
    assert proxy.sessions[session.sid].participants[0].proxy_identifier_sid == "PNtest1"


@pytest.mark.parametrize("sid", ["KP-1", "KCmine", ""])
def test_a_wrong_sid_of_a_participant_is_refused(proxy: FakeProxy, sid: str) -> None:
    proxy.add_service("rides", numbers=["+14155550001"])
    with pytest.raises(UsageError, match="expected KP and letters or digits"):
        proxy.add_session(participants=[{"identifier": ANNE, "sid": sid}])


def test_a_sid_of_a_participant_is_taken_once(proxy: FakeProxy) -> None:
    proxy.add_service("rides", numbers=["+14155550001"])
    twice = [{"identifier": ANNE, "sid": "KPone"}, {"identifier": BERT, "sid": "KPone"}]
    with pytest.raises(UsageError, match="two participants"):
        proxy.add_session(participants=twice)
    proxy.add_session(participants=twice[:1])
    with pytest.raises(UsageError, match="is taken already"):
        proxy.add_session(participants=twice[1:])


def test_names_that_are_made_are_free(seeded: Any) -> None:
    seeded.add_service("service-2")
    first = seeded.add_service()
    seeded.add_service()
    Client().proxy.v1.services(first.sid).delete()
    seeded.add_service()
    assert len({service.unique_name for service in seeded.services.values()}) == 3


@pytest.mark.parametrize("prefix", ["KS", "KC", "KP"])
def test_sids_that_are_made_are_free(proxy: FakeProxy, prefix: str) -> None:
    """A test may have copied a SID from what a fake of the same seed gave before."""
    with FakeProxy(intercept=False) as before:
        before.add_service("rides", numbers=["+14155550001"])
        session = before.add_session(participants=[ANNE])
    copied = {"KS": session.service_sid, "KC": session.sid, "KP": session.participants[0].sid}[prefix]
    proxy.add_service("rides", sid=copied if prefix == "KS" else None, numbers=["+14155550001"])
    people = [{"identifier": ANNE, **({"sid": copied} if prefix == "KP" else {})}]
    proxy.add_session(sid=copied if prefix == "KC" else None, participants=people)
    proxy.add_service("other", numbers=["+14155550002"])
    proxy.add_session("other", participants=[BERT])
    assert (len(proxy.services), len(proxy.sessions), len(proxy.participants)) == (2, 2, 2)


def test_the_sid_of_a_bought_number_is_free_too(proxy: FakeProxy) -> None:
    usual = proxy.add_number("+14155550001").sid
    proxy.reset()
    proxy.add_number("+14155550002", sid=usual)
    assert proxy.add_number("+14155550001").sid != usual
    assert len(proxy.owned_numbers) == 2


def test_the_account_of_the_environment_stays_the_default_account(proxy: FakeProxy) -> None:
    proxy.add_service("rides")
    of_the_environment = Client()  # before anybody else, and only used after
    assert len(Client("AC" + "9" * 32, "token").proxy.v1.services.list()) == 1
    assert len(of_the_environment.proxy.v1.services.list()) == 1
    assert len(Client().proxy.v1.services.list()) == 1
    assert len(Client().incoming_phone_numbers.list()) == 0
    assert Client("AC" + "8" * 32, "token").proxy.v1.services.list() == []


@pytest.mark.parametrize("settings", [{"seed": 7}, {"seed": 7, "account_sid": "AC" + "3" * 32}])
def test_so_it_does_in_a_fake_inside_of_the_one_that_put_it_there(proxy: FakeProxy, settings: dict[str, Any]) -> None:
    with FakeProxy(**settings) as inner:
        inner.add_service("rides")
        Client("AC" + "9" * 32, "token").proxy.v1.services.list()
        assert len(Client().proxy.v1.services.list()) == 1


@pytest.mark.parametrize("presented", [True, False])
def test_so_it_does_where_the_state_of_another_fake_is_restored(proxy: FakeProxy, presented: bool) -> None:
    with FakeProxy(seed=7) as other:
        other.add_service("rides")
        if presented:
            Client("AC" + "9" * 32, "token").proxy.v1.services.list()
        state = other.snapshot()
    proxy.restore(state)
    Client("AC" + "8" * 32, "token").proxy.v1.services.list()
    assert len(Client().proxy.v1.services.list()) == 1


def test_so_it_does_after_a_reset_and_through_connect(proxy: FakeProxy) -> None:
    with fakeproxy.connect(proxy.url):
        for _ in range(2):
            Client("AC" + "9" * 32, "token").proxy.v1.services.list()
            proxy.add_service("rides")
            assert len(Client().proxy.v1.services.list()) == 1
            proxy.reset()


def test_an_account_that_is_another_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "1" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")
    with FakeProxy(account_sid="AC" + "2" * 32) as proxy:
        proxy.add_service("rides")
        assert Client().proxy.v1.services.list() == []


def test_the_sid_that_a_refusal_names_is_the_one_that_would_be_next(proxy: FakeProxy) -> None:
    service = proxy.add_service("rides", numbers=["+14155550001"])
    refused = []
    for _ in range(2):
        with pytest.raises(TwilioRestException) as error:
            Client().proxy.v1.services(service.sid).sessions.create(participants=['{"Identifier": "messenger:1"}'])
        assert error.value.code == 80616
        refused.append(error.value.msg.partition("session ")[2].partition(".")[0])
        if len(refused) == 1:
            proxy.add_session(service, sid=refused[0])
    assert refused[1] == Client().proxy.v1.services(service.sid).sessions.create().sid != refused[0]
