"""A fake as it was right after an event: it can be read, but not changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from fakeproxy.behavior import Behavior
from fakeproxy.clock.past_clock import PastClock
from fakeproxy.engine.plain import content_after, load
from fakeproxy.engine.snapshot import Snapshot
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import NotActive, UsageError
from fakeproxy.fake.sources import line_of_test
from fakeproxy.fake.state import State
from fakeproxy.history.events import Event
from fakeproxy.history.history import History
from fakeproxy.history.journal import Journal
from fakeproxy.network.traffic import Traffic
from fakeproxy.network.webhooks import Webhooks
from fakeproxy.world import World

if TYPE_CHECKING:
    from os import PathLike

    from fakeproxy.surface.windows import ShownFake


class Past(State):
    """The state of a fake right after an event. `restore(past.snapshot())` makes it the present of a fake.

    Tables, phones, calls, clock and history are those of then. What would change something raises `NotActive`.
    """

    def __init__(self, store: Store, clock: PastClock) -> None:
        world = World(store, clock, lambda changes: None)
        webhooks = Webhooks(lambda account: None, lambda delivery: None)  # It sends none.
        super().__init__(store, world, clock, Journal(0), Traffic(store, world, webhooks, self._refuse))
        self.history = self._own_history()  # Its actions are not known: no test can be made of it.
        #: The file and the line of the test that caused the event; None if it is not known.
        self.source: tuple[str, int] | None = None

    def _refuse(self, given: Mapping[str, object]) -> NoReturn:
        raise NotActive("this is the past: it can be read, but not changed; restore(past.snapshot()) goes back to it")

    def _require_not_stopped(self) -> NoReturn:
        self._refuse({})

    def __repr__(self) -> str:
        return f"<Past at {self.clock.now():%Y-%m-%dT%H:%M:%SZ}: {len(self.sessions)} sessions>"


def past_of(snapshot: Snapshot, history: History) -> Past:
    """Return the state of a snapshot, with the history until then."""
    then = Store(Behavior(), snapshot["seed"])
    load(then, snapshot)
    past = Past(then, PastClock(then.schedule, then.locked, snapshot["time"]))
    past.history = history
    return past


def past(store: Store, seq: int) -> Past:
    """Return the state right after the event with this number. The caller holds the lock.

    Raises `UsageError` for an event whose state is not kept.
    """
    events = store.events
    if not events.left_out <= seq < events.end:
        there_are = f"{events.left_out} to {events.end - 1}" if events.count else "none"
        raise UsageError(f"no event has the number {seq}; the history has {there_are}")
    if store.past is None or seq < store.past.first:
        since = "none is kept" if store.past is None else f"they are kept from event {store.past.first} on"
        raise UsageError(f"the state after event {seq} is not known: states are kept once they are asked for; {since}")
    then = Store(store.behavior, store.sids.seed, history_size=events.size)
    then.fill(content_after(store, seq))
    then.events = events.until(seq)
    found = Past(then, PastClock(then.schedule, then.locked, store.past.time_at(seq)))
    found.source = store.past.source_of(seq)
    return found


class WithPast(State):
    """The part of a fake that goes back to its past."""

    def keep_past(self, *, lines: bool = True) -> None:
        """From now on keep what `as_of()` needs: the changes of each event, a few hundred bytes for each.

        `lines`: keep the line of the test that causes each event too, for a trace. To find it takes most of the time.
        """
        with self._store.locked():
            self._store.keep_past(self.clock.read, line_of_test if lines else None)

    def as_of(self, event: Event | int) -> Past:
        """Return the state right after an event of the history, or the event with this `seq`. It can only be read.

        Raises `UsageError` for an event whose state is not known: call `keep_past()` before it happens.
        """
        with self._store.locked():
            return past(self._store, event if isinstance(event, int) else event.seq)

    def write_trace(self, path: str | PathLike[str], *, title: str = "", failure: str = "") -> None:
        """Write the trace to a file: the inspector's page, which opens from disk and goes back to each event.

        `title` is the name of the test, `failure` what made it fail. States are known from `keep_past()` on.
        """
        from fakeproxy.inspector import trace  # Here for start-up time.

        html = trace.page(cast("ShownFake", self), title, failure)
        Path(path).write_text(html, encoding="utf-8", errors="replace")
