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
        "capabilities": str,
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
