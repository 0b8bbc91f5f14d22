"""What the children of `test_processes.py` run; a module, so that spawned ones can import it."""

from __future__ import annotations

import requests
from twilio.rest import Client

LOOKUP = "https://lookups.twilio.com/v1/PhoneNumbers"


def create(name: str) -> str:
    """Create a Service with the official SDK, and return its SID."""
    return str(Client("AC1", "token").proxy.v1.services.create(name).sid)


def look_up(_: object = None) -> str:
    """Call another host of Twilio's, and return what is raised."""
    try:
        requests.get(LOOKUP, timeout=20)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "it was let out"


def create_in_own_fake(name: str) -> list[str | None]:
    from fakeproxy import FakeProxy

    with FakeProxy() as proxy:
        create(name)
        return [service.unique_name for service in proxy.services.values()]
