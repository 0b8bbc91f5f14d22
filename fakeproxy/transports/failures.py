"""The table of failures: what each client raises where a connection fails. A test compares it with real failures."""

from __future__ import annotations

from collections.abc import Callable
from errno import ECONNREFUSED, ECONNRESET
from importlib import import_module
from types import ModuleType

from fakeproxy.api.faults import BrokenConnection, Failure

#: By client and failure: the names of exceptions. The first one that the installed version of the client has is raised.
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
    """Return what a socket raises for this failure.

    A truncated answer is none of them: a socket raises nothing there, it reaches the end of the stream.
    """
    match failure:
        case "refused":
            return ConnectionRefusedError(ECONNREFUSED, "Connection refused")
        case "reset":
            return ConnectionResetError(ECONNRESET, "Connection reset by peer")
    return TimeoutError("timed out")


def error_class(client: str, errors: ModuleType, failure: Failure) -> Callable[..., Exception]:
    """Return the class of the exception that the client raises for this failure. `errors` is its module of them."""
    found: Callable[..., Exception] = next(
        getattr(errors, name) for name in RAISED[client][failure] if hasattr(errors, name)
    )
    return found


def aiohttp_error(broken: BrokenConnection, key: object) -> Exception:
    """Return what aiohttp raises for a failure. `key` names the host and port, as a `ConnectionKey` does."""
    error = error_class("aiohttp", import_module("aiohttp.client_exceptions"), broken.failure)
    match broken.failure:
        case "refused":
            raised = error(key, os_error("refused"))
        case "reset":
            raised = error(*os_error("reset").args)
        case "timeout":
            raised = error("Timeout on reading data from socket")
        case _:
            raised = error("Response payload is not completed")
    return raised
