"""The fake itself: `FakeProxy`, put together of its parts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

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
from fakeproxy.fake import environment, forks, report, settings, traces
from fakeproxy.fake.past import WithPast
from fakeproxy.fake.sdk_clients import SdkClients
from fakeproxy.fake.seeding import Seeding
from fakeproxy.fake.servers import Servers
from fakeproxy.history.alerts import Alerts
from fakeproxy.history.journal import Journal
from fakeproxy.history.stored import of_store
from fakeproxy.network.traffic import Traffic
from fakeproxy.network.webhooks import Webhooks
from fakeproxy.transports.seams import child_processes
from fakeproxy.transports.targets import Target
from fakeproxy.world import World

if TYPE_CHECKING:
    from typing_extensions import Never, Self

    from fakeproxy.engine.snapshot import Snapshot
    from fakeproxy.transports.loopback.server import Server
    from fakeproxy.transports.loopback.tunnel import Tunnel

#: The operations that a fault can be ordered for.
_OPERATIONS = (*OPERATIONS, *(operation.name for operation in core.OPERATIONS), "CreateToken")


class FakeProxy(Seeding, WithPast, SdkClients):
    """A fake of Twilio Proxy. While it is active, this process's requests to Proxy go to it.

    It is active between `start()` and `stop()`, inside `with FakeProxy() as proxy:`, or during a function that it
    decorates. A fake that is started again begins from the state in which it was first started.

    The settings, all by name, are those of the table in `fakeproxy/fake/settings.py`. Raises `UsageError` for one that
    does not exist, or a value that is not allowed.

    * `start`: the instant at which the clock starts: an aware datetime, ISO 8601 with an offset, or seconds since the
      epoch. By default the present, cut to the second.
    * `time`: `"still"`; `"ticking"`: the clock runs on from `start`; `"app"`: the application's time is frozen, and
      moves with the clock; `"app-ticking"`: both.
    * `seed`: the number that SIDs follow from.
    * `account_sid`, `auth_token`: the default account. Credentials are checked only if the token is given.
    * `behavior`: a `Behavior`, or a mapping of its fields: switches for what Twilio leaves open.
    * `intercept=False`: the fake gets only the requests of clients that it makes, and of other programs.
    * `scope="context"`: the fake gets the requests of this thread or task, and of those started from it, not all.
    * `allow_hosts`: hosts of Twilio that requests may be sent to.
    * `blocked="raise"`: a stopped request raises where it is made, but does not fail the test at its end.
    * `fail_on_alerts`: an alert of level `"error"` (or, with `"warning"`, of either level) that the test did not expect
      fails it at its end.
    * `fail_on_ignored`: a parameter that its operation lacks, and that Twilio ignores, fails the test at its end.
    * `journal_size`, `history_size`: the number of requests in the journal, and of events in the history.
    """

    def __init__(
        self,
        *positional: object,
        start: datetime | str | int | float | None = None,
        time: Literal["still", "ticking", "app", "app-ticking"] = "still",
        seed: int = 0,
        account_sid: str | None = None,
        auth_token: str | None = None,
        behavior: Behavior | Mapping[str, object] | None = None,
        intercept: bool = True,
        scope: Literal["process", "context"] = "process",
        allow_hosts: Sequence[str] = (),
        blocked: Literal["fail", "raise"] = "fail",
        fail_on_alerts: Literal["error", "warning"] | None = None,
        fail_on_ignored: bool = False,
        journal_size: int = 1000,
        history_size: int = 10_000,
        **unknown: Never,
    ) -> None:
        given = locals()
        if positional:
            decorated = "; as a decorator it is written with brackets: @FakeProxy()" if callable(positional[0]) else ""
            raise UsageError(f"FakeProxy takes settings by name only{decorated}")
        settings.check({**unknown, **{name: given[name] for name in settings.SETTINGS}})
        own_sid = environment.user_value("TWILIO_ACCOUNT_SID")
        if auth_token is not None and account_sid is None and own_sid is None:
            raise UsageError("auth_token is given, so account_sid must be given too: both are checked")
        self._auth_token = auth_token
        store = Store(Behavior.of(behavior), seed, account_sid or own_sid, auth_token, history_size)
        clock = Clock(
            store.schedule,
            lambda due: DUE_WORK[due.kind](store, due),
            store.locked,
            start=start,
            time=time,
            after=self._take_callbacks,
            transaction=store.transaction,
            moved=store.note_time,
            stepped=store.note_step,
            interrupted=lambda why: world.note("note", "interrupted", f"the step of time ended here: {why}"),
            since=lambda: self.history.tell_since(),
        )
        world = World(store, clock, self._deliver)
        #: The webhook handlers of the application, and the deliveries to them.
        self.webhooks = Webhooks(
            lambda account: environment.token_of(store.accounts, account, auth_token, self._token()),
            lambda delivery: world.note("webhook", delivery.kind, delivery),
            lambda: world.note_action("answered"),
        )
        traffic = Traffic(store, world, self.webhooks, self._read_session)
        Seeding.__init__(self, store, world, clock, Journal(journal_size), traffic)
        #: The answers and failures that the test has ordered.
        self.faults = Faults(_OPERATIONS, lambda fault: world.note_action("fault", fault=fault))
        #: The alerts that Twilio's Debugger would show.
        self.alerts = Alerts(store, world.reading, self._changing, fail_on_alerts)
        self._app = Application(store, clock, self.journal, self._deliver, self.faults)
        self._blocked_fails = blocked == "fail"
        self._ignored_fails = fail_on_ignored
        self._leave_setting = "blocked='raise'"
        target = Target(
            self._app,
            settings.hosts(allow_hosts),
            core=partial(core.serves, store),
            answer=self._app.answer,
            deliver=self._deliver_async,
            faults=self.faults.orders,
            in_context=scope == "context",
            stubbed=self._note_stubbed,
            unawaited=lambda name: world.note("coroutine", name),
            url=lambda: self.url,
        )
        SdkClients.__init__(self, target, intercept=intercept)
        self._servers = Servers(target, self._app, self, clock, self._teardown)
        #: In a copy: the URL of the parent's fake.
        self._parents_url = ""
        self._initial: Snapshot | None = None

    # Start and stop

    def start(self) -> Self:
        """Become active. Raises `UsageError` if it is already."""
        self._require_not_started()
        if self._initial is None:
            self._initial = self.snapshot()
        elif self._is_stopped:
            self._is_stopped = False
            self.reset()
        self._begin(
            (
                (lambda: None, self._close_state_file),
                (self.clock.start, self.clock.stop),
                (self._learn_own_sid, lambda: None),
            )
        )
        self._parents_url = ""
        if traces.is_on():
            self.keep_past()
        return self

    def _learn_own_sid(self) -> None:
        if filled := environment.filled_value("TWILIO_ACCOUNT_SID"):  # By this fake, or an outer one.
            self._store.accounts.own_sids.add(filled)

    def _undo(self) -> None:
        lock = self._store.lock
        try:
            if self.is_copy:
                self._store.lock = StateLock()  # A copy undoes its own patches and its own time.
            self._is_stopped = self._is_stopped or self._is_started
            self._is_started = False
            self._teardown.end()
            self.clock.stop()
        finally:
            self._store.lock = lock

    def become_copy(self, url: str) -> None:
        """Give up what belongs to the parent. The parent's fake is at `url`."""
        super().become_copy(url)
        self._servers.abandon()
        self._abandon_state_file()
        self._parents_url = url
        self._store.lock = forks.copy_lock(url)
        self._store.before_commit = None

    def check(self) -> None:
        """Raise what must fail a test at its end. Each failure is raised once.

        Failures are: a request that was stopped, a webhook without a mounted handler, an alert that the test did not
        expect (`fail_on_alerts`), a parameter that was ignored (`fail_on_ignored`), a fault that met no request.
        """
        if self.is_copy:
            return
        if self._blocked and self._blocked_fails:
            first, *others = self._blocked
            self._blocked.clear()
            more = f" ({len(others)} more such requests were stopped.)" if others else ""
            left = f" To fail only the request, not the test, set {self._leave_setting}."
            raise BlockedRequest(first.method, first.url, f"{first}{more}{left}")
        self.webhooks.check()
        self.alerts.check()
        if self._ignored_fails:
            self.journal.check()
        self.faults.check()

    def report(self, *, is_whole: bool = False) -> str:
        """Return the report as text: the clock, the sessions, the history; at most 60 lines, or all lines."""
        if self.is_copy:
            return f"fakeproxy, a copy in a forked process; the parent's fake is at {self._parents_url}"
        with self._store.locked():
            # A report runs no overdue work: the callbacks of that would have to be sent.
            sessions = [views.view(views.Session, row, self._store) for row in self._store.sessions]
            events, alerts = of_store(self._store), self.alerts.unexpected()
        failures = (self.journal.ignored, alerts, self._blocked, self.faults.unused())
        return report.text(self._state(), self.clock, sessions, events, *failures, is_whole=is_whole)

    @property
    def has_seen_something(self) -> bool:
        """True if anything has happened."""
        return bool(self._store.events.count or self._blocked)

    def _state(self) -> str:
        return "active" if self._is_started else "stopped" if self._is_stopped else "not started"

    def _deliver(self, changes: Sequence[Change]) -> None:
        """Send the callbacks of these changes."""
        self.webhooks.run(self.traffic.callbacks(changes))

    async def _deliver_async(self, changes: Sequence[Change]) -> None:
        await self.webhooks.run_async(self.traffic.callbacks(changes))

    def _take_callbacks(self) -> Callable[[], None] | None:
        """Return a function that sends the callbacks of a step of the clock, or None if there are none."""
        changes = self._store.take_changes() if self._store.changes else None
        return partial(self._deliver, changes) if changes else None

    def note_blocked(self, error: BlockedRequest) -> None:
        """Note a request that was stopped. `check()` raises it: the application may have swallowed the error."""
        super().note_blocked(error)
        if not self.is_copy:
            self._world.note("stopped", facts=error)

    # The account

    @property
    def account(self) -> dict[str, str]:
        """The SID and the token for a client. The fake sets them in the environment, too, where they are unset."""
        account_sid, token = self._credentials()
        return {"account_sid": account_sid, "auth_token": token}

    def _credentials(self) -> tuple[str, str]:
        return self._store.accounts.sid_of(DEFAULT), self._token()

    def _token(self) -> str:
        return self._auth_token or self._store.sids.named("", "auth token")

    # Other programs

    @property
    def url(self) -> str:
        """The URL of the loopback server, without a slash at the end. The server is started at the first use.

        The API is at `/v1`, as on `proxy.twilio.com`; the control API is at `/_fakeproxy/`.
        """
        return self._parents_url or self.serve().url

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> Server:
        """Start the server, unless it runs. It is stopped with the fake. `port` 0 means any free port."""
        self._require_active("a server")
        return self._servers.serve(host, port)

    def tunnel(self, port: int = 0) -> Tunnel:
        """Start an HTTP proxy for programs in any language, unless it runs. It is stopped with the fake.

        Its `environment` has the variables that a program has to be started with. It answers for Twilio with its own
        certificates, and forwards requests only to `allow_hosts`. Raises `MissingPackage` without `trustme`.
        """
        self._require_active("a tunnel")
        return self._servers.tunnel(port)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which a program, in any language, sends its requests to this fake.

        They name the tunnel, the server (FAKEPROXY_URL), and credentials where there are none. In a program in Python
        that has fakeproxy installed, they also patch every HTTP client.
        """
        tunnel = self.tunnel().environment
        own = {f"TWILIO_{name.upper()}": value for name, value in self.account.items()}
        credentials = {name: os.environ.get(name) or value for name, value in own.items()}
        return {**tunnel, **credentials, **child_processes.environment(self._target, os.environ)}

    @property
    def wsgi_app(self) -> Application:
        """The API as a WSGI application, for any client that takes one."""
        return self._app

    def name_settings(self, allow: str, leave: str = "", over_http: str = "", seeding: str = "") -> None:
        """Set what errors name in place of `allow_hosts`, `blocked` and `add_service()`.

        `allow` has `{host}`, `{hosts}` or `{names}` in it, and so may `over_http`, for programs in any language.
        """
        self._app.seeding = seeding or self._app.seeding
        self._target.allow_setting = allow
        self._leave_setting = leave or self._leave_setting
        self._target.allow_setting_over_http = over_http or self._target.allow_setting_over_http

    def _require_active(self, what: str) -> None:
        if self.is_copy and what in ("a server", "a tunnel"):
            self._store.lock.__enter__()  # It raises NotActive.
        if not self._is_started:
            raise NotActive(f"{what}: this fake is not active; use it inside `with`, or call start() first")

    def reset(self) -> None:
        """Go back to the state and the own time of the first start.

        All requests, events, webhooks, alerts and faults are forgotten.
        """
        self.begin_from(self._initial or self.snapshot())

    def begin_from(self, snapshot: Mapping[str, object]) -> None:
        """Go back to a snapshot, as `restore` does, and forget all requests, events, webhooks, alerts and faults."""
        with self._going_back(snapshot):
            self.journal.clear()
            self._store.events.clear()
            self._blocked.clear()
            self.webhooks.forget()
            self.alerts.forget()
            self.faults.clear()

    def __repr__(self) -> str:
        return f"<FakeProxy {self._state()}: {len(self.services)} services, {len(self.sessions)} sessions>"
