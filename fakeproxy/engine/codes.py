"""The table of Twilio's codes for requests and alerts of Proxy: title, HTTP status, level and text.

Sources of the statuses: 400 was seen on the real service for 80103, 80104, 80207, 80404, 80603, 80608 and 80609. It is
documented for 80604, as are 409 for 80623 and 429 for the rate limit. 401, 403 and 404 of the codes 20xxx were seen on
other products of Twilio's. Sources of the texts: answers of the real service, or Twilio's error dictionary, which also
has the titles and levels. No source shows what is marked `# Guess`.
"""

from __future__ import annotations

from string import Formatter
from typing import Final, Literal, NamedTuple

Level = Literal["error", "warning"]

#: The levels of an alert in the Debugger.
ERROR: Final = "error"
WARNING: Final = "warning"


class Code(NamedTuple):
    """A code of Twilio's. `level` is the level of its alert; requests are refused with codes of both levels."""

    title: str
    status: int
    level: Level
    text: str

    @property
    def placeholders(self) -> list[str]:
        """The names in braces in the text."""
        return [name for _, name, _, _ in Formatter().parse(self.text) if name]


_NO_NUMBER = "This Service has no compatible Proxy numbers for this Participant. "

#: The codes by number.
# Guess (inferred, seven answers of the real service): the status 400 for every code 80xxx without a source above; all
# that were seen are 400.
CODES: dict[int, Code] = {
    501: Code("Not served by the fake", 501, ERROR, "The fake does not do this: {what}"),
    11200: Code("HTTP retrieval failure", 400, ERROR, "HTTP retrieval failure"),
    # Guess (inferred, none): 400 for 12100 and 12200, which are alerts only.
    12100: Code("Document parse failure", 400, ERROR, "Document parse failure"),
    # Guess (documented, the page of error 12200): 12200 for a TwiML verb that the fake does not serve; at Twilio it is
    # for verbs that do not exist.
    12200: Code("Schema validation warning", 400, WARNING, "Schema validation warning"),
    20001: Code("Unknown parameters", 400, WARNING, "{reason}"),
    20003: Code("Permission Denied", 401, ERROR, "Authenticate"),
    # Guess (inferred, the error dictionary): the texts of codes 20004 to 21102 that are just the title; no source shows
    # an answer.
    20004: Code("Method not allowed", 405, ERROR, "Method not allowed"),
    # Guess (inferred, none): the status of 20005, 20006, 20007, 20162 and 21102.
    20005: Code("Account not active", 403, ERROR, "Account not active"),
    20006: Code("Access Denied", 403, ERROR, "Access Denied"),
    20007: Code("Page size too large", 400, ERROR, "Page size too large"),
    20008: Code("Test Credentials", 403, ERROR, "Resource not accessible with Test Account Credentials"),
    20162: Code(
        "A conflicting resource update is in progress", 409, ERROR, "A conflicting resource update is in progress"
    ),
    20403: Code("403 Forbidden", 403, ERROR, "Forbidden"),
    20404: Code("Not Found", 404, ERROR, "The requested resource {path} was not found"),
    20409: Code("Conflict", 409, ERROR, "Conflict"),
    20413: Code("Request Entity Too Large", 413, ERROR, "Request Entity Too Large"),
    20422: Code("Invalid Parameter", 422, ERROR, "Invalid Parameter"),
    20423: Code("Invalid SID", 422, ERROR, "Invalid SID"),
    20426: Code("Upgrade Required", 426, ERROR, "Upgrade Required"),
    20429: Code("Too Many Requests", 429, ERROR, "Too Many Requests"),
    20500: Code("Internal Server Error", 500, ERROR, "Internal Server Error"),
    20503: Code("Service unavailable", 503, ERROR, "Service is unavailable"),
    21102: Code("Reached maximum number of Services", 400, ERROR, "Reached maximum number of Services"),
    # Guess (inferred, memory of other products of Twilio's): the texts and statuses of the next codes 21xxx.
    21211: Code("Invalid 'To' Phone Number", 400, ERROR, "Invalid 'To' Phone Number: {masked}"),
    21212: Code("Invalid 'From' Number", 400, ERROR, "The 'From' number {number} is not a valid number."),
    21220: Code("Invalid call state", 400, ERROR, "Call is not in-progress. Cannot redirect."),
    21266: Code("'To' and 'From' are the same", 400, ERROR, "'To' and 'From' number cannot be the same: {masked}"),
    21421: Code("PhoneNumber is invalid", 400, ERROR, "PhoneNumber is invalid: {number}"),
    21422: Code("PhoneNumber is not available", 400, ERROR, "PhoneNumber {number} is not available."),
    21452: Code("No phone numbers in area code", 400, ERROR, "No phone numbers found in area code {area_code}."),
    # Guess (inferred, an answer of another product of Twilio's): the text of 21481 is worded like the known "Invalid
    # PageSize."
    21481: Code("Invalid PageToken", 400, ERROR, "Invalid PageToken."),
    21602: Code("Message body is required", 400, ERROR, "Message body is required."),
    21603: Code("'From' is required", 400, ERROR, "A 'From' phone number is required."),
    21604: Code("'To' is required", 400, ERROR, "A 'To' phone number is required."),
    21606: Code("'From' cannot send", 400, ERROR, "The 'From' phone number {number} is not a message-capable number."),
    21609: Code("Invalid 'StatusCallback'", 400, ERROR, "The 'StatusCallback' URL {url} is not a valid URL."),
    21617: Code("Body too long", 400, ERROR, "The concatenated message body exceeds the 1600 character limit."),
    21659: Code("'From' is no number of Twilio's", 400, ERROR, "'From' {number} is not a Twilio phone number."),
    21660: Code(
        "'From' is another account's",
        400,
        ERROR,
        "Mismatch between the 'From' number {number} and the account {account_sid}",
    ),
    21701: Code("No such Messaging Service", 404, ERROR, "The Messaging Service {name} does not exist."),
    # Guess (inferred, an answer of the real service): the text of 80101 is worded like that of 80104 in the answer.
    80101: Code(
        "Number Already Added to Another Service", 400, ERROR, "PhoneNumber has already been added to another Service"
    ),
    80102: Code(
        "Participant Already In Interaction", 400, WARNING, "Participant has already been added to Interaction"
    ),
    80103: Code("Participant Already In Session", 400, ERROR, "Participant has already been added to Session"),
    80104: Code("Phone Number Already In Service", 400, WARNING, "PhoneNumber has already been added to Service"),
    80105: Code("Short Code Already In Service", 400, WARNING, "ShortCode has already been added to Service"),
    80201: Code(
        "No Available Voice Proxy",
        400,
        WARNING,
        _NO_NUMBER
        + "This Service has no available Proxy numbers having voice capabilities. This can happen if you attempted "
        "to create a participant in a session for which you did not specify a Mode in a country that does not "
        "support combined voice and sms capabilities.",
    ),
    80202: Code(
        "No Available Message Proxy",
        400,
        WARNING,
        _NO_NUMBER
        + "This Service has no available Proxy numbers having sms capabilities. This can happen if you attempted "
        "to create a participant in a session for which you did not specify a Mode in a country that does not "
        "support combined voice and sms capabilities, or if your only available proxy numbers do not have "
        "messaging capabilities.",
    ),
    80203: Code(
        "No Available Proxy For Country",
        400,
        ERROR,
        _NO_NUMBER + "This Service has no available Proxy numbers for country code {country}.",
    ),
    80205: Code("No Proxies For Service", 400, WARNING, _NO_NUMBER + "This Service has no Proxy numbers configured."),
    80206: Code(
        "No Available Proxy",
        400,
        WARNING,
        _NO_NUMBER + "Failed to find a proxy number for {masked}. Either you have no numbers meeting your service's "
        "GeoMatchLevel for the target number, or the numbers you do have are already in use by the participant "
        "in other Sessions.",
    ),
    # Guess (seen, a log of 2026): the text of 80207 is put together from parts in a tester's log; no source shows all
    # of it.
    80207: Code(
        "No unreserved numbers in proxy pool.",
        400,
        ERROR,
        _NO_NUMBER + "The only matching candidates are marked as Reserved.",
    ),
    80208: Code(
        "No Available Unused Proxy",
        400,
        ERROR,
        _NO_NUMBER
        + "Failed to find a proxy number for {masked}. All matching proxies for this Participant are already in "
        "use in other Sessions.",
    ),
    # Guess (inferred, the error dictionary): the text of 80301, worded like that of 80303; and 400 for both, where 404
    # is possible too.
    80301: Code("Not Found Phone Number SID", 400, ERROR, "Phone Number Sid is not associated with your Account."),
    80303: Code("Not Found Short Code Sid", 400, WARNING, "Short Code Sid is not associated with your Account."),
    80304: Code(
        "Not Found Unmanaged Identifier",
        400,
        WARNING,
        "Unmanaged Proxy Identifier not found.  Unmanaged identifiers include non-phone number identifiers "
        "(e.g., a facebook messenger page id). Possibly you tried to add a participant with a proxy identifier "
        "for a channel that is not managed by Twilio or by your Proxy Service.",
    ),
    80305: Code(
        "Not Found Unmanaged Identifier Sid",
        400,
        ERROR,
        "Unmanaged Proxy Identifier not found.  Unmanaged identifiers include non-phone number identifiers "
        "(e.g., a facebook messenger page id). If you want to include channels such as Facebook Messenger, "
        "WhatsApp, etc. as Proxy participants, you must configure the channel integration callback url to point "
        "to your proxy service: "
        "https://webhooks.twilio.com/v1/Accounts/{account_sid}/Proxy/{service_sid}/Webhooks/Message",
    ),
    80306: Code("Not Found Chat Service", 400, ERROR, "Found no chat instance associated with service {service_sid}"),
    80307: Code(
        "Record to be updated was not found in database.",
        400,
        WARNING,
        "Record to be updated was not found in database.",
    ),
    # Guess (inferred, the pages of errors 80308 and 80403): 80308 and 80403 have the status 404.
    80308: Code("Session with the unique name not found.", 404, ERROR, "Session with the unique name not found."),
    80401: Code("Account Sid Invalid", 400, WARNING, "Invalid Account Sid"),
    80402: Code("Identifier Proxy Pair Invalid", 400, WARNING, "Invalid Identifier and Proxy Identifier pair"),
    80403: Code("Interaction Sid Invalid", 404, WARNING, "Invalid Interaction Sid"),
    80404: Code(
        "Participant Identifier Invalid",
        400,
        ERROR,
        "Participant identifier does not appear to be a valid, reachable identity",
    ),
    80405: Code("Participant Sid Invalid", 400, WARNING, "Invalid Participant Sid"),
    80406: Code("Phone Number Did Invalid", 400, WARNING, "Invalid Phone Number Did"),
    80407: Code("Phone Number Sid Invalid", 400, WARNING, "Invalid Phone Number Sid"),
    80408: Code("Service Sid Invalid", 400, WARNING, "Invalid Service Sid"),
    80409: Code("Session Sid Invalid", 400, WARNING, "Invalid Session Sid"),
    # Guess (inferred, the error dictionary): 500 for Twilio's own errors; 502 is possible for 80502.
    80501: Code(
        "Storage Operation Failed", 500, ERROR, "An internal server error has occurred during a storage operation"
    ),
    80502: Code(
        "Internal Server Error from Downstream",
        500,
        ERROR,
        "A downstream server failed or refused to process a request.",
    ),
    80503: Code("No Records Updated", 400, WARNING, "Record to be updated was not found. It may have been deleted."),
    80504: Code("An internal server error has occurred.", 500, ERROR, "An internal server error has occurred."),
    80505: Code("Flex Configuration Error", 400, ERROR, "A Flex component was not configured correctly"),
    # Guess (inferred, the error dictionary): 403 for 80506, 80610, 80615 and 80625, which are about permission; the
    # text of 80506 is its title.
    80506: Code(
        "Service Creation is restricted for new customers",
        403,
        ERROR,
        "Service Creation is restricted for new customers",
    ),
    80601: Code(
        "Phone Number Not Available", 400, WARNING, "PhoneNumber is not available.  It may be bound to a number pool."
    ),
    80602: Code("Non Unique Service Name", 400, WARNING, "Service UniqueName must be unique."),
    80603: Code("Non Unique Session Name", 400, ERROR, "Session UniqueName must be unique."),
    80604: Code("Proxy Identifier In Use", 400, WARNING, "Proxy identifier already in use with requested identifier."),
    80605: Code("Proxy Identifier Not In Service", 400, WARNING, "Proxy identifier not associated with service."),
    80606: Code("Proxy Identifier Not Owned By Account", 400, WARNING, "Proxy identifier not owned by account."),
    80607: Code("Session Closed", 400, WARNING, "Session is closed and cannot be updated"),
    80608: Code(
        "Session Status Invalid",
        400,
        ERROR,
        "Session status change not supported. To re-open a session, choose In Progress. To close a session, "
        "choose Closed.",
    ),
    80609: Code("Too Many Added Participants", 400, WARNING, "A Session may have at most 2 participants"),
    80610: Code(
        "Unauthorized Operation", 403, WARNING, "Unauthorized. You may be trying to use an invalid combination of sids."
    ),
    80611: Code(
        "Proxy Number In Active Sessions",
        400,
        ERROR,
        "Proxy Number cannot be removed from Service.  It is in use by one or more Sessions.",
    ),
    # Guess (inferred, the error dictionary): the text of 80612 is its title.
    80612: Code("Duplicate Entry", 400, ERROR, "Duplicate Entry"),
    80613: Code("Downstream Request Rejected", 400, ERROR, "Your request was rejected: {reason}"),
    80614: Code(
        "No Partner Participant Found",
        400,
        WARNING,
        "Incoming message or call found no target participant in session {session_sid} for participant "
        "{participant_sid}",
    ),
    80615: Code(
        "Account Sid on Legal Hold", 403, ERROR, "Account {account_sid} is on legal hold.  Cannot delete record {sid}."
    ),
    80616: Code(
        "Unsupported Identifier Type For Session Mode",
        400,
        ERROR,
        "Cannot add {identifier} to session {session_sid}. The identifier is not compatible with the session mode.",
    ),
    80617: Code("Flex Configuration Error", 400, ERROR, "A Flex component was not configured correctly"),
    80618: Code("Chat Integration Error", 400, ERROR, "A Chat element was not configured correctly for Proxy"),
    # Guess (inferred, the error dictionary): the texts of 80619 and 80625; the dictionary has descriptions only.
    80619: Code("Chat Channel Attribute Error", 400, ERROR, "A Chat channel lacks an attribute that Proxy needs"),
    80620: Code(
        "Chat Configured Proxy Identifier Not Found",
        400,
        ERROR,
        "Received a chat message for a proxy identifier that does not exist in your Proxy pool",
    ),
    # Guess (inferred, the page of error 80621): the text of 80621 is that of 20429.
    80621: Code("Requests Rate Limited on Endpoint", 429, WARNING, "Too Many Requests"),
    # Guess (inferred, the page on limits): the text of 80622; the page has only the two limits.
    80622: Code(
        "Maximum Pool Size Error",
        400,
        ERROR,
        "Maximum Pool Size Error. A Service may have at most {limit} {kind} numbers.",
    ),
    80623: Code(
        "Duplicate Participant Request", 409, ERROR, "Possible duplicate Participant created in multiple Sessions."
    ),
    80624: Code(
        "Approaching Maximium Number Pool Size",
        400,
        WARNING,
        "Your Proxy number pool has reached 85% of the maximum limit.",
    ),
    80625: Code(
        "Unauthorized Request. Signature is missing or is invalid", 403, ERROR, "Signature is missing or is invalid"
    ),
    80701: Code("Parameter Validation Failed", 400, WARNING, "'{name}' is invalid. {reason}"),
    80801: Code("Invalid attempt to Re-Open a Session", 400, ERROR, "Participant is active in another Session"),
    80802: Code(
        "Simultaneous requests to create the same Identifier in one or more Sessions",
        400,
        ERROR,
        "Possible duplicate Participant created in multiple Sessions.",
    ),
    80901: Code("Message Matched Stop Word", 400, WARNING, "Message matched a STOP or START word, not proxying"),
    80902: Code(
        "No Active Session",
        400,
        ERROR,
        "You received a call to your Proxy Number from a caller who is not a participant in an active session. ",
    ),
    80903: Code("Unknown Participant", 400, WARNING, "Unknown Participant"),
    80904: Code("Expired Proxy Session", 400, WARNING, "Proxy session has expired."),
    80905: Code("Unknown Scenario", 400, WARNING, "No valid proxy scenario for handling inbound call or message"),
    80906: Code(
        "Interaction Not Open",
        400,
        WARNING,
        "Received interaction completion event for an Interaction that is already complete",
    ),
    80907: Code("Open Interaction Not Found", 400, WARNING, "Received a call with no open interaction"),
    80908: Code("Callback Error", 400, WARNING, "Error on Callback for {url}"),
    80909: Code("Inbound Contact Rejected", 400, WARNING, "Interaction not completed due to InterceptCallbackUrl."),
    80910: Code(
        "Message To Voice Only Session Rejected", 400, WARNING, "Inbound message to voice-only session rejected."
    ),
    80911: Code(
        "Call To Message Only Session Rejected", 400, WARNING, "Inbound call to message-only session rejected."
    ),
    80913: Code(
        "Out-Of-Session Callback Error",
        400,
        ERROR,
        "Callback to Out-of-Session handler returned a non-success status code.",
    ),
}
