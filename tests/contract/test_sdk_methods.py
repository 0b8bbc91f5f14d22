"""Every public method of `twilio.rest.proxy.v1`, with every parameter, and what each of them does.

The methods are found by looking at the installed SDK: one that CALLS lacks, or a parameter that no call has, fails.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone
from types import AsyncGeneratorType, GeneratorType
from typing import Any, NamedTuple

import pytest
from twilio.base.api_response import ApiResponse
from twilio.base.exceptions import TwilioRestException

from tests.contract import sdk
from tests.contract.sdk import POOL, SPARE_SID, Method, World

METHODS = [method for method in sdk.methods() if method.kind != "Page"]
LATER = datetime(2030, 1, 2, 12, 30, tzinfo=timezone.utc)
MEDIA = ["https://example.com/a.png", "https://example.com/b.png"]
PEOPLE = [
    {"Identifier": "+14155550111", "FriendlyName": "Ann", "ProxyIdentifier": "+14155550002"},
    {"Identifier": "+14155550112", "ProxyIdentifierSid": POOL["+14155550003"]},
]


def _service(name: str, ttl: int, level: str, behavior: str) -> dict[str, Any]:
    return {
        "unique_name": name,
        "default_ttl": ttl,
        "callback_url": f"https://example.com/{name}/status",
        "geo_match_level": level,
        "number_selection_behavior": behavior,
        "intercept_callback_url": f"https://example.com/{name}/intercept",
        "out_of_session_callback_url": f"https://example.com/{name}/lost",
        "chat_instance_sid": "IS" + f"{ttl:032x}",
    }


#: By resource and verb: calls that have, between them, every parameter of the method.
CALLS: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("Service", "create"): [_service("night", 300, "overlay", "avoid-sticky")],
    ("Service", "update"): [_service("day", 7, "area-code", "avoid-sticky")],
    ("PhoneNumber", "create"): [{"phone_number": "+14155550009", "is_reserved": True}, {"sid": SPARE_SID}],
    ("PhoneNumber", "update"): [{"is_reserved": True}],
    ("Session", "create"): [
        {"unique_name": "job-9", "date_expiry": LATER, "ttl": 60, "mode": "message-only", "participants": PEOPLE},
        {"status": "closed"},
    ],
    ("Session", "update"): [{"date_expiry": LATER, "ttl": 60}, {"status": "closed"}],
    ("Participant", "create"): [
        {"identifier": "+14155550111", "friendly_name": "Ann", "proxy_identifier": "+14155550002"},
        {"identifier": "+14155550112", "proxy_identifier_sid": POOL["+14155550003"]},
    ],
    ("MessageInteraction", "create"): [{"body": "hello"}, {"body": "look", "media_url": MEDIA}, {"media_url": MEDIA}],
}


class Outcome(NamedTuple):
    """What a method returned; `status` and `headers` from those that tell them."""

    value: Any
    status: int | None = None
    headers: dict[str, str] | None = None


def call(world: World, method: Method, arguments: dict[str, Any]) -> Outcome:
    """Call the method where it is at home, and wait for all that it gives."""
    if method.is_async:
        return asyncio.run(_call_async(world, method, arguments))
    holder = world.rows(world.proxy.client(), method.resource)
    if method.kind != "List":
        holder = holder(world.sid(method.resource, method.verb))
    if method.kind == "Instance":
        holder = holder.fetch()
    outcome = _outcome(method, getattr(holder, method.name)(**arguments))
    return outcome._replace(value=list(outcome.value)) if isinstance(outcome.value, GeneratorType) else outcome


async def _call_async(world: World, method: Method, arguments: dict[str, Any]) -> Outcome:
    holder = world.rows(world.proxy.async_client(), method.resource)
    if method.kind != "List":
        holder = holder(world.sid(method.resource, method.verb))
    if method.kind == "Instance":
        holder = await holder.fetch_async()
    outcome = _outcome(method, await getattr(holder, method.name)(**arguments))
    if isinstance(outcome.value, AsyncGeneratorType):
        return outcome._replace(value=[row async for row in outcome.value])
    return outcome


def _outcome(method: Method, returned: Any) -> Outcome:
    if "with_http_info" not in method.name:
        return Outcome(returned)
    if isinstance(returned, ApiResponse):
        returned = returned.data, returned.status_code, returned.headers
    return Outcome(*returned)


def named(method: object) -> str:
    return str(method)


def of(*verbs: str) -> pytest.MarkDecorator:
    found = [method for method in METHODS if method.verb in verbs]
    return pytest.mark.parametrize("method", found, ids=named)


def check_http_info(method: Method, outcome: Outcome, status: int) -> None:
    if "with_http_info" in method.name:
        assert outcome.status == status
        assert outcome.headers is not None
        assert outcome.headers["Twilio-Request-Id"].startswith("RQ")


def instance_of(resource: str) -> type:
    return sdk.classes()[resource + "Instance"]


@pytest.mark.parametrize("method", METHODS, ids=named)
def test_every_method_and_parameter_of_the_sdk_is_called_below(method: Method) -> None:
    if method.verb in ("create", "update"):
        exercised = {name for arguments in CALLS[method.resource, method.verb] for name in arguments}
    else:
        exercised = {
            "fetch": set(),
            "delete": set(),
            "list": {"limit", "page_size"},
            "stream": {"limit", "page_size"},
            "page": {"page_token", "page_number", "page_size"},
            "get_page": {"target_url"},
            "get": {"sid"},
            "__call__": {"sid"},
        }[method.verb]
    assert set(method.parameters) == exercised


def test_every_resource_and_kind_of_class_of_the_sdk_is_known_here() -> None:
    assert {sdk.split(name)[0] for name in sdk.classes()} == set(sdk.RESOURCES)
    assert len(METHODS) > 200


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        pytest.param(method, arguments, id=f"{method}-{'-'.join(arguments)}")
        for method in METHODS
        for arguments in CALLS.get((method.resource, method.verb), [])
    ],
)
def test_what_is_sent_comes_back(world: World, method: Method, arguments: dict[str, Any]) -> None:
    outcome = call(world, method, arguments)
    assert type(outcome.value) is instance_of(method.resource)
    row: Any = outcome.value
    created = 200 if method.resource == "MessageInteraction" else 201
    check_http_info(method, outcome, created if method.verb == "create" else 200)
    entry = world.proxy.journal[-1]
    assert set(entry.parameters) == {"".join(map(str.capitalize, name.split("_"))) for name in arguments}
    fetched = world.rows(world.proxy.client(), method.resource)(row.sid).fetch()
    for name, sent in arguments.items():
        if name == "participants":
            people = fetched.participants.list()
            assert [person.identifier for person in people] == ["+14155550111", "+14155550112"]
            assert [person.proxy_identifier for person in people] == ["+14155550002", "+14155550003"]
            assert [person.friendly_name for person in people] == ["Ann", None]
        elif name == "body":
            assert json.loads(row.data) == json.loads(fetched.data) == {"body": sent}
        elif name == "media_url":
            # No answer of Proxy shows media; without it a message that has no body would be refused.
            assert entry.parameters["MediaUrl"] == MEDIA
            assert json.loads(row.data) == {"body": arguments.get("body", "")}
        else:
            assert getattr(row, name) == sent, name
            assert getattr(fetched, name) == sent, name


@of("fetch")
def test_fetch_gives_the_row(world: World, method: Method) -> None:
    outcome = call(world, method, {})
    assert type(outcome.value) is instance_of(method.resource)
    assert getattr(outcome.value, "sid", None) == world.sid(method.resource)
    check_http_info(method, outcome, 200)


@of("delete")
def test_delete_says_true_and_the_row_is_gone(world: World, method: Method) -> None:
    outcome = call(world, method, {})
    assert outcome.value is True
    check_http_info(method, outcome, 200 if method.resource == "Participant" else 204)
    gone = world.rows(world.proxy.client(), method.resource)(world.sid(method.resource, "delete"))
    if method.resource == "Participant":
        assert gone.fetch().date_deleted == world.proxy.clock.now()
    else:
        with pytest.raises(TwilioRestException) as refused:
            gone.fetch()
        assert (refused.value.status, refused.value.code) == (404, 20404)


@of("list", "stream")
def test_lists_give_the_rows_in_order(world: World, method: Method) -> None:
    outcome = call(world, method, {})
    assert [row.sid for row in outcome.value] == world.sids[method.resource]
    assert {type(row) for row in outcome.value} == {instance_of(method.resource)}
    check_http_info(method, outcome, 200)


@of("list", "stream")
def test_limit_and_page_size_of_lists(world: World, method: Method) -> None:
    world.proxy.journal.clear()
    outcome = call(world, method, {"limit": 2, "page_size": 1})
    assert [row.sid for row in outcome.value] == world.sids[method.resource][:2]
    assert [entry.parameters["PageSize"] for entry in world.proxy.journal] == [["1"], ["1"]]
    check_http_info(method, outcome, 200)


@of("page")
def test_page_goes_on_where_the_token_says(world: World, method: Method) -> None:
    first = world.rows(world.proxy.client(), method.resource).page(page_size=1)
    token = first.next_page_url.partition("PageToken=")[2]
    outcome = call(world, method, {"page_token": token, "page_number": 1, "page_size": 1})
    assert [row.sid for row in outcome.value] == world.sids[method.resource][1:2]
    assert json.loads(world.proxy.journal[-1].text)["meta"]["page"] == 1
    check_http_info(method, outcome, 200)


@of("get_page")
def test_get_page_follows_the_links_of_a_page(world: World, method: Method) -> None:
    first = world.rows(world.proxy.client(), method.resource).page(page_size=2)
    second = call(world, method, {"target_url": first.next_page_url}).value
    assert [row.sid for row in second] == world.sids[method.resource][2:]
    assert second.next_page_url is None
    previous = call(world, method, {"target_url": second.previous_page_url}).value
    assert [row.sid for row in previous] == world.sids[method.resource][:2]


@of("get", "__call__")
def test_get_and_call_lead_to_one_row(world: World, method: Method) -> None:
    sid = world.sids[method.resource][2]
    assert call(world, method, {"sid": sid}).value.fetch().sid == sid


@pytest.mark.parametrize("resource", sdk.RESOURCES)
def test_a_page_leads_to_the_next_and_back(world: World, resource: str) -> None:
    first = world.rows(world.proxy.client(), resource).page(page_size=1)
    second = first.next_page()
    assert [row.sid for row in second] == world.sids[resource][1:2]
    assert [row.sid for row in second.previous_page()] == world.sids[resource][:1]
    assert first.previous_page() is None
    assert second.next_page().next_page() is None

    async def read() -> list[str]:
        page = await world.rows(world.proxy.async_client(), resource).page_async(page_size=1)
        after = await page.next_page_async()
        before = await after.previous_page_async()
        return [row.sid for page in (after, before) for row in page]

    assert asyncio.run(read()) == [world.sids[resource][1], world.sids[resource][0]]


@pytest.mark.parametrize(("resource", "kind", "name"), list(sdk.properties()))
def test_each_way_down_from_a_row_leads_to_the_list_below(world: World, resource: str, kind: str, name: str) -> None:
    row = world.rows(world.proxy.client(), resource)(world.sid(resource))
    below = getattr(row.fetch() if kind == "Instance" else row, name)
    found = sdk.split(type(below).__name__)[0]
    assert [one.sid for one in below.list()] == world.sids[found]
