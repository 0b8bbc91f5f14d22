"""The content of a store, now or right after an event: as a value, and as plain data and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from fakeproxy.engine.content import Content, rewound
from fakeproxy.engine.parts import PARTS
from fakeproxy.engine.records import Alert
from fakeproxy.engine.schedule import Due
from fakeproxy.engine.snapshot import FixedState, PlainState
from fakeproxy.engine.store import Store


def content_after(store: Store, seq: int) -> Content:
    """Return the content right after the event with this number, with copies of the rows.

    Raises IndexError for an event whose state is not kept. The caller holds the lock.
    """
    if store.past is None:
        raise IndexError(seq)
    end, entries = store.past.at(seq)
    return rewound(end or store.content(), entries)


def fixed(store: Store) -> FixedState:
    """Return the part of the content whose size is fixed, as plain data for JSON. The caller holds the lock."""
    return {
        "seed": store.sids.seed,
        "sids": dict(store.sids.counts),
        "accounts": store.accounts.dump(),
        "position": store.position,
    }


def dump(store: Store) -> PlainState:
    """Return the whole content of a store as plain data for JSON. The caller holds the lock."""
    state = {
        **fixed(store),
        "tables": {name: table.dump() for name, table in store.tables.items()},
        "alerts": [list(alert) for alert in store.alerts],
        **{name: part.dump(getattr(store, part.attribute)) for name, part in PARTS.items()},
        "due": store.schedule.dump(),
    }
    return cast("PlainState", state)


def load(store: Store, state: PlainState) -> None:
    """Replace the whole content of a store by one that `dump()` returned. Nothing changes if the state is damaged."""
    due = [Due(int(at), order, str(kind), str(sid)) for order, (at, kind, sid) in enumerate(state["due"], 1)]
    content = Content(
        state["seed"],
        state["sids"],
        state["accounts"],
        state["position"],
        {table.record: table.parse(state["tables"][name]) for name, table in store.tables.items()},
        [Alert._make(cast(Iterable[Any], alert)) for alert in state["alerts"]],
        {part.attribute: part.load(dict[str, object](state)[name]) for name, part in PARTS.items()},
        {(one.kind, one.sid): one for one in due},
    )
    store.fill(content)
