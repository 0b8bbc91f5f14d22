"""The applications of `docs/how-to/scenarios.md`, each broken in the way that its scenario guards against."""

from __future__ import annotations

import json

from flask import Flask, Response, jsonify, request

directory = Flask("directory that connects every buyer to the wrong agent")


@directory.post("/out-of-session")
def first_contact() -> Response:
    return jsonify(uniqueName=f"house-1/{request.form['From']}", participantIdentifier="+14155550198")


late_text = Flask("courier that says nothing when a job is over")


@late_text.post("/out-of-session")
def job_is_over() -> str:
    return ""


moderation = Flask("moderation that blocks nothing, and blocks all where it fails")


@moderation.post("/intercept")
def moderate() -> str:
    return ""


@moderation.post("/broken")
def broken() -> tuple[str, int]:
    return "", 403


billing = Flask("billing that expects every call to have a duration")


@billing.post("/status")
def status() -> str:
    json.loads(request.form["interactionData"])["duration"]
    return ""
