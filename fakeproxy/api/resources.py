"""The JSON of rows: a function for each resource, with the keys of Twilio's OpenAPI file.

`base` is the beginning of URLs: scheme and host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakeproxy.engine.instants import iso8601
from fakeproxy.engine.interactions import resource_url
from fakeproxy.engine.records import (
    CAPABILITIES,
    Interaction,
    Participant,
    PhoneNumber,
    Service,
    Session,
    ShortCode,
)
from fakeproxy.engine.store import Store


def _date(at: int | None) -> str | None:
    return None if at is None else iso8601(at)


def service(row: Service, store: Store, base: str) -> dict[str, object]:
    """Return the JSON of a Service."""
    url = f"{base}/v1/Services/{row.sid}"
    links = {"sessions": f"{url}/Sessions", "phone_numbers": f"{url}/PhoneNumbers"}
    if store.behavior.link_short_codes:
        links["short_codes"] = f"{url}/ShortCodes"
    return {
        "sid": row.sid,
        "unique_name": row.unique_name,
        "account_sid": store.accounts.sid_of(row.account),
        "chat_instance_sid": row.chat_instance_sid,
        "callback_url": row.callback_url,
        "default_ttl": row.default_ttl,
        "number_selection_behavior": row.number_selection_behavior,
        "geo_match_level": row.geo_match_level,
        "intercept_callback_url": row.intercept_callback_url,
        "out_of_session_callback_url": row.out_of_session_callback_url,
        "date_created": iso8601(row.date_created),
        "date_updated": iso8601(row.date_updated),
        "url": url,
        "links": links,
    }


def phone_number(row: PhoneNumber, store: Store, base: str) -> dict[str, object]:
    """Return the JSON of a PhoneNumber."""
    return {
        "sid": row.sid,
        "account_sid": store.accounts.sid_of(row.account),
        "service_sid": row.service_sid,
        "date_created": iso8601(row.date_created),
        "date_updated": iso8601(row.date_updated),
        "phone_number": row.phone_number,
        "friendly_name": row.friendly_name,
        "iso_country": row.iso_country,
        "capabilities": capabilities(row.capabilities, store.behavior.capability_keys),
        "url": f"{base}/v1/Services/{row.service_sid}/PhoneNumbers/{row.sid}",
        "is_reserved": row.is_reserved,
        "in_use": store.in_use(row.service_sid, row.phone_number),
    }


def short_code(row: ShortCode, store: Store, base: str) -> dict[str, object]:
    """Return the JSON of a ShortCode."""
    return {
        "sid": row.sid,
        "account_sid": store.accounts.sid_of(row.account),
        "service_sid": row.service_sid,
        "date_created": iso8601(row.date_created),
        "date_updated": iso8601(row.date_updated),
        "short_code": row.short_code,
        "iso_country": row.iso_country,
        "capabilities": capabilities(row.capabilities, store.behavior.capability_keys),
        "url": f"{base}/v1/Services/{row.service_sid}/ShortCodes/{row.sid}",
        "is_reserved": row.is_reserved,
    }


def capabilities(names: tuple[str, ...], keys: str) -> dict[str, bool]:
    """Return the capabilities of a number with `long` keys (seen on the real service) or `short` ones (OpenAPI)."""
    if keys == "short":
        return {name: name in names for name in sorted(CAPABILITIES)}
    both = {f"{name}_{way}": name in names for name in CAPABILITIES for way in ("inbound", "outbound")}
    # Guess (inferred, an answer of the real service): no restrictions, and SIP trunking with voice; the answer shows
    # the keys, not the values.
    restrictions = {f"restriction_{name}_domestic": False for name in CAPABILITIES}
    return {**both, "sip_trunking": "voice" in names, **restrictions}


def session(row: Session, store: Store, base: str) -> dict[str, object]:
    """Return the JSON of a Session."""
    url = f"{base}/v1/Services/{row.service_sid}/Sessions/{row.sid}"
    return {
        "sid": row.sid,
        "service_sid": row.service_sid,
        "account_sid": store.accounts.sid_of(row.account),
        "date_started": _date(row.date_started),
        "date_ended": _date(row.date_ended),
        "date_last_interaction": _date(row.date_last_interaction),
        "date_expiry": _date(row.date_expiry),
        "unique_name": row.unique_name,
        "status": row.status,
        "closed_reason": row.closed_reason,
        "ttl": row.ttl,
        "mode": row.mode,
        "date_created": iso8601(row.date_created),
        "date_updated": iso8601(row.date_updated),
        "url": url,
        "links": {"interactions": f"{url}/Interactions", "participants": f"{url}/Participants"},
    }


def participant(row: Participant, store: Store, base: str) -> dict[str, object]:
    """Return the JSON of a Participant."""
    url = f"{base}/v1/Services/{row.service_sid}/Sessions/{row.session_sid}/Participants/{row.sid}"
    return {
        "sid": row.sid,
        "session_sid": row.session_sid,
        "service_sid": row.service_sid,
        "account_sid": store.accounts.sid_of(row.account),
        "friendly_name": row.friendly_name,
        "identifier": row.identifier,
        "proxy_identifier": row.proxy_identifier,
        "proxy_identifier_sid": row.proxy_identifier_sid,
        "date_deleted": _date(row.date_deleted),
        "date_created": iso8601(row.date_created),
        "date_updated": iso8601(row.date_updated),
        "url": url,
        "links": {"message_interactions": f"{url}/MessageInteractions"},
    }


def interaction(row: Interaction, store: Store, base: str) -> dict[str, object]:
    """Return the JSON of an Interaction."""
    return {
        "sid": row.sid,
        "session_sid": row.session_sid,
        "service_sid": row.service_sid,
        "account_sid": store.accounts.sid_of(row.account),
        "data": row.data,
        "type": row.type,
        "inbound_participant_sid": row.inbound_participant_sid,
        **_leg(row, store, "inbound", row.inbound_resource_sid),
        "outbound_participant_sid": row.outbound_participant_sid,
        **_leg(row, store, "outbound", row.outbound_resource_sid),
        "date_created": iso8601(row.date_created),
        "date_updated": iso8601(row.date_updated),
        "url": f"{base}/v1/Services/{row.service_sid}/Sessions/{row.session_sid}/Interactions/{row.sid}",
    }


def message_interaction(row: Interaction, store: Store, base: str) -> dict[str, object]:
    """Return the JSON of a MessageInteraction: an Interaction under its Participant."""
    participants = f"{base}/v1/Services/{row.service_sid}/Sessions/{row.session_sid}/Participants"
    return {
        **interaction(row, store, base),
        "participant_sid": row.participant_sid,
        "url": f"{participants}/{row.participant_sid}/MessageInteractions/{row.sid}",
    }


def _leg(row: Interaction, store: Store, way: str, sid: str | None) -> dict[str, str | None]:
    """Return the fields of the Message or Call of one side of an Interaction."""
    kind = url = None
    if sid is not None:
        kind = "message" if row.type == "message" else "call"
        if store.behavior.capital_resource_types:
            kind = kind.capitalize()
        url = resource_url(store, row, sid)
    return {
        f"{way}_resource_sid": sid,
        f"{way}_resource_status": getattr(row, f"{way}_resource_status"),
        f"{way}_resource_type": kind,
        f"{way}_resource_url": url,
    }


#: A function that returns the JSON of a row.
Render = Callable[[Any, Store, str], dict[str, Any]]

#: The key of its lists, its table and the function for its rows, by name of the resource.
RENDERINGS: dict[str, tuple[str, str, Render]] = {
    "Service": ("services", "services", service),
    "PhoneNumber": ("phone_numbers", "phone_numbers", phone_number),
    "ShortCode": ("short_codes", "short_codes", short_code),
    "Session": ("sessions", "sessions", session),
    "Participant": ("participants", "participants", participant),
    "Interaction": ("interactions", "interactions", interaction),
    "MessageInteraction": ("interactions", "interactions", message_interaction),
}
