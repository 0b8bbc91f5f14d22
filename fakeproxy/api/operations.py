"""The table of the API's operations: method, path, status of the answer, parameters, rule.

Names are the operationIds of Twilio's OpenAPI file. Those of ShortCodes, which it lacks since 2025-07, are made the
same way. The lengths of texts are those of Twilio's page of limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from fakeproxy.api import parameters as types
from fakeproxy.api.parameters import Parameter, Reader
from fakeproxy.engine import interactions, messages, participants, phone_numbers, services, sessions
from fakeproxy.engine.records import Row

_SERVICE = (
    Parameter("DefaultTtl", "default_ttl", types.ttl),
    Parameter("CallbackUrl", "callback_url", types.url, empty="clear"),
    Parameter(
        "GeoMatchLevel",
        "geo_match_level",
        # The OpenAPI file has the first four. The last is in Twilio's docs, and the real service accepted it.
        types.choice("area-code", "overlay", "radius", "country", "extended-area-code"),
    ),
    Parameter("NumberSelectionBehavior", "number_selection_behavior", types.choice("avoid-sticky", "prefer-sticky")),
    Parameter("InterceptCallbackUrl", "intercept_callback_url", types.url, empty="clear"),
    Parameter("OutOfSessionCallbackUrl", "out_of_session_callback_url", types.url, empty="clear"),
    Parameter("ChatInstanceSid", "chat_instance_sid", types.sid("IS"), empty="clear"),
)
_SERVICE_NAME = Parameter("UniqueName", "unique_name", types.string(191), required=True)
_RESERVED = Parameter("IsReserved", "is_reserved", types.boolean)
_PHONE_NUMBER = (
    Parameter("Sid", "sid", types.sid("PN", 80407)),
    Parameter("PhoneNumber", "phone_number", types.text),
    _RESERVED,
)
_SHORT_CODE = (Parameter("Sid", "sid", types.sid("SC"), required=True),)
_PARTICIPANT = (
    Parameter("Identifier", "identifier", types.string(191), required=True),
    Parameter("FriendlyName", "friendly_name", types.string(255)),
    Parameter("ProxyIdentifier", "proxy_identifier", types.string(255), empty="ignore"),
    Parameter("ProxyIdentifierSid", "proxy_identifier_sid", types.sid("", 80407), empty="ignore"),
)
_SESSION_UPDATE = (
    Parameter("DateExpiry", "date_expiry", types.date),
    Parameter("Ttl", "ttl", types.ttl),
    Parameter("Status", "status", types.choice("open", "in-progress", "closed", "failed", "unknown")),
)
_SESSION = (
    Parameter("UniqueName", "unique_name", types.string(191), empty="ignore"),
    *_SESSION_UPDATE,
    Parameter("Mode", "mode", types.choice("message-only", "voice-only", "voice-and-message")),
    Parameter("Participants", "participants", types.text, read_all=types.participants(_PARTICIPANT)),
)
_MESSAGE = (
    Parameter("Body", "body", types.text),
    Parameter("MediaUrl", "media_url", types.text, read_all=types.urls),
)


class Resource(NamedTuple):
    """A resource, and its rules. `create` and `update` are each the parameters and the rule.

    All resources can be listed and fetched. `created` and `deleted` are the statuses of the answers.
    """

    name: str
    path: str
    create: tuple[tuple[Parameter, ...], Callable[..., Row]] | None = None
    update: tuple[tuple[Parameter, ...], Callable[..., Row]] | None = None
    delete: Callable[..., None] | None = None
    created: int = 201
    deleted: int = 204


class Operation(NamedTuple):
    """A method on a path.

    The rule is called with the row that the path names, and for `Create` and `Update` with the parameters too. For
    `Create` the row is the parent; for a Service it is the key of the account. `status` is that of a success.
    """

    name: str
    verb: str
    method: str
    path: str
    status: int
    resource: Resource
    parameters: tuple[Parameter, ...] = ()
    rule: Callable[..., Row | None] | None = None
    #: Reads the parameters of a form.
    read: Reader = types.reader(())


_SERVICES = "/Services"
_SESSIONS = "/Services/{ServiceSid}/Sessions"
_PARTICIPANTS = _SESSIONS + "/{SessionSid}/Participants"

#: The resources of Proxy, in the order of the docs.
RESOURCES = (
    Resource(
        "Service",
        _SERVICES,
        create=((_SERVICE_NAME, *_SERVICE), services.create),
        update=((_SERVICE_NAME._replace(required=False, empty="ignore"), *_SERVICE), services.update),
        delete=services.delete,
    ),
    Resource(
        "PhoneNumber",
        "/Services/{ServiceSid}/PhoneNumbers",
        create=(_PHONE_NUMBER, phone_numbers.create),
        update=((_RESERVED,), phone_numbers.update),
        delete=phone_numbers.delete,
    ),
    Resource(
        "ShortCode",
        "/Services/{ServiceSid}/ShortCodes",
        create=(_SHORT_CODE, phone_numbers.create_short_code),
        update=((_RESERVED,), phone_numbers.update_short_code),
        delete=phone_numbers.delete_short_code,
    ),
    Resource(
        "Session",
        _SESSIONS,
        create=(_SESSION, sessions.create),
        update=(_SESSION_UPDATE, sessions.update),
        delete=sessions.delete,
    ),
    Resource(
        "Participant",
        _PARTICIPANTS,
        create=(_PARTICIPANT, participants.create),
        delete=participants.delete,
        deleted=200,  # Or `Behavior.participant_delete_status`.
    ),
    Resource("Interaction", _SESSIONS + "/{SessionSid}/Interactions", delete=interactions.delete),
    Resource(
        "MessageInteraction",
        _PARTICIPANTS + "/{ParticipantSid}/MessageInteractions",
        create=(_MESSAGE, messages.create),
        created=200,
    ),
)


def _operations() -> Iterator[Operation]:
    for resource in RESOURCES:
        name, many, one = resource.name, resource.path, resource.path + "/{Sid}"
        yield Operation(f"List{name}", "List", "GET", many, 200, resource)
        yield Operation(f"Fetch{name}", "Fetch", "GET", one, 200, resource)
        if resource.create:
            yield Operation(f"Create{name}", "Create", "POST", many, resource.created, resource, *resource.create)
        if resource.update:
            yield Operation(f"Update{name}", "Update", "POST", one, 200, resource, *resource.update)
        if resource.delete:
            yield Operation(f"Delete{name}", "Delete", "DELETE", one, resource.deleted, resource, rule=resource.delete)


#: The operations by name.
OPERATIONS = {one.name: one._replace(read=types.reader(one.parameters)) for one in _operations()}
