"""An application that reads its token, and makes its client, when it is imported."""

import os

from flask import Flask, abort, request
from twilio.request_validator import RequestValidator
from twilio.rest import Client

client = Client()
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
app = Flask("dispatch")


def open_job(service_sid, name):
    return client.proxy.v1.services(service_sid).sessions.create(unique_name=name)


@app.post("/status")
def status():
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(request.url, request.form, signature):
        abort(403)
    return ""
