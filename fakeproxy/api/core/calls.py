"""Calls of the core API: the calls of Interactions can be fetched and ended."""

from __future__ import annotations

from fakeproxy.api.core.request import VERSION, Answer, Request, date
from fakeproxy.engine import calls
from fakeproxy.engine.instants import SECOND
from fakeproxy.engine.numbering import look_up
from fakeproxy.engine.records import Call
from fakeproxy.engine.refusals import missing, refuse


def fetch(request: Request) -> Answer:
    """Answer with a Call."""
    return 200, _call(request, request.own(request.store.calls.get(request.sid), "call"))


def update(request: Request) -> Answer:
    """End a Call. Other changes are not served (501)."""
    call = request.own(request.store.calls.get(request.sid), "call")
    if others := sorted(set(request.form) - {"Status"}):
        raise refuse(501, what=f"the parameter {others[0]} of a Call")
    status = request.first("Status")
    if status is None:
        raise missing("Status")
    ringing = call.status == "ringing"
    if (
        call.status not in calls.ONGOING
        or status not in ("completed", "canceled")
        or not (ringing or status == "completed")
    ):
        raise refuse(21220, f"the call is {call.status}, and Status={status} was asked for")
    # Guess (inferred, the page on Calls): a ringing call is canceled, whichever of the two statuses is asked for.
    calls.end(request.store, request.now, call, "canceled" if ringing else "completed")
    return 200, _call(request, call)


def _call(request: Request, row: Call) -> dict[str, object]:
    uri = f"{request.base}/Calls/{row.sid}"
    over = row.date_ended is not None
    started = row.date_started if row.date_started is not None else row.date_ended
    return {
        "account_sid": request.store.accounts.sid_of(row.account),
        "annotation": None,
        "answered_by": None,
        "api_version": VERSION,
        "caller_name": None,
        "date_created": date(row.date_created),
        "date_updated": date(row.date_updated),
        "direction": "inbound" if row.direction == "inbound" else "outbound-dial",
        "duration": str(((row.date_ended or 0) - (started or 0)) // SECOND) if over else None,
        "end_time": date(row.date_ended),
        "forwarded_from": None,
        "from": row.from_,
        "from_formatted": _formatted(row.from_),
        "group_sid": None,
        "parent_call_sid": row.other_sid if row.direction == "outbound" else None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",  # Guess (inferred, none): no call waits in a queue.
        "sid": row.sid,
        "start_time": date(row.date_started),
        "status": row.status,
        "subresource_uris": {"events": f"{uri}/Events.json", "recordings": f"{uri}/Recordings.json"},
        "to": row.to,
        "to_formatted": _formatted(row.to),
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def _formatted(number: str) -> str:
    known = look_up(number)
    return known.national if known else number
