"""The state of a fake of another process: its clock, rows, alerts, journal and faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar, overload

from fakeproxy.api.faults import Fault, RefusalWhere, Where
from fakeproxy.clock.clock import DueWork
from fakeproxy.clock.datetimes import Instant, to_datetime, to_micros
from fakeproxy.clock.foreign_time import Driver
from fakeproxy.clock.steps import step
from fakeproxy.clock.waiting import Condition, advance_until
from fakeproxy.engine.snapshot import PlainRow
from fakeproxy.exceptions import UnknownKey
from fakeproxy.history.alert_lists import AlertList
from fakeproxy.history.journal import Entries, Entry
from fakeproxy.inspector import bodies
from fakeproxy.remote.answers import ControlClient, read, read_all
from fakeproxy.views import Alert, V, table_of, there_are

if TYPE_CHECKING:
    from typing_extensions import Unpack

T = TypeVar("T")


class RemoteClock:
    """The clock of a fake of another process, as `FakeProxy.clock`."""

    def __init__(self, ask: ControlClient, since: Callable[[], Callable[[], str]]) -> None:
        self._ask = ask
        self._since = since
        #: The work that the last step has done.
        self.ran: Sequence[DueWork] = ()

    def now(self) -> datetime:
        """Return the present, in UTC."""
        return self._ask(bodies.ClockState, "GET", "/clock")["now"]

    @property
    def driver(self) -> Driver:
        """The name of the tool that moves the time now, or `own`."""
        return self._ask(bodies.ClockState, "GET", "/clock")["driver"]

    def due(self) -> list[DueWork]:
        """Return the scheduled work in the order in which it will be done."""
        return self._ask(bodies.ClockState, "GET", "/clock")["due"]

    def advance(
        self,
        seconds: float | timedelta = 0,
        *,
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
        **unknown: NoReturn,
    ) -> datetime:
        """Move time forward, do what becomes due, and return the present. Raises `UsageError` for a negative step."""
        micros = step(seconds, minutes=minutes, hours=hours, days=days, **unknown)
        return self._step(advance=micros / 1_000_000)

    def move_to(self, instant: Instant) -> datetime:
        """Move time to the instant, forward or back, and return the present."""
        return self._step(move_to=to_datetime(to_micros(instant)))

    def advance_to_next(self) -> datetime | None:
        """Move time to the next work that is due, and return the present, or None if nothing is scheduled."""
        return self._step(advance_to_next=True) if self.due() else None

    def advance_until(self, condition: Condition, *, within: float | timedelta = timedelta(days=30)) -> datetime:
        """Step from due work to due work until `condition()` is true. Return the present. Raises `NotInTime`."""
        return advance_until(self, condition, within, self._since)

    def __repr__(self) -> str:
        state = self._ask(bodies.ClockState, "GET", "/clock")
        return f"Clock({state['now'].isoformat().replace('+00:00', 'Z')}, driver={state['driver']!r})"

    def _step(self, **step: object) -> datetime:
        answer = self._ask(bodies.Step, "POST", "/clock", step)
        self.ran = answer["ran"]
        return answer["now"]


class RemoteRows(Generic[V]):
    """The rows of one table of a fake of another process."""

    def __init__(self, ask: ControlClient, kind: type[V]) -> None:
        self.kind = kind
        self._ask = ask
        self._table = table_of(kind)

    def __repr__(self) -> str:
        return f"<RemoteRows: {self._table}>"

    def all(self) -> Sequence[V]:
        """Return all rows, the oldest first."""
        return read_all(self.kind, self._ask(list[PlainRow], "GET", f"/tables/{self._table}"))

    def sids(self) -> Sequence[str]:
        """Return their SIDs, in the same order."""
        return [row.sid for row in self.all()]

    def find(self, key: str) -> V:
        """Return the row of this SID or name. Raises `UnknownKey`."""
        rows = self.all()
        found = [row for row in rows if key in (row.sid, getattr(row, "unique_name", None))]
        if len(found) > 1:
            raise UnknownKey(f"{key!r} is the name of {', '.join(row.sid for row in found)}; use the SID")
        if not found:
            raise UnknownKey(f"no row of {self._table} is {key!r}{there_are(rows)}")
        return found[0]


class RemoteList(Sequence[T], Generic[T]):
    """A list of the control API at `path`. Each access makes a request."""

    def __init__(self, ask: ControlClient, path: str, kind: type[T]) -> None:
        self._ask = ask
        self._path = path
        self._type = kind

    def __repr__(self) -> str:
        return f"<RemoteList {self._path}: {len(self)} items>"

    def _read(self) -> list[T]:
        return list(read_all(self._type, self._ask(list[PlainRow], "GET", self._path)))

    def __iter__(self) -> Iterator[T]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self._read()[index]


class RemoteAlerts(RemoteList[Alert], AlertList):
    """The alerts of a fake of another process, as `FakeProxy.alerts`."""

    @property
    def counts(self) -> Counter[int]:
        """The number of alerts of each code."""
        counts = self._ask(list[bodies.CodeCount], "GET", "/alerts/counts")
        return Counter({row["code"]: row["alerts"] for row in counts})

    def add(self, code: int, resource_sid: str | None = None, why: str = "", **facts: str) -> Alert:
        """Add the alert of this code. `facts` fill in the placeholders of its text."""
        body = {"code": code, "resource_sid": resource_sid, "why": why, **facts}
        return self._ask(Alert, "POST", "/alerts", body)

    @contextmanager
    def expect(self, *codes: int) -> Iterator[None]:
        """Expect each of these alerts in the block. Raises `UnexpectedAlert` for one that does not come."""
        before = self.counts.total()
        yield
        self.require(before, codes)

    def require(self, before: int, codes: Sequence[int]) -> None:
        """Raise `UnexpectedAlert` unless each of these alerts came after the first `before` ones."""
        self._ask(bodies.Nothing, "POST", "/alerts/expect", {"before": before, "codes": codes})

    def __repr__(self) -> str:
        codes = ", ".join(str(alert.code) for alert in self)
        return f"<{len(self)} alerts{f': {codes}' if codes else ''}>"


class RemoteJournal(RemoteList[Entry], Entries):
    """The journal of a fake of another process, as `FakeProxy.journal`."""

    @property
    def counts(self) -> Counter[str | None]:
        """The number of requests of each operation; None for those of no operation."""
        counts = self._ask(list[bodies.Count], "GET", "/journal/counts")
        return Counter({row["operation"]: row["requests"] for row in counts})

    @property
    def ignored(self) -> Counter[str]:
        """The parts of requests that had no effect: a sentence each, and how often."""
        ignored = self._ask(list[bodies.Ignored], "GET", "/journal/ignored")
        return Counter({row["text"]: row["times"] for row in ignored})

    def clear(self) -> None:
        """Forget all requests."""
        self._ask(bodies.Nothing, "POST", "/journal/clear", {})

    def __repr__(self) -> str:
        return f"<Journal of {self.counts.total()} requests, the last {len(self)} kept>"


@dataclass(eq=False, kw_only=True, repr=False)
class RemoteFault(Fault):
    """A fault of a fake of another process.

    `left` and `used` are those of the moment when it was read. Read `faults.orders` for the present ones.
    """

    _ask: ControlClient = field(repr=False)

    def remove(self) -> None:
        """Remove the order."""
        self._ask(list[Fault], "POST", f"/faults/{self.id}/remove", {})


class RemoteFaults:
    """The faults of a fake of another process, with the methods of `FakeProxy.faults`."""

    def __init__(self, ask: ControlClient) -> None:
        self._ask = ask

    @property
    def orders(self) -> Sequence[RemoteFault]:
        """The present orders."""
        return [read(RemoteFault, order, _ask=self._ask) for order in self._ask(list[PlainRow], "GET", "/faults")]

    def clear(self) -> None:
        """Remove all orders."""
        self._ask(bodies.Nothing, "POST", "/faults/clear", {})

    def __repr__(self) -> str:
        orders = "; ".join(map(str, self.orders))
        return f"<{len(self.orders)} faults{f': {orders}' if orders else ''}>"

    def slow(self, seconds: float, real: bool = False, **where: Unpack[Where]) -> RemoteFault:
        """Order an answer that takes seconds on the fake's clock, or in real time."""
        return self._order("slow", seconds=seconds, real=real, **where)

    def server_error(self, status: int = 500, **where: Unpack[Where]) -> RemoteFault:
        """Order a 5xx with Twilio's JSON."""
        return self._order("server_error", status=status, **where)

    def answer(
        self, status: int, code: int | None = None, message: str = "", text: str = "", **where: Unpack[Where]
    ) -> RemoteFault:
        """Order an HTTP answer: Twilio's JSON of an error if `code` is given, else `text`."""
        return self._order("answer", status=status, code=code, message=message, text=text, **where)

    def too_many_requests(self, code: int = 20429, retry_after: int = 1, **where: Unpack[Where]) -> RemoteFault:
        """Order a 429 with `Retry-After` in seconds."""
        return self._order("too_many_requests", code=code, retry_after=retry_after, **where)

    def unauthorized(self, **where: Unpack[Where]) -> RemoteFault:
        """Order a 401 / 20003, as for a revoked token."""
        return self._order("unauthorized", **where)

    def connection_refused(self, **where: Unpack[Where]) -> RemoteFault:
        """Order a connection that is refused."""
        return self._order("connection_refused", **where)

    def connection_reset(self, **where: Unpack[Where]) -> RemoteFault:
        """Order a connection that breaks before the answer."""
        return self._order("connection_reset", **where)

    def read_timeout(self, **where: Unpack[Where]) -> RemoteFault:
        """Order a time-out of the client. No time passes on the clock."""
        return self._order("read_timeout", **where)

    def truncated(self, **where: Unpack[Where]) -> RemoteFault:
        """Order an answer that ends before its length."""
        return self._order("truncated", **where)

    def refuse(self, code: int, **where: Unpack[RefusalWhere]) -> RemoteFault:
        """Order Twilio's own answer of this code. Raises `UsageError` for an unknown code."""
        return self._order("refuse", code=code, **where)

    def _order(self, fault: str, **arguments: object) -> RemoteFault:
        return read(RemoteFault, self._ask(PlainRow, "POST", "/faults", {"fault": fault, **arguments}), _ask=self._ask)
