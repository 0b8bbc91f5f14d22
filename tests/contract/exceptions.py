"""What cannot fit Twilio's OpenAPI file, each with the reason: amendments to the file before answers are checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from fakeproxy.engine.records import CAPABILITIES

_SCHEMAS = "components/schemas/"
_SERVICE = "proxy.v1.service"
_PHONE_NUMBER = "proxy.v1.service.phone_number"
_SESSION = "proxy.v1.service.session"
_PARTICIPANT = "proxy.v1.service.session.participant"
_INTERACTION = "proxy.v1.service.session.interaction"
_MESSAGE_INTERACTION = "proxy.v1.service.session.participant.message_interaction"
_SHORT_CODE = "proxy.v1.service.short_code"


class Amendment(NamedTuple):
    """`value` is put at `at`, the way to a place in the document; `*` stands for all members that have the rest."""

    at: tuple[str, ...]
    value: Any
    reason: str


def _own_sid(prefix: str) -> dict[str, Any]:
    return {"type": "string", "nullable": True, "pattern": f"^{prefix}[0-9A-Za-z]+$"}


def _property(schema: str, name: str) -> tuple[str, ...]:
    return ("components", "schemas", schema, "properties", name)


def _booleans(names: Iterable[str]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "boolean"} for name in names}}


_OWN_SID = "A test may seed rows with SIDs of its own, and the fake takes any letters and digits after the prefix."

_LONG_CAPABILITIES = [
    *(f"{name}_{way}" for name in CAPABILITIES for way in ("inbound", "outbound")),
    "sip_trunking",
    *(f"restriction_{name}_domestic" for name in CAPABILITIES),
]
_EMPTY_LEG = (
    "An Interaction that begins with the API has no inbound side; the file's enum has no null, its own example has."
)

_OF_THE_CURRENT_API = (
    Amendment(
        _property(_PHONE_NUMBER, "capabilities"),
        {
            "anyOf": [
                _booleans(CAPABILITIES),
                _booleans(_LONG_CAPABILITIES),
            ]
        },
        "The real service was seen with the long keys (voice_inbound ...), and the file's own example has two of "
        "them; `Behavior.capability_keys` chooses.",
    ),
    Amendment(
        ("components", "schemas", "service_enum_geo_match_level", "enum"),
        ["area-code", "overlay", "radius", "country", "extended-area-code"],
        "The docs, and the description of the enum itself, have extended-area-code; the real service accepted it.",
    ),
    Amendment(
        _property(_INTERACTION, "inbound_resource_status"),
        {"anyOf": [{"$ref": "#/components/schemas/interaction_enum_resource_status"}, {"enum": [None]}]},
        _EMPTY_LEG,
    ),
    Amendment(
        _property(_MESSAGE_INTERACTION, "inbound_resource_status"),
        {"anyOf": [{"$ref": "#/components/schemas/message_interaction_enum_resource_status"}, {"enum": [None]}]},
        _EMPTY_LEG,
    ),
    Amendment(
        ("paths", "/v1/Services/{ServiceSid}/Sessions/{SessionSid}/Participants/{Sid}", "delete", "responses", "204"),
        {"description": "Deleted"},
        "The file said 204 until 2024-05 and says 200 now; `Behavior.participant_delete_status` chooses.",
    ),
    Amendment(_property(_SERVICE, "sid"), _own_sid("KS"), _OWN_SID),
    Amendment(_property(_SESSION, "sid"), _own_sid("KC"), _OWN_SID),
    Amendment(_property(_PHONE_NUMBER, "sid"), _own_sid("PN"), _OWN_SID),
    Amendment(_property(_PARTICIPANT, "proxy_identifier_sid"), _own_sid("PN"), _OWN_SID),
    Amendment(_property("*", "service_sid"), _own_sid("KS"), _OWN_SID),
    Amendment(_property("*", "session_sid"), _own_sid("KC"), _OWN_SID),
    Amendment(_property(_PARTICIPANT, "sid"), _own_sid("KP"), _OWN_SID),
    Amendment(_property("*", "participant_sid"), _own_sid("KP"), _OWN_SID),
    Amendment(_property("*", "inbound_participant_sid"), _own_sid("KP"), _OWN_SID),
    Amendment(_property("*", "outbound_participant_sid"), _own_sid("KP"), _OWN_SID),
    Amendment(
        _property("*", "account_sid"),
        _own_sid("AC"),
        "The fake takes any Account SID that presents itself, since tests run with invented credentials.",
    ),
)


def _short_codes() -> Iterator[Amendment]:
    """The operations that only the SDKs before 9.6.4 have, in the form that the file had."""
    reason = "ShortCodes left the file in 2025-07; older SDKs still call them, and `links.short_codes` is an option."
    date = {"type": "string", "format": "date-time"}
    yield Amendment(
        ("components", "schemas", _SHORT_CODE),
        {
            "type": "object",
            "properties": {
                "sid": _own_sid("SC"),
                "account_sid": _own_sid("AC"),
                "service_sid": _own_sid("KS"),
                "date_created": date,
                "date_updated": date,
                "short_code": {"type": "string", "pattern": "^[0-9]{3,8}$"},
                "iso_country": {"type": "string", "nullable": True},
                "capabilities": _OF_THE_CURRENT_API[0].value,
                "url": {"type": "string", "format": "uri"},
                "is_reserved": {"type": "boolean"},
            },
        },
        reason,
    )
    one = {"$ref": f"#/components/schemas/{_SHORT_CODE}"}
    uri = {"type": "string", "format": "uri"}
    uri_or_null = {**uri, "nullable": True}
    integer = {"type": "integer"}
    meta = {
        "page": integer,
        "page_size": integer,
        "first_page_url": uri,
        "previous_page_url": uri_or_null,
        "url": uri,
        "next_page_url": uri_or_null,
        "key": {"type": "string"},
    }
    many = {
        "type": "object",
        "properties": {
            "short_codes": {"type": "array", "items": one},
            "meta": {"type": "object", "properties": meta},
        },
    }
    path = "/v1/Services/{ServiceSid}/ShortCodes"
    reserved = {"IsReserved": {"type": "boolean"}}
    yield Amendment(
        ("paths", path),
        {
            "x-twilio": {"pathType": "list"},
            "get": _operation("ListShortCode", "200", many),
            "post": _operation(
                "CreateShortCode", "201", one, {"Sid": {"type": "string", "pattern": "^SC[0-9a-fA-F]{32}$"}}, ["Sid"]
            ),
        },
        reason,
    )
    yield Amendment(
        ("paths", path + "/{Sid}"),
        {
            "x-twilio": {"pathType": "instance"},
            "get": _operation("FetchShortCode", "200", one),
            "post": _operation("UpdateShortCode", "200", one, reserved),
            "delete": _operation("DeleteShortCode", "204"),
        },
        reason,
    )
    now = {"sessions": uri, "phone_numbers": uri}
    yield Amendment(
        _property(_SERVICE, "links"),
        {
            "anyOf": [
                {"type": "object", "properties": now},
                {"type": "object", "properties": {**now, "short_codes": uri}},
            ]
        },
        reason,
    )


def _operation(
    name: str,
    status: str,
    schema: Mapping[str, Any] | None = None,
    form: Mapping[str, Any] | None = None,
    required: Iterable[str] = (),
) -> dict[str, Any]:
    operation: dict[str, Any] = {"operationId": name, "responses": {status: {"description": ""}}}
    if schema:
        operation["responses"][status]["content"] = {"application/json": {"schema": schema}}
    if form:
        body = {"type": "object", "properties": form, "required": list(required)}
        operation["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": body}}}
    return operation


AMENDMENTS = (*_OF_THE_CURRENT_API, *_short_codes())


def amended(document: Mapping[str, Any], amendments: Iterable[Amendment] = AMENDMENTS) -> dict[str, Any]:
    """A copy of the document with the amendments made. Raises KeyError where the way leads nowhere."""
    copy: dict[str, Any] = deepcopy(dict(document))
    for amendment in amendments:
        *way, last = amendment.at
        places = [copy]
        for step in way:
            if step == "*":
                places = [inner for place in places for inner in place.values() if last in inner.get("properties", {})]
            else:
                places = [place[step] for place in places]
        if not places:
            raise KeyError("/".join(amendment.at))
        for place in places:
            place[last] = amendment.value
    return copy
