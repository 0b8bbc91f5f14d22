"""The reprs of what a test holds are for people: one line, the name first, SIDs shortened, no datetime spelled out."""

from __future__ import annotations

from importlib import import_module
from inspect import isabstract
from pkgutil import walk_packages

import pytest
from twilio.base.exceptions import TwilioRestException

from fakeproxy import Behavior, FakeProxy, connect, views
from fakeproxy.network.signature import Token

ANNE, BERT = "+14155550100", "+14155550101"
FIRST = "+14155550001"


def test_a_session_says_who_talks_and_until_when(proxy: FakeProxy, service: views.Service) -> None:
    session = proxy.add_session(service, sid="KC" + "4" * 32, unique_name="job-7", participants=[ANNE, BERT], ttl=3600)
    assert repr(session) == f"<Session job-7 KC4444...: open, {ANNE} <-> {BERT}, expires 2030-01-01T10:00:00Z>"
    proxy.clock.advance(hours=1)
    ended = "ended 2030-01-01T10:00:00Z (expired)"
    assert repr(proxy.sessions["job-7"]) == f"<Session job-7 KC4444...: closed, {ANNE} <-> {BERT}, {ended}>"


def test_a_session_of_nobody_without_a_name(proxy: FakeProxy, service: views.Service) -> None:
    assert repr(proxy.add_session(service, sid="KCmine")) == "<Session KCmine: open, nobody, expires never>"


def test_numbers_and_people(proxy: FakeProxy, service: views.Service) -> None:
    session = proxy.add_session(service, participants=[ANNE])
    (person,) = session.participants
    number, owned = proxy.phone_numbers.values(), proxy.owned_numbers.values()
    assert repr(next(iter(number))).endswith(": in use in 1 sessions>")
    sid = views.short(person.proxy_identifier_sid or "")
    assert repr(next(iter(owned))) == f"<OwnedNumber {FIRST} {sid}: voice, sms, mms, fax>"
    assert repr(person) == f"<Participant {ANNE} {views.short(person.sid)}: dials {FIRST}>"
    assert repr(service) == f"<Service rides {views.short(service.sid)}>"
    code = proxy.add_short_code("12345", service=service, reserved=True)
    assert repr(code) == f"<ShortCode 12345 {views.short(code.sid)}: reserved>"


def test_a_deleted_participant(proxy: FakeProxy, service: views.Service) -> None:
    session = proxy.add_session(service, participants=[ANNE])
    client = proxy.client().proxy.v1.services(service.sid).sessions(session.sid)
    client.participants(session.participants[0].sid).delete()
    assert repr(proxy.sessions[session.sid].participants[0]).endswith(f"dials {FIRST}, deleted 2030-01-01T09:00:00Z>")


def test_interactions_and_alerts(proxy: FakeProxy, service: views.Service) -> None:
    proxy.add_session(service, participants=[ANNE, BERT])
    proxy.phone(ANNE).text(FIRST, "hi")
    (interaction,) = proxy.interactions.values()
    assert repr(interaction) == f"<Interaction {views.short(interaction.sid)}: message, delivered>"
    proxy.phone("+14155550199").text(FIRST, "who is there?")
    assert repr(proxy.alerts[0]).startswith(f"<Alert {proxy.alerts[0].code} ")


def test_what_a_handset_received(proxy: FakeProxy, service: views.Service) -> None:
    proxy.add_session(service, participants=[ANNE, BERT])
    proxy.phone(ANNE).text(FIRST, "hi", media=["https://example.com/a.png"])
    proxy.phone(ANNE).call(FIRST)
    bert = proxy.phone(BERT)
    assert repr(bert.inbox[0]) == f"<Text {FIRST} -> {BERT}: 'hi', 1 files, 2030-01-01T09:00:00Z>"
    assert repr(bert.calls[0]) == f"<Ring {FIRST} -> {BERT}: ringing, 2030-01-01T09:00:00Z>"


def test_requests_and_faults(proxy: FakeProxy, service: views.Service) -> None:
    fault = proxy.faults.refuse(80604, operation="FetchService", times=None)
    assert repr(fault) == "<Fault 400 / 80604 for operation FetchService: used 0, left unlimited>"
    assert repr(proxy.faults) == "<1 faults: fault 400 / 80604 for operation FetchService>"
    with pytest.raises(TwilioRestException), fault:
        proxy.client().proxy.v1.services(service.sid).fetch()
    assert repr(fault) == "<Fault 400 / 80604 for operation FetchService: used 1, left 0>"
    path = f"/v1/Services/{service.sid}"
    assert repr(proxy.journal[-1]) == f"<Entry 2030-01-01T09:00:00Z GET {path}: 400 / 80604>"
    proxy.client().proxy.v1.services(service.sid).fetch()
    assert repr(proxy.journal[-1]) == f"<Entry 2030-01-01T09:00:00Z GET {path}: 200>"
    assert repr(proxy.wsgi_app) == "<fakeproxy's WSGI application: 1 requests answered>"


def test_lists_of_nothing(proxy: FakeProxy) -> None:
    assert repr(proxy.alerts) == "<0 alerts>"
    assert repr(proxy.faults) == "<0 faults>"


def test_webhooks_name_what_is_mounted(proxy: FakeProxy) -> None:
    assert repr(proxy.webhooks) == "<Webhooks: nothing mounted, 0 deliveries>"
    proxy.webhooks.mount("https://app.example.com/api", lambda environ, start_response: [])
    assert repr(proxy.webhooks) == "<Webhooks: https://app.example.com/api mounted, 0 deliveries>"


def test_a_behavior_shows_what_differs_from_its_defaults() -> None:
    assert repr(Behavior()) == "Behavior()"
    assert repr(Behavior(strict_numbers=True, expiry_lag=5)) == "Behavior(expiry_lag=5, strict_numbers=True)"


def test_a_token_is_not_shown() -> None:
    assert repr(Token("secret", "the environment")) == "<Token: the environment>"


def test_no_object_of_a_fake_prints_as_an_address(proxy: FakeProxy, service: views.Service) -> None:
    names = [name for name in dir(proxy) if not name.startswith("_") and name not in ("url", "environment")]
    shown = {name: repr(getattr(proxy, name)) for name in names if not callable(getattr(FakeProxy, name, None))}
    assert "history" in shown
    assert not [f"{name}: {text}" for name, text in shown.items() if " object at 0x" in text or "datetime.date" in text]


#: Bases that are no object of their own.
PARTS_OF_A_FAKE = {"State", "Seeding", "WithPast"}
FOLDERS = ("cli", "fake", "inspector", "remote", "rows", "transports")


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_public_class_has_a_repr(folder: str) -> None:
    package = import_module(f"fakeproxy.{folder}")
    modules = [module.name for module in walk_packages(package.__path__, f"{package.__name__}.")]
    classes = [
        kind
        for module in modules
        if not module.endswith("sitecustomize")  # Python runs that one.
        for name, kind in vars(import_module(module)).items()
        if isinstance(kind, type) and kind.__module__ == module and not name.startswith("_")
    ]
    objects = [kind for kind in classes if not isabstract(kind) and not getattr(kind, "_is_protocol", False)]
    assert [kind for kind in objects if kind.__repr__ is object.__repr__ and kind.__name__ not in PARTS_OF_A_FAKE] == []


def test_the_objects_of_a_fake_of_another_process(proxy: FakeProxy) -> None:
    with connect(proxy.url) as remote:
        remote.add_service("rides", numbers=[FIRST])
        fault = remote.faults.refuse(80604, operation="FetchService", times=None)
        assert repr(remote) == f"<RemoteProxy {proxy.url}>"
        assert repr(remote.services) == "<1 services: rides>"
        assert repr(remote.phone_numbers) == f"<1 phone numbers: {FIRST}>"
        assert repr(fault) == "<Fault 400 / 80604 for operation FetchService: used 0, left unlimited>"
        assert repr(remote.webhooks) == "<Webhooks: 0 mounted from here, 0 sent>"
        names = [name for name in dir(remote) if not name.startswith("_")]
        shown = {name: repr(getattr(remote, name)) for name in names if not callable(getattr(remote, name))}
        assert not [text for text in shown.values() if " object at 0x" in text or "datetime.date" in text]
        remote.faults.clear()


def test_servers_and_tunnels(proxy: FakeProxy) -> None:
    server = proxy.serve()
    assert repr(server) == f"<Server {proxy.url}: 0 connections>"
    tunnel = proxy.tunnel()
    assert repr(tunnel) == f"<Tunnel {tunnel.url}>"
    proxy.stop()
    assert repr(server) == f"<Server {server.url}: stopped>"
