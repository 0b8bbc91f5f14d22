"""The loading of state from a file or a body: a snapshot, or rows to add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from fakeproxy import views
from fakeproxy.engine.snapshot import PlainRow
from fakeproxy.inspector import body_schemas
from fakeproxy.inspector.bodies import PROPERTIES, SEEDS
from fakeproxy.inspector.schemas import Schemas
from fakeproxy.surface.fake import Fake


def seed(proxy: Fake, body: Mapping[str, list[PlainRow]]) -> dict[str, list[views.View]]:
    """Add services, numbers, short codes and sessions, each with the arguments of `add_...`; return their views."""
    return {kind: [getattr(proxy, method)(**row) for row in body.get(kind, [])] for kind, method in SEEDS.items()}


def load(proxy: Fake, state: object, name: str) -> None:
    """Restore a snapshot, or add rows as `seed` does. `name` is the source of the state, for errors.

    Raises `UsageError` for what is neither, and `Refusal` where Twilio would refuse a row.
    """
    if isinstance(state, dict) and "fakeproxy" in state:
        proxy.restore(state)
    else:
        schemas = Schemas(PROPERTIES)
        schemas.check(state, body_schemas.resolve(body_schemas.seed, schemas, proxy), name)
        seed(proxy, cast("Mapping[str, list[PlainRow]]", state))
