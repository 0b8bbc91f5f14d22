"""The public names in the reference: on which page each type stands, and the fields that queries take."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import is_dataclass
from functools import partial
from typing import is_typeddict

import fakeproxy.types

#: By name of a text: the types of `fakeproxy.types` that it has.
TYPES = {
    "fakes": ("Fake", "PastFake", "RemoteProxy", "Application", "Server", "Tunnel", "Snapshot"),
    "arguments": ("Settings", "ServiceFields", "NumberFields", "ShortCodeFields", "SessionFields"),
    "time": ("Clock", "DueWork"),
    "people": ("Phone", "Contact", "Conversation", "Exchange", "Leg", "Text", "Texts", "Ring", "Rings"),
    "webhooks": ("Webhooks", "Delivery", "Deliveries"),
    "alerts": ("Alerts", "Alert"),
    "tables": (
        *("Services", "PhoneNumbers", "ShortCodes", "OwnedNumbers", "Sessions", "Participants", "Interactions"),
        *("Service", "PhoneNumber", "ShortCode", "OwnedNumber", "Session", "Participant", "Interaction"),
    ),
    "faults": ("Faults", "Fault", "Where", "RefusalWhere"),
    "requests": ("Journal", "Entry"),
    "history": ("History", "Event"),
}

#: The types that stand on a page of their own under their first name.
ELSEWHERE = {"Behavior", "FakeProxy"}

#: The members of a fake that only other parts of the package use. The reference leaves them out.
INTERNAL = (
    *("add_report", "after_fork_in_child", "become_copy", "before_fork", "has_seen_something", "is_copy"),
    *("mark_raised", "name_settings", "note_blocked", "windows"),
)

#: The collections with queries, each with the place where a test finds it.
COLLECTIONS = {
    "Services": "`proxy.services`",
    "PhoneNumbers": "`proxy.phone_numbers`",
    "ShortCodes": "`proxy.short_codes`",
    "OwnedNumbers": "`proxy.owned_numbers`",
    "Sessions": "`proxy.sessions`",
    "Participants": "`proxy.participants`",
    "Interactions": "`proxy.interactions`",
    "Journal": "`proxy.journal`",
    "History": "`proxy.history`",
    "Alerts": "`proxy.alerts`",
    "Deliveries": "`proxy.webhooks.deliveries`",
    "Texts": "`proxy.phone(...).inbox`",
    "Rings": "`proxy.phone(...).calls`",
}


def _documented(names: tuple[str, ...]) -> str:
    """Return the block that has Sphinx show the docstrings of types."""
    blocks = []
    for name in names:
        kind: type = getattr(fakeproxy.types, name)
        options = [":members:", ":inherited-members: Mapping, tuple, Sequence, dict"]
        options += [":undoc-members:"] if is_dataclass(kind) or is_typeddict(kind) else []
        if fields := getattr(kind, "_fields", ()):  # Those of a NamedTuple have docstrings that say nothing.
            options += [f":exclude-members: {', '.join(fields)}"]
        if name in ("Fake", "RemoteProxy"):
            options += [f":exclude-members: {', '.join(INTERNAL)}"]
        blocks.append("\n   ".join((f".. autoclass:: fakeproxy.types.{name}", *options)))
    return "```{eval-rst}\n" + "\n\n".join(blocks) + "\n```\n"


def fake() -> str:
    """Return the block that has Sphinx show the docstrings of `FakeProxy`."""
    options = (":members:", ":inherited-members:", f":exclude-members: {', '.join(INTERNAL)}")
    return "```{eval-rst}\n" + "\n   ".join((".. autoclass:: fakeproxy.FakeProxy", *options)) + "\n```\n"


def queries() -> str:
    """Return the table of the fields that `where()`, `one()`, `none()` and `has()` take."""
    rows = ["| collection | fields |", "| --- | --- |"]
    for name, place in COLLECTIONS.items():
        kind = getattr(fakeproxy.types, name)
        if name in ("Journal", "Alerts"):  # Protocols, whose arguments only type checkers read.
            kind = type(getattr(fakeproxy.FakeProxy(), name.lower()))
        conditions = kind.where.__annotations__["fields"].removeprefix("Unpack[").rstrip("]")
        modules = (sys.modules[one.__module__] for one in kind.__mro__)
        fields = next(vars(module)[conditions] for module in modules if conditions in vars(module)).__annotations__
        rows.append(f"| {place} | {', '.join(f'`{field}`' for field in fields)} |")
    return "\n".join(rows) + "\n"


#: By name, the functions that make a text of `docs/generate.py`.
TEXTS: dict[str, Callable[[], str]] = {
    **{f"types-{name}": partial(_documented, names) for name, names in TYPES.items()},
    "type-fakeproxy": fake,
    "queries": queries,
}
