"""The rules of Services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeproxy.engine import sessions
from fakeproxy.engine.instants import clock_hint
from fakeproxy.engine.records import Service
from fakeproxy.engine.refusals import refuse
from fakeproxy.engine.store import Store

if TYPE_CHECKING:
    from fakeproxy.engine.given import ServiceGiven


def create(store: Store, now: int, account: str, given: ServiceGiven, sid: str = "") -> Service:
    """Create a Service. Raises `Refusal`: 80602 for a name that is taken, 80506 with `Behavior.new_customer`."""
    if store.behavior.new_customer:
        raise refuse(80506)
    _check_name(store, now, account, given["unique_name"])
    service = Service(sid=sid, account=account, date_created=now, date_updated=now, **given)
    store.add(store.services, service, "KS")
    return service


def update(store: Store, now: int, service: Service, given: ServiceGiven) -> Service:
    """Change the given fields. Raises `Refusal` for the name of another Service."""
    name = given.get("unique_name", service.unique_name)
    if name != service.unique_name:
        _check_name(store, now, service.account, name)
    store.change(service, **given, date_updated=now)
    return service


def delete(store: Store, now: int, service: Service) -> None:
    """Delete a Service with its sessions, even active ones, and its pool.

    The real service answers 204 to this (seen in 2026). Other Services can add the numbers at once.
    """
    for session in list(store.sessions.of(service.sid)):
        sessions.delete(store, now, session)
    for number in list(store.phone_numbers.of(service.sid)):
        store.remove(number)
        store.count_pool(service.sid, number.is_reserved, -1)
    for short_code in list(store.short_codes.of(service.sid)):
        store.remove(short_code)
    store.forget_numbers_given(service.sid)
    store.delete(service, now)


def _check_name(store: Store, now: int, account: str, name: str) -> None:
    if taken := store.services.named(account, name):
        raise refuse(80602, f"{taken.sid} has the name {name!r}", reasons=clock_hint(name, now))
