"""The door to a fake's state: take the lock, run overdue work, then read or change, then send what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from fakeproxy.clock.clock import Clock
from fakeproxy.engine.records import Change
from fakeproxy.engine.store import Store


class World:
    """A fake's state and its clock.

    `send` sends the callbacks of status changes. It is called without the lock: a handler may call the fake back.
    """

    def __init__(self, store: Store, clock: Clock, send: Callable[[Sequence[Change]], None]) -> None:
        self._store = store
        self._clock = clock
        self._send = send

    @contextmanager
    def settled(self, *, sends: bool = True) -> Iterator[int]:
        """Read or change the state as of now, in microseconds. An exception takes back what the block has changed.

        At the end of the outermost block the status changes are sent. With `sends=False` they wait for the next block
        that sends, or for whoever takes them.
        """
        store = self._store
        sends = sends and not store.lock.is_held
        changes: Sequence[Change] = ()
        with store.locked():
            now = self._clock.settle()
            with store.transaction():
                yield now
                if sends:
                    changes = store.take_changes()
        if changes:
            self._send(changes)

    def take_changes(self) -> list[Change]:
        """Return the status changes that nobody was told of yet. Inside of a block there are none."""
        if self._store.lock.is_held:
            return []
        with self.settled(sends=False):
            return self._store.take_changes()
