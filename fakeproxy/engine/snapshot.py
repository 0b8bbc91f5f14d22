"""The form of the state as plain data for JSON."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from fakeproxy.engine.instants import FIRST, LAST

#: An instant, with keywords of its JSON Schema.
Micros = Annotated[int, ("minimum", FIRST), ("maximum", LAST), ("description", "microseconds since the epoch, UTC")]

#: A row of a table as plain data, by field.
PlainRow = dict[str, object]


class PlainAccounts(TypedDict):
    """The accounts as plain data, without their tokens."""

    default_sid: str | None


class FixedState(TypedDict):
    """The part of the state whose size is fixed."""

    seed: int
    sids: dict[str, int]
    accounts: PlainAccounts
    position: int


class PlainState(FixedState):
    """The content of a Store as plain data."""

    tables: dict[str, list[PlainRow]]
    alerts: list[list[int | str]]
    handsets: dict[str, str]
    received: dict[str, int]
    graves: dict[str, Micros]
    #: Lists of Service, identifier, and the proxy identifiers that this person was given.
    history: list[list[str | list[str]]]
    #: Lists of operation, Service, requests left, and instant.
    allowances: list[list[str | float]]
    #: Lists of instant, kind and SID.
    due: list[list[int | str]]


class Snapshot(PlainState):
    """The whole state of a fake as plain data: what `snapshot()` returns and `restore()` takes."""

    fakeproxy: Literal[1]
    time: Micros
