"""The operations of Twilio's core API (api.twilio.com/2010-04-01) that the fake serves.

Messages can be sent, fetched and listed; Calls of Interactions can be fetched and ended. Numbers can be searched,
bought, listed, changed and released, since applications fill pools with them. Dates are RFC 2822; paging is by URIs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from fakeproxy.api.core import available, calls, messages, numbers
from fakeproxy.api.core.request import VERSION, Answer, Operate, Request, not_served
from fakeproxy.engine.accounts import DEFAULT
from fakeproxy.engine.refusals import refuse
from fakeproxy.engine.store import Store

#: The beginning of all paths of the core API.
PREFIX = f"/{VERSION}/"


class Operation(NamedTuple):
    """An operation. The fake serves one `of_numbers` even if the application may reach the host itself."""

    name: str
    method: str
    path: re.Pattern[str]
    answer: Operate
    of_numbers: bool


def _operation(name: str, method: str, path: str, answer: Operate) -> Operation:
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>\\w+)", path)
    whole = re.compile(rf"/{VERSION}/Accounts/(?P<account>\w+)/{pattern}\.json")
    return Operation(name, method, whole, answer, path.startswith(("Incoming", "Available")))


_NUMBERS, _NUMBER = "IncomingPhoneNumbers", "IncomingPhoneNumbers/{sid}"
_COUNTRIES, _COUNTRY = "AvailablePhoneNumbers", "AvailablePhoneNumbers/{country}"

#: The operations. Those of kinds of numbers come before single numbers, since their paths are alike.
OPERATIONS = (
    _operation("FetchMessage", "GET", "Messages/{sid}", messages.fetch),
    _operation("UpdateMessage", "POST", "Messages/{sid}", not_served("changing a Message")),
    _operation("DeleteMessage", "DELETE", "Messages/{sid}", not_served("deleting a Message")),
    _operation("ListMessage", "GET", "Messages", messages.list_),
    _operation("CreateMessage", "POST", "Messages", messages.create),
    _operation("FetchCall", "GET", "Calls/{sid}", calls.fetch),
    _operation("UpdateCall", "POST", "Calls/{sid}", calls.update),
    _operation("ListIncomingPhoneNumber", "GET", _NUMBERS, numbers.listing()),
    _operation("CreateIncomingPhoneNumber", "POST", _NUMBERS, numbers.buying()),
    _operation("ListIncomingPhoneNumberLocal", "GET", f"{_NUMBERS}/Local", numbers.listing("Local")),
    _operation("CreateIncomingPhoneNumberLocal", "POST", f"{_NUMBERS}/Local", numbers.buying("Local")),
    _operation("ListIncomingPhoneNumberMobile", "GET", f"{_NUMBERS}/Mobile", numbers.listing("Mobile")),
    _operation("CreateIncomingPhoneNumberMobile", "POST", f"{_NUMBERS}/Mobile", numbers.buying("Mobile")),
    _operation("ListIncomingPhoneNumberTollFree", "GET", f"{_NUMBERS}/TollFree", numbers.listing("TollFree")),
    _operation("CreateIncomingPhoneNumberTollFree", "POST", f"{_NUMBERS}/TollFree", numbers.buying("TollFree")),
    _operation("FetchIncomingPhoneNumber", "GET", _NUMBER, numbers.fetch),
    _operation("UpdateIncomingPhoneNumber", "POST", _NUMBER, numbers.update),
    _operation("DeleteIncomingPhoneNumber", "DELETE", _NUMBER, numbers.delete),
    _operation("ListAvailablePhoneNumberCountry", "GET", _COUNTRIES, available.list_countries),
    _operation("FetchAvailablePhoneNumberCountry", "GET", _COUNTRY, available.fetch_country),
    _operation("ListAvailablePhoneNumberLocal", "GET", f"{_COUNTRY}/Local", available.searching("Local")),
    _operation("ListAvailablePhoneNumberMobile", "GET", f"{_COUNTRY}/Mobile", available.searching("Mobile")),
    _operation("ListAvailablePhoneNumberTollFree", "GET", f"{_COUNTRY}/TollFree", available.searching("TollFree")),
)


def find(path: str) -> dict[str, Operation]:
    """Return the operations of a path by method, or an empty dict if the fake serves none."""
    found: dict[str, Operation] = {}
    for operation in OPERATIONS:
        if operation.path.fullmatch(path):
            found.setdefault(operation.method, operation)
    return found


def serves(store: Store | None, method: str, path: str, others_pass: bool) -> bool:
    """Return whether the fake answers a request. If `others_pass`, it answers for numbers and its own rows only.

    It always answers for numbers: the application puts them into the fake's pools, and must not buy real ones. Without
    a store, as for a fake of another process, no Message or Call counts as its own.
    """
    operation = find(path).get(method)
    if operation is None:
        return False
    if operation.of_numbers or not others_pass:
        return True
    found = operation.path.fullmatch(path)
    sid = found.groupdict().get("sid", "") if found else ""
    return store is not None and (store.messages.get(sid) or store.calls.get(sid)) is not None


def answer(
    operation: Operation, store: Store, now: int, account: str, path: str, form: Mapping[str, list[str]]
) -> Answer:
    """Return status and JSON of the answer. Raises `Refusal`."""
    found = operation.path.fullmatch(path)
    assert found is not None
    # Guess (inferred, none): another account's SID in the path is not found; the fake has no subaccounts.
    is_own = found["account"] == store.accounts.sid_of(account)
    if not is_own and not (account == DEFAULT and store.accounts.is_default(found["account"])):
        why = f"the credentials are those of {store.accounts.sid_of(account)}, the path names {found['account']}"
        raise refuse(20404, why, path=path)
    return operation.answer(Request(store, now, account, path, found.groupdict(), form))
