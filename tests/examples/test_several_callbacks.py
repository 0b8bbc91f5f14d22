import pytest
from flask import Flask, request

ANNE, BERT = "+14155550100", "+14155550101"
app = Flask("jobs")
statuses, texts = [], set()


@app.post("/status")
def status():
    statuses.append(request.form["outboundResourceStatus"])
    texts.add(request.form["interactionSid"])  # a set: a second callback of a text adds nothing
    return ""


@pytest.fixture(autouse=True)
def _nothing_was_counted():
    statuses.clear()
    texts.clear()


@pytest.mark.fakeproxy(behavior={"message_seconds": 2})
def test_a_text_with_three_callbacks_is_counted_once(fakeproxy):
    fakeproxy.webhooks.mount("https://jobs.example.com", app)
    fakeproxy.add_service(
        numbers=["+14155550001"], callback_url="https://jobs.example.com/status"
    )
    fakeproxy.add_session(participants=[ANNE, BERT])

    contact = fakeproxy.phone(ANNE).text("+14155550001", "I am at the gate.")
    fakeproxy.clock.advance(seconds=4)

    assert statuses == ["queued", "sent", "delivered"]
    assert texts == {contact.interaction.sid}


def test_the_same_callback_twice(fakeproxy):
    fakeproxy.webhooks.mount("https://jobs.example.com", app)
    fakeproxy.add_service(
        numbers=["+14155550001"], callback_url="https://jobs.example.com/status"
    )
    fakeproxy.add_session(participants=[ANNE, BERT])

    contact = fakeproxy.phone(ANNE).text("+14155550001", "I am at the gate.")
    sent = contact.callbacks[0]
    headers = {"X-Twilio-Signature": sent.signature or ""}
    app.test_client().post(sent.url, data=sent.form, headers=headers)

    assert statuses == ["delivered", "delivered"]
    assert texts == {contact.interaction.sid}
