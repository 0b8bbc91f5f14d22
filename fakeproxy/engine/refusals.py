"""The refusals of Twilio: what a rule raises, its text filled in, by code of the table in `codes.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from fakeproxy.engine.codes import CODES, Code
from fakeproxy.exceptions import Refusal, UsageError

#: What stands in a text where neither a test nor the request says what is to stand there.
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
    """Return Twilio's row of this code. Raises UsageError, which names the nearest, where there is none."""
    if type(code) is int and code in CODES and code != _OWN:
        return CODES[code]
    codes = [one for one in CODES if one != _OWN]
    near = {int(one) for one in get_close_matches(str(code), map(str, codes), 2, cutoff=0)}
    if type(code) is int:
        near |= set(sorted(codes, key=lambda one: abs(one - code))[:2])
    told = ", ".join(f"{one} ({CODES[one].title})" for one in sorted(near))
    raise UsageError(f"{code!r} is no code of Twilio's that is known here; the nearest are {told}")


def check_placeholders(code: int, facts: Mapping[str, object]) -> None:
    """Raise UsageError for facts that the text of this code has no place for."""
    taken = known(code).placeholders
    if unknown := sorted(set(facts) - set(taken)):
        told = f"its text takes {', '.join(taken)}" if taken else "its text takes nothing"
        raise UsageError(f"{code} ({CODES[code].title}) takes no {', '.join(unknown)}; {told}")


def refuse(code: int, *why: str, reasons: Iterable[str] = (), **facts: object) -> Refusal:
    """Return the Refusal of this code, its text filled with `facts`; `why` and `reasons` go to the journal."""
    row = CODES[code]
    return Refusal(code, row.status, row.text.format(**facts) if facts else row.text, (*why, *reasons))


def missing(name: str) -> Refusal:
    """A required parameter is absent or empty."""
    return refuse(20001, reason=f"Missing required parameter {name} in the post body")


def invalid(name: str, reason: str) -> Refusal:
    """A parameter that has no code of its own has a value that Twilio refuses."""
    return refuse(80701, name=name, reason=reason)
