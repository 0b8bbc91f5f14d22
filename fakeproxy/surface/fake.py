"""A fake, as a Protocol. It imports nothing of the fake at run time, so an annotation takes no time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar, overload, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from os import PathLike
    from types import TracebackType

    from twilio.http import HttpClient
    from twilio.http.async_http_client import AsyncHttpClient
    from twilio.rest import Client
    from typing_extensions import Self

    from fakeproxy.clock.waiting import Condition
    from fakeproxy.engine.snapshot import Snapshot
    from fakeproxy.exceptions import BlockedRequest
    from fakeproxy.history.events import Event
    from fakeproxy.history.history import History
    from fakeproxy.network.contacts import Conversation, Exchange
    from fakeproxy.rows import tables
    from fakeproxy.surface.parts import Alerts, Clock, Faults, Journal, Phone, Webhooks
    from fakeproxy.views import OwnedNumber, PhoneNumber, Service, Session, ShortCode

T = TypeVar("T")


@runtime_checkable
class PastFake(Protocol):
    """A fake as it was right after an event. What would change it raises `NotActive`."""

    @property
    def clock(self) -> Clock:
        """The fake's time."""

    @property
    def history(self) -> History:
        """Everything that happened, in causal order."""

    @property
    def traffic(self) -> Exchange:
        """The texts and calls, by SID."""

    @property
    def services(self) -> tables.Services:
        """The Services, by SID or unique name."""

    @property
    def phone_numbers(self) -> tables.PhoneNumbers:
        """The phone numbers of all pools, by SID."""

    @property
    def short_codes(self) -> tables.ShortCodes:
        """The short codes of all pools, by SID."""

    @property
    def owned_numbers(self) -> tables.OwnedNumbers:
        """The numbers that the accounts own, by SID."""

    @property
    def sessions(self) -> tables.Sessions:
        """The sessions, by SID or unique name."""

    @property
    def participants(self) -> tables.Participants:
        """The participants, deleted ones too, by SID."""

    @property
    def interactions(self) -> tables.Interactions:
        """The interactions, by SID."""

    def phone(self, number: str) -> Phone:
        """Return the phone of a person by its number. Raises `UsageError` for what is no number."""

    def conversation(self, sid: str) -> Conversation:
        """Return the call with this SID (of either leg). Raises `UnknownKey`."""

    def snapshot(self) -> Snapshot:
        """Return the whole state as plain data that survives JSON."""


@runtime_checkable
class Fake(PastFake, Protocol):
    """A fake of Twilio Proxy, in this process or in another one."""

    @property
    def journal(self) -> Journal:
        """The requests that were made, with their answers."""

    @property
    def alerts(self) -> Alerts:
        """The alerts of Twilio's Debugger."""

    @property
    def faults(self) -> Faults:
        """The answers and failures that the test has ordered."""

    @property
    def webhooks(self) -> Webhooks:
        """The webhook handlers of the application, and the deliveries to them."""

    def add_service(
        self,
        unique_name: str | None = None,
        *,
        sid: str | None = None,
        numbers: Iterable[str] = (),
        reserved_numbers: Iterable[str] = (),
        default_ttl: int | None = None,
        callback_url: str | None = None,
        geo_match_level: str | None = None,
        number_selection_behavior: str | None = None,
        intercept_callback_url: str | None = None,
        out_of_session_callback_url: str | None = None,
        chat_instance_sid: str | None = None,
    ) -> Service:
        """Add a Service, and buy the numbers of its pool. Raises `Refusal` where Twilio would refuse."""

    @overload
    def add_number(
        self,
        number: str,
        *,
        service: None = None,
        sid: str | None = None,
        reserved: bool = False,
        capabilities: Sequence[str] = ...,
        friendly_name: str | None = None,
        messaging_service_sid: str | None = None,
    ) -> OwnedNumber: ...
    @overload
    def add_number(
        self,
        number: str,
        *,
        service: str | Service,
        sid: str | None = None,
        reserved: bool = False,
        capabilities: Sequence[str] = ...,
        friendly_name: str | None = None,
        messaging_service_sid: str | None = None,
    ) -> PhoneNumber: ...

    @overload
    def add_short_code(
        self, short_code: str, *, service: None = None, sid: str | None = None, reserved: bool = False
    ) -> OwnedNumber: ...
    @overload
    def add_short_code(
        self, short_code: str, *, service: str | Service, sid: str | None = None, reserved: bool = False
    ) -> ShortCode: ...

    def add_session(
        self,
        service: str | Service | None = None,
        *,
        sid: str | None = None,
        unique_name: str | None = None,
        participants: Iterable[str | Mapping[str, str | None]] = (),
        ttl: int | None = None,
        date_expiry: datetime | str | None = None,
        mode: str | None = None,
        status: str | None = None,
    ) -> Session:
        """Open a session. Raises `Refusal` where Twilio would refuse."""

    @property
    def url(self) -> str:
        """The URL of the fake's server, without a slash at the end."""

    @property
    def account(self) -> dict[str, str]:
        """The `account_sid` and `auth_token` of the default account."""

    @property
    def http_client(self) -> HttpClient:
        """A client for `twilio.rest.Client(http_client=...)`. Raises `MissingPackage` without `twilio`."""

    @property
    def async_http_client(self) -> AsyncHttpClient:
        """A client for the SDK's asynchronous calls. Raises `MissingPackage` without its packages."""

    def client(self) -> Client:
        """Return a ready SDK client of the default account."""

    def async_client(self) -> Client:
        """Return a ready SDK client of the default account for the asynchronous calls."""

    def restore(self, snapshot: Mapping[str, object]) -> None:
        """Go back to a snapshot. Raises `UsageError`, and changes nothing, for what is no snapshot."""

    def reset(self) -> None:
        """Go back to the state and the own time of the first start.

        All requests, events, webhooks, alerts and faults are forgotten.
        """

    @property
    def is_active(self) -> bool:
        """True between `start()` and `stop()`."""

    def start(self) -> Self:
        """Become active. Raises `UsageError` if it is already."""

    def stop(self) -> None:
        """Undo every patch. A fake that is not active stays as it is."""

    def keep_past(self, *, lines: bool = True) -> None:
        """From now on keep what `as_of()` needs, and the line of the test that causes each event."""

    def as_of(self, event: Event | int) -> PastFake:
        """Return the state right after an event. Raises `UsageError` if it is not known: call `keep_past()` before."""

    def write_trace(self, path: str | PathLike[str], *, title: str = "", failure: str = "") -> None:
        """Write what happened to one HTML file, which opens without a server."""

    def check(self) -> None:
        """Raise what must fail a test at its end. Each failure is raised once."""

    def wait_for(self, condition: Condition, timeout: float = 5.0) -> None:
        """Wait in real time until `condition()` is true. Raises `NotInTime`, an AssertionError."""

    def note(self, text: str) -> None:
        """Add a line of the test's own to the history."""

    def report(self, *, is_whole: bool = False) -> str:
        """Return the report as text: at most 60 lines, or all lines."""

    def note_blocked(self, error: BlockedRequest) -> None:
        """Note a request that was stopped. `check()` raises it."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...
    def __call__(self, target: T) -> T: ...
