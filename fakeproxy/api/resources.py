"""The JSON of rows: a function for each resource, with the keys of Twilio's OpenAPI file.

`base` is the beginning of URLs: scheme and host. The resources of most requests are written out as text, since
`to_json` takes a twentieth of a request of the SDK.
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
from fakeproxy.web.json_text import text_to_json as text
from fakeproxy.web.json_text import to_json


def date(at: int | None) -> str:
    """Return the JSON of an instant, or `null` for None."""
    return "null" if at is None else f'"{iso8601(at)}"'


def service(row: Service, store: Store, base: str) -> str:
    """Return the JSON of a Service."""
    url = text(f"{base}/v1/Services/{row.sid}")[:-1]  # Without the quote at its end.
    short_codes = f', "short_codes": {url}/ShortCodes"' if store.behavior.link_short_codes else ""
    return (
        f'{{"sid": {text(row.sid)}'
        f', "unique_name": {text(row.unique_name)}'
        f', "account_sid": {text(store.accounts.sid_of(row.account))}'
        f', "chat_instance_sid": {text(row.chat_instance_sid)}'
        f', "callback_url": {text(row.callback_url)}'
        f', "default_ttl": {row.default_ttl:d}'
        f', "number_selection_behavior": {text(row.number_selection_behavior)}'
        f', "geo_match_level": {text(row.geo_match_level)}'
        f', "intercept_callback_url": {text(row.intercept_callback_url)}'
        f', "out_of_session_callback_url": {text(row.out_of_session_callback_url)}'
        f', "date_created": {date(row.date_created)}'
        f', "date_updated": {date(row.date_updated)}'
        f', "url": {url}"'
        f', "links": {{"sessions": {url}/Sessions", "phone_numbers": {url}/PhoneNumbers"{short_codes}}}}}'
    )


def phone_number(row: PhoneNumber, store: Store, base: str) -> str:
    """Return the JSON of a PhoneNumber."""
    return to_json(
        {
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
    )


def short_code(row: ShortCode, store: Store, base: str) -> str:
    """Return the JSON of a ShortCode."""
    return to_json(
        {
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
    )


def capabilities(names: tuple[str, ...], keys: str) -> dict[str, bool]:
    """Return the capabilities of a number with `long` keys (seen on the real service) or `short` ones (OpenAPI)."""
    if keys == "short":
        return {name: name in names for name in sorted(CAPABILITIES)}
    both = {f"{name}_{way}": name in names for name in CAPABILITIES for way in ("inbound", "outbound")}
    # Guess (inferred, an answer of the real service): no restrictions, and SIP trunking with voice; the answer shows
    # the keys, not the values.
    restrictions = {f"restriction_{name}_domestic": False for name in CAPABILITIES}
    return {**both, "sip_trunking": "voice" in names, **restrictions}


def session(row: Session, store: Store, base: str) -> str:
    """Return the JSON of a Session."""
    url = text(f"{base}/v1/Services/{row.service_sid}/Sessions/{row.sid}")[:-1]  # As above.
    return (
        f'{{"sid": {text(row.sid)}'
        f', "service_sid": {text(row.service_sid)}'
        f', "account_sid": {text(store.accounts.sid_of(row.account))}'
        f', "date_started": {date(row.date_started)}'
        f', "date_ended": {date(row.date_ended)}'
        f', "date_last_interaction": {date(row.date_last_interaction)}'
        f', "date_expiry": {date(row.date_expiry)}'
        f', "unique_name": {text(row.unique_name)}'
        f', "status": {text(row.status)}'
        f', "closed_reason": {text(row.closed_reason)}'
        f', "ttl": {row.ttl:d}'
        f', "mode": {text(row.mode)}'
        f', "date_created": {date(row.date_created)}'
        f', "date_updated": {date(row.date_updated)}'
        f', "url": {url}"'
        f', "links": {{"interactions": {url}/Interactions", "participants": {url}/Participants"}}}}'
    )


def participant(row: Participant, store: Store, base: str) -> str:
    """Return the JSON of a Participant."""
    url = text(f"{base}/v1/Services/{row.service_sid}/Sessions/{row.session_sid}/Participants/{row.sid}")[:-1]
    return (
        f'{{"sid": {text(row.sid)}'
        f', "session_sid": {text(row.session_sid)}'
        f', "service_sid": {text(row.service_sid)}'
        f', "account_sid": {text(store.accounts.sid_of(row.account))}'
        f', "friendly_name": {text(row.friendly_name)}'
        f', "identifier": {text(row.identifier)}'
        f', "proxy_identifier": {text(row.proxy_identifier)}'
        f', "proxy_identifier_sid": {text(row.proxy_identifier_sid)}'
        f', "date_deleted": {date(row.date_deleted)}'
        f', "date_created": {date(row.date_created)}'
        f', "date_updated": {date(row.date_updated)}'
        f', "url": {url}"'
        f', "links": {{"message_interactions": {url}/MessageInteractions"}}}}'
    )


def interaction(row: Interaction, store: Store, base: str) -> str:
    """Return the JSON of an Interaction."""
    url = f"{base}/v1/Services/{row.service_sid}/Sessions/{row.session_sid}/Interactions/{row.sid}"
    return to_json(_interaction(row, store, url))


def message_interaction(row: Interaction, store: Store, base: str) -> str:
    """Return the JSON of a MessageInteraction: an Interaction under its Participant."""
    participants = f"{base}/v1/Services/{row.service_sid}/Sessions/{row.session_sid}/Participants"
    url = f"{participants}/{row.participant_sid}/MessageInteractions/{row.sid}"
    return to_json({**_interaction(row, store, url), "participant_sid": row.participant_sid})


def _interaction(row: Interaction, store: Store, url: str) -> dict[str, object]:
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
        "url": url,
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
Render = Callable[[Any, Store, str], str]

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
