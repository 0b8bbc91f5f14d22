"""A request to the core API, and functions that its operations share: rows of the account, RFC 2822 dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import NamedTuple, TypeVar

from fakeproxy.engine.instants import SECOND
from fakeproxy.engine.records import Row
from fakeproxy.engine.refusals import invalid, refuse
from fakeproxy.engine.store import Store
from fakeproxy.web.urls import split

R = TypeVar("R", bound=Row)

#: The version of the core API in its paths.
VERSION = "2010-04-01"

#: The status and the JSON of an answer, or None if it has no body.
Answer = tuple[int, dict[str, object] | None]


class Request(NamedTuple):
    """A request. `account` is the key of its account in the store; `form` is the query of a GET, else the body.

    `named` are the parts of the path that have a name in its operation. `now` is in microseconds since the epoch (UTC).
    """

    store: Store
    now: int
    account: str
    path: str
    named: Mapping[str, str]
    form: Mapping[str, list[str]]

    @property
    def sid(self) -> str:
        """The SID in the path."""
        return self.named["sid"]

    @property
    def account_sid(self) -> str:
        """The SID of the account that sent the request."""
        return self.store.accounts.sid_of(self.account)

    @property
    def base(self) -> str:
        """The beginning of the account's URIs."""
        return f"/{VERSION}/Accounts/{self.account_sid}"

    def first(self, name: str) -> str | None:
        """Return the first value of a parameter, or None if it is absent or empty."""
        return self.form.get(name, [""])[0] or None

    def own(self, row: R | None, what: str) -> R:
        """Return the row if it belongs to the account. Raises the `Refusal` 20404 for another, and for None."""
        if row is None or row.account != self.account:
            raise refuse(20404, f"no {what} of this fake has the SID {self.sid}", path=self.path)
        return row


#: A function that carries out an operation.
Operate = Callable[[Request], Answer]


def date(at: int | None) -> str | None:
    """Return an instant as an RFC 2822 date, or None."""
    return None if at is None else format_datetime(datetime.fromtimestamp(at // SECOND, timezone.utc))


def not_served(what: str) -> Operate:
    """Return an operation that is refused with 501, since the fake does not serve it."""

    def operate(request: Request) -> Answer:
        raise refuse(501, what=what)

    return operate


def check_url(name: str, text: str) -> None:
    """Raise the `Refusal` 80701 for a URL that cannot be called."""
    try:
        split(text)
    except ValueError as error:
        # Guess (inferred, the page of error 80701): 80701 for a wrong URL, as in Proxy; no source shows the code of the
        # core API.
        raise invalid(name, f"{text[:100]!r} is not an absolute http or https URL: {error}.") from error
