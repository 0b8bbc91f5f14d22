"""The parameters of a request that a rule gets: typed, by field, only those that were given."""

from __future__ import annotations

from typing import TypedDict

from fakeproxy.engine.records import Mode, Status


class ServiceGiven(TypedDict, total=False):
    """The given parameters of a Service. None clears a field."""

    unique_name: str
    default_ttl: int
    callback_url: str | None
    geo_match_level: str
    number_selection_behavior: str
    intercept_callback_url: str | None
    out_of_session_callback_url: str | None
    chat_instance_sid: str | None


class PhoneNumberGiven(TypedDict, total=False):
    """The given parameters of a number in a pool."""

    sid: str
    phone_number: str
    is_reserved: bool


class ShortCodeGiven(TypedDict, total=False):
    """The given parameters of a short code in a pool."""

    sid: str
    is_reserved: bool


class ParticipantGiven(TypedDict, total=False):
    """The given parameters of a participant. `dialled` is the number that the person dialled out of session."""

    sid: str
    identifier: str
    friendly_name: str
    proxy_identifier: str
    proxy_identifier_sid: str
    dialled: str


class SessionTerms(TypedDict, total=False):
    """The given parameters of a session's end: `ttl` in seconds, `date_expiry` in microseconds (UTC)."""

    ttl: int
    date_expiry: int


class SessionGiven(SessionTerms, total=False):
    """The given parameters of a session."""

    unique_name: str
    status: Status
    mode: Mode
    participants: list[ParticipantGiven]


class MessageGiven(TypedDict, total=False):
    """The given parameters of a message to a participant."""

    body: str
    media_url: list[str]
