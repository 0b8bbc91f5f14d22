"""Failures: what each client raises where a connection fails, in one table. A test holds it against real failures."""

from __future__ import annotations

from errno import ECONNREFUSED, ECONNRESET
from types import ModuleType
from typing import Any

from fakeproxy.api.faults import Failure

#: By client: the names of what it raises, of which the first counts that this version of it has.
RAISED: dict[str, dict[Failure, tuple[str, ...]]] = {
    "http.client": {
        "refused": ("ConnectionRefusedError",),
        "reset": ("ConnectionResetError",),
        "timeout": ("TimeoutError",),
        "truncated": ("IncompleteRead",),
    },
    "urllib3": {
        "refused": ("NewConnectionError",),
        "reset": ("ProtocolError",),
        "timeout": ("ReadTimeoutError",),
        "truncated": ("ProtocolError",),
    },
    "requests": {
        "refused": ("ConnectionError",),
        "reset": ("ConnectionError",),
        "timeout": ("ReadTimeout",),
        "truncated": ("ChunkedEncodingError",),
    },
    "httpx": {
        "refused": ("ConnectError",),
        "reset": ("ReadError",),
        "timeout": ("ReadTimeout",),
        "truncated": ("RemoteProtocolError",),
    },
    "aiohttp": {
        "refused": ("ClientConnectorError",),
        "reset": ("ClientOSError",),
        "timeout": ("SocketTimeoutError", "ServerTimeoutError"),  # The first is new in aiohttp 3.10.
        "truncated": ("ClientPayloadError",),
    },
}


def os_error(failure: Failure) -> OSError:
    """Return what a socket raises. A truncated answer raises nothing there: it is an end."""
    match failure:
        case "refused":
            return ConnectionRefusedError(ECONNREFUSED, "Connection refused")
        case "reset":
            return ConnectionResetError(ECONNRESET, "Connection reset by peer")
    return TimeoutError("timed out")


def kind(client: str, errors: ModuleType, failure: Failure) -> Any:
    """Return the class of the error that the client raises, out of its module of errors."""
    return next(getattr(errors, name) for name in RAISED[client][failure] if hasattr(errors, name))
