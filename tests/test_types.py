"""What a type checker says of a fake, here or in another process; `python -m mypy` reads this file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.types import (
    Alert,
    Contact,
    Conversation,
    Delivery,
    Entry,
    Fake,
    OwnedNumber,
    PhoneNumber,
    Rings,
    Service,
    Session,
    ShortCode,
    Snapshot,
    Texts,
)

if TYPE_CHECKING:
    from typing_extensions import assert_type
else:

    def assert_type(value: Any, kind: Any) -> Any:
        return value


ANNE, BERT = "+14155550100", "+14155550101"


def ride(proxy: Fake) -> None:
    service = assert_type(proxy.add_service("rides", numbers=["+14155550001"]), Service)
    assert_type(proxy.add_number("+14155550002"), OwnedNumber)
    assert_type(proxy.add_number("+14155550003", service=service), PhoneNumber)
    assert_type(proxy.add_short_code("12345", service=service), ShortCode)
    session = assert_type(proxy.add_session(service, participants=[ANNE, BERT], ttl=60), Session)
    contact = assert_type(proxy.phone(ANNE).text("+14155550001", "hi"), Contact)
    assert_type(contact.session, Session | None)
    assert_type(proxy.phone(BERT).inbox, Texts)
    call = assert_type(proxy.phone(ANNE).call("+14155550001"), Conversation)
    assert_type(proxy.phone(BERT).calls, Rings)
    assert_type(call.answer().duration, int)
    assert_type(proxy.sessions[session.sid].status, str)
    for alert in proxy.alerts:
        assert_type(alert, Alert)
    for entry in proxy.journal:
        assert_type(entry, Entry)
    for delivery in proxy.webhooks.deliveries:
        assert_type(delivery, Delivery)
    with proxy.faults.server_error(operation="ListService", optional=True) as fault, proxy.alerts.expect():
        assert_type(fault.left, int | None)
    assert_type(proxy.clock.due()[0].sid, str)
    proxy.restore(assert_type(proxy.snapshot(), Snapshot))


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_fake_here_and_one_elsewhere_have_the_same_types(elsewhere: bool) -> None:
    with FakeProxy(intercept=False) as proxy:
        ride(fakeproxy.connect(proxy.url) if elsewhere else proxy)
