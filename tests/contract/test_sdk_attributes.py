"""Every attribute of every row that the installed SDK reads comes back with its Python type, and none is missing."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from fakeproxy import FakeProxy
from tests.contract import sdk
from tests.contract.sdk import World

# A table of what must come back. `sid`, `date` and `url` are stricter than their Python types.
SID, DATE, URL, LINKS = "sid", "date", "url", "links"
_COMMON = {"sid": SID, "account_sid": SID, "date_created": DATE, "date_updated": DATE, "url": URL}
_LEG = {"participant_sid": SID, "resource_sid": SID, "resource_status": str, "resource_type": str, "resource_url": URL}
_INTERACTION = {
    **_COMMON,
    "service_sid": SID,
    "session_sid": SID,
    "data": str,
    "type": str,
    **{f"inbound_{name}": kind for name, kind in _LEG.items()},
    **{f"outbound_{name}": kind for name, kind in _LEG.items()},
}
TYPES: dict[str, dict[str, Any]] = {
    "Service": {
        **_COMMON,
        "unique_name": str,
        "chat_instance_sid": SID,
        "callback_url": URL,
        "default_ttl": int,
        "number_selection_behavior": str,
        "geo_match_level": str,
        "intercept_callback_url": URL,
        "out_of_session_callback_url": URL,
        "links": LINKS,
    },
    "PhoneNumber": {
        **_COMMON,
        "service_sid": SID,
        "phone_number": str,
        "friendly_name": str,
        "iso_country": str,
        "capabilities": dict,  # The SDK says str, and hands the object over as it is.
        "is_reserved": bool,
        "in_use": int,
    },
    "Session": {
        **_COMMON,
        "service_sid": SID,
        "date_started": DATE,
        "date_ended": DATE,
        "date_last_interaction": DATE,
        "date_expiry": DATE,
        "unique_name": str,
        "status": str,
        "closed_reason": str,
        "ttl": int,
        "mode": str,
        "links": LINKS,
    },
    "Participant": {
        **_COMMON,
        "service_sid": SID,
        "session_sid": SID,
        "friendly_name": str,
        "identifier": str,
        "proxy_identifier": str,
        "proxy_identifier_sid": SID,
        "date_deleted": DATE,
        "links": LINKS,
    },
    "Interaction": _INTERACTION,
    "MessageInteraction": {**_INTERACTION, "participant_sid": SID},
}
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


def fits(value: object, kind: Any) -> bool:
    """Whether the value has exactly the type: a bool is no int here, and a str is no date."""
    if kind is SID:
        return type(value) is str and _SID.fullmatch(value) is not None
    if kind is DATE:
        return type(value) is datetime and value.utcoffset() == timedelta(0) and value.microsecond == 0
    if kind is URL:
        return type(value) is str and value.startswith("https://")
    if kind is LINKS:
        return type(value) is dict and value != {} and all(fits(url, URL) for url in value.values())
    return type(value) is kind


def attributes(row: object) -> dict[str, Any]:
    """What the SDK has read into a row."""
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def complete(proxy: FakeProxy) -> World:
    """Rows in which nothing is null, the clock a fraction past a second so that fractions would show."""
    proxy.webhooks.unmounted = "alert"
    service = proxy.add_service(
        "rides",
        numbers=["+14155550001"],
        default_ttl=60,
        callback_url="https://example.com/status",
        intercept_callback_url="https://example.com/intercept",
        out_of_session_callback_url="https://example.com/lost",
        chat_instance_sid="IS" + "1" * 32,
    )
    proxy.clock.advance(0.25)
    sessions = proxy.client().proxy.v1.services(service.sid).sessions
    expiry = datetime(2030, 1, 2, tzinfo=timezone.utc)
    session = sessions.create(unique_name="job", ttl=3600, date_expiry=expiry)
    person = session.participants.create("+14155550101", friendly_name="Ann")
    partner = session.participants.create("+14155550102")
    message = person.message_interactions.create(body="hello")
    proxy.clock.advance(1.5)
    session.update(status="closed")
    person.delete()
    # Only traffic has an inbound side; it is written into the state here, as a snapshot lets one do.
    snapshot = json.loads(json.dumps(proxy.snapshot()))
    snapshot["tables"]["interactions"][0].update(
        inbound_participant_sid=partner.sid,
        inbound_resource_sid="SM" + "1" * 32,
        inbound_resource_status="delivered",
    )
    proxy.restore(snapshot)
    sids = [service.sid, next(iter(proxy.phone_numbers)), session.sid, person.sid, message.sid, message.sid]
    return World(proxy, {resource: [sid] for resource, sid in zip(sdk.RESOURCES, sids, strict=True)})


async def _fetched_async(world: World, resource: str) -> Any:
    return await world.rows(world.proxy.async_client(), resource)(world.sid(resource)).fetch_async()


WAYS = {
    "fetch": lambda world, resource: world.rows(world.proxy.client(), resource)(world.sid(resource)).fetch(),
    "fetch_async": lambda world, resource: asyncio.run(_fetched_async(world, resource)),
    "list": lambda world, resource: world.rows(world.proxy.client(), resource).list()[0],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("resource", sdk.RESOURCES)
def test_every_attribute_comes_back_with_its_type(proxy: FakeProxy, resource: str, way: str) -> None:
    read = attributes(WAYS[way](complete(proxy), resource))
    assert set(read) == set(TYPES[resource])
    wrong = {name: value for name, value in read.items() if not fits(value, TYPES[resource][name])}
    assert wrong == {}


@pytest.mark.parametrize("resource", sdk.RESOURCES)
def test_the_answer_has_what_the_sdk_reads_and_nothing_that_it_drops(proxy: FakeProxy, resource: str) -> None:
    row = WAYS["fetch"](complete(proxy), resource)
    assert set(proxy.journal[-1].members) == set(attributes(row))


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("2030-01-01T09:00:00.250000Z", DATE),
        ("2030-01-01T09:00:00+00:00", DATE),
        (datetime(2030, 1, 1), DATE),  # noqa: DTZ001
        (datetime(2030, 1, 1, 9, 0, 0, 1, timezone.utc), DATE),
        (None, DATE),
        ("KC1", SID),
        (True, int),
        (1, bool),
        ("0", int),
        ("/v1/Services", URL),
        ({}, LINKS),
        ({"sessions": None}, LINKS),
        (None, str),
    ],
)
def test_what_is_not_of_the_type_is_noticed(value: object, kind: object) -> None:
    assert not fits(value, kind)


def test_a_row_that_has_nothing_yet_reads_as_none(world: World) -> None:
    session = world.rows(world.proxy.client(), "Session")(world.sids["Session"][1]).fetch()
    empty = {name for name, value in attributes(session).items() if value is None}
    assert empty == {"date_started", "date_ended", "date_last_interaction", "date_expiry", "closed_reason"}
    message = world.rows(world.proxy.client(), "MessageInteraction").list()[0]
    empty = {name for name, value in attributes(message).items() if value is None}
    assert empty == {name for name in attributes(message) if name.startswith("inbound_")}
