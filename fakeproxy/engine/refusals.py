"""The refusals of Twilio: code, HTTP status and text.

Statuses: 400 was seen on the real service for 80103, 80104, 80207, 80404, 80603, 80608 and 80609 and is documented
for 80604; 404, 401 and 403 of the 20xxx codes were seen on sister products. `# Guess:` marks what nobody has shown.
Texts without that mark were seen on the wire or stand in Twilio's error dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fakeproxy.exceptions import Refusal


class Answer(NamedTuple):
    status: int
    message: str


_NO_NUMBER = "This Service has no compatible Proxy numbers for this Participant. "
_NO_MODE = (
    "This Service has no available Proxy numbers having {capability} capabilities. This can happen if you attempted "
    "to create a participant in a session for which you did not specify a Mode in a country that does not support "
    "combined voice and sms capabilities"
)
_UNMANAGED = (
    "Unmanaged Proxy Identifier not found.  Unmanaged identifiers include non-phone number identifiers (e.g., a "
    "facebook messenger page id). "
)

# Guess: 400 wherever a row of 80xxx does not say otherwise in the note above: every status that was seen is 400.
ANSWERS: dict[int, Answer] = {
    501: Answer(501, "The fake does not do this: {what}"),
    20001: Answer(400, "{reason}"),
    20003: Answer(401, "Authenticate"),
    20004: Answer(405, "Method not allowed"),  # Guess: the text of 20004 is its title; no answer was ever shown.
    20008: Answer(403, "Resource not accessible with Test Account Credentials"),
    20404: Answer(404, "The requested resource {path} was not found"),
    20413: Answer(413, "Request Entity Too Large"),  # Guess: the text of 20413 is its title.
    20429: Answer(429, "Too Many Requests"),
    # Guess: the texts and statuses of 21220, 21421 and 21422, which are of another product.
    21220: Answer(400, "Call is not in-progress. Cannot redirect."),
    21421: Answer(400, "PhoneNumber is invalid: {number}"),
    21422: Answer(400, "PhoneNumber {number} is not available."),
    21481: Answer(400, "Invalid PageToken."),  # Guess: the text of 21481 is worded like the known "Invalid PageSize."
    # Guess: the text of 80101 is worded like that of 80104.
    80101: Answer(400, "PhoneNumber has already been added to another Service"),
    80103: Answer(400, "Participant has already been added to Session"),
    80104: Answer(400, "PhoneNumber has already been added to Service"),
    80105: Answer(400, "ShortCode has already been added to Service"),
    80201: Answer(400, _NO_NUMBER + _NO_MODE.format(capability="voice") + "."),
    80202: Answer(
        400,
        _NO_NUMBER
        + _NO_MODE.format(capability="sms")
        + ", or if your only available proxy numbers do not have messaging capabilities.",
    ),
    80203: Answer(400, _NO_NUMBER + "This Service has no available Proxy numbers for country code {country}."),
    80205: Answer(400, _NO_NUMBER + "This Service has no Proxy numbers configured."),
    80206: Answer(
        400,
        _NO_NUMBER
        + "Failed to find a proxy number for {masked}. Either you have no numbers meeting your service's GeoMatchLevel "
        "for the target number, or the numbers you do have are already in use by the participant in other Sessions.",
    ),
    # Guess: the text of 80207 is put together from the pieces of a tester's log; the whole text was never shown.
    80207: Answer(400, _NO_NUMBER + "The only matching candidates are marked as Reserved."),
    80208: Answer(
        400,
        _NO_NUMBER
        + "Failed to find a proxy number for {masked}. All matching proxies for this Participant are already "
        "in use in other Sessions.",
    ),
    # Guess: the text of 80301 is worded like that of 80303; for the status of both, 404 is the other candidate.
    80301: Answer(400, "Phone Number Sid is not associated with your Account."),
    80303: Answer(400, "Short Code Sid is not associated with your Account."),
    80304: Answer(
        400,
        _UNMANAGED
        + "Possibly you tried to add a participant with a proxy identifier for a channel that is not managed "
        "by Twilio or by your Proxy Service.",
    ),
    80305: Answer(
        400,
        _UNMANAGED
        + "If you want to include channels such as Facebook Messenger, WhatsApp, etc. as Proxy participants, "
        "you must configure the channel integration callback url to point to your proxy service: "
        "https://webhooks.twilio.com/v1/Accounts/{account_sid}/Proxy/{service_sid}/Webhooks/Message",
    ),
    80308: Answer(404, "Session with the unique name not found."),  # Guess: the status of 80308.
    80402: Answer(400, "Invalid Identifier and Proxy Identifier pair"),
    80404: Answer(400, "Participant identifier does not appear to be a valid, reachable identity"),
    80406: Answer(400, "Invalid Phone Number Did"),
    80407: Answer(400, "Invalid Phone Number Sid"),
    80506: Answer(
        403, "Service Creation is restricted for new customers"
    ),  # Guess: the status of 80506; its text is its title.
    80601: Answer(400, "PhoneNumber is not available.  It may be bound to a number pool."),
    80602: Answer(400, "Service UniqueName must be unique."),
    80603: Answer(400, "Session UniqueName must be unique."),
    80604: Answer(400, "Proxy identifier already in use with requested identifier."),
    80605: Answer(400, "Proxy identifier not associated with service."),
    80606: Answer(400, "Proxy identifier not owned by account."),
    80607: Answer(400, "Session is closed and cannot be updated"),
    80608: Answer(
        400,
        "Session status change not supported. To re-open a session, choose In Progress. To close a session, choose "
        "Closed.",
    ),
    80609: Answer(400, "A Session may have at most 2 participants"),
    80611: Answer(400, "Proxy Number cannot be removed from Service.  It is in use by one or more Sessions."),
    80612: Answer(400, "Duplicate Entry"),  # Guess: the text of 80612 is its title.
    80613: Answer(400, "Your request was rejected: {reason}"),
    80616: Answer(
        400,
        "Cannot add {identifier} to session {session_sid}. The identifier is not compatible with the session mode.",
    ),
    # Guess: the text of 80622; only the two limits are documented.
    80622: Answer(400, "Maximum Pool Size Error. A Service may have at most {limit} {kind} numbers."),
    80701: Answer(400, "'{name}' is invalid. {reason}"),
}


def refuse(code: int, *why: str, reasons: Iterable[str] = (), **facts: object) -> Refusal:
    """The Refusal of this code, its text filled with `facts`; `why` and `reasons` go to the journal."""
    status, message = ANSWERS[code]
    return Refusal(code, status, message.format(**facts) if facts else message, (*why, *reasons))


def missing(name: str) -> Refusal:
    """A required parameter is absent or empty."""
    return refuse(20001, reason=f"Missing required parameter {name} in the post body")


def invalid(name: str, reason: str) -> Refusal:
    """A parameter that has no code of its own has a value that Twilio refuses."""
    return refuse(80701, name=name, reason=reason)
