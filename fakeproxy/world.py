"""Access to a fake's state: take the lock, run overdue work, read or change, then send callbacks of what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Event

from fakeproxy.clock.clock import Clock
from fakeproxy.engine.events import Event as Noted
from fakeproxy.engine.events import Kind
from fakeproxy.engine.records import Change
from fakeproxy.engine.store import Store


class World:
    """A fake's state and its clock.

    `send` sends the callbacks of changes of status. It is called without the lock, since a handler may call the fake.
    """

    def __init__(self, store: Store, clock: Clock, send: Callable[[Sequence[Change]], None]) -> None:
        self._store = store
        self._clock = clock
        self._send = send

    def reading(self) -> AbstractContextManager[int]:
        """Hold the lock as `settled()` does, for a block that only reads: looking on leaves nothing in the history."""
        return self.settled(reads=True)

    @contextmanager
    def settled(self, *, sends: bool = True, reads: bool = False) -> Iterator[int]:
        """Hold the lock, run overdue work, and give the present in microseconds (UTC) to a block that uses the state.

        If an exception leaves the block, its changes are undone. At the end of the outermost block the callbacks are
        sent. With `sends=False` they wait for the next block that sends, or for `take_changes()`.
        """
        store = self._store
        sends = sends and not store.lock.is_held
        changes: Sequence[Change] = ()
        with store.locked():
            now = self._clock.settle(reads=reads)
            with store.transaction():
                yield now
                if sends:
                    changes = store.take_changes()
        if changes:
            self._send(changes)

    @contextmanager
    def unsettled(self) -> Iterator[int]:
        """Hold the lock, and give the present to a block that adds to what has just happened, before overdue work.

        If an exception leaves the block, its changes are undone.
        """
        with self._store.locked(), self._store.transaction():
            yield self._clock.read()

    def take_changes(self) -> list[Change]:
        """Return the changes of status whose callbacks have not been sent. Inside a block the list is empty."""
        if self._store.lock.is_held:
            return []
        with self.settled(sends=False):
            return self._store.take_changes()

    def wait_for_change(self, seconds: float) -> None:
        """Return once the state may have changed, or after so many seconds of real time."""
        changed = Event()
        with self._store.lock:
            self._store.add_listener(changed.set)
        try:
            changed.wait(seconds)
        finally:
            with self._store.lock:
                self._store.remove_listener(changed.set)

    def note_action(self, name: str, **arguments: object) -> None:
        """Note an action of a test or a person."""
        with self._store.locked():
            self._store.events.act(self._clock.read(), name, **arguments)

    def note(self, kind: Kind, action: str = "", facts: object = None) -> None:
        """Add an event to the history that did not happen in the engine."""
        with self._store.locked():
            self._store.add_event(Noted(self._clock.read(), kind, action, facts=facts))
