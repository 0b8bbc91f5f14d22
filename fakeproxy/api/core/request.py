"""A request to the core API and what its answers have in common: rows of its account, RFC 2822 dates."""

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

VERSION = "2010-04-01"

#: Status and JSON; the latter is None where there is no body.
Answer = tuple[int, dict[str, object] | None]


class Request(NamedTuple):
    """`account` is the key of the account that asks; `form` the query of a GET, else the body's fields.

    `named` are the parts of the path that its operation gives a name.
    """

    store: Store
    now: int
    account: str
    path: str
    named: Mapping[str, str]
    form: Mapping[str, list[str]]

    @property
    def sid(self) -> str:
        return self.named["sid"]

    @property
    def account_sid(self) -> str:
        return self.store.accounts.sid_of(self.account)

    @property
    def base(self) -> str:
        return f"/{VERSION}/Accounts/{self.account_sid}"

    def first(self, name: str) -> str | None:
        """The first value of the parameter; None where it is absent or empty."""
        return self.form.get(name, [""])[0] or None

    def own(self, row: R | None, what: str) -> R:
        """The row, if there is one and it is the account's; else a 404 that says what there is not."""
        if row is None or row.account != self.account:
            raise refuse(20404, f"no {what} of this fake has the SID {self.sid}", path=self.path)
        return row


Operate = Callable[[Request], Answer]


def date(at: int | None) -> str | None:
    return None if at is None else format_datetime(datetime.fromtimestamp(at // SECOND, timezone.utc))


def not_served(what: str) -> Operate:
    """An operation that the real service has, and the fake has not."""

    def operate(request: Request) -> Answer:
        raise refuse(501, what=what)

    return operate


def check_url(name: str, text: str) -> None:
    """Refuse a URL that cannot be called."""
    try:
        split(text)
    except ValueError as error:
        # Guess: the code that Proxy's own URLs get; what Twilio answers for others of the core API has no source here.
        raise invalid(name, f"{text[:100]!r} is not an absolute http or https URL: {error}.") from error
