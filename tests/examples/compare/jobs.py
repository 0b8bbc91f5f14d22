"""Jobs, each with a masked session: the application that is tested with every tool."""

import os
import re

import requests
from flask import Flask, abort, request
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

SERVICE = "KS00000000000000000000000000000001"
SESSION_NAME_IS_TAKEN = 80603

app = Flask("jobs")
open_jobs = {}  # by name


class Job:
    def __init__(self, session, customer_dials, driver_dials):
        self.session = session  # its SID
        self.customer_dials = customer_dials
        self.driver_dials = driver_dials
        self.texts = set()  # SIDs: Twilio may tell of a text several times


def sessions():
    return Client().proxy.v1.services(SERVICE).sessions


def as_identifier(number):
    """Return a number of somebody's address book as Twilio wants it: +14155550100."""
    return "+1" + re.sub(r"\D", "", number)[-10:]


def open_session(name):
    """Return the session of a job. After a lost answer its name tells whether it is there."""
    for _ in range(3):
        try:
            return sessions().create(unique_name=name, ttl=24 * 60 * 60)
        except requests.ConnectionError:
            continue
        except TwilioRestException as error:
            if error.code != SESSION_NAME_IS_TAKEN:
                raise
            return sessions().get(name).fetch()
    raise requests.ConnectionError(f"no answer for {name}")


def add_person(session, number):
    """Return the number that this person dials."""
    people = sessions().get(session).participants
    return people.create(identifier=as_identifier(number)).proxy_identifier


def open_job(name, customer, driver):
    session = open_session(name).sid
    customer_dials = add_person(session, customer)
    driver_dials = add_person(session, driver)
    open_jobs[name] = Job(session, customer_dials, driver_dials)
    return open_jobs[name]


@app.post("/status")
def status():
    """Note the texts of each job: Twilio calls this for each one."""
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(request.url, request.form, signature):
        abort(403)
    for job in open_jobs.values():
        if job.session == request.form["interactionSessionSid"]:
            job.texts.add(request.form["interactionSid"])
    return ""


def free_silent_jobs():
    """End the jobs whose session has closed. A timer runs this."""
    closed = {session.sid for session in sessions().list() if session.status == "closed"}
    for name in [name for name, job in open_jobs.items() if job.session in closed]:
        del open_jobs[name]
