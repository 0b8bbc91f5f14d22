"""The last guard: no name of Twilio's is looked up or connected to while a fake is active, whatever client asks.

What the other seams know is answered before it comes to that.
"""

from __future__ import annotations

from functools import wraps
from types import ModuleType
from typing import Any

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Seam


def _stop(host: Any, port: Any = "") -> None:
    """Raise BlockedRequest where this is a host of Twilio's that nobody allowed."""
    target = targets.current()
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if target is not None and isinstance(name, str) and targets.is_stopped(target, name):
        error = targets.blocked(target, "CONNECT", f"//{name}:{port}" if port else f"//{name}")
        target.blocked(error)
        raise error


def _by_name(module: ModuleType, original: Method) -> Method | None:
    """A function of the module `socket` whose first argument is a name."""
    if original.__module__ == "pytest_socket":  # It stops everything, and would not find itself again under this.
        return None

    @wraps(original)
    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        _stop(host, *args[:1])
        return original(host, *args, **kwargs)

    return look_up


def _connect(module: ModuleType, original: Method) -> Method | None:
    """`socket.socket.connect`, which may be given a name; then it is looked up where no other seam sees it."""
    if module.socket.__module__ == "pytest_socket":
        return None

    @wraps(original)
    def connect(self: Any, address: Any) -> Any:
        if isinstance(address, tuple):
            _stop(*address[:2])
        return original(self, address)

    return connect


SEAMS = {
    "socket": [
        Seam("", "getaddrinfo", _by_name),
        Seam("", "gethostbyname", _by_name),
        Seam("", "gethostbyname_ex", _by_name),
        Seam("socket", "connect", _connect),
        Seam("socket", "connect_ex", _connect),
    ]
}
