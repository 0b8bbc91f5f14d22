"""Texts: what reaches the handset, what is left of them in the API, and what they do to the session."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from fakeproxy import FakeProxy, NotActive, UsageError
from fakeproxy.engine.records import End
from fakeproxy.network.phones import Phone
from fakeproxy.views import Service, Session
from tests.network.conftest import ANNE, BERT, POOL, Recorder, set_urls


def test_what_arrives(proxy: FakeProxy, anne: Phone, bert: Phone, session: Session) -> None:
    proxy.clock.advance(minutes=5)
    anne.text(POOL[0], "look", media=["https://example.com/a.png"])
    (text,) = bert.inbox
    assert (text.from_, text.to, text.body) == (POOL[0], BERT, "look")
    assert text.media == ("https://example.com/a.png",)
    assert text.at == proxy.clock.now()
    assert anne.inbox == ()


def test_what_is_left_in_the_api(proxy: FakeProxy, service: Service, anne: Phone, session: Session) -> None:
    contact = anne.text(POOL[0], "hello")
    (row,) = proxy.client().proxy.v1.services(service.sid).sessions(session.sid).interactions.list()
    assert contact.interaction is not None
    assert row.sid == contact.interaction.sid
    assert (row.type, row.data) == ("message", '{"body":"hello"}')
    assert (row.inbound_participant_sid, row.outbound_participant_sid) == tuple(p.sid for p in session.participants)
    assert (row.inbound_resource_status, row.outbound_resource_status) == ("delivered", "delivered")
    assert (row.inbound_resource_type, row.outbound_resource_type) == ("message", "message")
    assert row.inbound_resource_sid == contact.sid
    assert row.inbound_resource_url.endswith(f"/Messages/{contact.sid}.json")


def test_what_it_does_to_the_session(proxy: FakeProxy, anne: Phone, session: Session) -> None:
    start = proxy.clock.now()
    proxy.clock.advance(minutes=50)
    anne.text(POOL[0], "one")
    proxy.clock.advance(minutes=20)
    anne.text(POOL[0], "two")
    now = proxy.sessions[session.sid]
    assert now.status == "in-progress"
    assert now.date_started == start + timedelta(minutes=50)
    assert now.date_last_interaction == start + timedelta(minutes=70)
    proxy.clock.advance(minutes=60)
    closed = proxy.sessions[session.sid]
    assert (closed.status, closed.date_ended) == ("closed", start + timedelta(minutes=130))


@pytest.mark.parametrize("end", ["undelivered", "failed"])
def test_a_handset_that_cannot_be_reached(anne: Phone, bert: Phone, session: Session, end: End) -> None:
    bert.reception = end
    contact = anne.text(POOL[0], "hello?")
    assert (contact.delivered, contact.status, contact.delivered_to) == (False, end, BERT)
    assert contact.interaction is not None
    assert contact.interaction.outbound_resource_status == end
    assert bert.inbox == ()
    bert.reception = "delivered"
    assert anne.text(POOL[0], "hello?").delivered
    with pytest.raises(UsageError, match="reception='lost': expected 'delivered' or"):
        bert.reception = "lost"  # type: ignore[assignment]


def test_texts_that_take_time() -> None:
    with FakeProxy(start="2030-01-01T09:00:00Z", behavior={"message_seconds": 3}) as proxy:
        recorder = Recorder()
        proxy.webhooks.mount("https://api.example.com", recorder)
        service = proxy.add_service(numbers=POOL, callback_url="https://api.example.com/status")
        proxy.add_session(service, participants=[ANNE, BERT])
        contact = proxy.phone(ANNE).text(POOL[0], "slow")
        assert (contact.status, contact.delivered, proxy.phone(BERT).inbox) == ("queued", False, ())
        assert [work.kind for work in proxy.clock.due()] == ["move message on"]
        proxy.clock.advance(60)
        assert contact.delivered
        seen = [(f["outboundResourceStatus"], f["interactionDateUpdated"]) for f in recorder.forms("/status")]
        assert seen == [
            ("queued", "2030-01-01T09:00:00Z"),
            ("sent", "2030-01-01T09:00:03Z"),
            ("delivered", "2030-01-01T09:00:06Z"),
        ]
        assert [delivery.at.second for delivery in contact.callbacks] == [0, 3, 6]


def test_a_message_through_the_api_arrives(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, callback="/status")
    me = proxy.client().proxy.v1.services(service.sid).sessions(session.sid).participants(session.participants[0].sid)
    row = me.message_interactions.create(body="your driver is near", media_url=["https://example.com/map.png"])
    (text,) = anne.inbox
    assert (text.from_, text.body, text.media) == (POOL[0], "your driver is near", ("https://example.com/map.png",))
    (form,) = site.forms("/status")
    assert form["interactionSid"] == row.sid
    assert not [name for name in form if name.startswith("inbound")]
    assert form["interactionMediaUrl0"] == "https://example.com/map.png"


def test_reprs_are_one_honest_line(proxy: FakeProxy, anne: Phone, bert: Phone, session: Session) -> None:
    contact = anne.text(POOL[0], "hi")
    assert repr(contact) == f"<text {ANNE} -> {POOL[0]}: delivered, to {BERT}, shown from {POOL[0]}>"
    assert repr(bert) == f"<phone {BERT}: 1 texts, 0 calls received>"
    assert repr(anne.text(POOL[1], "hi")) == f"<text {ANNE} -> {POOL[1]}: not delivered; alerts 80905>"
    snapshot = proxy.snapshot()
    proxy.reset()
    assert repr(contact) == f"<text {ANNE} -> {POOL[0]}: gone, to {BERT}, shown from {POOL[0]}>"
    with pytest.raises(UsageError, match="is no longer in the state of the fake"):
        _ = contact.delivered
    proxy.restore(snapshot)
    assert contact.delivered


def test_inboxes_survive_a_snapshot(proxy: FakeProxy, anne: Phone, bert: Phone, session: Session) -> None:
    anne.text(POOL[0], "before")
    bert.reception = "failed"
    snapshot = proxy.snapshot()
    bert.reception = "delivered"
    anne.text(POOL[0], "after")
    proxy.restore(snapshot)
    assert [text.body for text in bert.inbox] == ["before"]
    assert bert.reception == "failed"


def test_a_stopped_fake_carries_nothing() -> None:
    with FakeProxy() as proxy:
        proxy.add_service(numbers=POOL)
        proxy.add_session(participants=[ANNE, BERT])
        anne = proxy.phone(ANNE)
        anne.text(POOL[0], "hi")
    assert len(proxy.phone(BERT).inbox) == 1
    with pytest.raises(NotActive):
        anne.text(POOL[0], "hi")


@pytest.mark.parametrize(
    ("body", "media", "why"),
    [
        ("half of a smile \ud83d", [], "half of a surrogate pair"),
        ("look", ["https://example.com/\ud83d.png"], "half of a surrogate pair"),
        (5, [], "the body is a text such as 'hello', not 5"),
        (None, [], "the body is a text such as 'hello', not None"),
        ("look", [5], "a URL of media is a text such as"),
        ("look", "https://example.com/a.png", "a list of URLs, not 'https://example.com/a.png'; write brackets"),
        ("look", None, "a list of URLs, not None"),
        ("x" * 1601, [], "at most 1600 characters"),
        ("look", ["https://example.com/a.png"] * 11, "and 10 files"),
    ],
)
def test_what_no_handset_can_send_is_an_error(
    proxy: FakeProxy, anne: Phone, bert: Phone, session: Session, body: Any, media: Any, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        anne.text(POOL[0], body, media)
    with pytest.raises(UsageError, match=why):
        asyncio.run(anne.atext(POOL[0], body, media))
    assert bert.inbox == ()
    assert not proxy.history.where(kind="text")
