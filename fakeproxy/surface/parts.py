"""The parts of a fake, as Protocols. They import nothing of the fake at run time, so an annotation takes no time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, overload, runtime_checkable

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager, ExitStack
    from datetime import datetime, timedelta
    from typing import Literal

    from typing_extensions import Unpack

    from fakeproxy.api.faults import Fault, RefusalWhere, Where
    from fakeproxy.clock.clock import DueWork
    from fakeproxy.clock.datetimes import Instant
    from fakeproxy.clock.foreign_time import Driver
    from fakeproxy.clock.waiting import Condition
    from fakeproxy.engine.records import End
    from fakeproxy.history.alert_lists import AlertConditions
    from fakeproxy.history.journal import Entry, EntryConditions
    from fakeproxy.network.contacts import Contact, Conversation
    from fakeproxy.network.deliveries import Deliveries
    from fakeproxy.network.received import Rings, Texts
    from fakeproxy.queries.query import Has
    from fakeproxy.views import Alert


@runtime_checkable
class Clock(Protocol):
    """The time of a fake."""

    def now(self) -> datetime:
        """Return the present, in UTC."""

    @property
    def driver(self) -> Driver:
        """The name of the tool that moves the time now, or `own`."""

    def due(self) -> list[DueWork]:
        """Return the scheduled work in the order in which it will be done."""

    @property
    def ran(self) -> Sequence[DueWork]:
        """The work that the last step did, in order."""

    def advance(
        self, seconds: float | timedelta = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> datetime:
        """Move time forward, do what becomes due, and return the present. Raises `UsageError` for a negative step."""

    def move_to(self, instant: Instant) -> datetime:
        """Move time to the instant, forward or back, and return the present."""

    def advance_to_next(self) -> datetime | None:
        """Move time to the next work that is due, and return the present. Return None if nothing is scheduled."""

    def advance_until(self, condition: Condition, *, within: float | timedelta = ...) -> datetime:
        """Step from due work to due work until `condition()` is true. Raises `NotInTime`, an AssertionError."""


@runtime_checkable
class Journal(Protocol):
    """The last requests, the oldest first: a sequence of `Entry`."""

    @property
    def counts(self) -> Counter[str | None]:
        """The number of requests of each operation; None for those of no operation."""

    @property
    def ignored(self) -> Counter[str]:
        """The parts of requests that had no effect: a sentence each, and how often."""

    def clear(self) -> None:
        """Forget all requests."""

    def where(self, **fields: Unpack[EntryConditions]) -> list[Entry]:
        """Return the requests that fit, the oldest first."""

    def one(self, **fields: Unpack[EntryConditions]) -> Entry:
        """Return the one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest."""

    def none(self, **fields: Unpack[EntryConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""

    def has(self, **fields: Unpack[EntryConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""

    def __iter__(self) -> Iterator[Entry]: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...


@runtime_checkable
class Alerts(Protocol):
    """The alerts of Twilio's Debugger, the oldest first: a sequence of `Alert`."""

    @property
    def counts(self) -> Counter[int]:
        """The number of alerts of each code."""

    def add(self, code: int, resource_sid: str | None = None, why: str = "", **facts: str) -> Alert:
        """Add the alert of this code. `facts` fill in the placeholders of its text."""

    def expect(self, *codes: int) -> AbstractContextManager[None]:
        """Expect each of these alerts in the block. Raises `UnexpectedAlert` for one that does not come."""

    def require(self, before: int, codes: Sequence[int]) -> None:
        """Raise `UnexpectedAlert` unless each of these alerts came after the first `before` ones."""

    def where(self, **fields: Unpack[AlertConditions]) -> list[Alert]:
        """Return the alerts that fit, the oldest first."""

    def one(self, **fields: Unpack[AlertConditions]) -> Alert:
        """Return the one that fits. Raises `NoMatch`, an AssertionError, which shows the nearest."""

    def none(self, **fields: Unpack[AlertConditions]) -> None:
        """Raise `NoMatch`, an AssertionError, if one fits."""

    def has(self, **fields: Unpack[AlertConditions]) -> Has:
        """Return the condition that one fits, for `advance_until()` and `wait_for()`."""

    def __iter__(self) -> Iterator[Alert]: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int) -> Alert: ...
    @overload
    def __getitem__(self, index: slice) -> list[Alert]: ...


@runtime_checkable
class Faults(Protocol):
    """The answers and failures that a test orders. `Where` describes the requests that they are for, and how many."""

    @property
    def orders(self) -> Sequence[Fault]:
        """The present orders."""

    def answer(
        self, status: int, code: int | None = None, message: str = "", text: str = "", **where: Unpack[Where]
    ) -> Fault:
        """Order an HTTP answer: Twilio's JSON of an error if `code` is given, else `text`."""

    def refuse(self, code: int, **where: Unpack[RefusalWhere]) -> Fault:
        """Order Twilio's own answer of this code. Raises `UsageError` for an unknown code."""

    def too_many_requests(self, code: int = 20429, retry_after: int = 1, **where: Unpack[Where]) -> Fault:
        """Order a 429 with `Retry-After` in seconds."""

    def unauthorized(self, **where: Unpack[Where]) -> Fault:
        """Order a 401 / 20003, as for a revoked token."""

    def server_error(self, status: int = 500, **where: Unpack[Where]) -> Fault:
        """Order a 5xx with Twilio's JSON."""

    def connection_refused(self, **where: Unpack[Where]) -> Fault:
        """Order a connection that is refused."""

    def connection_reset(self, **where: Unpack[Where]) -> Fault:
        """Order a connection that breaks before the answer."""

    def read_timeout(self, **where: Unpack[Where]) -> Fault:
        """Order a time-out of the client. No time passes on the clock."""

    def truncated(self, **where: Unpack[Where]) -> Fault:
        """Order an answer that ends before its length."""

    def slow(self, seconds: float, real: bool = False, **where: Unpack[Where]) -> Fault:
        """Order an answer that takes seconds on the fake's clock, or in real time."""

    def clear(self) -> None:
        """Remove all orders."""


@runtime_checkable
class Webhooks(Protocol):
    """The webhook handlers of the application, and the deliveries to them."""

    #: True if an exception of a handler is raised in the test.
    strict: bool

    @property
    def deliveries(self) -> Deliveries:
        """The last requests with their answers, the oldest first."""

    @property
    def counts(self) -> Counter[str]:
        """The number of webhooks of each kind."""

    @property
    def unmounted(self) -> Literal["raise", "alert"]:
        """The effect of a webhook whose URL is neither mounted nor on loopback."""

    @unmounted.setter
    def unmounted(self, what: Literal["raise", "alert"]) -> None: ...

    def mount(self, base_url: str, app: object) -> None:
        """Have a WSGI or ASGI application, or a test client of one, answer for every URL below `base_url`."""

    def forward(self, base_url: str, to: str) -> None:
        """Have the server at `to`, an origin on loopback, answer for every URL below `base_url`."""

    def unmount(self, base_url: str) -> None:
        """Remove what is mounted at this URL, if anything is."""

    def sign_with(self, token: str) -> ExitStack:
        """Sign with this token from now on or, in a `with` block, until its end."""

    def unsigned(self) -> ExitStack:
        """Send no signatures from now on or, in a `with` block, until its end."""

    def sign_as_usual(self) -> None:
        """Sign with the account's token again."""

    def forget(self) -> None:
        """Forget the deliveries. Handlers stay mounted."""


@runtime_checkable
class Phone(Protocol):
    """The phone of a person."""

    #: The person's number, or address of a channel.
    number: str

    def text(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        """Send a text to a proxy number. `media` are URLs."""

    async def atext(self, to: str, body: str, media: Sequence[str] = ()) -> Contact:
        """Send a text from an event loop, which is not blocked."""

    def call(self, to: str) -> Conversation:
        """Call a proxy number."""

    async def acall(self, to: str) -> Conversation:
        """Call a proxy number from an event loop, which is not blocked."""

    @property
    def inbox(self) -> Texts:
        """The texts that have arrived, the oldest first."""

    @property
    def received(self) -> int:
        """The number of texts that have arrived."""

    @property
    def calls(self) -> Rings:
        """The calls that have rung here, the oldest first."""

    @property
    def reception(self) -> End:
        """The fate of texts to this person: delivered, undelivered, failed ... It can be set."""

    @reception.setter
    def reception(self, end: End) -> None: ...
