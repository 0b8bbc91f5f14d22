"""The webhooks of the application."""

import json
import os

from flask import Flask, abort, request
from twilio.request_validator import RequestValidator

app = Flask("rides")
texts_of = {}  # by the SID of a session: the texts that it had


@app.before_request
def accept_twilio_only():
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(request.url, request.form, signature):
        abort(403)


@app.post("/intercept")
def intercept():  # 403 blocks a text
    text = json.loads(request.form["interactionData"]).get("body", "")
    return "", 403 if "cash" in text else 200


@app.post("/status")
def status():
    texts = texts_of.setdefault(request.form["interactionSessionSid"], set())
    texts.add(request.form["interactionSid"])  # a set: Twilio may tell of a text several times
    return ""
