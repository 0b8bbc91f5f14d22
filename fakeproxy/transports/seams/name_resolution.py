"""Name resolution: while a fake is active, no client looks up a host of Twilio's or connects to one.

Requests of clients that the other seams know are answered or stopped before this.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from types import ModuleType

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Seam


def _refuse_twilio(host: object, port: object = "") -> None:
    """Raise `BlockedRequest` for a host of Twilio's that the test did not allow."""
    target = targets.current()
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if target is not None and isinstance(name, str) and targets.is_stopped(target, name):
        error = targets.blocked_request(target, "CONNECT", f"//{name}:{port}" if port else f"//{name}")
        target.blocked(error)
        raise error


def _look_up(module: ModuleType, original: Method) -> Method | None:
    """Replace a function of the module `socket` whose first argument is the name of a host."""
    if original.__module__ == "pytest_socket":  # It stops everything, and could not remove itself below this patch.
        return None

    @wraps(original)
    def look_up(host: object, *args: object, **kwargs: object) -> object:
        _refuse_twilio(host, *args[:1])
        return original(host, *args, **kwargs)

    return look_up


def _connect(module: ModuleType, original: Method) -> Method | None:
    """Replace `socket.socket.connect`: it may be given a name, which it looks up without `getaddrinfo`."""
    return None if module.socket.__module__ == "pytest_socket" else _connecting(original)


@lru_cache(maxsize=8)
def _connecting(original: Method) -> Method:
    """Return the replacement of `connect`, the same for the same original: to make one takes a fiftieth of a start."""

    @wraps(original)
    def connect(self: object, address: object) -> object:
        if isinstance(address, tuple):
            _refuse_twilio(*address[:2])
        return original(self, address)

    return connect


SEAMS = {
    "socket": [
        Seam("", "getaddrinfo", _look_up),
        Seam("", "gethostbyname", _look_up),
        Seam("", "gethostbyname_ex", _look_up),
        Seam("socket", "connect", _connect, is_reusable=False),
        Seam("socket", "connect_ex", _connect, is_reusable=False),
    ]
}
