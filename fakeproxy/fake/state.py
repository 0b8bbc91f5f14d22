"""The whole state of a fake: its snapshots, and the file that it is kept in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

from fakeproxy import views
from fakeproxy.clock.clock import Clock
from fakeproxy.clock.waiting import Condition, wait_for
from fakeproxy.engine import events as engine
from fakeproxy.engine.plain import dump, load
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import NotActive, UsageError
from fakeproxy.history.events import Event
from fakeproxy.history.history import History
from fakeproxy.history.index import EventIndex
from fakeproxy.history.journal import Entry, Journal
from fakeproxy.history.stored import events_at, of_store
from fakeproxy.network.contacts import Conversation
from fakeproxy.network.phones import Phone
from fakeproxy.network.traffic import Traffic
from fakeproxy.rows import tables
from fakeproxy.rows.stored import StoredRows
from fakeproxy.views import V
from fakeproxy.world import World

if TYPE_CHECKING:
    from fakeproxy.engine.snapshot import Snapshot
    from fakeproxy.fake.state_file import StateFile
    from fakeproxy.fake.windows import Windows

_SNAPSHOT_FORMAT: Literal[1] = 1

#: State files of a parent process. To close one here would end the parent's locks, so they are kept open.
_abandoned: list[StateFile | None] = []


#: Seconds of real time between two checks of a condition, which may depend on more than the fake.
_LONGEST_PAUSE = 0.05


class State:
    """The part of a fake that holds the state. While the fake is stopped, the state can be read but not changed."""

    def __init__(self, store: Store, world: World, clock: Clock, journal: Journal, traffic: Traffic) -> None:
        #: The fake's time.
        self.clock = clock
        self._store = store
        self._world = world
        self._is_stopped = False
        #: The requests that were made, with their answers.
        self.journal = journal
        #: The texts and calls of the people around the fake.
        self.traffic = traffic
        #: Everything that happened, in causal order. It is no part of a snapshot.
        self._index = EventIndex(store)
        self.history = self._own_history(self._as_test)
        self._state_file: StateFile | None = None
        self.services = tables.Services(self._rows(views.Service))
        self.phone_numbers = tables.PhoneNumbers(self._rows(views.PhoneNumber))
        self.short_codes = tables.ShortCodes(self._rows(views.ShortCode))
        self.owned_numbers = tables.OwnedNumbers(self._rows(views.OwnedNumber))
        self.sessions = tables.Sessions(self._rows(views.Session))
        self.participants = tables.Participants(self._rows(views.Participant))
        self.interactions = tables.Interactions(self._rows(views.Interaction))

    def _require_not_stopped(self) -> None:
        if self._is_stopped:
            raise NotActive(
                "this fake was stopped: its state can be read, but not changed. start() it again, or make another"
            )

    def _rows(self, kind: type[V]) -> StoredRows[V]:
        return StoredRows(kind, self._store, self._world.reading)

    def phone(self, number: str) -> Phone:
        """Return the phone of a person by its number, in any common notation, or by an address of a channel."""
        return Phone(self.traffic, number, self._require_not_stopped)

    def conversation(self, sid: str) -> Conversation:
        """Return the call with this SID (of either leg), as `phone.call()` does. Raises `UnknownKey`."""
        return self.traffic.conversation(sid)

    def wait_for(self, condition: Condition, timeout: float = 5.0) -> None:
        """Wait in real time until `condition()` is true, for programs in other threads and processes.

        The condition is checked after each change of the fake, and every 50 milliseconds. Raises `NotInTime`, an
        AssertionError with the events meanwhile, after `timeout` seconds, and `NotActive` once the fake is stopped.
        """

        def pause(left: float) -> None:
            if self._is_stopped:
                raise NotActive("this fake was stopped, so the condition cannot come true any more")
            self._world.wait_for_change(min(left, _LONGEST_PAUSE))

        wait_for(condition, timeout, pause, self.history.tell_since)

    def note(self, text: str) -> None:
        """Add a line of the test's own to the history."""
        self._world.note("note", facts=text)

    def _note_stubbed(self, method: str, url: str, tool: str) -> None:
        """Note in the journal and the history that another tool answered a request to Proxy."""
        parts = urlsplit(url)
        why = f"{tool} has a stub for this request and answered it, not the fake"
        with self._store.locked():
            now = self.clock.read()
            entry = Entry(now, method, parts.path, parts.query, "", None, 0, "", None, (why,))
            self.journal.add(entry)
            self._store.add_event(engine.Event(now, "elsewhere", tool, facts=entry))

    def _own_history(self, as_test: Callable[[], str] | None = None) -> History:
        return History(self._read_history, as_test, lambda: self._store.events.end, self._concerning)

    def _read_history(self, seq: int) -> Sequence[Event]:
        with self._store.locked():
            return of_store(self._store, seq)

    def _concerning(self, key: str) -> Sequence[Event]:
        with self._store.locked():
            return events_at(self._store, self._index.concerning(key), self._index.names())

    @property
    def windows(self) -> Windows:
        """The windows of the fake's lists, for programs that show them."""
        # Here for start-up time.
        from fakeproxy.fake.windows import Windows

        return Windows(self._store, self._index, self._world.reading, self._store.locked)

    def _as_test(self) -> str:
        # Here for start-up time.
        from fakeproxy.as_test.writer import write

        webhooks = self.traffic.webhooks
        with self._store.locked():
            return write(self._store, webhooks.apps, webhooks.unmounted, self.clock.pace, self.clock.read())

    @contextmanager
    def _changing(self) -> Iterator[int]:
        with self._world.settled() as now:
            self._require_not_stopped()
            yield now
            self.clock.settle()

    def snapshot(self) -> Snapshot:
        """Return the whole state as plain data that survives JSON: tables, SIDs, own time, due work, alerts.

        The journal and the history are not part of the state.
        """
        with self._world.settled():
            return {"fakeproxy": _SNAPSHOT_FORMAT, "time": self.clock.dump(), **dump(self._store)}

    def restore(self, snapshot: Mapping[str, object]) -> None:
        """Go back to a snapshot. Own time goes back too; time that another tool drives does not.

        Work that is due by then runs. Raises `UsageError`, and changes nothing, for what is no snapshot.
        """
        with self._going_back(snapshot):
            self._world.note("note", "restored", "the state was restored from a snapshot")

    @contextmanager
    def _going_back(self, snapshot: Mapping[str, object]) -> Iterator[None]:
        """Go back to a snapshot before the block. The present state comes back if that or the block fails."""
        if type(snapshot) is not dict or snapshot.get("fakeproxy") != _SNAPSHOT_FORMAT:
            raise UsageError("this is no snapshot of this version of fakeproxy; take one with snapshot()")
        with self._changing():
            before = self.snapshot()
            try:
                self._load(cast("Snapshot", snapshot))
                yield
            except BaseException as error:
                self._load(before)
                if isinstance(error, AttributeError | KeyError | TypeError | ValueError):
                    raise UsageError(f"this snapshot is damaged: {error!r}") from error
                raise
            self._store.events.restored = snapshot, self._store.events.end

    def _load(self, snapshot: Snapshot) -> None:
        with self._store.locked():
            load(self._store, snapshot)
            self.clock.load(snapshot["time"])
            self.clock.settle()

    def keep_state(self, path: str, *, anew: bool = False) -> bool:
        """Load the state of this file, if it has one, and keep the state there. Return whether it had one.

        Call this before `start()`.

        From then on, until the fake is stopped, each change is written before it is valid. A change that cannot be
        written raises `NotWritten` and is not made. `anew`: the state of this fake replaces that of the file. Raises
        `UsageError` for a file that cannot be read or written, or in which another fake keeps its state.
        """
        from fakeproxy.fake.state_file import StateFile  # Here for start-up time: few fakes need sqlite3.

        file = StateFile(path, self._store, self.clock.dump)
        state = file.read()
        if state is not None and not anew:
            try:
                self.restore(state)
            except BaseException:
                file.close()
                raise
        file.keep()
        self._state_file = file
        return state is not None

    def _close_state_file(self) -> None:
        file, self._state_file = self._state_file, None
        if file is not None:
            with self._store.lock:
                file.close()

    def _abandon_state_file(self) -> None:
        """Leave the file to the parent of this process."""
        _abandoned.append(self._state_file)
        self._state_file = None
