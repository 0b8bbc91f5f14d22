"""An application with a mock mode of its own."""

import os

from twilio.rest import Client

FAKE_TWILIO = os.environ.get("FAKE_TWILIO") == "1"
fake_sessions = {}


def mask(service, customer, driver, hours):
    if FAKE_TWILIO:
        session = f"KCFAKE{len(fake_sessions)}"
        fake_sessions[session] = "open"
        return session, ["+15555550001", "+15555550002"]
    session = Client().proxy.v1.services(service).sessions.create(ttl=hours * 60)
    people = [session.participants.create(number) for number in (customer, driver)]
    return session.sid, [person.proxy_identifier for person in people]


def is_over(service, session):
    if FAKE_TWILIO:
        return fake_sessions[session] == "closed"
    return Client().proxy.v1.services(service).sessions(session).fetch().status == "closed"


def end(service, session):
    if FAKE_TWILIO:
        fake_sessions[session] = "closed"
    else:
        Client().proxy.v1.services(service).sessions(session).update(status="closed")
