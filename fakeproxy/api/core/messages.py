"""Messages of the core API: the texts of Interactions, and those that an application sends from its numbers."""

from __future__ import annotations

from datetime import datetime, timezone

from fakeproxy.api.core import pages
from fakeproxy.api.core.request import VERSION, Answer, Request, check_url, date
from fakeproxy.engine import messages
from fakeproxy.engine.instants import SECOND
from fakeproxy.engine.numbering import is_channel, look_up, mask, normalise
from fakeproxy.engine.records import Message, OwnedNumber
from fakeproxy.engine.refusals import refuse
from fakeproxy.web.urls import split

_DAY = 86_400 * SECOND

#: The parameters that the fake does not serve.
_NOT_SERVED = ("ContentSid", "SendAt", "ScheduleType")


def fetch(request: Request) -> Answer:
    """Answer with a Message."""
    return 200, render(request, request.own(request.store.messages.get(request.sid), "text"))


def list_(request: Request) -> Answer:
    """Answer with the account's Messages, newest first, filtered by `To`, `From` and the day of sending (UTC)."""
    first, last = _days(request)
    rows = [
        row
        for row in reversed(list(request.store.messages))
        if row.account == request.account
        and request.first("To") in (None, row.to)
        and request.first("From") in (None, row.from_)
        and ((first is None and last is None) or _sent_between(row, first, last))
    ]
    return pages.answer(request, "messages", rows, render)


def _sent_between(row: Message, first: int | None, last: int | None) -> bool:
    sent = row.date_sent
    return sent is not None and (first is None or first <= sent) and (last is None or sent < last)


def _days(request: Request) -> tuple[int | None, int | None]:
    """Return the beginning and the end of the days that are asked for (UTC), in microseconds."""
    on, since, until = (request.first(f"DateSent{sign}") for sign in ("", ">", "<"))
    start, end = since or on, until or on
    return (_day(start) if start else None), (_day(end) + _DAY if end else None)


def _day(text: str) -> int:
    try:
        day = datetime.strptime(text[:10], "%Y-%m-%d").replace(tzinfo=timezone.utc)
    except ValueError:
        raise refuse(20001, reason="Invalid DateSent.") from None
    return int(day.timestamp()) * SECOND


def create(request: Request) -> Answer:
    """Send a text from a number of the account to a handset."""
    given = {name: request.first(name) for name in ("To", "From", "Body", "MessagingServiceSid", "StatusCallback")}
    media = [url for url in request.form.get("MediaUrl", []) if url]
    for name in _NOT_SERVED:
        if request.first(name) is not None:
            raise refuse(501, what=f"{name} of a Message")
    to, body = given["To"], given["Body"] or ""
    if to is None:
        raise refuse(21604)
    if given["From"] is None and given["MessagingServiceSid"] is None:
        raise refuse(21603)
    if not body and not media:
        raise refuse(21602)
    if len(body) > messages.LONGEST_BODY:
        raise refuse(21617, f"it has {len(body)} characters")
    if is_channel(to):
        raise refuse(501, what=f"a Message to {to.partition(':')[0]}, which is no phone number")
    person = normalise(to)
    if person is None or look_up(person) is None:
        raise refuse(21211, f"{to!r} is not a possible phone number", masked=mask(to))
    callback = given["StatusCallback"]
    if callback is not None:
        try:
            split(callback)
        except ValueError as error:
            raise refuse(21609, str(error), url=callback) from error
    for url in media:
        check_url("MediaUrl", url)
    sender = _sender(request, given["From"], given["MessagingServiceSid"])
    if sender.number == person:
        raise refuse(21266, masked=mask(person))
    row = messages.send(
        request.store,
        request.now,
        request.account,
        sender.number,
        person,
        body,
        media,
        status_callback=callback,
        messaging_service_sid=given["MessagingServiceSid"],
    )
    # The answer never has the final status, even if the text takes no time here.
    status = "accepted" if given["MessagingServiceSid"] else "queued"
    return 201, {**render(request, row), "status": status, "date_sent": None, "error_code": None}


def _sender(request: Request, from_: str | None, messaging_service_sid: str | None) -> OwnedNumber:
    """Return the number of the account that sends the message. Raises `Refusal` if there is none."""
    own = request.store.owned_numbers
    if messaging_service_sid is not None:
        members = [row for row in own.of(request.account) if row.messaging_service_sid == messaging_service_sid]
        if not members:
            why = f"add_number(..., messaging_service_sid={messaging_service_sid!r}) puts a number into it"
            raise refuse(21701, why, name=messaging_service_sid)
        row = next((row for row in members if from_ in (None, row.number)), None)
    else:
        row = own.named(request.account, from_ or "") or own.named(request.account, normalise(from_ or "") or "")
    if row is None:
        shown = from_ or ""
        if normalise(shown) is None or is_channel(shown):
            raise refuse(21212, f"{shown!r} is no phone number or short code", number=shown)
        if any(other.number == shown for other in own):
            raise refuse(21660, number=shown, account_sid=request.account_sid)
        raise refuse(21659, f"the account owns no {shown}; add_number({shown!r}) buys it", number=shown)
    if "sms" not in row.capabilities:
        raise refuse(21606, f"{row.number} has no sms capability", number=row.number)
    return row


def render(request: Request, row: Message) -> dict[str, object]:
    """Return the JSON of a Message."""
    uri = f"{request.base}/Messages/{row.sid}"
    return {
        "account_sid": request.store.accounts.sid_of(row.account),
        "api_version": VERSION,
        "body": row.body,
        "date_created": date(row.date_created),
        "date_sent": date(row.date_sent),
        "date_updated": date(row.date_updated),
        "direction": "inbound" if row.direction == "inbound" else "outbound-api",
        "error_code": messages.error_code(row),
        "error_message": None,
        "from": row.from_,
        "messaging_service_sid": row.messaging_service_sid,
        "num_media": str(len(row.media)),
        "num_segments": str(messages.segments(row.body)),
        "price": None,
        # Guess (inferred, the page on Messages): prices are in the currency of its examples; accounts are billed in
        # others too.
        "price_unit": "USD",
        "sid": row.sid,
        "status": row.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": row.to,
        "uri": f"{uri}.json",
    }
