"""The slice of Twilio's core API (api.twilio.com/2010-04-01) that stands behind Proxy.

The Messages and Calls of interactions can be fetched, calls ended, and the account's numbers listed and bought, since
applications fill pools from there. Dates are RFC 2822 here, and paging goes by URIs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from email.utils import format_datetime
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fakeproxy.engine import calls, messages, phone_numbers
from fakeproxy.engine.instants import SECOND
from fakeproxy.engine.numbering import look_up
from fakeproxy.engine.records import Call, Message, OwnedNumber
from fakeproxy.engine.refusals import missing, refuse
from fakeproxy.engine.store import Store

PREFIX = "/2010-04-01/"

_VERSION = "2010-04-01"
_ACCOUNT = r"/2010-04-01/Accounts/(?P<account>\w+)"


class Request(NamedTuple):
    """`account` is the key of the account that asks; `form` the query of a GET, else the body's fields."""

    store: Store
    now: int
    account: str
    path: str
    sid: str
    form: Mapping[str, list[str]]

    @property
    def base(self) -> str:
        return f"/{_VERSION}/Accounts/{self.store.accounts.sid_of(self.account)}"

    def first(self, name: str) -> str | None:
        return self.form.get(name, [None])[0]


class Operation(NamedTuple):
    name: str
    method: str
    path: re.Pattern[str]
    answer: Callable[[Request], tuple[int, dict[str, Any]]]


def find(path: str) -> dict[str, Operation]:
    """What can be done on the path, by method; nothing where it is not of the slice."""
    return {operation.method: operation for operation in OPERATIONS if operation.path.fullmatch(path)}


def serves(store: Store | None, method: str, path: str, others_pass: bool) -> bool:
    """Whether the fake answers this. If others may pass, it keeps to numbers, and to Messages and Calls of its own.

    Numbers in any case: what is bought there goes into its pools, and must not be bought for real. Without a store,
    as for a fake of another process, no Message or Call is known to be its own.
    """
    operation = find(path).get(method)
    if operation is None:
        return False
    found = operation.path.fullmatch(path)
    sid = found.groupdict().get("sid") if found else None
    if sid is None or not others_pass:
        return True
    return store is not None and (store.messages.get(sid) or store.calls.get(sid)) is not None


def answer(operation: Operation, store: Store, now: int, account: str, path: str, form: Mapping[str, list[str]]) -> Any:
    """Status and JSON of the answer. Raises a Refusal."""
    found = operation.path.fullmatch(path)
    assert found is not None
    # Guess: an Account SID in the path that is not the caller's is not found; subaccounts are not known here.
    if found["account"] != store.accounts.sid_of(account):
        why = f"the credentials are those of {store.accounts.sid_of(account)}, the path names {found['account']}"
        raise refuse(20404, why, path=path)
    return operation.answer(Request(store, now, account, path, found.groupdict().get("sid") or "", form))


def _fetch_message(request: Request) -> tuple[int, dict[str, Any]]:
    return 200, _message(request, _row(request, request.store.messages.get(request.sid)))


def _fetch_call(request: Request) -> tuple[int, dict[str, Any]]:
    return 200, _call(request, _row(request, request.store.calls.get(request.sid)))


def _update_call(request: Request) -> tuple[int, dict[str, Any]]:
    call: Call = _row(request, request.store.calls.get(request.sid))
    if others := sorted(set(request.form) - {"Status"}):
        raise refuse(501, what=f"the parameter {others[0]} of a Call")
    status = request.first("Status")
    if status is None:
        raise missing("Status")
    ringing = call.status == "ringing"
    if (
        call.status not in calls.UNDER_WAY
        or status not in ("completed", "canceled")
        or not (ringing or status == "completed")
    ):
        raise refuse(21220, f"the call is {call.status}, and Status={status} was asked for")
    # Guess: a call that still rings is canceled by either status.
    calls.end(request.store, request.now, call, "canceled" if ringing else "completed")
    return 200, _call(request, call)


def _list_numbers(request: Request) -> tuple[int, dict[str, Any]]:
    store, form = request.store, request.form
    number, name = request.first("PhoneNumber"), request.first("FriendlyName")
    size_text = request.first("PageSize") or "50"
    if not size_text.isdecimal() or int(size_text) == 0:
        raise refuse(20001, reason="Invalid PageSize.")
    size = min(int(size_text), 1000)
    rows = [
        row
        for row in store.owned_numbers.of(request.account)
        if row.sid.startswith("PN")
        and (number is None or fnmatchcase(row.number, f"*{number.removeprefix('+')}*"))
        and (name is None or row.friendly_name == name)
    ]
    after = (request.first("PageToken") or "").removeprefix("PA")
    start = next((index + 1 for index, row in enumerate(rows) if row.sid == after), 0)
    page = int(text) if (text := request.first("Page") or "0").isdecimal() else 0
    shown = rows[start : start + size]

    def uri(page: int, start: int) -> str:
        token = {"PageToken": f"PA{rows[start - 1].sid}"} if start > 0 else {}
        kept = {key: values[0] for key, values in form.items() if key in ("PhoneNumber", "FriendlyName")}
        return f"{request.path}?{urlencode({**kept, 'PageSize': size, 'Page': page, **token})}"

    return 200, {
        "incoming_phone_numbers": [_number(request, row) for row in shown],
        "page": page,
        "page_size": size,
        "start": start,
        "end": max(start + len(shown) - 1, 0),
        "uri": uri(page, start),
        "first_page_uri": uri(0, 0),
        "previous_page_uri": uri(max(page - 1, 0), start - size) if start else None,
        "next_page_uri": uri(page + 1, start + size) if start + size < len(rows) else None,
    }


def _buy_number(request: Request) -> tuple[int, dict[str, Any]]:
    number = request.first("PhoneNumber")
    if number is None:
        if "AreaCode" in request.form:
            raise refuse(501, what="buying by AreaCode; name a PhoneNumber")
        raise missing("PhoneNumber")
    if look_up(number) is None:
        raise refuse(21421, number=number)
    if request.store.owned_numbers.named(request.account, number):
        raise refuse(21422, f"the account owns {number} already", number=number)
    row = phone_numbers.buy(
        request.store, request.now, request.account, number, friendly_name=request.first("FriendlyName")
    )
    return 201, _number(request, row)


def _row(request: Request, row: Any) -> Any:
    if row is None or row.account != request.account:
        raise refuse(20404, f"no contact of this fake has the SID {request.sid}", path=request.path)
    return row


def _message(request: Request, row: Message) -> dict[str, Any]:
    uri = f"{request.base}/Messages/{row.sid}"
    return {
        "account_sid": request.store.accounts.sid_of(row.account),
        "api_version": _VERSION,
        "body": row.body,
        "date_created": _date(row.date_created),
        "date_sent": _date(row.date_sent),
        "date_updated": _date(row.date_updated),
        "direction": "inbound" if row.direction == "inbound" else "outbound-api",
        # Guess: 30003 and 30008 are what a handset out of reach and a failure without a reason give.
        "error_code": {"undelivered": 30003, "failed": 30008}.get(row.status),
        "error_message": None,
        "from": row.from_,
        "messaging_service_sid": None,
        "num_media": str(len(row.media)),
        "num_segments": str(messages.segments(row.body)),
        "price": None,
        "price_unit": "USD",  # Guess: as in Twilio's examples; accounts are billed in other currencies too.
        "sid": row.sid,
        "status": row.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": row.to,
        "uri": f"{uri}.json",
    }


def _call(request: Request, row: Call) -> dict[str, Any]:
    uri = f"{request.base}/Calls/{row.sid}"
    over = row.date_ended is not None
    started = row.date_started if row.date_started is not None else row.date_ended
    return {
        "account_sid": request.store.accounts.sid_of(row.account),
        "annotation": None,
        "answered_by": None,
        "api_version": _VERSION,
        "caller_name": None,
        "date_created": _date(row.date_created),
        "date_updated": _date(row.date_updated),
        "direction": "inbound" if row.direction == "inbound" else "outbound-dial",
        "duration": str(((row.date_ended or 0) - (started or 0)) // SECOND) if over else None,
        "end_time": _date(row.date_ended),
        "forwarded_from": None,
        "from": row.from_,
        "from_formatted": _formatted(row.from_),
        "group_sid": None,
        "parent_call_sid": row.other_sid if row.direction == "outbound" else None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",  # Guess: nobody waits here.
        "sid": row.sid,
        "start_time": _date(row.date_started),
        "status": row.status,
        "subresource_uris": {"events": f"{uri}/Events.json", "recordings": f"{uri}/Recordings.json"},
        "to": row.to,
        "to_formatted": _formatted(row.to),
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def _number(request: Request, row: OwnedNumber) -> dict[str, Any]:
    """The number. Which of its URLs Proxy rewrites is not agreed on (two sources differ), so they are empty."""
    return {
        "account_sid": request.store.accounts.sid_of(row.account),
        "address_requirements": "none",
        "address_sid": None,
        "api_version": _VERSION,
        "beta": False,
        "bundle_sid": None,
        "capabilities": {name: name in row.capabilities for name in ("voice", "sms", "mms", "fax")},
        "date_created": _date(row.date_created),
        "date_updated": _date(row.date_updated),
        # Guess: a number without an emergency address; the values are those of Twilio's examples.
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": row.friendly_name,
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": row.number,
        "sid": row.sid,
        "sms_application_sid": "",
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": "POST",
        "sms_url": "",
        "status": "in-use",
        "status_callback": "",
        "status_callback_method": "POST",
        "trunk_sid": None,
        "uri": f"{request.base}/IncomingPhoneNumbers/{row.sid}.json",
        "voice_application_sid": "",
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_fallback_url": "",
        "voice_method": "POST",
        "voice_receive_mode": "voice",
        "voice_url": "",
    }


def _date(at: int | None) -> str | None:
    return None if at is None else format_datetime(datetime.fromtimestamp(at // SECOND, timezone.utc))


def _formatted(number: str) -> str:
    known = look_up(number)
    return known.national if known else number


OPERATIONS = (
    Operation("FetchMessage", "GET", re.compile(_ACCOUNT + r"/Messages/(?P<sid>\w+)\.json"), _fetch_message),
    Operation("FetchCall", "GET", re.compile(_ACCOUNT + r"/Calls/(?P<sid>\w+)\.json"), _fetch_call),
    Operation("UpdateCall", "POST", re.compile(_ACCOUNT + r"/Calls/(?P<sid>\w+)\.json"), _update_call),
    Operation("ListIncomingPhoneNumber", "GET", re.compile(_ACCOUNT + r"/IncomingPhoneNumbers\.json"), _list_numbers),
    Operation("CreateIncomingPhoneNumber", "POST", re.compile(_ACCOUNT + r"/IncomingPhoneNumbers\.json"), _buy_number),
)
