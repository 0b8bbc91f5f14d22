"""The webhooks of the application."""

import json
import os

from flask import Flask, abort, request
from twilio.request_validator import RequestValidator

app = Flask("rides")
texts_of = {}  # by the unique name of a session: how many texts it had


@app.before_request
def accept_twilio_only():
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    if not validator.validate(request.url, request.form, request.headers.get("X-Twilio-Signature", "")):
        abort(403)


@app.post("/intercept")
def intercept():  # 403 blocks a text
    text = json.loads(request.form["interactionData"]).get("body", "")
    return "", 403 if "cash" in text else 200


@app.post("/status")
def status():
    ride = request.form["interactionSessionSid"]
    texts_of[ride] = texts_of.get(ride, 0) + 1
    return ""
