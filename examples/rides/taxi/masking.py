"""Sessions of Twilio Proxy: one client for the whole process."""

from time import sleep

from django.conf import settings
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

client = Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
sessions = client.proxy.v1.services(settings.TWILIO_PROXY_SERVICE_SID).sessions

ALREADY_IN_USE, ALREADY_CLOSED, NOT_FOUND = 80604, 80607, 20404

#: Codes of Twilio's, and what the dispatcher is told.
REFUSALS = {
    80103: "Rider and driver have the same number.",
    80206: "All lines are busy.",
    80208: "All lines are busy.",
    80404: "This is no phone number.",
}


def open_session(ride):
    """Open a session, and note in the ride which number each of the two dials. Refused, it leaves no session behind."""
    session = patiently(sessions.create, unique_name=str(ride))
    try:
        ride.rider_dials = join(session.sid, ride.rider, settings.STAND_NUMBERS.get(ride.stand))
        ride.driver_dials = join(session.sid, ride.driver)
    except TwilioRestException:
        patiently(sessions(session.sid).delete)
        raise
    ride.session_sid = session.sid


def join(session_sid, number, stand_number=None):
    """Add a person, and return the number that this person dials: that of the stand, or one of the pool."""
    participants = sessions(session_sid).participants
    if stand_number:
        try:
            return patiently(participants.create, identifier=number, proxy_identifier=stand_number).proxy_identifier
        except TwilioRestException as error:
            if error.code != ALREADY_IN_USE:  # The person has another ride from this stand.
                raise
    return patiently(participants.create, identifier=number).proxy_identifier


def close_session(session_sid):
    """Close a session. It may be closed or deleted already."""
    try:
        patiently(sessions(session_sid).update, status="closed")
    except TwilioRestException as error:
        if error.code not in (ALREADY_CLOSED, NOT_FOUND):
            raise


def patiently(call, **arguments):
    """Call Twilio, and again after a while if it was too fast."""
    for delay in settings.RETRY_DELAYS:
        try:
            return call(**arguments)
        except TwilioRestException as error:
            if error.status != 429:
                raise
            sleep(delay)
    return call(**arguments)
