"""A fake that runs in another process, driven from here: `fakeproxy.connect(url)`.

It has the surface of `FakeProxy` as far as a test drives one; behind it is the control API. What it returns are records
with the attributes of the views, as they were when they were read; a call's `status` and `duration` are asked for anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from fakeproxy import exceptions
from fakeproxy.clock import to_datetime, to_micros
from fakeproxy.exceptions import FakeProxyError, Refusal, UnknownKey

#: Seconds of real time that the server gets for an answer.
TIMEOUT = 60

Ask = Callable[..., Any]


class Record(SimpleNamespace):
    """A row, a text, an alert ...: what the control API says of it, instants as aware datetimes."""


class RemoteProxy:
    """A fake behind `url`, the address that `fakeproxy serve` prints, or `FakeProxy.url` of another process."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/").removesuffix("/v1")
        self._open = build_opener(ProxyHandler({})).open
        self.clock = RemoteClock(self._ask)
        self.faults = RemoteFaults(self._ask)
        self.services = RemoteRows(self._ask, "services")
        self.phone_numbers = RemoteRows(self._ask, "phone_numbers")
        self.short_codes = RemoteRows(self._ask, "short_codes")
        self.owned_numbers = RemoteRows(self._ask, "owned_numbers")
        self.sessions = RemoteRows(self._ask, "sessions")
        self.participants = RemoteRows(self._ask, "participants")
        self.interactions = RemoteRows(self._ask, "interactions")
        self._ask("GET", "/health")

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body, default=_to_json).encode()
        request = Request(f"{self.url}/_fakeproxy{path}", data, {"Content-Type": "application/json"}, method=method)
        try:
            with self._open(request, timeout=TIMEOUT) as answer:
                return json.load(answer)
        except HTTPError as error:
            with error:
                raise _error(json.load(error)) from None

    def add_service(self, unique_name: str | None = None, **fields: Any) -> Record:
        return self._add("services", unique_name=unique_name, **fields)

    def add_number(self, number: str, **fields: Any) -> Record:
        return self._add("numbers", number=number, **fields)

    def add_short_code(self, short_code: str, **fields: Any) -> Record:
        return self._add("short_codes", short_code=short_code, **fields)

    def add_session(self, service: str | Record | None = None, **fields: Any) -> Record:
        return self._add("sessions", service=service, **fields)

    def _add(self, kind: str, **fields: Any) -> Record:
        if isinstance(fields.get("service"), Record):
            fields["service"] = fields["service"].sid
        record: Record = _record(self._ask("POST", "/seed", {kind: [fields]})[kind][0])
        return record

    def phone(self, number: str) -> RemotePhone:
        return RemotePhone(self._ask, number)

    @property
    def alerts(self) -> Sequence[Record]:
        return _records(self._ask("GET", "/alerts"))

    @property
    def journal(self) -> Sequence[Record]:
        return _records(self._ask("GET", "/journal"))

    @property
    def deliveries(self) -> Sequence[Record]:
        """What `webhooks.deliveries` has there. Handlers cannot be mounted from here: give URLs on loopback."""
        return _records(self._ask("GET", "/webhooks"))

    def snapshot(self) -> dict[str, Any]:
        snapshot: dict[str, Any] = self._ask("GET", "/state")
        return snapshot

    def restore(self, snapshot: dict[str, Any]) -> None:
        self._ask("POST", "/state", snapshot)

    def reset(self) -> None:
        self._ask("POST", "/reset", {})

    def __repr__(self) -> str:
        return f"<RemoteProxy {self.url}>"


class RemoteClock:
    """The clock of the other process; `ran` has what the last step did."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.ran: Sequence[Record] = ()

    def now(self) -> datetime:
        return _instant(self._ask("GET", "/clock")["now"])

    @property
    def driver(self) -> str:
        driver: str = self._ask("GET", "/clock")["driver"]
        return driver

    def due(self) -> Sequence[Record]:
        return _records(self._ask("GET", "/clock")["due"])

    def advance(
        self, seconds: float | timedelta = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> datetime:
        first = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
        step = first + timedelta(minutes=minutes, hours=hours, days=days)
        return self._step(advance=step.total_seconds())

    def move_to(self, instant: datetime | str | float) -> datetime:
        return self._step(move_to=to_datetime(to_micros(instant)))

    def advance_to_next(self) -> datetime | None:
        return self._step(advance_to_next=True) if self.due() else None

    def _step(self, **step: Any) -> datetime:
        answer = self._ask("POST", "/clock", step)
        self.ran = _records(answer["ran"])
        return _instant(answer["now"])


class RemoteRows(Mapping[str, Record]):
    """Rows by SID, Services and Sessions also by unique name."""

    def __init__(self, ask: Ask, table: str) -> None:
        self._ask = ask
        self._table = table

    def _rows(self) -> Sequence[Record]:
        return _records(self._ask("GET", f"/tables/{self._table}"))

    def __getitem__(self, key: str) -> Record:
        found = [row for row in self._rows() if key in (row.sid, getattr(row, "unique_name", None))]
        if len(found) != 1:
            raise UnknownKey(f"{len(found)} rows of {self._table} are {key!r}")
        return found[0]

    def __iter__(self) -> Iterator[str]:
        return iter([row.sid for row in self._rows()])

    def __len__(self) -> int:
        return len(self._rows())


class RemotePhone:
    """A person's handset in the other process."""

    def __init__(self, ask: Ask, number: str) -> None:
        self._ask = ask
        self.number = number

    def text(self, to: str, body: str, media: Sequence[str] = ()) -> Record:
        contact: Record = _record(self._send("text", to=to, body=body, media=list(media)))
        return contact

    def call(self, to: str) -> RemoteCall:
        return RemoteCall(self._ask, self._send("call", to=to))

    def _send(self, kind: str, **body: Any) -> Any:
        return self._ask("POST", f"/phones/{quote(self.number, safe='')}/{kind}", body)

    def _received(self) -> Any:
        return self._ask("GET", f"/phones/{quote(self.number, safe='')}")

    @property
    def inbox(self) -> Sequence[Record]:
        return _records(self._received()["inbox"])

    @property
    def calls(self) -> Sequence[RemoteCall]:
        return tuple(RemoteCall(self._ask, call) for call in self._received()["calls"])


class RemoteCall(Record):
    """A call, by either leg. Its methods are those of a call in process."""

    def __init__(self, ask: Ask, fields: Mapping[str, Any]) -> None:
        super().__init__(**{name: _value(name, value) for name, value in fields.items() if name != "status"})
        self._ask = ask

    @property
    def status(self) -> str:
        status: str = self._ask("GET", f"/calls/{self.sid}")["status"]
        return status

    @property
    def duration(self) -> int:
        duration: int = self._ask("GET", f"/calls/{self.sid}")["duration"]
        return duration

    def answer(self) -> RemoteCall:
        return self._act("answer")

    def busy(self) -> RemoteCall:
        return self._act("busy")

    decline = busy

    def no_answer(self) -> RemoteCall:
        return self._act("no_answer")

    def fail(self) -> RemoteCall:
        return self._act("fail")

    def hang_up(self) -> RemoteCall:
        return self._act("hang_up")

    def _act(self, action: str) -> RemoteCall:
        self._ask("POST", f"/calls/{self.sid}/{action}", {})
        return self


class RemoteFaults:
    """Orders by the names of `FakeProxy.faults`: `server_error(operation="CreateSession")` and so on."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def clear(self) -> None:
        self._ask("POST", "/faults/clear", {})

    def __getattr__(self, name: str) -> Callable[..., Record]:
        if name.startswith("_"):
            raise AttributeError(name)

        def order(**where: Any) -> Record:
            fault: Record = _record(self._ask("POST", "/faults", {"fault": name, **where}))
            return fault

        return order


def connect(url: str) -> RemoteProxy:
    """Drive the fake that is served at `url`. Raises `OSError` where nothing is."""
    return RemoteProxy(url)


def _record(fields: Any) -> Any:
    return Record(**{name: _value(name, value) for name, value in fields.items()})


def _records(rows: Any) -> Sequence[Record]:
    return tuple(_record(row) for row in rows)


def _value(name: str, value: Any) -> Any:
    if isinstance(value, dict) and name not in ("form", "parameters", "answer", "headers"):
        return _record(value)
    if isinstance(value, list):
        return tuple(_record(item) if isinstance(item, dict) else item for item in value)
    if isinstance(value, str) and (name == "at" or name.startswith("date_")):
        return _instant(value)
    return value


def _instant(text: str) -> datetime:
    return to_datetime(to_micros(text))


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _error(answer: Mapping[str, Any]) -> FakeProxyError:
    if answer["error"] == "Refusal":
        return Refusal(answer["code"], answer["status"], answer["message"], answer["why"])
    kind = getattr(exceptions, answer["error"], None)
    if not isinstance(kind, type) or kind is exceptions.UnmountedWebhook:
        kind = exceptions.UsageError
    error: FakeProxyError = kind(answer["text"])
    return error
