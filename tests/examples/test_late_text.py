import os

from flask import Flask, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

CUSTOMER, DRIVER = "+14155550100", "+14155550101"

app = Flask("courier")


@app.post("/out-of-session")
def job_is_over():
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(request.url, request.form, signature):
        abort(403)
    answer = MessagingResponse()
    answer.message(f"{request.form['sessionUniqueName']} is over. Call us at +14155550000.")
    return str(answer), {"Content-Type": "application/xml"}


def test_a_late_text_is_answered(fakeproxy):
    fakeproxy.webhooks.mount("https://courier.example.com", app)
    service = fakeproxy.add_service(
        numbers=["+14155550001"],
        out_of_session_callback_url="https://courier.example.com/out-of-session",
    )
    session = fakeproxy.add_session(
        service, unique_name="job-7", participants=[CUSTOMER, DRIVER]
    )
    fakeproxy.client().proxy.v1.services(service.sid).sessions(session.sid).update(
        status="closed"
    )

    contact = fakeproxy.phone(CUSTOMER).text(
        session.participants[0].proxy_identifier, "I forgot my bag!"
    )

    assert contact.reply == "job-7 is over. Call us at +14155550000."
    assert fakeproxy.phone(CUSTOMER).inbox[0].from_ == session.participants[0].proxy_identifier
    form = contact.callbacks[0].form
    assert (form["sessionStatus"], form["sessionClosedReason"]) == ("closed", "api")
    assert form["outboundParticipantIdentifier"] == DRIVER

    # the application refuses what is not Twilio's
    with fakeproxy.webhooks.unsigned(), fakeproxy.alerts.expect(80913):
        assert (
            fakeproxy.phone(CUSTOMER)
            .text(session.participants[0].proxy_identifier, "hello?")
            .reply
            is None
        )
