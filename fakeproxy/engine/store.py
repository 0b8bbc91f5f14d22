"""The state: dict tables with the indexes that the rules look things up by, and its snapshot as plain data."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Generic, TypeVar

from fakeproxy.behavior import Behavior
from fakeproxy.engine.accounts import Accounts
from fakeproxy.engine.records import (
    ACTIVE,
    Alert,
    Call,
    Change,
    Interaction,
    Message,
    OwnedNumber,
    Participant,
    PhoneNumber,
    Row,
    Service,
    Session,
    ShortCode,
)
from fakeproxy.engine.schedule import Schedule
from fakeproxy.engine.sids import Sids

R = TypeVar("R", bound=Row)


class Listing(Generic[R]):
    """The rows of one parent in order of creation. A page costs the same wherever it begins, but for a bisection."""

    __slots__ = ("positions", "rows")

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.rows: list[R] = []

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def append(self, row: R) -> None:
        """Add a row, whose position is beyond all others."""
        self.positions.append(row.position)
        self.rows.append(row)

    def remove(self, row: R) -> None:
        index = bisect_left(self.positions, row.position)
        del self.positions[index]
        del self.rows[index]

    def after(self, position: int, size: int) -> list[R]:
        """At most `size` rows behind the position, in order; the position's own row need not exist any more."""
        start = bisect_right(self.positions, position)
        return self.rows[start : start + size]

    def before(self, position: int, size: int) -> list[R]:
        """The at most `size` rows next before the position, in order."""
        end = bisect_left(self.positions, position)
        return self.rows[max(0, end - size) : end]


class Table(Generic[R]):
    """The rows of one resource by SID, by each of their parents and, where they have one, by unique name."""

    def __init__(self, record: type[R], *parents: str, name: str | None = None) -> None:
        self.record: Callable[..., R] = record
        self.fields = [field.name for field in fields(record)]
        self.parents = parents
        self.name = name
        self.clear()

    def clear(self) -> None:
        self.rows: dict[str, R] = {}
        self.listings: dict[str, Listing[R]] = {}
        self.names: dict[tuple[str, str], R] = {}

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, sid: str) -> R | None:
        return self.rows.get(sid)

    def named(self, parent: str, name: str) -> R | None:
        return self.names.get((parent, name))

    def of(self, parent: str) -> Listing[R]:
        """The rows of this parent. Not to be changed."""
        return self.listings.get(parent) or Listing()

    def insert(self, row: R) -> None:
        self.rows[row.sid] = row
        for parent in self.parents:
            if (sid := getattr(row, parent)) is not None:
                listing = self.listings.get(sid)
                if listing is None:
                    listing = self.listings[sid] = Listing()
                listing.append(row)
        self.insert_name(row)

    def insert_name(self, row: R) -> None:
        if self.name and (name := getattr(row, self.name)) is not None:
            self.names[getattr(row, self.parents[0]), name] = row

    def remove(self, row: R) -> None:
        del self.rows[row.sid]
        for parent in self.parents:
            if (sid := getattr(row, parent)) is not None:
                listing = self.listings[sid]
                listing.remove(row)
                if not listing:
                    del self.listings[sid]
        self.remove_name(row)

    def remove_name(self, row: R) -> None:
        if self.name:
            self.names.pop((getattr(row, self.parents[0]), getattr(row, self.name)), None)

    def dump(self) -> list[dict[str, Any]]:
        return [self.dump_row(row) for row in self.rows.values()]

    def dump_row(self, row: R) -> dict[str, Any]:
        return {name: list(value) if isinstance(value := getattr(row, name), tuple) else value for name in self.fields}

    def load(self, rows: list[dict[str, Any]]) -> None:
        self.clear()
        for row in sorted(rows, key=lambda row: row["position"]):
            self.insert(self.record(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}))


class Store:
    """Everything that a fake knows. It is read and changed under the fake's lock, by the rules beside this module."""

    def __init__(
        self, behavior: Behavior, seed: int, account_sid: str | None = None, auth_token: str | None = None
    ) -> None:
        self.behavior = behavior
        self.sids = Sids(seed)
        self.accounts = Accounts(self.sids, account_sid, auth_token)
        self.schedule = Schedule()
        self.services = Table(Service, "account", name="unique_name")
        self.owned_numbers = Table(OwnedNumber, "account", name="number")
        self.phone_numbers = Table(PhoneNumber, "service_sid", name="phone_number")
        self.short_codes = Table(ShortCode, "service_sid", name="short_code")
        self.sessions = Table(Session, "service_sid", name="unique_name")
        self.participants = Table(Participant, "session_sid", "identifier", name="identifier")
        self.interactions = Table(Interaction, "session_sid", "participant_sid")
        self.messages = Table(Message, "handset")
        self.calls = Table(Call, "handset")
        self.tables: dict[str, Table[Any]] = {
            name: table for name, table in vars(self).items() if isinstance(table, Table)
        }
        self.alerts: list[Alert] = []
        #: How many requests were left, and when that was, by operation and Service; used with `Behavior.rate_limit`.
        self.allowances: dict[tuple[str, str], tuple[float, int]] = {}
        #: Status changes that nobody has been told of yet.
        self.changes: list[Change] = []
        #: What becomes of texts to a person whose handset was set to something else than `delivered`.
        self.handsets: dict[str, str] = {}
        #: When a row was deleted, by SID: what a 404 is explained with.
        self.graves: dict[str, int] = {}
        #: (service, identifier, proxy identifier) to the one active session that has the pair.
        self.pairs: dict[tuple[str, str, str], str] = {}
        #: (service, proxy identifier) to the active sessions in which it stands, and how often.
        self.uses: dict[tuple[str, str], dict[str, int]] = {}
        #: (service, reserved or not) to the size of that part of the pool.
        self.pool_sizes: Counter[tuple[str, bool]] = Counter()
        #: (service, identifier) to the proxy identifiers that this person had, the latest last.
        self.history: dict[tuple[str, str], dict[str, None]] = {}
        self._position = 0

    def add(self, table: Table[R], row: R, prefix: str) -> None:
        """Put a new row into its table, with the next position and, unless it brings one, the next SID.

        Rules call this once nothing can be refused any more, so that a refused request draws no SID.
        """
        self._position += 1
        row.position = self._position
        row.sid = row.sid or self.sids.next(prefix)
        table.insert(row)

    def bury(self, table: Table[R], row: R, now: int) -> None:
        """Take a row out and remember when."""
        table.remove(row)
        self.graves[row.sid] = now

    def remember(self, participant: Participant) -> None:
        """Note that this person was given this number, for the sticky choices to come."""
        had = self.history.setdefault((participant.service_sid, participant.identifier), {})
        had.pop(participant.proxy_identifier, None)
        had[participant.proxy_identifier] = None

    def occupy(self, participant: Participant) -> None:
        """Let the participant's pair belong to its session."""
        service, proxy, session = participant.service_sid, participant.proxy_identifier, participant.session_sid
        self.pairs[service, participant.identifier, proxy] = session
        uses = self.uses.setdefault((service, proxy), {})
        uses[session] = uses.get(session, 0) + 1

    def vacate(self, participant: Participant) -> None:
        """Let go of the participant's pair."""
        service, proxy, session = participant.service_sid, participant.proxy_identifier, participant.session_sid
        del self.pairs[service, participant.identifier, proxy]
        uses = self.uses[service, proxy]
        uses[session] -= 1
        if not uses[session]:
            del uses[session]
        if not uses:
            del self.uses[service, proxy]

    def in_use(self, service_sid: str, proxy_identifier: str) -> int:
        """In how many active sessions the number stands; once where both participants share it."""
        return len(self.uses.get((service_sid, proxy_identifier), ()))

    def take_changes(self) -> list[Change]:
        """The status changes since this was last asked. Whoever takes them sees to the callbacks."""
        changes, self.changes = self.changes, []
        return changes

    def dump(self) -> dict[str, Any]:
        """The whole state as plain data that survives JSON."""
        return {
            **self.dump_meta(),
            "tables": {name: table.dump() for name, table in self.tables.items()},
            "alerts": [list(alert) for alert in self.alerts],
            "handsets": dict(self.handsets),
            "graves": dict(self.graves),
            "history": [[*key, list(had)] for key, had in self.history.items()],
            "allowances": [[*key, *left] for key, left in self.allowances.items()],
            "due": self.schedule.dump(),
        }

    def dump_meta(self) -> dict[str, Any]:
        """The part of the state that does not grow."""
        return {
            "seed": self.sids.seed,
            "sids": dict(self.sids.counts),
            "accounts": self.accounts.dump(),
            "position": self._position,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Replace everything by what `dump()` gave, before or after JSON."""
        self.sids.seed = state["seed"]
        self.sids.counts = dict(state["sids"])
        self.accounts.load(state["accounts"])
        self._position = state["position"]
        for name, table in self.tables.items():
            table.load(state["tables"][name])
        self.alerts = [Alert(*alert) for alert in state["alerts"]]
        self.allowances = {(operation, service): (left, at) for operation, service, left, at in state["allowances"]}
        self.changes = []
        self.handsets = dict(state["handsets"])
        self.graves = dict(state["graves"])
        self.history = {(service, who): dict.fromkeys(had) for service, who, had in state["history"]}
        self.schedule.load(state["due"])
        self.pool_sizes = Counter((number.service_sid, number.is_reserved) for number in self.phone_numbers)
        self.pairs.clear()
        self.uses.clear()
        for participant in self.participants:
            session = self.sessions.rows[participant.session_sid]
            if session.status in ACTIVE and participant.date_deleted is None:
                self.occupy(participant)
