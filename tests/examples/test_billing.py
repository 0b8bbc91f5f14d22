import json

from flask import Flask, request

CUSTOMER, CONSULTANT = "+14155550100", "+14155550101"


# the application: a line for each call that was answered, in begun minutes
def billing(ledger):
    app = Flask("billing")

    @app.post("/status")
    def status():
        form = request.form
        if (
            form["interactionType"] == "Voice"
            and form.get("outboundResourceStatus") == "completed"
        ):
            seconds = int(json.loads(form["interactionData"]).get("duration", 0))
            if seconds:
                ledger[form["interactionSid"]] = -(-seconds // 60)
        return ""

    return app


def test_three_calls_and_one_bill(fakeproxy):
    ledger = {}
    fakeproxy.webhooks.mount("https://billing.example.com", billing(ledger))
    service = fakeproxy.add_service(
        numbers=["+14155550001"], callback_url="https://billing.example.com/status"
    )
    number = (
        fakeproxy.add_session(service, participants=[CUSTOMER, CONSULTANT])
        .participants[0]
        .proxy_identifier
    )
    customer, consultant = fakeproxy.phone(CUSTOMER), fakeproxy.phone(CONSULTANT)

    busy = customer.call(number)
    consultant.calls[-1].decline()
    busy.hang_up()

    unanswered = customer.call(number)
    fakeproxy.clock.advance(minutes=1)
    unanswered.hang_up()

    call = customer.call(number)
    fakeproxy.clock.advance(seconds=10)
    call.answer()
    fakeproxy.clock.advance(minutes=2, seconds=30)
    consultant.calls[-1].hang_up()

    assert [contact.status for contact in (busy, unanswered, call)] == [
        "busy",
        "no-answer",
        "completed",
    ]
    assert call.interaction.data == '{"duration":"150"}'
    assert ledger == {call.interaction.sid: 3}
