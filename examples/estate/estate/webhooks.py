"""The webhooks of the Proxy Service. Twilio signs each one."""

import json
import re
import secrets
from contextlib import suppress
from datetime import datetime, timezone

from flask import Blueprint, abort, jsonify, request
from twilio.base.exceptions import TwilioException
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from estate import book, conversations, settings

routes = Blueprint("webhooks", __name__, url_prefix="/twilio")
validator = RequestValidator(settings.AUTH_TOKEN)

CONTACT_DETAILS = re.compile(r"\+?\d(?:[ ()/.-]?\d){6,}|\S+@\S+")


@routes.before_request
def accept_twilio_only():
    """Refuse what Twilio has not signed. It signs the public URL, not that behind a proxy."""
    url = settings.PUBLIC_URL + request.path
    if not validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
        abort(403)


@routes.post("/intercept")
def intercept():
    """Refuse, with a 403, calls out of hours, and texts with a phone number or an e-mail address."""
    if request.form["interactionType"] == "Voice":
        return "", 200 if datetime.now(timezone.utc).hour in settings.OFFICE_HOURS else 403
    if not CONTACT_DETAILS.search(json.loads(request.form["interactionData"]).get("body", "")):
        return "", 200
    session, sender = request.form["interactionSessionSid"], request.form["inboundParticipantSid"]
    with suppress(TwilioException, OSError):  # Any answer but a 403 would let the text pass.
        conversations.tell(session, sender, "Your text was not sent. Please send no numbers and addresses.")
    return "", 403


@routes.post("/status")
def keep_in_step():
    """Postpone the expiry of an inquiry, as Twilio does with each interaction."""
    session_sid = request.form["interactionSessionSid"]
    at = datetime.fromisoformat(request.form["interactionDateUpdated"].replace("Z", "+00:00"))
    agent = book.agent_of_session(session_sid)
    if agent is None:  # The first interaction of a session that began at a sign.
        name = conversations.patiently(conversations.service.sessions(session_sid).fetch).unique_name
        agent = book.first("SELECT * FROM agents WHERE id = ?", name.split("-")[1])
    book.add_inquiry(session_sid, agent["id"], None, at + settings.SILENCE)
    return ""


@routes.post("/out-of-session")
def first_contact():
    """Connect a buyer who texts or calls the number of a sign. Tell all others whom to text."""
    form = request.form
    agent = book.first("SELECT * FROM agents WHERE sign = ?", form["To"])
    if agent and form["From"] != agent["phone"]:
        ttl = int(settings.SILENCE.total_seconds())
        name = f"sign-{agent['id']}-{secrets.token_hex(8)}"
        return jsonify(uniqueName=name, participantIdentifier=agent["phone"], ttl=ttl)
    former = book.agent_of_session(form.get("sessionSid"))
    if agent:
        text = "This is the number of your own sign."
    elif former and form["From"] != former["phone"]:
        text = f"This conversation is over. Please text {former['name']} at {former['sign']}."
    else:
        text = "This conversation is over."
    if "MessageSid" in form:
        answer = MessagingResponse()
        answer.message(text)
    else:
        answer = VoiceResponse()
        answer.say(text)
    return str(answer), {"Content-Type": "application/xml"}
