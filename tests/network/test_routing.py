"""Where a contact goes: by sender and dialled number, to the partner of the one active session of that pair."""

from __future__ import annotations

import pytest

from fakeproxy import FakeProxy, UsageError
from fakeproxy.network.phones import Phone
from fakeproxy.views import Service, Session
from tests.network.conftest import ANNE, BERT, CARL, POOL


def codes(contact: object) -> list[int]:
    return [alert.code for alert in contact.alerts]  # type: ignore[attr-defined]


def test_to_the_partner_shown_from_the_partners_own_number(proxy: FakeProxy, service: Service) -> None:
    given = [{"identifier": ANNE, "proxy_identifier": POOL[0]}, {"identifier": BERT, "proxy_identifier": POOL[1]}]
    session = proxy.add_session(service, participants=given)
    contact = proxy.phone(ANNE).text(POOL[0], "hello")
    assert (contact.delivered, contact.delivered_to, contact.shown_from) == (True, BERT, POOL[1])
    assert contact.session is not None
    assert contact.session.sid == session.sid
    back = proxy.phone(BERT).text(POOL[1], "hello yourself")
    assert (back.delivered_to, back.shown_from) == (ANNE, POOL[0])
    assert [(text.from_, text.body) for text in proxy.phone(ANNE).inbox] == [(POOL[0], "hello yourself")]


def test_both_behind_one_number(anne: Phone, bert: Phone, session: Session) -> None:
    assert anne.text(POOL[0], "a").delivered_to == BERT
    assert bert.text(POOL[0], "b").delivered_to == ANNE


def test_one_person_in_two_sessions_through_two_numbers(proxy: FakeProxy, service: Service, session: Session) -> None:
    other = proxy.add_session(service, participants=[ANNE, CARL])
    mine = [row.proxy_identifier for row in other.participants if row.identifier == ANNE]
    assert mine == [POOL[1]]
    assert proxy.phone(ANNE).text(POOL[0], "to bert").delivered_to == BERT
    assert proxy.phone(ANNE).text(POOL[1], "to carl").delivered_to == CARL


def test_the_number_of_somebody_else_is_not_mine(anne: Phone, session: Session) -> None:
    contact = anne.text(POOL[1], "wrong number")
    assert not contact.delivered
    assert contact.session is None
    assert codes(contact) == [80905]


def test_a_number_in_any_notation(proxy: FakeProxy, session: Session) -> None:
    assert proxy.phone("(415) 555-0100").text("+1 415 555 0001", "hi").delivered_to == BERT
    assert proxy.phone("+14155550101").inbox[0].body == "hi"


@pytest.mark.parametrize("number", ["", "hello", "+1", "+12"])
def test_what_is_no_number(proxy: FakeProxy, service: Service, number: str) -> None:
    with pytest.raises(UsageError, match="is no phone number"):
        proxy.phone(number)
    with pytest.raises(UsageError, match="is no phone number"):
        proxy.phone(ANNE).text(number, "hi")


def test_a_number_that_no_service_knows(proxy: FakeProxy, anne: Phone, session: Session) -> None:
    with pytest.raises(UsageError, match=r"no Service has the number \+14155559999; the pools have \+14155550001, "):
        anne.text("+14155559999", "hi")
    assert not proxy.alerts


def test_without_a_pool(proxy: FakeProxy, anne: Phone) -> None:
    with pytest.raises(UsageError, match="all pools are empty"):
        anne.text(POOL[0], "hi")


def test_alone_in_the_session(proxy: FakeProxy, service: Service, anne: Phone) -> None:
    session = proxy.add_session(service, participants=[ANNE])
    contact = anne.text(POOL[0], "hello?")
    assert not contact.delivered
    (alert,) = contact.alerts
    assert (alert.code, alert.level, alert.resource_sid) == (80614, "warning", session.sid)
    assert session.sid in alert.text
    assert session.participants[0].sid in alert.text


@pytest.mark.parametrize(("mode", "code"), [("voice-only", 80910), ("message-only", 80911)])
def test_what_the_mode_does_not_allow(proxy: FakeProxy, service: Service, anne: Phone, mode: str, code: int) -> None:
    proxy.add_session(service, mode=mode, participants=[ANNE, BERT])
    text, call = anne.text(POOL[0], "hi"), anne.call(POOL[0])
    refused, passed = (text, call) if mode == "voice-only" else (call, text)
    assert codes(refused) == [code]
    assert refused.delivered_to is None
    assert (passed.delivered_to, codes(passed)) == (BERT, [])


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "QUIT", "arret", "END", "Optout"])
def test_an_opt_out_word_goes_nowhere(proxy: FakeProxy, anne: Phone, session: Session, word: str) -> None:
    contact = anne.text(POOL[0], word)
    assert (contact.delivered, codes(contact)) == (False, [80901])
    assert proxy.sessions[session.sid].status == "open"
    assert not proxy.interactions


@pytest.mark.parametrize("word", ["START", "YES", "HELP", "info", "debut", "please stop", "STOP it"])
def test_other_words_pass(anne: Phone, session: Session, word: str) -> None:
    assert anne.text(POOL[0], word).delivered


def test_strangers(anne: Phone, carl: Phone, session: Session) -> None:
    assert codes(carl.text(POOL[0], "who are you?")) == [80903, 80905]
    assert codes(carl.call(POOL[0])) == [80903, 80902]


def test_after_the_expiry(proxy: FakeProxy, anne: Phone, session: Session) -> None:
    proxy.clock.advance(hours=1)
    assert codes(anne.text(POOL[0], "late")) == [80904, 80905]
    assert codes(anne.call(POOL[0])) == [80904, 80902]


def test_after_the_close(proxy: FakeProxy, service: Service, anne: Phone, session: Session) -> None:
    client = proxy.client().proxy.v1.services(service.sid).sessions(session.sid)
    client.update(status="closed")
    assert codes(anne.text(POOL[0], "late")) == [80905]
    client.update(status="in-progress")
    assert anne.text(POOL[0], "back again").delivered_to == BERT


def test_a_deleted_participant_is_out_and_the_new_one_is_in(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, bert: Phone, carl: Phone
) -> None:
    participants = proxy.client().proxy.v1.services(service.sid).sessions(session.sid).participants
    participants(session.participants[1].sid).delete()
    assert codes(bert.text(POOL[0], "am I out?")) == [80905]
    assert codes(anne.text(POOL[0], "anybody?")) == [80614]
    participants.create(CARL)
    assert anne.text(POOL[0], "hello").delivered_to == CARL
    assert carl.text(POOL[0], "hello").delivered_to == ANNE


def test_a_reserved_number_carries_like_any_other(proxy: FakeProxy, service: Service, anne: Phone) -> None:
    proxy.add_number("+14155550009", service=service, reserved=True)
    proxy.add_session(service, participants=[{"identifier": ANNE, "proxy_identifier": "+14155550009"}, BERT])
    assert anne.text("+14155550009", "hi").delivered_to == BERT


def test_a_session_that_was_deleted_is_forgotten(
    proxy: FakeProxy, service: Service, anne: Phone, session: Session
) -> None:
    contact = anne.text(POOL[0], "hi")
    proxy.client().proxy.v1.services(service.sid).sessions(session.sid).delete()
    assert contact.session is None
    assert contact.interaction is None
    assert contact.delivered_to == BERT
    assert codes(anne.text(POOL[0], "hi")) == [80903, 80905]


def test_channels(proxy: FakeProxy, service: Service) -> None:
    people = [
        {"identifier": "messenger:anne", "proxy_identifier": "messenger:page"},
        {"identifier": BERT, "proxy_identifier": POOL[0]},
    ]
    proxy.add_session(service, mode="message-only", participants=people)
    assert proxy.phone("messenger:anne").text("messenger:page", "hi").shown_from == POOL[0]
    proxy.phone(BERT).text(POOL[0], "hi yourself")
    assert proxy.phone("messenger:anne").inbox[0].from_ == "messenger:page"


def test_a_short_code_is_nobodys_proxy_identifier(proxy: FakeProxy, service: Service, anne: Phone) -> None:
    proxy.add_short_code("12345", service=service)
    assert codes(anne.text("12345", "hi")) == [80903, 80905]
