"""HTTP clients of the official SDK whose requests go to one target, whatever other fake is active."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fakeproxy.exceptions import MissingPackage
from fakeproxy.transports.interception import patches
from fakeproxy.transports.seams.twilio_sdk import CLIENTS
from fakeproxy.transports.targets import Target

if TYPE_CHECKING:
    from twilio.http import AsyncHttpClient, HttpClient


def http_client(target: Target) -> HttpClient:
    """Return a client for `Client(http_client=...)` whose requests go to this target.

    Raises `MissingPackage` where the SDK is not installed.
    """
    return _bound("twilio.http.http_client", "twilio", target)


def async_http_client(target: Target) -> AsyncHttpClient:
    """Return a client for the SDK's `*_async` methods. Unlike the SDK's own, it can be built without a running loop.

    Raises `MissingPackage` where the SDK, aiohttp or aiohttp-retry is not installed.
    """
    return _bound("twilio.http.async_http_client", "twilio aiohttp aiohttp-retry", target)


def _bound(module: str, packages: str, target: Target) -> Any:
    try:
        sdk = import_module(module)
    except ImportError as error:
        missing = (error.name or module).partition(".")[0]
        raise MissingPackage(
            f"a Twilio client needs the package {missing!r}, which is not installed: pip install {packages}"
        ) from error
    name, make = CLIENTS[module]
    owner = getattr(sdk, name)
    request = make(lambda: target, sdk, patches.original(owner, "request"))
    members = {"request": request, "__repr__": lambda client: f"<Fake{name}>"}
    return type(f"Fake{name}", (owner,), members)(pool_connections=False)
