"""The form of the state as plain data for JSON."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from fakeproxy.engine.instants import FIRST, LAST

#: An instant. What follows are keywords of JSON Schema.
Micros = Annotated[int, ("minimum", FIRST), ("maximum", LAST), ("description", "microseconds since the epoch, UTC")]

#: A row of a table as plain data, by field.
PlainRow = dict[str, object]


class PlainAccounts(TypedDict):
    """The accounts as plain data; the tokens are no part of it."""

    default_sid: str | None


class Meta(TypedDict):
    """The part of the state whose size is fixed."""

    seed: int
    sids: dict[str, int]
    accounts: PlainAccounts
    position: int


class PlainState(Meta):
    """The content of a Store as plain data."""

    tables: dict[str, list[PlainRow]]
    alerts: list[list[int | str]]
    handsets: dict[str, str]
    received: dict[str, int]
    graves: dict[str, Micros]
    #: Service, identifier, and the proxy identifiers that this person had.
    history: list[list[str | list[str]]]
    #: Operation, Service, the requests that were left, and the instant.
    allowances: list[list[str | float]]
    #: Instant, kind, SID.
    due: list[list[int | str]]


class Snapshot(PlainState):
    """The whole state of a fake as plain data: what `snapshot()` returns and `restore()` takes."""

    fakeproxy: Literal[1]
    time: Micros
