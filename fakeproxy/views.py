"""What a tester sees of the state: frozen views with aware datetimes, in read-only mappings by SID."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from fakeproxy.clock.clock import to_datetime
from fakeproxy.engine import records, sessions
from fakeproxy.engine.instants import iso8601
from fakeproxy.engine.store import Store
from fakeproxy.engine.tables import Table
from fakeproxy.exceptions import UnknownKey

#: How many keys an error lists.
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
    """A row as it was when it was read; it does not change afterwards."""

    sid: str
    account_sid: str
    date_created: datetime
    date_updated: datetime

    def __repr__(self) -> str:
        kind, name, told = type(self).__name__, self._name(), self._told()
        return f"<{kind} {name + ' ' if name else ''}{short(self.sid)}{': ' + told if told else ''}>"

    def _name(self) -> str | None:
        """What people call it, where it has such a name."""
        return None

    def _told(self) -> str:
        """What else the repr says."""
        return ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Service(View):
    """A Service: settings that its sessions share, and a pool of numbers."""

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

    def _told(self) -> str:
        return ", ".join(self.capabilities)


@dataclass(frozen=True, kw_only=True, repr=False)
class PhoneNumber(View):
    """A phone number in the pool of a Service. `in_use`: the number of active sessions in which it stands."""

    service_sid: str
    phone_number: str
    friendly_name: str
    iso_country: str | None
    capabilities: tuple[str, ...]
    is_reserved: bool
    in_use: int

    def _name(self) -> str:
        return self.phone_number

    def _told(self) -> str:
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

    def _told(self) -> str:
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

    def _told(self) -> str:
        left = f", deleted {_instant(self.date_deleted)}" if self.date_deleted else ""
        return f"dials {self.proxy_identifier}{left}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Session(View):
    """A conversation of at most two people through the numbers of a pool. `ttl` is in seconds, 0 for none."""

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
    #: When it closes if nothing happens until then; None for never, and where it is closed.
    expires: datetime | None
    #: All of them, in the order in which they were added; a deleted one has a `date_deleted`.
    participants: tuple[Participant, ...]

    def _name(self) -> str | None:
        return self.unique_name

    def _told(self) -> str:
        people = " <-> ".join(one.identifier for one in self.participants if one.date_deleted is None)
        if self.date_ended is not None:
            end = f"ended {_instant(self.date_ended)}{f' ({self.closed_reason})' if self.closed_reason else ''}"
        else:
            end = f"expires {_instant(self.expires)}"
        return f"{self.status}, {people or 'nobody'}, {end}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Interaction(View):
    """`participant_sid` is set where the API sent the message."""

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

    def _told(self) -> str:
        return f"{self.type}, {self.outbound_resource_status or self.inbound_resource_status}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Alert:
    """What Twilio's Debugger would show. `level` is `error` or `warning`.

    `cause` names the request or the contact that it came from; `why` is what the fake knows beyond Twilio's text.
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
        told = f"{self.at:%Y-%m-%dT%H:%M:%SZ} {self.level} {self.code} {self.text.strip()} ({self.resource_sid})"
        told += f"\n    {self.cause}" if self.cause else ""
        return told + (f"\n    - {self.why}" if self.why else "")


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
    """The row as a view; its instants (`date_...`) become datetimes."""
    values: dict[str, Any] = {}
    for name in _names(kind):  # type: ignore[arg-type]  # a TypeVar of types counts as unhashable
        derived = _DERIVED.get(name)
        value = derived(row, store) if derived else getattr(row, name)
        values[name] = to_datetime(value) if name.startswith("date_") and value is not None else value
    return kind(**values)


def alert(row: records.Alert) -> Alert:
    return Alert(**row._asdict() | {"at": to_datetime(row.at)})


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


#: The tables that can be read, by the name of the attribute of a fake, with what their rows are shown as.
TABLES: dict[str, type[View]] = {
    "services": Service,
    "phone_numbers": PhoneNumber,
    "short_codes": ShortCode,
    "owned_numbers": OwnedNumber,
    "sessions": Session,
    "participants": Participant,
    "interactions": Interaction,
}


def table_of(kind: type[View]) -> str:
    """Return the name of the table whose rows are shown as this kind."""
    return next(name for name, shown in TABLES.items() if shown is kind)


def there_are(rows: Iterable[Any]) -> str:
    """What there is instead of a key that there is not: names where rows have them, else SIDs."""
    keys = [getattr(row, "unique_name", None) or row.sid for row in rows]
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return f"; there are {', '.join(map(repr, keys[:_SHOWN]))}{more}" if keys else "; there are none"


class Rows(Mapping[str, V], Generic[V]):
    """Rows by SID, Services and Sessions also by unique name. What is due is done before anything is read.

    Iteration gives each SID once, the oldest first. Raises `UnknownKey`, a KeyError, that tells a row that was
    deleted from one that never was, and names the rows where several have the name.
    """

    def __init__(
        self, kind: type[V], table: Table[Any], store: Store, reading: Callable[[], AbstractContextManager[Any]]
    ) -> None:
        self._kind = kind
        self._table = table
        self._store = store
        self._reading = reading

    def __getitem__(self, key: str) -> V:
        with self._reading():
            row = self._table.get(key) or self._named(key)
            return view(self._kind, row, self._store)

    def _named(self, key: str) -> records.Row:
        found: list[records.Row] = []
        if self._table.name == "unique_name":
            named = [self._table.named(parent, key) for parent in self._table.listings]
            found = [row for row in named if row is not None]
        if len(found) > 1:
            raise UnknownKey(f"{key!r} is the name of {', '.join(row.sid for row in found)}; use the SID")
        if not found:
            deleted = self._store.deleted_at.get(key)
            ended = f"; it was deleted at {iso8601(deleted)}" if deleted is not None else ""
            raise UnknownKey(f"no {self._kind.__name__} {key!r}{ended or there_are(self._table)}")
        return found[0]

    def __iter__(self) -> Iterator[str]:
        with self._reading():
            return iter(list(self._table.rows))

    def __len__(self) -> int:
        with self._reading():
            return len(self._table)

    def __repr__(self) -> str:
        return f"<{len(self)} of {self._kind.__name__}: {', '.join(self)}>"
