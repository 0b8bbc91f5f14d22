"""FakeProxy: puts the parts together."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlsplit

from fakeproxy import views
from fakeproxy.api.app import Application
from fakeproxy.api.core import operations as core
from fakeproxy.api.faults import Faults
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.behavior import Behavior
from fakeproxy.clock.clock import Clock
from fakeproxy.engine.accounts import DEFAULT
from fakeproxy.engine.due_work import DUE_WORK
from fakeproxy.engine.lock import StateLock
from fakeproxy.engine.records import Change
from fakeproxy.engine.store import Store
from fakeproxy.exceptions import BlockedRequest, NotActive, UsageError
from fakeproxy.fake import environment, forks, lifecycle, settings
from fakeproxy.fake.access import Ways
from fakeproxy.fake.lifecycle import Lifetime
from fakeproxy.fake.seeding import Seeding
from fakeproxy.fake.teardown import Endings
from fakeproxy.history.alerts import Alerts
from fakeproxy.history.journal import Entry, Journal
from fakeproxy.history.passwords import hide_passwords
from fakeproxy.inspector.app import Control
from fakeproxy.network.contacts import Conversation
from fakeproxy.network.phones import Phone
from fakeproxy.network.traffic import Traffic
from fakeproxy.network.webhooks import Webhooks
from fakeproxy.transports import interception, targets
from fakeproxy.transports.loopback.server import Server
from fakeproxy.transports.loopback.tunnel import Tunnel
from fakeproxy.world import World

if TYPE_CHECKING:
    from typing_extensions import Never, Self

    from fakeproxy.fake.state_file import Database

_SNAPSHOT_FORMAT = 1
_REPORTED_REQUESTS = 10

V = TypeVar("V", bound=views.View)


class FakeProxy(Seeding, Ways, Lifetime):
    """A fake of Twilio Proxy. While it is active, this process's requests to Proxy land in it.

    Active is between `start()` and `stop()`, inside `with FakeProxy() as proxy:`, or during a function that it
    decorates. Started again, it begins from the state that it had when it was first started.

    `start`: the instant at which its clock stands (aware datetime, ISO 8601 text with an offset, or epoch seconds);
    by default the present, cut to the second. `time`: `"still"`, `"ticking"` (runs on from `start`) or `"app"` (the
    application's time is frozen too, and moves along). `seed`: what SIDs follow from. `account_sid` and `auth_token`:
    if the token is given, credentials are checked, else any are accepted. `behavior`: a `Behavior`, or a mapping of
    its fields. `intercept=False`: reach it only through `wsgi_app` and the clients that it hands out. `scope`: with
    `"context"` it gets the requests of this thread or task and of those started from it, not the process's.
    `allow_hosts`: Twilio hosts to which requests may leave. `blocked="raise"`: a stopped request raises where it is
    made, but does not fail the test at its end. `fail_on_alerts`: `"error"` or `"warning"` (which means both) lets
    alerts of that level fail the test at its end, unless it expected them. `fail_on_ignored`: so do requests with
    parameters that their operation does not have, which Twilio ignores. `journal_size`: how many requests the journal
    keeps.
    """

    def __init__(
        self,
        *positional: object,
        start: datetime | str | int | float | None = None,
        time: Literal["still", "ticking", "app", "app-ticking"] = "still",
        seed: int = 0,
        account_sid: str | None = None,
        auth_token: str | None = None,
        behavior: Behavior | Mapping[str, Any] | None = None,
        intercept: bool = True,
        scope: Literal["process", "context"] = "process",
        allow_hosts: Sequence[str] = (),
        blocked: Literal["fail", "raise"] = "fail",
        fail_on_alerts: Literal["error", "warning"] | None = None,
        fail_on_ignored: bool = False,
        journal_size: int = 1000,
        **unknown: Never,
    ) -> None:
        if positional:
            decorated = "; as a decorator it is written with brackets: @FakeProxy()" if callable(positional[0]) else ""
            raise UsageError(f"FakeProxy takes settings by name only{decorated}")
        if unknown:
            raise UsageError(f"unknown setting {', '.join(unknown)}; there are: {', '.join(SETTINGS)}")
        settings.check(
            time=time,
            seed=seed,
            account_sid=account_sid,
            auth_token=auth_token,
            intercept=intercept,
            scope=scope,
            blocked=blocked,
            fail_on_alerts=fail_on_alerts,
            fail_on_ignored=fail_on_ignored,
            journal_size=journal_size,
        )
        own_sid = environment.given("TWILIO_ACCOUNT_SID")
        if auth_token is not None and account_sid is None and own_sid is None:
            raise UsageError("auth_token is given, so account_sid must be given too: both are checked")
        self._auth_token = auth_token
        store = self._store = Store(Behavior.of(behavior), seed, account_sid or own_sid, auth_token)
        self.clock = Clock(
            store.schedule,
            lambda due: DUE_WORK[due.kind](store, due),
            store.locked,
            start=start,
            time=time,
            after=self._take_callbacks,
            transaction=store.transaction,
            moved=store.note_time,
        )
        self._world = World(store, self.clock)
        self._world.send = self._deliver
        #: Where the application's webhook handlers are mounted, and what was delivered to them.
        self.webhooks = Webhooks(
            lambda account: environment.token_of(store.accounts, account, auth_token, self._token())
        )
        self._traffic = Traffic(store, self._world, self.webhooks, self._read_session)
        #: The requests that were made, with their answers.
        self.journal = Journal(journal_size)
        #: Answers and failures to order.
        self.faults = Faults([*OPERATIONS, *(operation.name for operation in core.OPERATIONS), "CreateToken"])
        self._app = Application(self._store, self.clock, self.journal, self._deliver, self.faults)
        #: What Twilio's Debugger would show.
        self.alerts = Alerts(store, self._world.settled, self._changing, fail_on_alerts)
        self._blocked_fails = blocked == "fail"
        self._ignored_fails = fail_on_ignored
        self._blocked: list[BlockedRequest] = []
        self._leave_setting = "blocked='raise'"
        self._target = targets.Target(
            self._app,
            settings.hosts(allow_hosts),
            self._note_blocked,
            partial(core.serves, store),
            self._deliver_async,
            self.faults.orders,
            scope == "context",
            self._note_elsewhere,
        )
        self._target.url = lambda: self.url
        self._intercept = intercept
        self._server: Server | None = None
        self._database: Database | None = None
        self._tunnel: Tunnel | None = None
        self._control = Control(self, self._own_hosts)
        self._endings = Endings()
        self._is_started = False
        self._stopped = False
        self._initial: dict[str, Any] | None = None
        self.services = self._rows(views.Service, "services")
        self.phone_numbers = self._rows(views.PhoneNumber, "phone_numbers")
        self.short_codes = self._rows(views.ShortCode, "short_codes")
        self.owned_numbers = self._rows(views.OwnedNumber, "owned_numbers")
        self.sessions = self._rows(views.Session, "sessions")
        self.participants = self._rows(views.Participant, "participants")
        self.interactions = self._rows(views.Interaction, "interactions")

    def _rows(self, kind: type[V], table: str) -> views.Rows[V]:
        return views.Rows(kind, self._store.tables[table], self._store, self._world.settled)

    # Its life

    def start(self) -> Self:
        """Become active. Raises `UsageError` if it is already."""
        if self._is_started:
            raise UsageError("this fake is active already; stop() it first, or make another")
        if self._initial is None:
            self._initial = self.snapshot()
        elif self._stopped:
            self._stopped = False
            self.reset()
        variables = {"TWILIO_ACCOUNT_SID": self._account_sid(), "TWILIO_AUTH_TOKEN": self._token()}
        begin = self._endings.begin
        try:
            begin(lambda: None, self._close_database)
            begin(self.clock.start, self.clock.stop)
            begin(partial(environment.fill, self, variables), partial(environment.empty, self))
            if filled := environment.filled("TWILIO_ACCOUNT_SID"):  # By this fake, or by one around it.
                self._store.accounts.own_sids.add(filled)
            if self._intercept:
                begin(partial(interception.activate, self._target), partial(interception.deactivate, self._target))
            begin(partial(lifecycle.active.append, self), self._leave)
            self._is_started = True
        except BaseException:
            self._endings.end()
            raise
        self._process = os.getpid()
        self._parents_url = ""
        forks.follow()
        return self

    def stop(self) -> None:
        """Undo every patch; on a fake that is not active, do nothing. The state can be read on.

        Raises `UsageError` while another freeze is on that began inside of this fake's: all but that of time is undone
        then, and time once it is called again.
        """
        try:
            self._stop()
        except BaseException:
            with suppress(Exception):
                self._stop()  # What an interrupt has left.
            raise

    def _stop(self) -> None:
        lock = self._store.lock
        try:
            if self.is_copy:
                self._store.lock = StateLock()  # What is undone here is this process's own: its patches and its time.
            self._stopped = self._stopped or self._is_started
            self._is_started = False
            self._endings.end()
            self.clock.stop()
        finally:
            self._store.lock = lock

    def become_copy(self, url: str) -> None:
        """Let go of what belongs to the parent, right after a fork; the fake itself is reached at `url`."""
        super().become_copy(url)
        self._abandon()
        self._parents_url = url
        self._store.lock = forks.copy_lock(url)
        self._store.before_commit = None

    def check(self) -> None:
        """Raise what must fail a test at its end, each once.

        That is a request that was stopped though the application swallowed it, a webhook that is not mounted, an
        alert that nobody expected, a parameter that was ignored, a fault that met no request.
        """
        if self.is_copy:
            return
        if self._blocked and self._blocked_fails:
            first, *others = self._blocked
            self._blocked.clear()
            more = f" ({len(others)} more such requests were stopped.)" if others else ""
            left = f" To leave it at the exception, set {self._leave_setting}."
            raise BlockedRequest(first.method, first.url, f"{first}{more}{left}")
        self.webhooks.check()
        self.alerts.check()
        if self._ignored_fails:
            self.journal.check()
        self.faults.check()

    def report(self) -> str:
        """What this fake saw: the clock, the last requests with their answers, the alerts, the stopped requests."""
        if self.is_copy:
            return f"fakeproxy, a copy in a process that was forked; the fake itself is at {self._parents_url}"
        state = "active" if self._is_started else "stopped" if self._stopped else "not started"
        with self._store.locked():
            entries = list(self.journal)
            last = entries[-_REPORTED_REQUESTS:]
            # Polling must not hide what it waits for.
            before = [entry for entry in entries[: -len(last)] if entry.method != "GET" or entry.status >= 400]
            before = before[-_REPORTED_REQUESTS:]
            lines = [
                f"fakeproxy, {state}; the clock ({self.clock.driver}) stands at {self.clock.now():%Y-%m-%dT%H:%M:%SZ}"
            ]
            total = self.journal.counts.total()
            shown = f", the last {len(last)}" if last else ""
            shown += f", after {len(before)} that changed something or were refused" if before else ""
            lines.append(f"requests: {total}{shown}{':' if last else ''}")
            lines += [str(entry) for entry in (*before, *last)]
            # As they stand: a report runs no overdue work, whose callbacks would have to be sent.
            alerts = [views.alert(row) for row in self._store.alerts]
            lines.append(f"alerts: {len(alerts)}")
            lines += [f"  {alert}" for alert in alerts]
            deliveries = self.webhooks.deliveries[-_REPORTED_REQUESTS:]
            if deliveries:
                lines.append("webhooks, the last:")
                lines += [f"  {delivery}" for delivery in deliveries]
            if self.journal.ignored:
                lines.append("ignored, as Twilio would:")
                lines += [f"  {text}{f' ({n} times)' if n > 1 else ''}" for text, n in self.journal.ignored.items()]
            lines += [f"stopped: {error.method} {error.url}" for error in self._blocked]
        return hide_passwords("\n".join(lines))

    @property
    def has_seen_something(self) -> bool:
        """Whether there was a request, a webhook, an alert, or a request that was stopped."""
        return bool(self.journal.counts or self._blocked or self._store.alerts or self.webhooks.deliveries)

    def _deliver(self, changes: Sequence[Change]) -> None:
        """Send the callbacks of these changes."""
        self.webhooks.run(self._traffic.callbacks(changes))

    async def _deliver_async(self, changes: Sequence[Change]) -> None:
        await self.webhooks.run_async(self._traffic.callbacks(changes))

    def _take_callbacks(self) -> Callable[[], None] | None:
        """The sending of the callbacks of what a step of the clock has done, if there are any."""
        changes = self._store.take_changes() if self._store.changes else None
        return partial(self._deliver, changes) if changes else None

    def _account_sid(self) -> str:
        return self._store.accounts.sid_of(DEFAULT)

    def _token(self) -> str:
        return self._auth_token or self._store.sids.named("", "auth token")

    def _note_elsewhere(self, method: str, url: str, tool: str) -> None:
        """Have the journal say who answered instead."""
        parts = urlsplit(url)
        why = f"{tool} was told of this request, and answers it; the fake does not"
        with self._store.locked():
            self.journal.add(Entry(self.clock.read(), method, parts.path, parts.query, "", None, 0, "", None, (why,)))

    def _note_blocked(self, error: BlockedRequest) -> None:
        self._blocked.append(error)

    def _require_not_stopped(self) -> None:
        if self._stopped:
            raise NotActive(
                "this fake was stopped; its state can be read, but not changed. start() it again, or make another"
            )

    # People

    def phone(self, number: str) -> Phone:
        """The handset of the person with this number, in any common notation, or with this address of a channel."""
        return Phone(self._traffic, number, self._require_not_stopped)

    def conversation(self, sid: str) -> Conversation:
        """The call of this SID, of either leg, as `phone.call()` returned it. Raises `UnknownKey`."""
        return self._traffic.conversation(sid)

    # The whole state

    def snapshot(self) -> dict[str, Any]:
        """The whole state as plain data that survives JSON: tables, SIDs, own time, due work, alerts; no journal."""
        with self._world.settled():
            return {"fakeproxy": _SNAPSHOT_FORMAT, "time": self.clock.dump(), **self._store.dump()}

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Go back to a snapshot. Own time is set back too; time that somebody else drives is left alone.

        Work that is due by that time runs. Raises `UsageError` for what is no snapshot, and then changes nothing.
        """
        if type(snapshot) is not dict or snapshot.get("fakeproxy") != _SNAPSHOT_FORMAT:
            raise UsageError("this is no snapshot of this version of fakeproxy; take one with snapshot()")
        with self._changing():
            before = self.snapshot()
            try:
                self._load(snapshot)
            except BaseException as error:
                self._load(before)
                if isinstance(error, AttributeError | KeyError | TypeError | ValueError):
                    raise UsageError(f"this snapshot is damaged: {error!r}") from error
                raise

    def reset(self) -> None:
        """Go back to the state, own time included, in which the fake was first started; forget the journal."""
        with self._changing():
            self._load(self._initial or self.snapshot())
            self.journal.clear()
            self._blocked.clear()
            self.webhooks.forget()
            self.alerts.forget()
            self.faults.clear()

    def _load(self, snapshot: Mapping[str, Any]) -> None:
        with self._store.locked():
            self._store.load(snapshot)
            self.clock.load(snapshot["time"])
            self.clock.settle()

    def _require_active(self, what: str) -> None:
        if self.is_copy and what in ("a server", "a tunnel"):
            self._store.lock.__enter__()  # It says what to do instead.
        if not self._is_started:
            raise NotActive(f"{what}: this fake is not active; use it inside `with`, or start() it first")

    def __repr__(self) -> str:
        state = "active" if self._is_started else "stopped" if self._stopped else "not started"
        return f"<FakeProxy {state}: {len(self.services)} services, {len(self.sessions)} sessions>"


#: The names of the settings, for front doors that take them from elsewhere.
SETTINGS = tuple(
    name
    for name, parameter in signature(FakeProxy.__init__).parameters.items()
    if parameter.kind is Parameter.KEYWORD_ONLY
)
