"""The rows of the store: slotted dataclasses of plain values.

Names are those of the wire. Instants are integers: microseconds since the epoch, UTC. `account` is the key of an
account in the store, which for the default account is not its SID (see `accounts.py`). `position` grows with every
row and is what lists are ordered by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

GeoMatchLevel = Literal["area-code", "overlay", "radius", "country", "extended-area-code"]
NumberSelectionBehavior = Literal["avoid-sticky", "prefer-sticky"]
Mode = Literal["message-only", "voice-only", "voice-and-message"]
Status = Literal["open", "in-progress", "closed", "failed", "unknown"]

Direction = Literal["inbound", "outbound"]

#: A session that holds on to its pairs of identifier and proxy identifier.
ACTIVE: tuple[Status, ...] = ("open", "in-progress")

CAPABILITIES = ("voice", "sms", "mms", "fax")


@dataclass(slots=True, kw_only=True)
class Row:
    sid: str = ""
    account: str
    position: int = 0
    date_created: int
    date_updated: int


@dataclass(slots=True, kw_only=True)
class Service(Row):
    unique_name: str
    default_ttl: int = 0
    callback_url: str | None = None
    geo_match_level: str = "country"
    number_selection_behavior: str = "prefer-sticky"
    intercept_callback_url: str | None = None
    out_of_session_callback_url: str | None = None
    chat_instance_sid: str | None = None


@dataclass(slots=True, kw_only=True)
class OwnedNumber(Row):
    """A phone number (PN...) or short code (SC...) that the account has bought, in a pool or not."""

    number: str
    friendly_name: str
    iso_country: str | None
    area_code: str | None
    capabilities: tuple[str, ...]
    messaging_service_sid: str | None = None
    #: What the core API was told of it, such as its URLs, by the name it is shown under.
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class PhoneNumber(Row):
    """A number in the pool of a Service; its SID is that of the number the account owns."""

    service_sid: str
    phone_number: str
    friendly_name: str
    iso_country: str | None
    area_code: str | None
    capabilities: tuple[str, ...]
    is_reserved: bool = False
    #: How many participants it was given to; used with `Behavior.number_choice`.
    times_given: int = 0


@dataclass(slots=True, kw_only=True)
class ShortCode(Row):
    service_sid: str
    short_code: str
    iso_country: str | None
    capabilities: tuple[str, ...]
    is_reserved: bool = False


@dataclass(slots=True, kw_only=True)
class Session(Row):
    service_sid: str
    unique_name: str | None = None
    status: str = "open"
    mode: str = "voice-and-message"
    ttl: int = 0
    date_expiry: int | None = None
    date_started: int | None = None
    date_last_interaction: int | None = None
    date_reopened: int | None = None
    date_ended: int | None = None
    closed_reason: str | None = None


@dataclass(slots=True, kw_only=True)
class Participant(Row):
    service_sid: str
    session_sid: str
    identifier: str
    proxy_identifier: str
    proxy_identifier_sid: str | None
    friendly_name: str | None = None
    date_deleted: int | None = None


@dataclass(slots=True, kw_only=True)
class Interaction(Row):
    """A message or call between the participants, or (with `participant_sid`) a message sent through the API."""

    service_sid: str
    session_sid: str
    type: str
    data: str
    media: tuple[str, ...] = ()
    participant_sid: str | None = None
    inbound_participant_sid: str | None = None
    inbound_resource_sid: str | None = None
    inbound_resource_status: str | None = None
    outbound_participant_sid: str | None = None
    outbound_resource_sid: str | None = None
    outbound_resource_status: str | None = None


@dataclass(slots=True, kw_only=True)
class Leg(Row):
    """One half of a contact: between a person's handset and a proxy number. Twilio's Message or Call resource."""

    handset: str
    direction: Direction
    from_: str
    to: str
    status: str
    interaction_sid: str | None = None


@dataclass(slots=True, kw_only=True)
class Message(Leg):
    body: str
    media: tuple[str, ...] = ()
    date_sent: int | None = None
    #: Both only of a message that the core API was asked to send.
    status_callback: str | None = None
    messaging_service_sid: str | None = None


@dataclass(slots=True, kw_only=True)
class Call(Leg):
    """`other_sid` is the call at the other end, if there is one; `date_started` is when this one was answered."""

    other_sid: str | None = None
    date_started: int | None = None
    date_ended: int | None = None


class Alert(NamedTuple):
    """What Twilio's Debugger would show. `level` is `error` or `warning`.

    `cause` is the request or the contact it came from; `why` is what the fake knows beyond Twilio's text.
    """

    code: int
    level: str
    text: str
    resource_sid: str
    at: int
    cause: str = ""
    why: str = ""


class Change(NamedTuple):
    """A change of status that somebody wants to hear of: the Interaction or Message as it was right then."""

    url: str
    row: Interaction | Message
    at: int
    #: The intercept callback is asked whether the message of the Interaction, which is held back, is to be sent.
    is_intercept: bool = False
