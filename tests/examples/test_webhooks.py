import json
from urllib.parse import parse_qs

import pytest

ANNE, BERT = "+14155550100", "+14155550101"
SITE = "https://rides.example.com"
FORMS = []


def app(environ, start_response):  # the application: it blocks texts about cash
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
    form = {name: values[0] for name, values in parse_qs(body).items()}
    FORMS.append(form)
    is_cash = "cash" in json.loads(form["interactionData"]).get("body", "")
    start_response(
        "403 Forbidden" if is_cash and environ["PATH_INFO"] == "/intercept" else "200 OK", []
    )
    return [b""]


@pytest.fixture
def number(fakeproxy):
    FORMS.clear()
    fakeproxy.webhooks.mount(SITE, app)
    fakeproxy.add_service(
        "rides",
        numbers=["+14155550001"],
        intercept_callback_url=f"{SITE}/intercept",
        callback_url=f"{SITE}/status",
    )
    return fakeproxy.add_session(participants=[ANNE, BERT]).participants[0].proxy_identifier


def test_what_the_handlers_were_sent(fakeproxy, number):
    contact = fakeproxy.phone(ANNE).text(number, "I am at the gate.")
    assert [(delivery.kind, delivery.status) for delivery in contact.callbacks] == [
        ("intercept", 200),
        ("status", 200),
    ]
    assert FORMS[1]["outboundResourceStatus"] == "delivered"


def test_a_text_that_is_blocked(fakeproxy, number):
    with fakeproxy.alerts.expect(80909):
        assert fakeproxy.phone(ANNE).text(number, "Do you take cash?").blocked


def test_a_handler_that_is_down(fakeproxy, number):
    def down(environ, start_response):
        raise ConnectionError("no database")

    fakeproxy.webhooks.mount(SITE, down)  # in place of the other
    contact = fakeproxy.phone(ANNE).text(number, "I am at the gate.")
    assert contact.delivered  # only a 403 blocks
    assert "no database" in contact.alerts[0].why
