"""fakeproxy: an in-process fake of the Twilio Proxy API for test suites.

The public names (see `__all__`) are imported at first use, so that the pytest plugin takes no time until a test uses
the fake. There is no `__dir__` with them: freezegun scans modules by name, and would import them all at every freeze.

PYTEST_DONT_REWRITE: the package has no assertions of tests, and `fakeproxy run` imports it before pytest can.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakeproxy.behavior import Behavior as Behavior
    from fakeproxy.exceptions import BlockedRequest as BlockedRequest
    from fakeproxy.exceptions import FakeProxyError as FakeProxyError
    from fakeproxy.exceptions import MissingPackage as MissingPackage
    from fakeproxy.exceptions import NotActive as NotActive
    from fakeproxy.exceptions import Refusal as Refusal
    from fakeproxy.exceptions import UnknownKey as UnknownKey
    from fakeproxy.exceptions import UnmountedWebhook as UnmountedWebhook
    from fakeproxy.exceptions import UsageError as UsageError
    from fakeproxy.fake.proxy import FakeProxy as FakeProxy
    from fakeproxy.remote.proxy import connect as connect

__version__ = "0.1.0"

_EXPORTS = {
    "Behavior": "behavior",
    "BlockedRequest": "exceptions",
    "FakeProxy": "fake.proxy",
    "FakeProxyError": "exceptions",
    "MissingPackage": "exceptions",
    "NotActive": "exceptions",
    "Refusal": "exceptions",
    "UnknownKey": "exceptions",
    "UnmountedWebhook": "exceptions",
    "UsageError": "exceptions",
    "connect": "remote.proxy",
}

__all__ = list(_EXPORTS)

if not TYPE_CHECKING:  # A type checker reads the imports above, and finds no other name.

    def __getattr__(name: str) -> object:
        module = _EXPORTS.get(name)
        if module is None:
            raise AttributeError(f"module 'fakeproxy' has no attribute {name!r}")
        value = getattr(import_module(f"fakeproxy.{module}"), name)
        globals()[name] = value
        return value
