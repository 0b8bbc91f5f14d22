"""The JSON of the control API's answers."""

from __future__ import annotations

from dataclasses import is_dataclass
from datetime import datetime

from fakeproxy.history.journal import Entry
from fakeproxy.inspector.bodies import PROPERTIES


def to_json(value: object) -> object:
    """Return a view, contact, delivery, journal entry or instant as JSON; any other object as a text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Entry):
        return {**value._asdict(), "at": value.at, "parameters": value.parameters, "answer": value.answer}
    if is_dataclass(value) and not isinstance(value, type):
        return fields_of(value)
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return str(value)


def fields_of(value: object) -> dict[str, object]:
    """Return the public fields of a dataclass, and those of its properties that `bodies.PROPERTIES` names."""
    fields = {name: item for name, item in vars(value).items() if not name.startswith("_")}
    return {**fields, **{name: getattr(value, name) for name in PROPERTIES.get(type(value), ())}}
