"""The forms of the webhooks, with the fields and the order of Twilio's page on webhooks. Null values are left out."""

from __future__ import annotations

from collections.abc import Mapping

from fakeproxy.engine import messages
from fakeproxy.engine.instants import iso8601
from fakeproxy.engine.interactions import resource_url
from fakeproxy.engine.numbering import look_up
from fakeproxy.engine.records import Call, Interaction, Message, Participant, Session
from fakeproxy.engine.store import Store

Form = dict[str, str]

#: The types of an Interaction in callbacks. The REST API has `message` and `voice`.
_TYPES = {"message": "Message", "voice": "Voice"}


def status(store: Store, interaction: Interaction) -> Form:
    """Return the form of the status callback. It has no identifiers, and no fields of the session."""
    return _present(
        {
            **_leg(store, interaction, "inbound"),
            **_leg(store, interaction, "outbound"),
            **_interaction(store, interaction),
        }
    )


def message_status(store: Store, message: Message) -> Form:
    """Return the form of the status callback of a message that the core API sent."""
    code = messages.error_code(message)
    return _present(
        {
            "SmsSid": message.sid,
            "SmsStatus": message.status,
            "MessageStatus": message.status,
            "To": message.to,
            "MessagingServiceSid": message.messaging_service_sid,
            "MessageSid": message.sid,
            "AccountSid": store.accounts.sid_of(message.account),
            "From": message.from_,
            "ApiVersion": "2010-04-01",
            "ErrorCode": None if code is None else str(code),
        }
    )


def intercept(store: Store, interaction: Interaction) -> Form:
    """Return the form of the intercept callback. It has no outbound fields: the contact is not connected yet."""
    return _present({**_leg(store, interaction, "inbound"), **_interaction(store, interaction)})


def out_of_session(store: Store, leg: Message | Call, past: Participant | None) -> Form:
    """Return the form of the out-of-session callback: that of a Message or Call, and the last session of the pair."""
    account = store.accounts.sid_of(leg.account)
    form: dict[str, str | None]
    if isinstance(leg, Message):
        form = {
            "MessageSid": leg.sid,
            "SmsSid": leg.sid,
            "SmsMessageSid": leg.sid,
            "SmsStatus": leg.status,
            "Body": leg.body,
            "NumMedia": str(len(leg.media)),
            "NumSegments": str(messages.segments(leg.body)),
            **{f"MediaUrl{index}": url for index, url in enumerate(leg.media)},
            **_end("From", leg.from_),
            **_end("To", leg.to),
            "AccountSid": account,
            "ApiVersion": "2010-04-01",
        }
    else:
        form = {
            "AccountSid": account,
            "ApiVersion": "2010-04-01",
            "CallSid": leg.sid,
            "CallStatus": leg.status,
            "Direction": leg.direction,
            **_end("From", leg.from_),
            **_end("To", leg.to),
            **_end("Caller", leg.from_),
            **_end("Called", leg.to),
        }
    if past is not None:
        session = store.sessions.rows[past.session_sid]
        others = [row for row in store.participants.of(session.sid) if row is not past]
        form |= _session(store, session)
        form |= _participant(store, "inbound", past)
        # Guess (inferred, none): the other person of a past session is the last, if it had several one after the other.
        if others:
            form |= _participant(store, "outbound", others[-1])
    return _present(form)


def _leg(store: Store, row: Interaction, way: str) -> Mapping[str, str | None]:
    sid = getattr(row, f"{way}_resource_sid")
    if sid is None:
        return {}
    kind = "message" if row.type == "message" else "call"
    return {
        f"{way}ParticipantSid": getattr(row, f"{way}_participant_sid"),
        f"{way}ResourceSid": sid,
        f"{way}ResourceStatus": getattr(row, f"{way}_resource_status"),
        f"{way}ResourceType": kind,
        f"{way}ResourceUrl": resource_url(store, row, sid),
    }


def _interaction(store: Store, row: Interaction) -> Mapping[str, str | None]:
    return {
        "interactionSid": row.sid,
        "interactionType": _TYPES[row.type],
        "interactionData": row.data,
        "interactionDateCreated": iso8601(row.date_created),
        # Guess (documented, the page on webhooks; one capture contradicts it): interactionDateUpdated has whole
        # seconds; the capture had milliseconds, which fewer clients read.
        "interactionDateUpdated": iso8601(row.date_updated),
        "interactionAccountSid": store.accounts.sid_of(row.account),
        "interactionServiceSid": row.service_sid,
        "interactionSessionSid": row.session_sid,
        **({"interactionNumMedia": str(len(row.media))} if row.type == "message" else {}),
        **{f"interactionMediaUrl{index}": url for index, url in enumerate(row.media)},
    }


def _end(name: str, number: str) -> Mapping[str, str | None]:
    """Return the fields of a number and its country."""
    # Guess (documented, the page on webhooks): city, state and zip are null for every number, and so are left out like
    # other null values; the page has some.
    known = look_up(number)
    return {name: number, f"{name}Country": known.country if known else None}


def _session(store: Store, row: Session) -> Mapping[str, str | None]:
    return {
        "sessionSid": row.sid,
        "sessionAccountSid": store.accounts.sid_of(row.account),
        "sessionServiceSid": row.service_sid,
        "sessionUniqueName": row.unique_name,
        "sessionStatus": row.status,
        "sessionClosedReason": row.closed_reason,
        "sessionMode": row.mode,
        "sessionDateCreated": iso8601(row.date_created),
        "sessionDateUpdated": iso8601(row.date_updated),
        "sessionDateEnded": _date(row.date_ended),
        # The next three are in an old client's code, not on Twilio's page.
        "sessionDateStarted": _date(row.date_started),
        "sessionDateLastInteraction": _date(row.date_last_interaction),
        "sessionTtl": str(row.ttl),
    }


def _participant(store: Store, way: str, row: Participant) -> Mapping[str, str | None]:
    fields = {
        "Sid": row.sid,
        "AccountSid": store.accounts.sid_of(row.account),
        "ServiceSid": row.service_sid,
        "SessionSid": row.session_sid,
        "Identifier": row.identifier,
        "ProxyIdentifier": row.proxy_identifier,
        "ProxyIdentifierSid": row.proxy_identifier_sid,
        "FriendlyName": row.friendly_name,
        "DateCreated": iso8601(row.date_created),
        "DateUpdated": iso8601(row.date_updated),
    }
    return {f"{way}Participant{name}": value for name, value in fields.items()}


def _date(at: int | None) -> str | None:
    return None if at is None else iso8601(at)


def _present(form: Mapping[str, str | None]) -> Form:
    return {name: value for name, value in form.items() if value is not None}
