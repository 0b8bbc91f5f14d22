"""The rows of the store: slotted dataclasses of plain values.

Fields have the names of Twilio's JSON. Instants (`date_...`, `at`) are integers: microseconds since the epoch, UTC.
`account` is the key of an account in the store; the key of the default account is not its SID (see `accounts.py`).
`position` is higher for every new row; lists are ordered by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

GeoMatchLevel = Literal["area-code", "overlay", "radius", "country", "extended-area-code"]
NumberSelectionBehavior = Literal["avoid-sticky", "prefer-sticky"]
Mode = Literal["message-only", "voice-only", "voice-and-message"]
Status = Literal["open", "in-progress", "closed", "failed", "unknown"]

Direction = Literal["inbound", "outbound"]

#: A status in which a text to a person can end.
End = Literal["delivered", "undelivered", "failed"]

#: The statuses in which a session keeps its pairs of identifier and proxy identifier.
ACTIVE: tuple[Status, ...] = ("open", "in-progress")

#: The capabilities that a number can have.
CAPABILITIES = ("voice", "sms", "mms", "fax")


@dataclass(slots=True, kw_only=True)
class Row:
    """A row of any table. The store sets `sid`, unless the row brings one, and `position`."""

    sid: str = ""
    account: str
    position: int = 0
    date_created: int
    date_updated: int


@dataclass(slots=True, kw_only=True)
class Service(Row):
    """A Service. `default_ttl` is in seconds; 0 means that its sessions have no ttl."""

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
    """A phone number (PN...) or short code (SC...) that the account owns, whether it is in a pool or not."""

    number: str
    friendly_name: str
    iso_country: str | None
    area_code: str | None
    capabilities: tuple[str, ...]
    messaging_service_sid: str | None = None
    #: Settings of the core API, such as the number's URLs, by their names in its JSON.
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class PhoneNumber(Row):
    """A number in the pool of a Service. Its SID is that of the `OwnedNumber` (Twilio's PhoneNumber page)."""

    service_sid: str
    phone_number: str
    friendly_name: str
    iso_country: str | None
    area_code: str | None
    capabilities: tuple[str, ...]
    is_reserved: bool = False
    #: The number of participants it was given to so far; used by `Behavior.number_choice`.
    times_given: int = 0


@dataclass(slots=True, kw_only=True)
class ShortCode(Row):
    """A short code in the pool of a Service. Its SID is that of the account's `OwnedNumber`."""

    service_sid: str
    short_code: str
    iso_country: str | None
    capabilities: tuple[str, ...]
    is_reserved: bool = False


@dataclass(slots=True, kw_only=True)
class Session(Row):
    """A session. `ttl` is in seconds; 0 means none. `date_reopened` is not in Twilio's JSON; expiry needs it."""

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
    """A person (`identifier`) in a session, and the number that this person dials (`proxy_identifier`).

    A deleted participant stays in the table, with `date_deleted`.
    """

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
    """One half of a contact, between a handset and a proxy number: a Message or Call resource of Twilio's core API."""

    handset: str
    direction: Direction
    from_: str
    to: str
    status: str
    interaction_sid: str | None = None


@dataclass(slots=True, kw_only=True)
class Message(Leg):
    """A text between a handset and a proxy number."""

    body: str
    media: tuple[str, ...] = ()
    date_sent: int | None = None
    #: Only a message that the core API sent has a status callback or a Messaging Service.
    status_callback: str | None = None
    messaging_service_sid: str | None = None


@dataclass(slots=True, kw_only=True)
class Call(Leg):
    """A call between a handset and a proxy number.

    `other_sid` is the SID of the call at the other end, if there is one. `date_started` is the instant of the answer.
    """

    other_sid: str | None = None
    date_started: int | None = None
    date_ended: int | None = None


class Alert(NamedTuple):
    """An alert of Twilio's Debugger. `level` is `error` or `warning`.

    `cause` names the request or contact that raised the alert. `why` explains it further than Twilio's text does.
    """

    code: int
    level: str
    text: str
    resource_sid: str
    at: int
    cause: str = ""
    why: str = ""


class Change(NamedTuple):
    """A change of status for a callback to `url`. `row` is a copy of the Interaction or Message as of `at`."""

    url: str
    row: Interaction | Message
    at: int
    #: True if `url` is the intercept callback. The message is held until the callback's answer allows or blocks it.
    is_intercept: bool = False
