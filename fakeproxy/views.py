"""The views: rows of the state as tests read them, frozen, with aware datetimes, in read-only mappings by SID."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from fakeproxy.clock.datetimes import to_datetime
from fakeproxy.engine import records, sessions
from fakeproxy.engine.store import Store

#: The most keys that an error or a repr lists.
_SHOWN = 10


_SID = re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b")


def short(sid: str) -> str:
    """Return a SID as texts for people show it: `KC40e6...`."""
    return f"{sid[:6]}..." if len(sid) == 34 else sid


def shorten_sids(text: str) -> str:
    """Return the text with each SID in it as texts for people show it."""
    return _SID.sub(lambda sid: short(sid[0]), text)


def _instant(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, kw_only=True, repr=False)
class View:
    """A row as it was when it was read. A view does not change. All instants are in UTC."""

    sid: str
    account_sid: str
    date_created: datetime
    date_updated: datetime

    def __repr__(self) -> str:
        kind, name, details = type(self).__name__, self._name(), self._details()
        return f"<{kind} {name + ' ' if name else ''}{short(self.sid)}{': ' + details if details else ''}>"

    def label(self) -> str:
        """Return the text by which people know the row: its name or number, else its short SID."""
        return self._name() or short(self.sid)

    def _name(self) -> str | None:
        """Return the name for people, or None."""
        return None

    def _details(self) -> str:
        """Return the rest of the repr."""
        return ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Service(View):
    """A Service: settings that its sessions share, and a pool of numbers. `default_ttl` is in seconds, 0 for none."""

    unique_name: str
    default_ttl: int
    callback_url: str | None
    geo_match_level: str
    number_selection_behavior: str
    intercept_callback_url: str | None
    out_of_session_callback_url: str | None
    chat_instance_sid: str | None

    def _name(self) -> str:
        return self.unique_name


@dataclass(frozen=True, kw_only=True, repr=False)
class OwnedNumber(View):
    """A phone number or short code that the account has bought, in a pool or not."""

    number: str
    friendly_name: str
    iso_country: str | None
    capabilities: tuple[str, ...]
    messaging_service_sid: str | None

    def _name(self) -> str:
        return self.number

    def _details(self) -> str:
        return ", ".join(self.capabilities)


@dataclass(frozen=True, kw_only=True, repr=False)
class PhoneNumber(View):
    """A phone number in the pool of a Service. `in_use`: the number of active sessions that use it."""

    service_sid: str
    phone_number: str
    friendly_name: str
    iso_country: str | None
    capabilities: tuple[str, ...]
    is_reserved: bool
    in_use: int

    def _name(self) -> str:
        return self.phone_number

    def _details(self) -> str:
        return f"{'reserved, ' if self.is_reserved else ''}in use in {self.in_use} sessions"


@dataclass(frozen=True, kw_only=True, repr=False)
class ShortCode(View):
    """A short code in the pool of a Service."""

    service_sid: str
    short_code: str
    iso_country: str | None
    capabilities: tuple[str, ...]
    is_reserved: bool

    def _name(self) -> str:
        return self.short_code

    def _details(self) -> str:
        return "reserved" if self.is_reserved else ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Participant(View):
    """A person in a session: `identifier` is their own number, `proxy_identifier` the number that they dial."""

    service_sid: str
    session_sid: str
    identifier: str
    proxy_identifier: str
    proxy_identifier_sid: str | None
    friendly_name: str | None
    date_deleted: datetime | None

    def _name(self) -> str:
        return self.identifier

    def _details(self) -> str:
        end = f", deleted {_instant(self.date_deleted)}" if self.date_deleted else ""
        return f"dials {self.proxy_identifier}{end}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Session(View):
    """A conversation of at most two people over the numbers of a pool. `ttl` is in seconds, 0 for none."""

    service_sid: str
    unique_name: str | None
    status: str
    mode: str
    ttl: int
    date_expiry: datetime | None
    date_started: datetime | None
    date_last_interaction: datetime | None
    date_ended: datetime | None
    closed_reason: str | None
    #: The instant at which it closes if nothing happens before. None: never, or it is closed.
    expires: datetime | None
    #: All participants, in the order in which they were added. A deleted one has a `date_deleted`.
    participants: tuple[Participant, ...]

    def _name(self) -> str | None:
        return self.unique_name

    def _details(self) -> str:
        people = " <-> ".join(one.identifier for one in self.participants if one.date_deleted is None)
        if self.date_ended is not None:
            end = f"ended {_instant(self.date_ended)}{f' ({self.closed_reason})' if self.closed_reason else ''}"
        else:
            end = f"expires {_instant(self.expires)}"
        return f"{self.status}, {people or 'nobody'}, {end}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Interaction(View):
    """A text or a call between the participants of a session. `participant_sid`: of a message that the API sent.

    `data` is JSON as text: `{"body": ...}` of a message, `{"duration": ...}` in seconds of a call (OpenAPI file).
    """

    service_sid: str
    session_sid: str
    type: str
    data: str
    participant_sid: str | None
    inbound_participant_sid: str | None
    inbound_resource_sid: str | None
    inbound_resource_status: str | None
    outbound_participant_sid: str | None
    outbound_resource_sid: str | None
    outbound_resource_status: str | None

    def _details(self) -> str:
        return f"{self.type}, {self.outbound_resource_status or self.inbound_resource_status}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Alert:
    """An alert that Twilio's Debugger would show. `level` is `error` or `warning`; `text` is Twilio's.

    `cause` is the request or the contact that caused it. `why` is the fake's own explanation.
    """

    code: int
    level: str
    text: str
    resource_sid: str
    at: datetime
    cause: str
    why: str

    def __repr__(self) -> str:
        return f"<Alert {self.code} {self.level}: {self.text.strip()}>"

    def __str__(self) -> str:
        text = f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.level} {self.code} {self.text.strip()} ({self.resource_sid})"
        text += f"\n    {self.cause}" if self.cause else ""
        return text + (f"\n    - {self.why}" if self.why else "")


V = TypeVar("V", bound=View)

_DERIVED: dict[str, Callable[[Any, Store], Any]] = {
    "account_sid": lambda row, store: store.accounts.sid_of(row.account),
    "expires": lambda row, store: _expires(row.sid, store),
    "in_use": lambda row, store: store.in_use(row.service_sid, row.phone_number),
    "participants": lambda row, store: tuple(view(Participant, one, store) for one in store.participants.of(row.sid)),
}


def _expires(sid: str, store: Store) -> datetime | None:
    due = store.schedule.current.get((sessions.EXPIRE, sid))
    return None if due is None else to_datetime(due.at)


def view(kind: type[V], row: records.Row, store: Store) -> V:
    """Return the row as a view of this class. Its instants (`date_...`, in microseconds) become datetimes."""
    values: dict[str, object] = {}
    make: Callable[..., V] = kind
    for name in _names(kind):  # type: ignore[arg-type]  # mypy: a TypeVar of types counts as unhashable.
        derived = _DERIVED.get(name)
        value = derived(row, store) if derived else getattr(row, name)
        values[name] = to_datetime(value) if name.startswith("date_") and value is not None else value
    return make(**values)


def alert(row: records.Alert) -> Alert:
    """Return the row of an alert as a view."""
    return Alert(**row._asdict() | {"at": to_datetime(row.at)})


@cache
def _names(kind: type[View]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


#: The tables that can be read: the name of the fake's attribute, and the view of its rows.
TABLES: dict[str, type[View]] = {
    "services": Service,
    "phone_numbers": PhoneNumber,
    "short_codes": ShortCode,
    "owned_numbers": OwnedNumber,
    "sessions": Session,
    "participants": Participant,
    "interactions": Interaction,
}


_TABLE_OF = {kind: name for name, kind in TABLES.items()}


def table_of(kind: type[View]) -> str:
    """Return the name of the table whose rows have this view."""
    return _TABLE_OF[kind]


def there_are(rows: Iterable[View | records.Row]) -> str:
    """Return the end of an error about an unknown key: the keys that there are, by name if a row has one, else SID."""
    keys = [getattr(row, "unique_name", None) or row.sid for row in rows]
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return f"; there are {', '.join(map(repr, keys[:_SHOWN]))}{more}" if keys else "; there are none"


def rows_repr(kind: type[V], rows: Iterable[V]) -> str:
    """Return the repr of a table's rows: their number, and their names or short SIDs."""
    shown = [row.label() for row in rows]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    names = f": {', '.join(shown[:_SHOWN])}{more}" if shown else ""
    return f"<{len(shown)} {table_of(kind).replace('_', ' ')}{names}>"
