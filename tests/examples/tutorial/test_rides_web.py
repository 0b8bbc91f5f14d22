import pytest
from rides import book
from rides_web import app, texts_of

RIDER, DRIVER = "+14155550100", "+14155550101"


@pytest.fixture
def number(fakeproxy):  # the number that the rider dials
    fakeproxy.webhooks.mount("https://rides.example.com", app)
    service = fakeproxy.add_service(
        "rides",
        numbers=["+14155550001", "+14155550002"],
        intercept_callback_url="https://rides.example.com/intercept",
        callback_url="https://rides.example.com/status",
    )
    return book(service.sid, "ride-7", RIDER, DRIVER)[RIDER]


def test_a_text_is_counted(fakeproxy, number):
    contact = fakeproxy.phone(RIDER).text(number, "I am at the gate.")

    assert contact.delivered
    assert texts_of[contact.session.sid] == {contact.interaction.sid}
    print(fakeproxy.history)


def test_a_text_about_cash_is_blocked(fakeproxy, number):
    with fakeproxy.alerts.expect(80909):
        contact = fakeproxy.phone(RIDER).text(number, "Do you take cash?")

    assert contact.blocked
    assert len(fakeproxy.phone(DRIVER).inbox) == 0


def test_a_webhook_without_a_signature_is_refused(fakeproxy, number):
    with fakeproxy.webhooks.unsigned(), fakeproxy.alerts.expect(80909):
        contact = fakeproxy.phone(RIDER).text(number, "I am at the gate.")

    assert [callback.status for callback in contact.callbacks] == [403]
