"""The tables of a fake: rows that can be read by key and asked by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from fakeproxy.queries.query import Has
from fakeproxy.rows.rows import Rows
from fakeproxy.views import Interaction, OwnedNumber, Participant, PhoneNumber, Service, Session, ShortCode

if TYPE_CHECKING:
    from typing_extensions import Unpack


class ServiceConditions(TypedDict, total=False):
    """The fields of a Service that `where()`, `one()` and `none()` take."""

    sid: object
    account_sid: object
    date_created: object
    date_updated: object
    unique_name: object
    default_ttl: object
    callback_url: object
    geo_match_level: object
    number_selection_behavior: object
    intercept_callback_url: object
    out_of_session_callback_url: object
    chat_instance_sid: object


class Services(Rows[Service]):
    """Services, with `where()`, `one()` and `none()`."""

    def where(self, **fields: Unpack[ServiceConditions]) -> list[Service]:
        """Return the Services that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[ServiceConditions]) -> Service:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[ServiceConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[ServiceConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)


class PhoneNumberConditions(TypedDict, total=False):
    """The fields of a phone number of a pool that `where()`, `one()` and `none()` take."""

    sid: object
    account_sid: object
    date_created: object
    date_updated: object
    service_sid: object
    phone_number: object
    friendly_name: object
    iso_country: object
    capabilities: object
    is_reserved: object
    in_use: object


class PhoneNumbers(Rows[PhoneNumber]):
    """Phone numbers, with `where()`, `one()` and `none()`."""

    def where(self, **fields: Unpack[PhoneNumberConditions]) -> list[PhoneNumber]:
        """Return the phone numbers that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[PhoneNumberConditions]) -> PhoneNumber:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[PhoneNumberConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[PhoneNumberConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)


class ShortCodeConditions(TypedDict, total=False):
    """The fields of a short code of a pool that `where()`, `one()` and `none()` take."""

    sid: object
    account_sid: object
    date_created: object
    date_updated: object
    service_sid: object
    short_code: object
    iso_country: object
    capabilities: object
    is_reserved: object


class ShortCodes(Rows[ShortCode]):
    """Short codes, with `where()`, `one()` and `none()`."""

    def where(self, **fields: Unpack[ShortCodeConditions]) -> list[ShortCode]:
        """Return the short codes that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[ShortCodeConditions]) -> ShortCode:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[ShortCodeConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[ShortCodeConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)


class OwnedNumberConditions(TypedDict, total=False):
    """The fields of a number that the account owns that `where()`, `one()` and `none()` take."""

    sid: object
    account_sid: object
    date_created: object
    date_updated: object
    number: object
    friendly_name: object
    iso_country: object
    capabilities: object
    messaging_service_sid: object


class OwnedNumbers(Rows[OwnedNumber]):
    """Owned numbers, with `where()`, `one()` and `none()`."""

    def where(self, **fields: Unpack[OwnedNumberConditions]) -> list[OwnedNumber]:
        """Return the owned numbers that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[OwnedNumberConditions]) -> OwnedNumber:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[OwnedNumberConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[OwnedNumberConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)


class SessionConditions(TypedDict, total=False):
    """The fields of a session that `where()`, `one()` and `none()` take."""

    sid: object
    account_sid: object
    date_created: object
    date_updated: object
    service_sid: object
    unique_name: object
    status: object
    mode: object
    ttl: object
    date_expiry: object
    date_started: object
    date_last_interaction: object
    date_ended: object
    closed_reason: object
    expires: object
    participants: object


class Sessions(Rows[Session]):
    """Sessions, with `where()`, `one()` and `none()`."""

    def where(self, **fields: Unpack[SessionConditions]) -> list[Session]:
        """Return the sessions that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[SessionConditions]) -> Session:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[SessionConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[SessionConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)


class ParticipantConditions(TypedDict, total=False):
    """The fields of a participant that `where()`, `one()` and `none()` take."""

    sid: object
    account_sid: object
    date_created: object
    date_updated: object
    service_sid: object
    session_sid: object
    identifier: object
    proxy_identifier: object
    proxy_identifier_sid: object
    friendly_name: object
    date_deleted: object


class Participants(Rows[Participant]):
    """Participants, with `where()`, `one()` and `none()`."""

    def where(self, **fields: Unpack[ParticipantConditions]) -> list[Participant]:
        """Return the participants that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[ParticipantConditions]) -> Participant:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[ParticipantConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[ParticipantConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)


class InteractionConditions(TypedDict, total=False):
    """The fields of an interaction that `where()`, `one()` and `none()` take."""

    sid: object
    account_sid: object
    date_created: object
    date_updated: object
    service_sid: object
    session_sid: object
    type: object
    data: object
    participant_sid: object
    inbound_participant_sid: object
    inbound_resource_sid: object
    inbound_resource_status: object
    outbound_participant_sid: object
    outbound_resource_sid: object
    outbound_resource_status: object


class Interactions(Rows[Interaction]):
    """Interactions, with `where()`, `one()` and `none()`."""

    def where(self, **fields: Unpack[InteractionConditions]) -> list[Interaction]:
        """Return the interactions that fit, oldest first."""
        return self._where(fields)

    def one(self, **fields: Unpack[InteractionConditions]) -> Interaction:
        """Return the only one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest ones."""
        return self._one(fields)

    def none(self, **fields: Unpack[InteractionConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""
        self._none(fields)

    def has(self, **fields: Unpack[InteractionConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""
        return self._has(fields)
