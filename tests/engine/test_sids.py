"""SIDs from a seed."""

from __future__ import annotations

from typing import Any

import pytest

from fakeproxy import FakeProxy
from fakeproxy.engine.sids import Sids, is_sid
from fakeproxy.views import Service


def test_they_follow_from_seed_and_prefix() -> None:
    one, same, other = Sids(1), Sids(1), Sids(2)
    assert one.peek("KS") == one.next("KS") == same.next("KS") != other.next("KS")
    one.next("KP")
    assert one.next("KS") == same.next("KS")
    assert one.named("PN", "a") == same.named("PN", "a") != other.named("PN", "a")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("KS" + "a" * 32, True),
        ("KS" + "A1" * 16, True),
        ("KC" + "a" * 32, False),
        ("KS" + "g" * 32, False),
        ("KS", False),
    ],
)
def test_their_shape(text: str, fits: bool) -> None:
    assert is_sid(text, "KS") is fits
    assert is_sid(Sids(0).next("KS"), "KS")


def test_what_was_refused_shifts_none(proxy: FakeProxy, service: Service) -> None:
    sessions = proxy.client().proxy.v1.services(service.sid).sessions
    with FakeProxy(intercept=False) as twin:
        twin_service = twin.add_service("rides")
        expected = twin.add_session(twin_service).sid
    bodies: tuple[dict[str, Any], ...] = (
        {"participants": [{"Identifier": "no"}]},
        {"participants": [{}, {}]},
        {"ttl": -1},
    )
    for body in bodies:
        with pytest.raises(Exception, match="Unable to create record"):
            sessions.create(**body)
    assert sessions.create().sid == expected
