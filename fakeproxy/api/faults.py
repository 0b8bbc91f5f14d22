"""Faults: answers and failures that a test orders in place of the fake's own answers."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal, TypedDict, cast

from fakeproxy.engine.codes import CODES
from fakeproxy.engine.refusals import check_placeholders, known
from fakeproxy.exceptions import UnusedFault, UsageError, require_whole_characters
from fakeproxy.queries.names import did_you_mean

if sys.version_info >= (3, 11):
    from typing import Unpack
else:
    from typing_extensions import Unpack

#: The longest time that a slow answer may take, in seconds.
LONGEST_WAIT = 366 * 86_400

#: The further headers of an answer, by status.
HEADERS = {
    401: {"WWW-Authenticate": 'Basic realm="Twilio API"'},
    # Guess (inferred, the OpenAPI file of Verify): Retry-After is a second; the file has the header, no source a value.
    429: {"Retry-After": "1"},
}

Failure = Literal["refused", "reset", "timeout", "truncated"]


class BrokenConnection(Exception):
    """A failure of the connection, which the app raises instead of an answer. Each transport raises its client's error.

    For `truncated`, `status`, `headers` and `body` are those of the whole answer.
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
    """The requests that a fault is for, and how often.

    `operation` (an operationId such as `CreateSession`), `method`, `path` (a pattern such as `/v1/Services/*`) and
    `number` (a phone number in the request) must all fit. `times` is the number of requests that get the fault, 1 by
    default; None means all, until `remove()` or the end of a `with` block. With `after=True` the request is carried
    out, and only its answer is replaced. With `optional=True` a test does not fail for a fault that met no request.
    """

    operation: str | None
    method: str | None
    path: str | None
    number: str | None
    times: int | None
    after: bool
    optional: bool


class RefusalWhere(Where, total=False):
    """The further arguments of `Faults.refuse`: the requests that it is for, and the values in Twilio's text."""

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


@dataclass(eq=False, kw_only=True, repr=False)
class Fault:
    """A fault that a test ordered.

    `left`: uses remaining (None: unlimited, until it is removed). `used`: uses so far. `seconds`: the time that the
    answer takes, on the fake's clock or, if `real`, in real time.
    """

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
    #: Twilio's code of the error, or None if the answer is no error of Twilio's.
    code: int | None = None
    text: str = ""
    #: The values that the test gives for placeholders of the code's text. None if `text` is the whole answer.
    facts: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    seconds: float = 0
    real: bool = False
    #: The number of this fault among those of its fake, from 1.
    id: int = 0

    def matches(self, operation: str | None, method: str, path: str, form: str) -> bool:
        """Return whether the fault has uses left and is for this request. `form` has its query and its body."""
        return (
            self.left != 0
            and self.operation in (None, operation)
            and self.method in (None, method)
            and (self.path is None or fnmatchcase(path, self.path))
            and (self.number is None or re.search(rf"{re.escape(self.number)}(?!\d)", form) is not None)
        )

    def remove(self) -> None:
        """Remove the fault: it meets no further request."""
        self.left = 0

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()

    def __repr__(self) -> str:
        left = "unlimited" if self.left is None else self.left
        return f"<Fault {str(self).removeprefix('fault ')}: used {self.used}, left {left}>"

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


#: The beginnings of the paths of requests, and of patterns for them.
_PATHS = ("/v1", "/v2", "/2010-04-01", "*")


class Faults:
    """The faults that a test ordered. Each method orders one, for the requests that its arguments describe: `Where`.

    Every method raises `UsageError` for arguments that fit no request.
    """

    def __init__(self, operations: Collection[str], note: Callable[[Fault], None] = lambda fault: None) -> None:
        self._note = note
        self._operations = operations
        #: All faults, oldest first. One without uses left stays until the next `check()`.
        self.orders: list[Fault] = []
        self._ordered = 0

    def answer(
        self, status: int, code: int | None = None, message: str = "", text: str = "", **where: Unpack[Where]
    ) -> Fault:
        """Order an HTTP answer. With a `code` it is an error in Twilio's JSON, otherwise `text`."""
        if not 200 <= status <= 999:
            raise UsageError(f"status={status!r}: an answer has a status of 200 to 999")
        require_whole_characters("the answer", message + text)
        if code is not None:
            more = f"https://www.twilio.com/docs/errors/{code}"
            text = json.dumps({"code": code, "message": message, "more_info": more, "status": status})
        what = f"{status}{f' / {code}' if code else ''}"
        return self._order(Fault(what=what, status=status, code=code, text=text), where)

    def refuse(self, code: int, **where: Unpack[RefusalWhere]) -> Fault:
        """Order the answer of one of Twilio's codes, with the status and text of Twilio's error dictionary.

        The values in a text, such as the `country` of 80203 or the `name` and `reason` of 80701, are arguments too. A
        value that is not given comes from the request, or is an example. Raises `UsageError`, which names the nearest
        codes, for a code that fakeproxy does not know.
        """
        row = known(code)
        facts = {name: str(value) for name, value in where.items() if name not in Where.__annotations__}
        check_placeholders(code, facts)
        for fact in facts.values():
            require_whole_characters("the answer", fact)
        fault = Fault(what=f"{row.status} / {code}", status=row.status, code=code, facts=facts)
        fault.headers |= HEADERS.get(row.status, {})
        return self._order(fault, cast(Where, {name: value for name, value in where.items() if name not in facts}))

    def too_many_requests(self, code: int = 20429, retry_after: int = 1, **where: Unpack[Where]) -> Fault:
        """Order a 429 with `Retry-After` in seconds. Proxy has a code of its own for it, 80621."""
        fault = self.answer(429, code, CODES[20429].text, **where)
        fault.headers["Retry-After"] = str(retry_after)
        return fault

    def unauthorized(self, **where: Unpack[Where]) -> Fault:
        """Order a 401 / 20003, as for a revoked token."""
        return self.answer(401, 20003, CODES[20003].text, **where)

    def server_error(self, status: int = 500, **where: Unpack[Where]) -> Fault:
        """Order a 5xx with Twilio's JSON. `answer(502, text="<html>")` orders one without."""
        code = {500: 20500, 503: 20503}.get(status)
        return self.answer(status, code or status, CODES[code].text if code else "Server Error", **where)

    def connection_refused(self, **where: Unpack[Where]) -> Fault:
        """Order a connection that is refused."""
        return self._order(Fault(what="connection refused", failure="refused"), where)

    def connection_reset(self, **where: Unpack[Where]) -> Fault:
        """Order a connection that is reset before the answer."""
        return self._order(Fault(what="connection reset", failure="reset"), where)

    def read_timeout(self, **where: Unpack[Where]) -> Fault:
        """Order a time-out of the client while it waits for the answer. No time passes."""
        return self._order(Fault(what="read timeout", failure="timeout"), where)

    def truncated(self, **where: Unpack[Where]) -> Fault:
        """Order an answer that ends before its declared length."""
        return self._order(Fault(what="truncated answer", failure="truncated"), where)

    def slow(self, seconds: float, real: bool = False, **where: Unpack[Where]) -> Fault:
        """Order an answer that takes some seconds, on the fake's clock or, if `real`, in real time.

        If a client in this process has a shorter time-out, it times out. The request is carried out all the same.
        """
        if not 0 <= seconds <= LONGEST_WAIT:
            raise UsageError(f"seconds={seconds!r}: an answer takes 0 to {LONGEST_WAIT} seconds, a year")
        return self._order(Fault(what=f"answer after {seconds:g} s", seconds=seconds, real=real), where)

    def _order(self, fault: Fault, where: Where) -> Fault:
        if unknown := sorted(set(where) - set(Where.__annotations__)):
            hint = did_you_mean(unknown, sorted(Where.__annotations__), "it takes")
            raise UsageError(f"a fault takes no {', '.join(unknown)}; {hint}")
        operation, method, path = where.get("operation"), where.get("method"), where.get("path")
        if operation is not None and operation not in self._operations:
            hint = did_you_mean([operation], self._operations, "there are")
            raise UsageError(f"there is no operation {operation!r}; {hint}")
        if path is not None and not path.startswith(_PATHS):
            raise UsageError(f"path={path!r} fits no request; paths begin with {', '.join(_PATHS)}")
        for name, value in where.items():
            setattr(fault, "left" if name == "times" else name, value)
        if method:
            fault.method = method.upper()
        self._ordered += 1
        fault.id = self._ordered
        self.orders.append(fault)
        self._note(fault)
        return fault

    def take(self, operation: str | None, method: str, path: str, form: str) -> Fault | None:
        """Return the first fault for this request, and count it as used. None if there is none."""
        for fault in self.orders:
            if fault.matches(operation, method, path, form):
                fault.used += 1
                if fault.left is not None:
                    fault.left -= 1
                return fault
        return None

    def unused(self) -> list[Fault]:
        """Return the faults that met no request, without those that need not meet one."""
        return [fault for fault in self.orders if not fault.used and not fault.optional]

    def check(self) -> None:
        """Raise `UnusedFault` for faults that met no request. Each is reported once. Faults with uses left stay."""
        unused = self.unused()
        self.orders[:] = [fault for fault in self.orders if fault.left != 0 and fault not in unused]
        if unused:
            lines = "\n".join(f"  {fault}" for fault in unused)
            raise UnusedFault(f"{len(unused)} faults met no request (optional=True would allow that):\n{lines}")

    def clear(self) -> None:
        """Remove all faults."""
        self.orders.clear()

    def __repr__(self) -> str:
        orders = "; ".join(map(str, self.orders))
        return f"<{len(self.orders)} faults{f': {orders}' if orders else ''}>"
