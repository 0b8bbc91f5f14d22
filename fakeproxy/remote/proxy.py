"""A fake that runs in another process: `fakeproxy.connect(url)`.

The object has the methods of `FakeProxy` and calls the control API. It returns the same objects as a fake of this
process: views, contacts, alerts and so on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, overload

from fakeproxy import views
from fakeproxy.clock.waiting import Condition, wait_for
from fakeproxy.engine.snapshot import PlainRow, Snapshot
from fakeproxy.exceptions import UsageError
from fakeproxy.fake import settings, traces
from fakeproxy.fake.past import Past, past_of
from fakeproxy.fake.sdk_clients import SdkClients
from fakeproxy.history.events import Event
from fakeproxy.history.history import History
from fakeproxy.history.journal import Entry
from fakeproxy.inspector import bodies
from fakeproxy.network.contacts import Conversation
from fakeproxy.remote.answers import control_client, read
from fakeproxy.remote.history import read_history
from fakeproxy.remote.people import RemoteExchange, RemotePhone, RemoteWebhooks
from fakeproxy.remote.state import RemoteAlerts, RemoteClock, RemoteFaults, RemoteJournal, RemoteRows
from fakeproxy.rows import tables
from fakeproxy.transports.loopback.forward import Forward
from fakeproxy.transports.targets import Target
from fakeproxy.views import V
from fakeproxy.web.urls import split

if TYPE_CHECKING:
    from os import PathLike

    from typing_extensions import Self, Unpack

    from fakeproxy.surface.arguments import NumberFields, ServiceFields, SessionFields, ShortCodeFields

T = TypeVar("T")


class RemoteProxy(SdkClients):
    """The fake at `url`: the address that `fakeproxy serve` prints, or `FakeProxy.url` of another process.

    While it is active (inside `with`, or between `start()` and `stop()`), the requests of this process to Proxy go to
    it. It can be read and changed before and after that, too. Its state lives as long as its own process.
    """

    def __init__(self, url: str, allow_hosts: Sequence[str] = ()) -> None:
        try:
            split(url)
        except ValueError as error:
            raise UsageError(f"{url!r} is no URL such as 'http://127.0.0.1:4010': {error}") from error
        self.url = url.rstrip("/").removesuffix("/v1")
        self._control = control_client(self.url)
        forward = Forward(self.url)
        # The faults that are ordered there are not known here, so requests always run through the client's own code.
        faults = ("unknown",)
        allowed = settings.hosts(allow_hosts)
        target = Target(
            forward,
            allowed,
            core=forward.core,
            faults=faults,
            is_remote=True,
            url=lambda: self.url,
            allow_setting="fakeproxy.connect(..., allow_hosts={hosts})",
        )
        super().__init__(target)
        self.clock = RemoteClock(self._ask, lambda: self.history.tell_since())
        self.faults = RemoteFaults(self._ask)
        self.alerts = RemoteAlerts(self._ask, "/alerts", views.Alert)
        self.journal = RemoteJournal(self._ask, "/journal", Entry)
        as_test = lambda: self._ask(bodies.Test, "GET", "/test")["source"]  # noqa: E731
        self.history = History(lambda seq: read_history(self._ask, seq), as_test)
        self.webhooks = RemoteWebhooks(self._control)
        self.services = tables.Services(RemoteRows(self._ask, views.Service))
        self.phone_numbers = tables.PhoneNumbers(RemoteRows(self._ask, views.PhoneNumber))
        self.short_codes = tables.ShortCodes(RemoteRows(self._ask, views.ShortCode))
        self.owned_numbers = tables.OwnedNumbers(RemoteRows(self._ask, views.OwnedNumber))
        self.sessions = tables.Sessions(RemoteRows(self._ask, views.Session))
        self.participants = tables.Participants(RemoteRows(self._ask, views.Participant))
        self.interactions = tables.Interactions(RemoteRows(self._ask, views.Interaction))
        self.traffic = RemoteExchange(self._ask, self.sessions, self.interactions, self.alerts, self.webhooks)
        account = self._ask(object, "GET", "/account")
        if not isinstance(account, dict) or "account_sid" not in account:
            raise UsageError(f"{self.url}/_fakeproxy/account is no fakeproxy: it answers {account!r}")
        self._account: dict[str, str] = account

    def _ask(self, kind: type[T], method: str, path: str, body: Mapping[str, object] | None = None) -> T:
        answer = self._control(kind, method, path, body)
        self.webhooks.raise_caught()
        return answer

    # Start and stop

    def start(self) -> Self:
        """Send this process's requests to Proxy there. Raises `UsageError` if it is active already."""
        self._require_not_started()
        self._begin()
        if traces.is_on():
            self.keep_past()
        return self

    def _undo(self) -> None:
        self._is_started = False
        self._teardown.end()
        if not self.is_copy:  # The handlers of this process are unmounted.
            self.webhooks.close()

    def check(self) -> None:
        """Raise what must fail a test at its end, as `FakeProxy.check()`. Each failure is raised once."""
        if self.is_copy:
            return
        if self._blocked:
            first = self._blocked[0]
            self._blocked.clear()
            raise first
        self._ask(bodies.Nothing, "POST", "/check", {})

    def wait_for(self, condition: Condition, timeout: float = 5.0) -> None:
        """Wait in real time until `condition()` is true.

        The condition is checked after each change of the fake, and every second. Raises `NotInTime`, an AssertionError,
        after `timeout` seconds.
        """

        def pause(left: float) -> None:
            self._ask(list[PlainRow], "GET", f"/wait?timeout={min(left, 1):.3f}")

        wait_for(condition, timeout, pause, self.history.tell_since)

    def note(self, text: str) -> None:
        """Add a line of the test's own to the history."""
        self._ask(bodies.Nothing, "POST", "/notes", {"text": text})

    def report(self, *, is_whole: bool = False) -> str:
        """Return the report of the fake, at most 60 lines or all lines, or why there is none."""
        try:
            return self._control(bodies.Report, "GET", f"/report?whole={str(is_whole).lower()}")["report"]
        except (OSError, UsageError) as error:
            return f"the fake at {self.url} does not answer any more: {error}"

    def _require_active(self, what: str) -> None:
        """Do nothing: its clients can be used at any time."""

    @property
    def account(self) -> dict[str, str]:
        """The SID and the token for a client."""
        return self._ask(dict[str, str], "GET", "/account")

    def _credentials(self) -> tuple[str, str]:
        return self._account["account_sid"], self._account["auth_token"]

    # Rows, people and state

    def add_service(self, unique_name: str | None = None, **fields: Unpack[ServiceFields]) -> views.Service:
        """Add a Service with the numbers of its pool, as `FakeProxy.add_service`."""
        return self._add(views.Service, "services", unique_name=unique_name, **fields)

    @overload
    def add_number(self, number: str, *, service: None = None, **fields: Unpack[NumberFields]) -> views.OwnedNumber: ...
    @overload
    def add_number(
        self, number: str, *, service: str | views.Service, **fields: Unpack[NumberFields]
    ) -> views.PhoneNumber: ...
    def add_number(
        self, number: str, *, service: str | views.Service | None = None, **fields: Unpack[NumberFields]
    ) -> views.OwnedNumber | views.PhoneNumber:
        """Buy a phone number, and add it to a pool, as `FakeProxy.add_number`."""
        kind: type[views.OwnedNumber | views.PhoneNumber] = views.OwnedNumber if service is None else views.PhoneNumber
        return self._add(kind, "numbers", number=number, service=service, **fields)

    @overload
    def add_short_code(
        self, short_code: str, *, service: None = None, **fields: Unpack[ShortCodeFields]
    ) -> views.OwnedNumber: ...
    @overload
    def add_short_code(
        self, short_code: str, *, service: str | views.Service, **fields: Unpack[ShortCodeFields]
    ) -> views.ShortCode: ...
    def add_short_code(
        self, short_code: str, *, service: str | views.Service | None = None, **fields: Unpack[ShortCodeFields]
    ) -> views.OwnedNumber | views.ShortCode:
        """Buy a short code, and add it to a pool, as `FakeProxy.add_short_code`."""
        kind: type[views.OwnedNumber | views.ShortCode] = views.OwnedNumber if service is None else views.ShortCode
        return self._add(kind, "short_codes", short_code=short_code, service=service, **fields)

    def add_session(self, service: str | views.Service | None = None, **fields: Unpack[SessionFields]) -> views.Session:
        """Open a session, as `FakeProxy.add_session`."""
        return self._add(views.Session, "sessions", service=service, **fields)

    def _add(self, view: type[V], kind: str, **fields: object) -> V:
        if isinstance(service := fields.get("service"), views.Service):
            fields["service"] = service.sid
        return read(view, self._ask(dict[str, list[PlainRow]], "POST", "/seed", {kind: [fields]})[kind][0])

    def phone(self, number: str) -> RemotePhone:
        """Return the phone of a person by its number, as `FakeProxy.phone`."""
        return RemotePhone(self._ask, number, self.traffic)

    def conversation(self, sid: str) -> Conversation:
        """Return the call with this SID (of either leg). Raises `UnknownKey`."""
        return read(Conversation, self._ask(PlainRow, "GET", f"/calls/{sid}"), _exchange=self.traffic)

    def snapshot(self) -> Snapshot:
        """Return the whole state as plain data that survives JSON."""
        return self._ask(Snapshot, "GET", "/state")

    def restore(self, snapshot: Mapping[str, object]) -> None:
        """Go back to a snapshot. Raises `UsageError`, and changes nothing, for what is no snapshot."""
        self._ask(bodies.Now, "POST", "/state", snapshot)

    def reset(self) -> None:
        """Go back to the state and the own time of the first start.

        All requests, events, webhooks, alerts and faults are forgotten.
        """
        self._ask(bodies.Now, "POST", "/reset", {})

    def keep_past(self, *, lines: bool = True) -> None:
        """From now on keep what `as_of()` needs: the changes of each event. `lines` are those of that process."""
        self._ask(bodies.Nothing, "POST", "/past", {})

    def as_of(self, event: Event | int) -> Past:
        """Return the state right after an event, as `FakeProxy.as_of`."""
        seq = event if isinstance(event, int) else event.seq
        snapshot = self._ask(Snapshot, "GET", f"/state?as_of={seq}")
        return past_of(snapshot, self.history.until(seq))

    def write_trace(self, path: str | PathLike[str], *, title: str = "", failure: str = "") -> None:
        """Write what happened to one HTML file, as `FakeProxy.write_trace`. The file is one of this process."""
        # The failure of an application may have half of a surrogate pair, which has no bytes.
        texts = {"title": title, "failure": failure}
        sent = {name: text.encode(errors="replace").decode() for name, text in texts.items()}
        made = self._ask(bodies.TracePage, "POST", "/trace", sent)
        Path(path).write_text(made["html"], encoding="utf-8")

    def __repr__(self) -> str:
        return f"<RemoteProxy {self.url}>"


def connect(url: str, *, allow_hosts: Sequence[str] = ()) -> RemoteProxy:
    """Return the fake that is served at `url`, an http URL without a path.

    `allow_hosts`: hosts of Twilio that requests of this process may be sent to while the fake is active here. Raises
    `OSError` where nothing answers, and `UsageError` where the answer is not that of a fake.
    """
    return RemoteProxy(url, allow_hosts)
