"""The application of these pages. The move does not change it."""

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client


def book(service, customer, driver):
    """Open a session. Return its SID, and the numbers that the two people dial."""
    session = Client().proxy.v1.services(service).sessions.create(ttl=3600)
    people = [session.participants.create(identifier=number) for number in (customer, driver)]
    return session.sid, [person.proxy_identifier for person in people]


def cancel(service, session):
    """Close the session, and tell whether it worked: a caller may try again later."""
    try:
        Client().proxy.v1.services(service).sessions(session).update(status="closed")
    except (TwilioRestException, requests.ConnectionError):
        return False
    return True
