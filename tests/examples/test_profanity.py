import json

from flask import Flask, request

CUSTOMER, DRIVER = "+14155550100", "+14155550101"

app = Flask("moderation")


@app.post("/intercept")
def moderate():
    body = json.loads(request.form["interactionData"]).get("body", "")
    return ("", 403) if "darn" in body else ("", 200)


@app.post("/broken")
def broken():
    raise KeyError("interactionMood")


def open_session(fakeproxy, path):
    fakeproxy.webhooks.mount("https://jobs.example.com", app)
    service = fakeproxy.add_service(
        numbers=["+14155550001"], intercept_callback_url=f"https://jobs.example.com{path}"
    )
    return (
        fakeproxy.add_session(service, participants=[CUSTOMER, DRIVER])
        .participants[0]
        .proxy_identifier
    )


def test_a_rude_text_is_blocked(fakeproxy):
    number = open_session(fakeproxy, "/intercept")
    with fakeproxy.alerts.expect(80909):
        assert fakeproxy.phone(CUSTOMER).text(number, "where the darn are you?").blocked
    assert fakeproxy.phone(CUSTOMER).text(number, "where are you?").delivered
    assert [text.body for text in fakeproxy.phone(DRIVER).inbox] == ["where are you?"]


def test_a_broken_handler_blocks_nothing(fakeproxy):
    number = open_session(fakeproxy, "/broken")
    contact = fakeproxy.phone(CUSTOMER).text(number, "where the darn are you?")
    assert contact.delivered
    assert "KeyError: 'interactionMood'" in contact.alerts[0].why
