"""What a fake of another process holds: its clock, rows, alerts, journal and faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, overload

from fakeproxy.clock import step, to_datetime, to_micros
from fakeproxy.control.views import there_are
from fakeproxy.exceptions import UnknownKey
from fakeproxy.remote.records import Ask, Record, instant, record, records


class RemoteClock:
    """As `FakeProxy.clock`; `ran` has what the last step did."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.ran: Sequence[Record] = ()

    def now(self) -> datetime:
        return instant(self._ask("GET", "/clock")["now"])

    @property
    def driver(self) -> str:
        driver: str = self._ask("GET", "/clock")["driver"]
        return driver

    def due(self) -> Sequence[Record]:
        return records(self._ask("GET", "/clock")["due"])

    def advance(
        self, seconds: float | timedelta = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> datetime:
        micros = step(seconds, minutes=minutes, hours=hours, days=days)
        return self._step(advance=micros / 1_000_000)

    def move_to(self, instant: datetime | str | float) -> datetime:
        return self._step(move_to=to_datetime(to_micros(instant)))

    def advance_to_next(self) -> datetime | None:
        return self._step(advance_to_next=True) if self.due() else None

    def _step(self, **step: Any) -> datetime:
        answer = self._ask("POST", "/clock", step)
        self.ran = records(answer["ran"])
        return instant(answer["now"])


class RemoteRows(Mapping[str, Record]):
    """Rows by SID, Services and Sessions also by unique name."""

    def __init__(self, ask: Ask, table: str) -> None:
        self._ask = ask
        self._table = table

    def _rows(self) -> Sequence[Record]:
        return records(self._ask("GET", f"/tables/{self._table}"))

    def __getitem__(self, key: str) -> Record:
        rows = self._rows()
        found = [row for row in rows if key in (row.sid, getattr(row, "unique_name", None))]
        if len(found) > 1:
            raise UnknownKey(f"{key!r} is the name of {', '.join(row.sid for row in found)}; use the SID")
        if not found:
            raise UnknownKey(f"no row of {self._table} is {key!r}{there_are(rows)}")
        return found[0]

    def __iter__(self) -> Iterator[str]:
        return iter([row.sid for row in self._rows()])

    def __len__(self) -> int:
        return len(self._rows())


class RemoteList(Sequence[Record]):
    """What the control API lists at `path`, asked for anew at each look."""

    def __init__(self, ask: Ask, path: str) -> None:
        self._ask = ask
        self._path = path

    def _read(self) -> Sequence[Record]:
        return records(self._ask("GET", self._path))

    def __iter__(self) -> Iterator[Record]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        return self._read()[index]

    def __repr__(self) -> str:
        return repr(list(self))


class RemoteAlerts(RemoteList):
    """As `FakeProxy.alerts`."""

    @contextmanager
    def expect(self, *codes: int) -> Iterator[None]:
        before = len(self)
        yield
        self._ask("POST", "/alerts/expect", {"before": before, "codes": codes})


class RemoteJournal(RemoteList):
    """As `FakeProxy.journal`."""

    @property
    def counts(self) -> Counter[str | None]:
        return Counter({row["operation"]: row["requests"] for row in self._ask("GET", "/journal/counts")})

    def clear(self) -> None:
        self._ask("POST", "/journal/clear", {})


class RemoteFault(Record):
    """An order. `left` and `used` are as they were when it was read; those of `faults.orders` are up to date."""

    def __init__(self, ask: Ask, fields: Mapping[str, Any]) -> None:
        super().__init__(**vars(record(fields)))
        self._ask = ask

    def remove(self) -> None:
        self._ask("POST", f"/faults/{self.id}/remove", {})

    def __enter__(self) -> RemoteFault:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


class RemoteFaults:
    """Orders by the names of `FakeProxy.faults`: `server_error(operation="CreateSession")` and so on."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    @property
    def orders(self) -> Sequence[RemoteFault]:
        return [RemoteFault(self._ask, row) for row in self._ask("GET", "/faults")]

    def clear(self) -> None:
        self._ask("POST", "/faults/clear", {})

    def slow(self, seconds: float, real: bool = False, **where: Any) -> RemoteFault:
        return self._order("slow", seconds=seconds, real=real, **where)

    def server_error(self, status: int = 500, **where: Any) -> RemoteFault:
        return self._order("server_error", status=status, **where)

    def answer(
        self, status: int, code: int | None = None, message: str = "", text: str = "", **where: Any
    ) -> RemoteFault:
        return self._order("answer", status=status, code=code, message=message, text=text, **where)

    def too_many_requests(self, code: int = 20429, retry_after: int = 1, **where: Any) -> RemoteFault:
        return self._order("too_many_requests", code=code, retry_after=retry_after, **where)

    def __getattr__(self, name: str) -> Callable[..., RemoteFault]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda **where: self._order(name, **where)

    def _order(self, fault: str, **arguments: Any) -> RemoteFault:
        return RemoteFault(self._ask, self._ask("POST", "/faults", {"fault": fault, **arguments}))
