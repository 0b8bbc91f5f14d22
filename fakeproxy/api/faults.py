"""Faults: answers and failures that a test orders, in place of what the fake would answer."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Literal, TypedDict, cast

from fakeproxy.engine.codes import CODES
from fakeproxy.engine.refusals import check_placeholders, known
from fakeproxy.exceptions import UnusedFault, UsageError

if sys.version_info >= (3, 11):
    from typing import Unpack
else:
    from typing_extensions import Unpack

#: How many seconds a slow answer may take.
LONGEST_WAIT = 366 * 86_400

#: What an answer of this status carries beside its JSON.
HEADERS = {
    401: {"WWW-Authenticate": 'Basic realm="Twilio API"'},
    429: {"Retry-After": "1"},  # Guess: a second; its value was never shown.
}

Failure = Literal["refused", "reset", "timeout", "truncated"]


class BrokenConnection(Exception):
    """Out of the app instead of an answer: what the client's connection is to meet. Each transport makes of it what its
    client would raise. For `truncated`, `status`, `headers` and `body` are those of the whole answer.
    """

    def __init__(
        self, failure: Failure, status: int = 200, headers: list[tuple[str, str]] | None = None, body: bytes = b""
    ) -> None:
        super().__init__(f"a fault was ordered: {failure}; this transport cannot show it")
        self.failure = failure
        self.status = status
        self.headers = headers or []
        self.body = body


class Where(TypedDict, total=False):
    """Which requests a fault is for, and how often; see `Faults`."""

    operation: str | None
    method: str | None
    path: str | None
    number: str | None
    times: int | None
    after: bool
    optional: bool


class RefusalWhere(Where, total=False):
    """What `Faults.refuse` takes beside the code: which requests it is for, and what stands in Twilio's text."""

    account_sid: str
    area_code: str | int
    country: str
    identifier: str
    kind: str
    limit: str | int
    masked: str
    name: str
    participant_sid: str
    reason: str
    service_sid: str
    session_sid: str
    sid: str
    url: str


@dataclass(eq=False, kw_only=True)
class Fault:
    """One order. `left` is how often it is still to happen, None for until it is removed; `used` how often it has."""

    what: str
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    number: str | None = None
    after: bool = False
    optional: bool = False
    left: int | None = 1
    used: int = 0
    status: int | None = None
    #: Twilio's code of the error, if the answer is one.
    code: int | None = None
    text: str = ""
    #: What the test says for the placeholders of the code's text; None where `text` is the whole answer.
    facts: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    seconds: float = 0
    real: bool = False
    #: Which of all orders of its fake it is.
    id: int = 0

    def matches(self, operation: str | None, method: str, path: str, form: str) -> bool:
        return (
            self.left != 0
            and self.operation in (None, operation)
            and self.method in (None, method)
            and (self.path is None or fnmatchcase(path, self.path))
            and (self.number is None or re.search(rf"{re.escape(self.number)}(?!\d)", form) is not None)
        )

    def remove(self) -> None:
        """Order it no more."""
        self.left = 0

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()

    def __str__(self) -> str:
        where = [
            f"{name} {value}"
            for name, value in (
                ("operation", self.operation),
                ("method", self.method),
                ("path", self.path),
                ("number", self.number),
            )
            if value is not None
        ]
        return f"fault {self.what} for {', '.join(where) or 'any request'}{' after it was done' if self.after else ''}"


#: What the path of any request begins with, and a pattern may.
_PATHS = ("/v1", "/v2", "/2010-04-01", "*")


class Faults:
    """What is ordered. Each method takes where it is to happen, and returns the order.

    `operation` (an operationId such as `CreateSession`), `method`, `path` (a pattern: `/v1/Services/*`) and `number` (a
    phone number that the request names) must all fit. `times`: how many requests it meets, None for all until
    `remove()`, or until the end of a `with` block. `after=True`: the change is made, only its answer is lost. At its
    end a test fails for an order that met no request, unless it is `optional`.
    """

    def __init__(self, operations: Collection[str]) -> None:
        self._operations = operations
        #: All orders; one that is used up stays until the next check.
        self.orders: list[Fault] = []
        self._ordered = 0

    def answer(
        self, status: int, code: int | None = None, message: str = "", text: str = "", **where: Unpack[Where]
    ) -> Fault:
        """An HTTP answer: Twilio's JSON of an error if `code` is given, else `text`, JSON or not."""
        if not 200 <= status <= 999:
            raise UsageError(f"status={status!r}: an answer has a status of 200 to 999")
        if code is not None:
            more = f"https://www.twilio.com/docs/errors/{code}"
            text = json.dumps({"code": code, "message": message, "more_info": more, "status": status})
        what = f"{status}{f' / {code}' if code else ''}"
        return self._order(Fault(what=what, status=status, code=code, text=text), where)

    def refuse(self, code: int, **where: Unpack[RefusalWhere]) -> Fault:
        """Twilio's own answer of this code, with the status and the text of its error dictionary.

        What stands in a text, such as the `country` of 80203 or the `name` and `reason` of 80701, may be given beside
        the requests that it is for; else it is taken from the request, or is an example. Raises `UsageError` for a
        code that is not known, with the nearest ones.
        """
        row = known(code)
        facts = {name: str(value) for name, value in where.items() if name not in Where.__annotations__}
        check_placeholders(code, facts)
        fault = Fault(what=f"{row.status} / {code}", status=row.status, code=code, facts=facts)
        fault.headers |= HEADERS.get(row.status, {})
        return self._order(fault, cast(Where, {name: value for name, value in where.items() if name not in facts}))

    def too_many_requests(self, code: int = 20429, retry_after: int = 1, **where: Unpack[Where]) -> Fault:
        """429, with `Retry-After` in seconds. Proxy's own code for it is 80621."""
        fault = self.answer(429, code, CODES[20429].text, **where)
        fault.headers["Retry-After"] = str(retry_after)
        return fault

    def unauthorized(self, **where: Unpack[Where]) -> Fault:
        """401 / 20003, as for a revoked token."""
        return self.answer(401, 20003, CODES[20003].text, **where)

    def server_error(self, status: int = 500, **where: Unpack[Where]) -> Fault:
        """5xx with Twilio's JSON; `answer(502, text="<html>")` is one without."""
        code = {500: 20500, 503: 20503}.get(status)
        return self.answer(status, code or status, CODES[code].text if code else "Server Error", **where)

    def connection_refused(self, **where: Unpack[Where]) -> Fault:
        return self._order(Fault(what="connection refused", failure="refused"), where)

    def connection_reset(self, **where: Unpack[Where]) -> Fault:
        return self._order(Fault(what="connection reset", failure="reset"), where)

    def read_timeout(self, **where: Unpack[Where]) -> Fault:
        """The client's timeout strikes while it waits for the answer; no time passes."""
        return self._order(Fault(what="read timeout", failure="timeout"), where)

    def truncated(self, **where: Unpack[Where]) -> Fault:
        """The answer ends before its length."""
        return self._order(Fault(what="truncated answer", failure="truncated"), where)

    def slow(self, seconds: float, real: bool = False, **where: Unpack[Where]) -> Fault:
        """The answer takes its time: on the fake's clock, or, if asked for, in real time.

        A client in this process whose timeout is shorter meets that, and what it asked for is done all the same.
        """
        if not 0 <= seconds <= LONGEST_WAIT:
            raise UsageError(f"seconds={seconds!r}: an answer takes 0 to {LONGEST_WAIT} seconds, a year")
        return self._order(Fault(what=f"answer after {seconds:g} s", seconds=seconds, real=real), where)

    def _order(self, fault: Fault, where: Where) -> Fault:
        if unknown := sorted(set(where) - set(Where.__annotations__)):
            known = ", ".join(sorted(Where.__annotations__))
            raise UsageError(f"a fault takes no {', '.join(unknown)}; it takes {known}")
        operation, method, path = where.get("operation"), where.get("method"), where.get("path")
        if operation is not None and operation not in self._operations:
            near = get_close_matches(operation, self._operations, 1)
            meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(self._operations)}"
            raise UsageError(f"there is no operation {operation!r}; {meant}")
        if path is not None and not path.startswith(_PATHS):
            raise UsageError(f"path={path!r} fits no request; paths begin with {', '.join(_PATHS)}")
        for name, value in where.items():
            setattr(fault, "left" if name == "times" else name, value)
        if method:
            fault.method = method.upper()
        self._ordered += 1
        fault.id = self._ordered
        self.orders.append(fault)
        return fault

    def take(self, operation: str | None, method: str, path: str, form: str) -> Fault | None:
        """The first order that fits this request; it counts as met."""
        for fault in self.orders:
            if fault.matches(operation, method, path, form):
                fault.used += 1
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None

    def check(self) -> None:
        """Raise, once, that an order met no request. What is still to happen, used or optional, goes on."""
        unused = [fault for fault in self.orders if not fault.used and not fault.optional]
        self.orders[:] = [fault for fault in self.orders if fault.left != 0 and fault not in unused]
        if unused:
            told = "\n".join(f"  {fault}" for fault in unused)
            raise UnusedFault(f"{len(unused)} faults met no request (optional=True would allow that):\n{told}")

    def clear(self) -> None:
        """Forget all orders."""
        self.orders.clear()

    def __repr__(self) -> str:
        return f"<{len(self.orders)} faults: {'; '.join(map(str, self.orders))}>"
