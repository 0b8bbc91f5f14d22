"""A callback about a text, made and signed by hand, for the tools that send none."""

import jobs
from twilio.request_validator import RequestValidator

URL = "https://jobs.example.com/status"


def text_callback(session, signature=None):
    form = {
        "interactionSid": "KI00000000000000000000000000000001",
        "interactionSessionSid": session,
    }
    headers = {
        "X-Twilio-Signature": signature
        or RequestValidator("token").compute_signature(URL, form)
    }
    return jobs.app.test_client().post(URL, data=form, headers=headers)
