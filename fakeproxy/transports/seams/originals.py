"""The check whether a client's methods are original, or another tool wrapped or replaced one.

Instrumentation (OpenTelemetry, Sentry, ...) and stubs (responses, ...) replace methods of the clients. The fake may
skip the client's own code only while all of its methods are original. No tool is known by name here: a method is
original if it was defined in the module of its class, or of a base of that class. The fake's patches do not count.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from operator import is_
from types import FunctionType


def is_original(function: object, owner: type) -> bool:
    """Return whether the package of `owner` defined this method. Patches of the fake on top of it do not count."""
    while type(function) is FunctionType and _module(function).startswith("fakeproxy.transports."):
        function = function.__wrapped__  # type: ignore[attr-defined]
    return type(function) is FunctionType and _module(function) in {base.__module__ for base in owner.__mro__}


def _module(function: FunctionType) -> str:
    # `functools.wraps` copies `__module__`, but not the globals of the module that defined the function.
    return str(function.__globals__.get("__name__", ""))


class Methods:
    """A set of methods, by module and class: `{"requests.adapters": {"HTTPAdapter": ("send",)}}`.

    An attribute that is a class (`ConnectionCls`) is original if it is a class of the same package.
    """

    def __init__(self, methods: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._methods = methods
        #: The owner, the name and the value of each attribute, when all were original for the last time.
        self._seen: tuple[tuple[type, ...], tuple[str, ...], tuple[object, ...]] | None = None

    def __repr__(self) -> str:
        return f"<Methods of {', '.join(self._methods)}>"

    def are_original(self) -> bool:
        """Return whether all of them are original right now. Their modules must be imported."""
        if self._seen is not None:
            owners, names, values = self._seen
            # By identity: the wrappers of some tools equal what they wrap. A loop would take four times as long.
            if all(map(is_, map(getattr, owners, names), values)):
                return True
        rows = [
            (owner, name, getattr(owner, name))
            for module, classes in self._methods.items()
            for owner, names in ((getattr(sys.modules[module], owner), names) for owner, names in classes.items())
            for name in names
            if hasattr(owner, name)
        ]
        if not all(_is_original_value(value, owner) for owner, name, value in rows):
            return False
        owners, names, values = zip(*rows, strict=True)
        self._seen = owners, names, values
        return True


def _is_original_value(value: object, owner: type) -> bool:
    if isinstance(value, type):
        return value.__module__.partition(".")[0] == owner.__module__.partition(".")[0]
    return is_original(value, owner)


#: The methods that a request of the SDK's synchronous client runs through.
of_requests = Methods(
    {
        "requests.sessions": {
            "Session": ("prepare_request", "merge_environment_settings", "send", "get_adapter"),
        },
        "requests.adapters": {"HTTPAdapter": ("send", "build_response")},
        "urllib3.connectionpool": {
            "HTTPConnectionPool": ("urlopen", "_make_request"),
            "HTTPSConnectionPool": ("ConnectionCls",),
        },
        "urllib3.connection": {"HTTPSConnection": ("request", "putrequest", "getresponse", "connect")},
        "http.client": {"HTTPConnection": ("putrequest", "endheaders", "getresponse")},
    }
)

#: The methods that a request of the SDK's asynchronous client runs through.
of_aiohttp = Methods(
    {
        "aiohttp.client": {"ClientSession": ("__init__", "request", "_request")},
        "aiohttp.connector": {"TCPConnector": ("connect", "_create_connection", "_resolve_host")},
        "aiohttp.client_reqrep": {"ClientRequest": ("__init__", "send"), "ClientResponse": ("start",)},
    }
)
