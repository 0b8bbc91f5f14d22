"""What the agency asks of Twilio Proxy. A conversation is a session of a buyer and an agent."""

import time

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from estate import settings

client = Client(settings.ACCOUNT_SID, settings.AUTH_TOKEN)
service = client.proxy.v1.services(settings.SERVICE_SID)

WAITS = (1, 2, 4)  # seconds before each new attempt
NAME_TAKEN, ALREADY_CLOSED = 80603, 80607
# 80604: another session has the number of a session that was closed
NO_NUMBER = (80206, 80207, 80208, 80604)


class AllLinesBusy(Exception):
    """The pool has no number left for a buyer or an agent."""


def patiently(request):
    """Return what the request returns. Repeat it after a 429, when Twilio has done nothing."""
    for wait in WAITS:
        try:
            return request()
        except TwilioRestException as error:
            if error.status != 429:
                raise
        time.sleep(wait)
    return request()


def open_conversation(name, buyer, agent):
    """Return the SID of the session with the name, and the number for the buyer to dial.

    The session is new, or the present one, or was closed and is open again. Raises
    `AllLinesBusy`.
    """
    try:
        session = _named_session(name, participants=[{"Identifier": buyer}, {"Identifier": agent}])
    except TwilioRestException as error:
        if error.code in NO_NUMBER:
            raise AllLinesBusy from error
        raise
    people = patiently(service.sessions(session.sid).participants.list)
    return session.sid, next(person.proxy_identifier for person in people if person.identifier == buyer)


def _named_session(name, participants):
    ttl = int(settings.SILENCE.total_seconds())
    try:
        return patiently(lambda: service.sessions.create(unique_name=name, ttl=ttl, participants=participants))
    except TwilioRestException as error:
        if error.code != NAME_TAKEN:
            raise
    session = patiently(service.sessions(name).fetch)
    if session.status == "closed":
        session = patiently(lambda: service.sessions(session.sid).update(status="in-progress"))
    return session


def end_conversation(session_sid):
    """Close a session, unless it is closed."""
    try:
        patiently(lambda: service.sessions(session_sid).update(status="closed"))
    except TwilioRestException as error:
        if error.code != ALREADY_CLOSED:
            raise


def tell(session_sid, participant_sid, text):
    """Send a text from the agency to one person of a conversation."""
    interactions = service.sessions(session_sid).participants(participant_sid).message_interactions
    patiently(lambda: interactions.create(body=text))


def reserved_numbers():
    """Return the numbers of the pool that are kept for signs."""
    return [number.phone_number for number in patiently(service.phone_numbers.list) if number.is_reserved]


def set_webhooks():
    """Give Twilio the URLs of the webhooks, in each deployment: `flask --app estate connect`."""
    service.update(
        callback_url=f"{settings.PUBLIC_URL}/twilio/status",
        intercept_callback_url=f"{settings.PUBLIC_URL}/twilio/intercept",
        out_of_session_callback_url=f"{settings.PUBLIC_URL}/twilio/out-of-session",
    )
