"""The state of a fake: tables of rows, and indexes for the rules. `plain.py` makes plain data of it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from fakeproxy.behavior import Behavior
from fakeproxy.engine.accounts import Accounts
from fakeproxy.engine.content import Content
from fakeproxy.engine.events import Event, Events
from fakeproxy.engine.lock import StateLock
from fakeproxy.engine.parts import PARTS
from fakeproxy.engine.past import KeptChanges, Source
from fakeproxy.engine.records import (
    ACTIVE,
    Alert,
    Call,
    Change,
    End,
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
from fakeproxy.engine.tables import R, Table, put_row_back, take_row_out
from fakeproxy.engine.undo import Entry, UndoLog, put_back_tail, put_field_back

#: The most alerts that are kept. When there are more, the oldest tenth is removed.
MOST_ALERTS = 10_000
#: The longest `why` of an alert that is kept, in characters.
_LONGEST_WHY = 1_000


class Store:
    """The state of a fake. Whoever reads or changes it holds its `lock`. Only the rules of the engine change it."""

    def __init__(
        self,
        behavior: Behavior,
        seed: int,
        account_sid: str | None = None,
        auth_token: str | None = None,
        history_size: int = 0,
    ) -> None:
        self.behavior = behavior
        self.log = log = UndoLog()
        self.sids = Sids(seed, log)
        self.accounts = Accounts(self.sids, account_sid, auth_token, log)
        self.schedule = Schedule(log)
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
        self.table_of: dict[type[Row], Table[Any]] = {table.record: table for table in self.tables.values()}
        #: The events; see `add_event`.
        self.events = Events(history_size)
        self.alerts: list[Alert] = []
        #: The number of alerts so far by code, including those that are no longer kept.
        self.alert_counts: Counter[int] = Counter()
        #: The requests left and the instant of the last one, by operation and Service; used by `Behavior.rate_limit`.
        self.allowances: dict[tuple[str, str], tuple[float, int]] = {}
        #: Changes of status whose callbacks have not been sent.
        self.changes: list[Change] = []
        #: The final status of texts to a handset, by its number, if it is not `delivered`.
        self.handsets: dict[str, End] = {}
        #: The number of texts that arrived so far at a handset, including those that are no longer kept.
        self.received: dict[str, int] = {}
        #: The instant at which a row was deleted, by SID. It explains a 404.
        self.deleted_at: dict[str, int] = {}
        #: The active session that has a pair, by (service, identifier, proxy identifier).
        self.pairs: dict[tuple[str, str, str], str] = {}
        #: The active sessions that use a number, and how often each does, by (service, proxy identifier).
        self.uses: dict[tuple[str, str], dict[str, int]] = {}
        #: The size of a part of a pool, by (service, is reserved).
        self.pool_sizes: Counter[tuple[str, bool]] = Counter()
        #: The proxy identifiers that a person was given, latest last, by (service, identifier).
        self.numbers_given: dict[tuple[str, str], dict[str, None]] = {}
        #: A function that gets the changes before they are final. If it raises, they are undone.
        self.before_commit: Callable[[Sequence[Entry]], None] | None = None
        #: True after `load()`, until somebody sets it to False.
        self.was_loaded = False
        #: Called after each block that may have changed something, with the lock held; empty but for those who wait.
        self.listeners: list[Callable[[], object]] = []
        self.lock = StateLock()
        #: The position of the newest row.
        self.position = 0
        #: The changes of the newest events, if `keep_past()` was called.
        self.past: KeptChanges | None = None
        #: A function that names the request which is being answered, for its alerts.
        self.cause: Callable[[], str] | None = None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock. At the end of the outermost block, commit the changes of its transactions."""
        is_outermost = not self.lock.is_held
        with self.lock, self._committing(is_outermost):
            yield

    @contextmanager
    def _committing(self, is_outermost: bool) -> Iterator[None]:
        # A function of its own: between `with` and a `try` directly below it is an instruction that nothing protects.
        mark = len(self.log.entries)
        try:
            yield
        finally:
            if is_outermost:
                self.commit(mark)

    def commit(self, mark: int) -> None:
        """Make the changes of the outermost block final. `mark` is the length of the log before the block."""
        if len(self.alerts) > MOST_ALERTS:
            self.log.replace_tail(self.alerts, 0, self.alerts[-MOST_ALERTS * 9 // 10 :])
        if self.before_commit is not None and (len(self.log.entries) > mark or self.was_loaded):
            try:
                self.before_commit(self.log.entries[mark:])
            except BaseException:
                self.log.roll_back(mark)
                raise
        if self.past is not None:
            self.past.keep(self.log.entries, self.events)
        self.log.entries.clear()
        self.events.trim()
        if self.past is not None:
            self.past.trim(self.events)
        for wake in self.listeners:
            wake()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Undo all changes of the block if an exception leaves it. The caller holds the lock."""
        mark = len(self.log.entries)
        try:
            yield
        except BaseException:
            self.log.roll_back(mark)
            raise

    def exists(self, sid: str) -> bool:
        """Return whether a row of any table has this SID."""
        return any(sid in table.rows for table in self.tables.values())

    def next_sid(self, prefix: str, taken: Container[str] = ()) -> str:
        """Draw the next SID of this prefix that is not taken. A test may have given a row the SID that comes next."""
        while (sid := self.sids.next(prefix)) in taken:
            pass
        return sid

    def add(self, table: Table[R], row: R, prefix: str) -> None:
        """Add a new row to its table. It gets the next position and, unless it has one, the next SID.

        Rules call this after all that can refuse the request, so that a refused request draws no SID.
        """
        self.log.set_attribute(self, "position", self.position + 1)
        row.position = self.position
        row.sid = row.sid or self.next_sid(prefix, table.rows)
        self.log.note(take_row_out, table, row, None)
        table.insert(row)

    def change(self, row: Row, **values: object) -> None:
        """Set fields of a row, and update the index of names."""
        entries, table = self.log.entries, self.table_of[type(row)]
        is_renamed = table.name in values
        if is_renamed and (key := table.name_key(row)) is not None:
            self.log.delete_item(table.names, key)
        for name, value in values.items():
            entries.append((put_field_back, row, name, getattr(row, name)))
            setattr(row, name, value)
        if is_renamed and (key := table.name_key(row)) is not None:
            self.log.set_item(table.names, key, row)

    def remove(self, row: Row) -> None:
        """Remove a row, without a note in `deleted_at`."""
        table = self.table_of[type(row)]
        self.log.note(put_row_back, table, row, None)
        table.remove(row)

    def delete(self, row: Row, now: int) -> None:
        """Remove a row, and note the instant in `deleted_at`."""
        self.remove(row)
        self.log.set_item(self.deleted_at, row.sid, now)

    def note_time(self, back: Callable[[], None]) -> None:
        """Note a move of the clock before it happens. The clock is not in the store; `back` moves it back."""
        self.log.note(_move_back, self, "time", back)

    def note_step(self, start: int, end: int, by: str) -> None:
        """Add a move of the clock to the history. `by` is the one who moved it. Instants are microseconds (UTC)."""
        self.add_event(Event(start, "step", by, facts={"from": start, "to": end}))

    def add_event(self, event: Event, index: int | None = None) -> None:
        """Add an event to the history, at its end or at an index among the events of this transaction."""
        rows = self.events.rows
        if self.past is not None:
            self.past.mark(event, len(self.log.entries))
        at = len(rows) if index is None else index
        self.log.entries.append((put_back_tail, rows, at, () if index is None else rows[at:]))
        rows.insert(at, event)

    def add_listener(self, listener: Callable[[], object]) -> None:
        """Have `listener` called after each block that may have changed something."""
        self.listeners = [*self.listeners, listener]

    def remove_listener(self, listener: Callable[[], object]) -> None:
        """Take a listener out."""
        self.listeners = [other for other in self.listeners if other != listener]

    def keep_past(self, time: Callable[[], int], source: Callable[[], Source | None] | None) -> None:
        """From now on keep the changes, the `time()` and the `source()` of each event. The caller holds the lock."""
        self.past = self.past or KeptChanges(self.events, time)
        if source is not None:
            self.past.keep_lines(source)

    def add_request_event(self, event: Event, index: int, mark: int) -> None:
        """Add a request to the history, before the events that it caused. It stays even if the changes are undone.

        `mark` is the length of the log before the request.
        """
        if self.past is not None:
            self.past.mark(event, mark)
        self.events.rows.insert(index, event)

    def add_alert(self, alert: Alert) -> None:
        """Add an alert to the Debugger. A `why` that is too long is cut."""
        if self.cause is not None and not alert.cause:
            alert = alert._replace(cause=self.cause())
        if len(alert.why) > _LONGEST_WHY:
            alert = alert._replace(why=f"{alert.why[:_LONGEST_WHY]} ...")
        self.log.replace_tail(self.alerts, len(self.alerts), [alert])
        self.log.set_item(self.alert_counts, alert.code, self.alert_counts[alert.code] + 1)
        self.add_event(Event(alert.at, "alert", alert.level, (alert.resource_sid,), facts=alert))

    def add_change(self, change: Change) -> None:
        """Add a change of status, whose callback is to be sent."""
        self.log.replace_tail(self.changes, len(self.changes), [change])

    def count_pool(self, service_sid: str, is_reserved: bool, difference: int) -> int:
        """Change the size of a part of a pool by `difference`, and return the new size."""
        size = self.pool_sizes[service_sid, is_reserved] + difference
        if size:
            self.log.set_item(self.pool_sizes, (service_sid, is_reserved), size)
        else:
            self.log.delete_item(self.pool_sizes, (service_sid, is_reserved))
        return size

    def note_number_given(self, participant: Participant) -> None:
        """Note the number that a participant was given, for later sticky selections."""
        key, proxy = (participant.service_sid, participant.identifier), participant.proxy_identifier
        had = [other for other in self.numbers_given.get(key, ()) if other != proxy]
        self.log.set_item(self.numbers_given, key, dict.fromkeys((*had, proxy)))

    def forget_numbers_given(self, service_sid: str) -> None:
        """Forget the numbers that the participants of a Service were given."""
        kept = {key: had for key, had in self.numbers_given.items() if key[0] != service_sid}
        if len(kept) < len(self.numbers_given):
            self.log.set_attribute(self, "numbers_given", kept)

    def add_pair(self, participant: Participant) -> None:
        """Add the participant's pair to those of active sessions."""
        service, proxy, session = participant.service_sid, participant.proxy_identifier, participant.session_sid
        self.log.set_item(self.pairs, (service, participant.identifier, proxy), session)
        uses = self.uses.get((service, proxy))
        if uses is None:
            uses = {}
            self.log.set_item(self.uses, (service, proxy), uses)
        self.log.set_item(uses, session, uses.get(session, 0) + 1)

    def remove_pair(self, participant: Participant) -> None:
        """Remove the participant's pair from those of active sessions."""
        service, proxy, session = participant.service_sid, participant.proxy_identifier, participant.session_sid
        self.log.delete_item(self.pairs, (service, participant.identifier, proxy))
        uses = self.uses[service, proxy]
        if uses[session] > 1:
            self.log.set_item(uses, session, uses[session] - 1)
            return
        self.log.delete_item(uses, session)
        if not uses:
            self.log.delete_item(self.uses, (service, proxy))

    def in_use(self, service_sid: str, proxy_identifier: str) -> int:
        """Return the number of active sessions that use a proxy number, whether one or both of their people use it."""
        return len(self.uses.get((service_sid, proxy_identifier), ()))

    def take_changes(self) -> list[Change]:
        """Return the changes of status since the last call, and forget them. The caller sends their callbacks."""
        changes = self.changes
        if changes:
            self.log.set_attribute(self, "changes", [])
        return changes

    def content(self) -> Content:
        """Return the whole content, with the store's own rows and mappings. The caller holds the lock."""
        return Content(
            self.sids.seed,
            self.sids.counts,
            self.accounts.dump(),
            self.position,
            {record: table.rows for record, table in self.table_of.items()},
            self.alerts,
            {part.attribute: getattr(self, part.attribute) for part in PARTS.values()},
            self.schedule.current,
        )

    def fill(self, content: Content) -> None:
        """Replace the whole content. Its rows become the store's own. No transaction can undo this."""
        if self.past is not None:
            self.past.keep(self.log.entries, self.events)
            self.past.end_stretch(self.content())
        self.was_loaded = True
        self.sids.seed, self.sids.counts = content.seed, dict(content.counts)
        self.accounts.load(content.accounts)
        self.position = content.position
        for record, table in self.table_of.items():
            table.fill(content.tables[record].values())
        self.alerts = list(content.alerts)
        self.alert_counts = Counter(alert.code for alert in self.alerts)
        self.changes = []
        for attribute, mapping in content.parts.items():
            setattr(self, attribute, dict(mapping))
        self.schedule.fill(content.due)
        self.pool_sizes = Counter((number.service_sid, number.is_reserved) for number in self.phone_numbers)
        self.pairs.clear()
        self.uses.clear()
        for participant in self.participants:
            session = self.sessions.rows[participant.session_sid]
            if session.status in ACTIVE and participant.date_deleted is None:
                self.add_pair(participant)
        self.log.entries.clear()


def _move_back(target: object, key: object, back: Callable[[], None]) -> None:
    back()
