"""The refusals of Twilio, which the rules raise: by code, with the texts of `codes.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from fakeproxy.engine.codes import CODES, Code
from fakeproxy.exceptions import Refusal, UsageError

#: The values of the placeholders in texts that neither a test nor the request gives.
EXAMPLES: Mapping[str, str] = {
    "account_sid": "AC" + "0" * 32,
    "area_code": "415",
    "country": "US",
    "identifier": "+14155550100",
    "kind": "unreserved",
    "limit": "500",
    "masked": "+1415555XXXX",
    "name": "Parameter",
    "number": "+14155550001",
    "participant_sid": "KP" + "0" * 32,
    "path": "/Services",
    "reason": "Bad Request",
    "service_sid": "KS" + "0" * 32,
    "session_sid": "KC" + "0" * 32,
    "sid": "KC" + "0" * 32,
    "url": "https://www.example.com/callback",
}

#: The fake's own code, which Twilio does not have.
_OWN = 501


def known(code: int) -> Code:
    """Return the row of a code of Twilio's. Raises `UsageError`, which names the nearest codes, if there is none."""
    if type(code) is int and code in CODES and code != _OWN:
        return CODES[code]
    codes = [one for one in CODES if one != _OWN]
    near = {int(one) for one in get_close_matches(str(code), map(str, codes), 2, cutoff=0)}
    if type(code) is int:
        near |= set(sorted(codes, key=lambda one: abs(one - code))[:2])
    nearest = ", ".join(f"{one} ({CODES[one].title})" for one in sorted(near))
    raise UsageError(f"{code!r} is not a code of Twilio's that fakeproxy knows; the nearest are {nearest}")


def check_placeholders(code: int, facts: Mapping[str, object]) -> None:
    """Raise `UsageError` for facts that are not placeholders in the text of this code."""
    taken = known(code).placeholders
    if unknown := sorted(set(facts) - set(taken)):
        takes = f"its text takes {', '.join(taken)}" if taken else "its text takes nothing"
        raise UsageError(f"{code} ({CODES[code].title}) takes no {', '.join(unknown)}; {takes}")


def refuse(code: int, *why: str, reasons: Iterable[str] = (), **facts: object) -> Refusal:
    """Return the `Refusal` of this code, with `facts` in its text. `why` and `reasons` explain it in the journal."""
    row = CODES[code]
    return Refusal(code, row.status, row.text.format(**facts) if facts else row.text, (*why, *reasons))


def missing(name: str, *why: str) -> Refusal:
    """Return the `Refusal` for a required parameter that is absent or empty."""
    return refuse(20001, *why, reason=f"Missing required parameter {name} in the post body")


def invalid(name: str, reason: str, *why: str) -> Refusal:
    """Return the `Refusal` for a value that Twilio refuses, of a parameter that has no code of its own."""
    return refuse(80701, *why, name=name, reason=reason)
