"""The last guard: no name of Twilio's is looked up while a fake is active, whatever client asks.

What the other seams know is answered before it comes to that.
"""

from __future__ import annotations

from functools import wraps
from types import ModuleType
from typing import Any

from fakeproxy.transports import active
from fakeproxy.transports.patches import Method, Seam


def _getaddrinfo(module: ModuleType, original: Method) -> Method | None:
    if original.__module__ == "pytest_socket":  # It stops everything, and would not find itself again under this.
        return None

    @wraps(original)
    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        target = active.current()
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if target is not None and isinstance(name, str) and active.is_stopped(target, name):
            error = active.blocked(target, "CONNECT", f"//{name}:{port}")
            target.blocked(error)
            raise error
        return original(host, port, *args, **kwargs)

    return getaddrinfo


SEAMS = {"socket": [Seam("", "getaddrinfo", _getaddrinfo)]}
