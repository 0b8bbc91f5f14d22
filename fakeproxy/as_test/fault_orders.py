"""Ordered faults as calls of `fakeproxy.faults`, and what the SDK raises for them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fakeproxy.api.faults import Fault
from fakeproxy.as_test.code import Group, call, literal
from fakeproxy.as_test.names import Variables

_METHODS = {
    "refused": "connection_refused",
    "reset": "connection_reset",
    "timeout": "read_timeout",
    "truncated": "truncated",
}

#: The exceptions of the HTTP client of the SDK, by the beginning of the fault's text.
_RAISED = {
    "fault connection refused": "requests.exceptions.ConnectionError",
    "fault connection reset": "requests.exceptions.ConnectionError",
    "fault read timeout": "requests.exceptions.Timeout",
    "fault truncated": "requests.exceptions.ChunkedEncodingError",
}


def fault_call(fault: Fault, names: Variables) -> Group:
    """Return the call that orders a fault, for as many requests as have met it."""
    where: dict[str, str] = {}
    for name in ("operation", "method", "path", "number"):
        value = getattr(fault, name)
        if value is not None:
            where[name] = names.value(value) if name == "number" else literal(value)
    if fault.used > 1:
        where["times"] = str(fault.used)
    if fault.after:
        where["after"] = "True"
    if fault.failure is not None:
        return call(f"fakeproxy.faults.{_METHODS[fault.failure]}", **where)
    if fault.facts is not None:
        facts = {name: literal(value) for name, value in fault.facts.items()}
        return call("fakeproxy.faults.refuse", str(fault.code), **facts, **where)
    if fault.code is None:
        return call("fakeproxy.faults.answer", str(fault.status), text=literal(fault.text), **where)
    message = literal(json.loads(fault.text)["message"])
    return call("fakeproxy.faults.answer", str(fault.status), str(fault.code), message, **where)


def raised_by(why: Sequence[str]) -> str:
    """Return the exception of the SDK for a request whose reasons name the fault."""
    return next((raised for text, raised in _RAISED.items() if why and why[0].startswith(text)), "Exception")
