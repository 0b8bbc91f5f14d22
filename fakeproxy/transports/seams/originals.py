"""Whether methods are as their own package made them, or somebody wrapped or replaced one.

Instrumentation (OpenTelemetry, Sentry, ...) and stubs (responses, ...) replace methods of the clients. The fake answers
above those methods only while nobody did. No tool is known by name here: a method is its package's own if it was
defined in the module of its class, or of a base of that class. The fake's own patches do not count.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any, cast


def is_own(function: Any, owner: type) -> bool:
    """Return whether this is the method that the package of `owner` defined, below patches of the fake."""
    while type(function) is FunctionType and _module(function).startswith("fakeproxy.transports."):
        function = function.__wrapped__  # type: ignore[attr-defined]
    return type(function) is FunctionType and _module(function) in {base.__module__ for base in owner.__mro__}


def _module(function: FunctionType) -> str:
    # Where it was defined. `functools.wraps` copies `__module__`, but not this.
    return str(function.__globals__.get("__name__", ""))


class Methods:
    """Some methods of some classes, by module and class.

    A value that is no method (`ConnectionCls`) is its package's own if it is a class of that package.
    """

    def __init__(self, methods: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._methods = methods
        self._as_before: Callable[[], bool] = lambda: False

    def are_untouched(self) -> bool:
        """Return whether all are their packages' own right now. The modules must be imported."""
        if self._as_before():
            return True
        rows = [
            (owner, name, getattr(owner, name))
            for module, classes in self._methods.items()
            for owner, names in ((getattr(sys.modules[module], owner), names) for owner, names in classes.items())
            for name in names
            if hasattr(owner, name)
        ]
        if not all(_is_its_own(value, owner) for owner, name, value in rows):
            return False
        self._as_before = _all_are(rows)
        return True


def _all_are(rows: Sequence[tuple[Any, str, Any]]) -> Callable[[], bool]:
    """Return a function that says whether each of these attributes is still that value.

    One expression, since each request of the SDK asks it, and a loop takes four times as long.
    """
    owners = {f"owner{place}": owner for place, (owner, _, _) in enumerate(rows)}
    values = {f"value{place}": value for place, (_, _, value) in enumerate(rows)}
    tests = [f"owner{place}.{name} is value{place}" for place, (_, name, _) in enumerate(rows)]
    return cast("Callable[[], bool]", eval(f"lambda: {' and '.join(tests)}", {**owners, **values}))


def _is_its_own(value: Any, owner: type) -> bool:
    if isinstance(value, type):
        return value.__module__.partition(".")[0] == owner.__module__.partition(".")[0]
    return is_own(value, owner)


#: What a request of the SDK's synchronous client goes through.
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

#: What a request of the SDK's asynchronous client goes through.
of_aiohttp = Methods(
    {
        "aiohttp.client": {"ClientSession": ("__init__", "request", "_request")},
        "aiohttp.connector": {"TCPConnector": ("connect", "_create_connection", "_resolve_host")},
        "aiohttp.client_reqrep": {"ClientRequest": ("__init__", "send"), "ClientResponse": ("start",)},
    }
)
