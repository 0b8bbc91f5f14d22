"""The answers that tell of a refusal: Twilio's JSON of an error, with the headers of its status."""

from __future__ import annotations

from fakeproxy.api.faults import HEADERS
from fakeproxy.api.request import Request
from fakeproxy.exceptions import Refusal
from fakeproxy.web.json_text import to_json


def answer(request: Request, refusal: Refusal) -> tuple[int, list[tuple[str, str]], str, int | None, tuple[str, ...]]:
    """Return the status, headers and text of a refusal, its code, and its reasons."""
    headers = [*HEADERS.get(refusal.status, {}).items()]
    if refusal.status == 405:
        headers.append(("Allow", ", ".join(request.methods)))
    return refusal.status, headers, text(refusal), refusal.code, refusal.why


def text(refusal: Refusal) -> str:
    """Return the JSON of a refusal."""
    return to_json(
        {
            "code": refusal.code,
            "message": refusal.message,
            "more_info": f"https://www.twilio.com/docs/errors/{refusal.code}",
            "status": refusal.status,
        }
    )
