"""The windows of a fake's lists, as a Protocol, and their parts as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypedDict, runtime_checkable

from fakeproxy.history.events import Event
from fakeproxy.history.windows import Asked
from fakeproxy.surface.fake import Fake, PastFake
from fakeproxy.views import View


class NamedDueWork(TypedDict):
    """A piece of scheduled work, with the name of its session, if it is one that has a name."""

    at: datetime
    kind: str
    sid: str
    name: str | None


class PoolNumber(TypedDict):
    """A number of a pool, with the number of active sessions that use it, and the names of the first of them."""

    phone_number: str
    capabilities: list[str]
    is_reserved: bool
    in_use: int
    users: list[str]


class Pool(TypedDict):
    """The number of a pool's numbers, and some of them."""

    total: int
    rows: list[PoolNumber]


class ServiceOverview(TypedDict):
    """A Service with the number of its sessions of each status, and with its pool."""

    sid: str
    unique_name: str
    sessions: dict[str, int]
    numbers: Pool


class Overview(TypedDict):
    """The number of Services, the number of sessions of each status, and some of the Services."""

    total: int
    sessions: dict[str, int]
    rows: list[ServiceOverview]


@runtime_checkable
class Windows(Protocol):
    """The windows of a fake's lists. `offset` and `limit` are numbers of rows; `search` is a text, "" for all rows."""

    def rows(self, table: str, offset: int, limit: int, search: str) -> tuple[int, Sequence[View]]:
        """Return the number of rows that have a text in them, and `limit` of them, newest first, after `offset`."""

    def due(self, offset: int, limit: int, search: str) -> tuple[int, Sequence[NamedDueWork]]:
        """Return the number of pieces of scheduled work that have a text in them, and `limit` of them, in order."""

    def events(self, asked: Asked) -> tuple[Sequence[Event], int | None]:
        """Return events, newest first, and the number of the newest event that may be in the next window, or None."""

    def event_counts(self) -> Mapping[str, tuple[int, int]]:
        """Return, for each kind, the number of its events and the number of its last event."""

    def overview(self, offset: int, limit: int, search: str) -> Overview:
        """Return the number of Services and of sessions, and `limit` Services, oldest first, after `offset`."""

    def position(self) -> str:
        """Return a text that changes with each event, each new row, each action of a test, and each reset."""


class ShownPast(PastFake, Protocol):
    """A past state whose lists can be read in windows."""

    @property
    def windows(self) -> Windows:
        """The windows of its lists."""


class ShownFake(Fake, Protocol):
    """A fake whose lists can be read in windows. That of another process has none: its own server has them."""

    @property
    def windows(self) -> Windows:
        """The windows of its lists."""

    def as_of(self, event: Event | int) -> ShownPast:
        """Return the state right after an event."""
