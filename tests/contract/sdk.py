"""What the installed SDK offers for Proxy, found by looking, and a fake with rows for all of it to work on."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from twilio.rest.proxy import v1

from fakeproxy import FakeProxy

KINDS = ("List", "Context", "Instance", "Page")
RESOURCES = ("Service", "PhoneNumber", "Session", "Participant", "Interaction", "MessageInteraction")

#: Phone numbers of the pool of the Service that is worked on, and one that the account owns besides.
POOL = {"+14155550001": "PN" + "1" * 32, "+14155550002": "PN" + "2" * 32, "+14155550003": "PN" + "3" * 32}
SPARE, SPARE_SID = "+14155550004", "PN" + "4" * 32


class Method(NamedTuple):
    """A public method of the SDK, such as `create_with_http_info_async` of SessionList, whose verb is `create`."""

    resource: str
    kind: str
    name: str
    parameters: tuple[str, ...]

    @property
    def verb(self) -> str:
        return self.name.removesuffix("_async").removesuffix("_with_http_info")

    @property
    def is_async(self) -> bool:
        return self.name.endswith("_async")

    def __str__(self) -> str:
        return f"{self.resource}{self.kind}.{self.name}"


def classes() -> dict[str, type]:
    """All classes of `twilio.rest.proxy.v1`, but for V1 itself."""
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(v1.__path__, v1.__name__ + ".")]
    return {
        name: member
        for module in modules
        for name, member in vars(module).items()
        if inspect.isclass(member) and member.__module__ == module.__name__
    }


def split(class_name: str) -> tuple[str, str]:
    """Resource and kind: `SessionList` is ("Session", "List")."""
    kind = next(kind for kind in KINDS if class_name.endswith(kind))
    return class_name.removesuffix(kind), kind


def methods() -> Iterator[Method]:
    for class_name, member in classes().items():
        for name, function in vars(member).items():
            if inspect.isfunction(function) and (not name.startswith("_") or name == "__call__"):
                yield Method(*split(class_name), name, tuple(inspect.signature(function).parameters)[1:])


def properties() -> Iterator[tuple[str, str, str]]:
    """Resource, kind and name of each public property: the ways from a row to the lists below it."""
    for class_name, member in classes().items():
        for name, value in vars(member).items():
            if isinstance(value, property) and not name.startswith("_"):
                yield (*split(class_name), name)


def enums() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Resource, name and values of each enum."""
    for class_name, member in classes().items():
        for name, value in vars(member).items():
            if inspect.isclass(value):
                yield split(class_name)[0], name, tuple(v for k, v in vars(value).items() if not k.startswith("_"))


@dataclass
class World:
    """A fake with three rows of each resource; `sids` has them in order, and work is done on and below the first."""

    proxy: FakeProxy
    sids: dict[str, list[str]]

    def rows(self, client: Any, resource: str) -> Any:
        """The SDK's list of the resource."""
        services = client.proxy.v1.services
        if resource == "Service":
            return services
        service = services(self.sids["Service"][0])
        if resource == "PhoneNumber":
            return service.phone_numbers
        if resource == "Session":
            return service.sessions
        session = service.sessions(self.sids["Session"][0])
        if resource == "Interaction":
            return session.interactions
        if resource == "Participant":
            return session.participants
        assert resource == "MessageInteraction", f"where is the SDK's new resource {resource}?"
        return session.participants(self.sids["Participant"][0]).message_interactions

    def sid(self, resource: str, verb: str = "") -> str:
        """The row that a method is called on. The first phone number is in use, which the last is not."""
        return self.sids[resource][-1 if (resource, verb) == ("PhoneNumber", "delete") else 0]


def furnish(proxy: FakeProxy) -> World:
    proxy.webhooks.unmounted = "alert"  # The Services get callbacks, which are not what this is about.
    services = [proxy.add_service(name) for name in ("rides", "meals", "parcels")]
    for number, sid in POOL.items():
        proxy.add_number(number, sid=sid, service=services[0])
    proxy.add_number(SPARE, sid=SPARE_SID)
    sessions = [proxy.add_session(services[0], unique_name=name) for name in ("job-1", "job-2", "job-3")]
    session = proxy.client().proxy.v1.services(services[0].sid).sessions(sessions[0].sid)
    participants = [session.participants.create("+14155550101", proxy_identifier="+14155550001")]
    for identifier in ("+14155550102", "+14155550103"):  # A session has two at most; who left is still listed.
        participants.append(session.participants.create(identifier))
        participants[-1].delete()
    messages = [participants[0].message_interactions.create(body=body) for body in ("one", "two", "three")]
    return World(
        proxy,
        {
            "Service": [row.sid for row in services],
            "PhoneNumber": list(POOL.values()),
            "Session": [row.sid for row in sessions],
            "Participant": [row.sid for row in participants],
            "Interaction": [row.sid for row in messages],
            "MessageInteraction": [row.sid for row in messages],
        },
    )
