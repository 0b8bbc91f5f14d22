"""Rows that a test begins with, as calls of `add_service()` and the like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import cast

from fakeproxy.as_test.code import Group, call, dict_of, list_of, literal
from fakeproxy.as_test.names import Variables
from fakeproxy.engine.store import Store
from fakeproxy.views import Service

#: A participant, as `add_session()` takes it.
_Person = str | Mapping[str, str | None]

#: The arguments of a Service that have the names of its columns.
_SERVICE = (
    "callback_url",
    "chat_instance_sid",
    "default_ttl",
    "intercept_callback_url",
    "out_of_session_callback_url",
)


def seed_call(name: str, arguments: Mapping[str, object], proxy_numbers: list[str], names: Variables) -> Group:
    """Return a call that adds a row. `proxy_numbers` are those of the session's participants."""
    key = [names.value(str(arguments[""]))] if arguments.get("") is not None else []
    named: dict[str, str | Group] = {}
    for field, value in arguments.items():
        if value is None or field in ("", "sid"):
            continue
        if field == "participants":
            people = zip(cast("Iterable[_Person]", value), proxy_numbers, strict=True)
            named[field] = list_of(_person(one, number, names) for one, number in people)
        elif field == "service":
            named[field] = row(value if isinstance(value, str) else cast(Service, value).sid, names)
        elif isinstance(value, datetime):
            named[field] = literal(value.isoformat())
        elif isinstance(value, str):
            named[field] = names.value(value)
        elif isinstance(value, list | tuple):
            named[field] = list_of(map(literal, value))
        else:
            named[field] = literal(value)
    if name == "add_session" and not key and "service" in named:
        key = [str(named.pop("service"))]
    return call(f"fakeproxy.{name}", *key, **named)


def row(key: str, names: Variables) -> str:
    """Return the variable of a Service, or the expression for its SID or name."""
    return names.sid(key).removesuffix(".sid")


def _person(person: _Person, number: str, names: Variables) -> str | Group:
    if isinstance(person, str):
        return names.value(person)
    given = {key: names.value(value) for key, value in person.items() if value is not None and key != "sid"}
    if given.pop("proxy_identifier_sid", None):
        given["proxy_identifier"] = literal(number)
    return dict_of(given)


def rows_of(store: Store, closed_later: set[str]) -> Iterator[tuple[str, str, dict[str, object], list[str]]]:
    """Yield the name of a call, the SID of the row, the arguments and the proxy numbers, for all rows of a store.

    Sessions of `closed_later` are not closed yet. Closed sessions without their texts and calls are all that is kept.
    """
    pooled = {number.phone_number for number in store.phone_numbers} | {code.short_code for code in store.short_codes}
    for owned in store.owned_numbers:
        if owned.number not in pooled and owned.number.startswith("+"):
            yield "add_number", owned.sid, {"": owned.number, "capabilities": list(owned.capabilities)}, []
    for service in store.services:
        numbers = list(store.phone_numbers.of(service.sid))
        fields: dict[str, object] = {name: getattr(service, name) or None for name in _SERVICE}
        fields["numbers"] = [number.phone_number for number in numbers if not number.is_reserved] or None
        fields["reserved_numbers"] = [number.phone_number for number in numbers if number.is_reserved] or None
        if service.geo_match_level != "country":
            fields["geo_match_level"] = service.geo_match_level
        if service.number_selection_behavior != "prefer-sticky":
            fields["number_selection_behavior"] = service.number_selection_behavior
        yield "add_service", service.sid, {"": service.unique_name, **fields}, []
        for code in store.short_codes.of(service.sid):
            more = {"service": service.sid, "reserved": code.is_reserved or None}
            yield "add_short_code", code.sid, {"": code.short_code, **more}, []
    for session in store.sessions:
        people = [one for one in store.participants.of(session.sid) if one.date_deleted is None]
        given: dict[str, object] = {
            "service": session.service_sid,
            "unique_name": session.unique_name,
            "participants": [
                {
                    "identifier": one.identifier,
                    "proxy_identifier": one.proxy_identifier,
                    "friendly_name": one.friendly_name,
                }
                for one in people
            ],
            "ttl": session.ttl or None,
            "mode": None if session.mode == "voice-and-message" else session.mode,
            "status": "closed" if session.status == "closed" and session.sid not in closed_later else None,
        }
        yield "add_session", session.sid, given, [one.proxy_identifier for one in people]
