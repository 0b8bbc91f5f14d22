"""Messages that an application sends from its own numbers to people, through the SDK."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from werkzeug.wrappers import Request, Response

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.engine.records import End

ANNE, BERT = "+14155550100", "+14155550101"
OWN, OTHER = "+14155550001", "+14155550002"
NINE = datetime(2030, 1, 1, 9, tzinfo=timezone.utc)
SITE = "https://app.example"


@pytest.fixture
def client(proxy: FakeProxy) -> Client:
    proxy.add_number(OWN)
    return Client()


class Recorder:
    """An application that notes the forms it is sent."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.forms.append(Request(environ).form.to_dict())
        return Response("")(environ, start_response)

    @property
    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for form in self.forms]


def refused(act: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        act()
    return caught.value.status, caught.value.code


def test_it_arrives(proxy: FakeProxy, client: Client) -> None:
    sent = client.messages.create(to=ANNE, from_=OWN, body="your code is 1234", media_url=["https://x.example/a.png"])
    assert (sent.status, sent.direction, sent.date_sent, sent.num_media) == ("queued", "outbound-api", None, "1")
    (text,) = proxy.phone(ANNE).inbox
    assert (text.from_, text.body, text.media, text.sid) == (
        OWN,
        "your code is 1234",
        ("https://x.example/a.png",),
        sent.sid,
    )
    fetched = client.messages(sent.sid).fetch()
    assert (fetched.status, fetched.date_sent, fetched.body) == ("delivered", NINE, "your code is 1234")
    assert len(proxy.interactions) == 0
    assert proxy.journal[-2].operation == "CreateMessage"


def test_the_number_may_be_in_a_pool_with_a_session(proxy: FakeProxy, client: Client) -> None:
    proxy.add_service(numbers=[OWN])
    proxy.add_session(participants=[ANNE, BERT])
    client.messages.create(to=ANNE, from_=OWN, body="your driver is near")
    assert [text.body for text in proxy.phone(ANNE).inbox] == ["your driver is near"]
    assert proxy.phone(BERT).inbox == ()


def test_any_notation_of_a_number(proxy: FakeProxy, client: Client) -> None:
    assert client.messages.create(to="(415) 555-0100", from_=OWN, body="hi").to == ANNE
    assert len(proxy.phone(ANNE).inbox) == 1


@pytest.mark.parametrize(
    ("end", "statuses", "code"),
    [
        ("delivered", ["sent", "delivered"], None),
        ("undelivered", ["sent", "undelivered"], "30003"),
        ("failed", ["failed"], "30008"),
    ],
)
def test_its_status_callbacks(
    proxy: FakeProxy, client: Client, end: End, statuses: list[str], code: str | None
) -> None:
    site = Recorder()
    proxy.webhooks.mount(SITE, site)
    proxy.phone(ANNE).reception = end
    sent = client.messages.create(to=ANNE, from_=OWN, body="hi", status_callback=f"{SITE}/status")
    assert site.statuses == statuses
    form = site.forms[-1]
    assert (form["MessageSid"], form["SmsSid"], form["From"], form["To"]) == (sent.sid, sent.sid, OWN, ANNE)
    assert (form["AccountSid"], form["SmsStatus"], form.get("ErrorCode")) == (client.username, end, code)
    assert [delivery.kind for delivery in proxy.webhooks.deliveries] == ["message-status"] * len(statuses)
    assert len(proxy.alerts) == 0


def test_its_status_callbacks_over_time() -> None:
    with FakeProxy(start=NINE, behavior={"message_seconds": 5}) as proxy:
        proxy.add_number(OWN)
        site = Recorder()
        proxy.webhooks.mount(SITE, site)
        client = Client()
        sid = client.messages.create(to=ANNE, from_=OWN, body="hi", status_callback=f"{SITE}/status").sid
        assert site.statuses == []
        proxy.clock.advance(5)
        assert (site.statuses, client.messages(sid).fetch().status) == (["sent"], "sent")
        proxy.clock.advance(5)
        assert site.statuses == ["sent", "delivered"]
        assert [delivery.at - NINE for delivery in proxy.webhooks.deliveries] == [
            timedelta(seconds=5),
            timedelta(seconds=10),
        ]


def test_a_status_callback_that_fails_is_an_alert(proxy: FakeProxy, client: Client) -> None:
    proxy.webhooks.mount(SITE, lambda environ, start: Response("no", 500)(environ, start))
    sent = client.messages.create(to=ANNE, from_=OWN, body="hi", status_callback=f"{SITE}/status")
    assert [(alert.code, alert.resource_sid) for alert in proxy.alerts] == [(11200, sent.sid)] * 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"from_": OWN, "body": "hi", "to": "nobody"}, 21211),
        ({"from_": OWN, "body": "hi", "to": "+1"}, 21211),
        ({"from_": OWN, "body": "hi", "to": ""}, 21604),
        ({"body": "hi", "to": ANNE}, 21603),
        ({"from_": OWN, "to": ANNE}, 21602),
        ({"from_": OWN, "to": ANNE, "body": ""}, 21602),
        ({"from_": OWN, "to": ANNE, "body": "x" * 1601}, 21617),
        ({"from_": OTHER, "to": ANNE, "body": "hi"}, 21659),
        ({"from_": "nobody", "to": ANNE, "body": "hi"}, 21212),
        ({"from_": OWN, "to": OWN, "body": "hi"}, 21266),
        ({"from_": OWN, "to": ANNE, "body": "hi", "status_callback": "nowhere"}, 21609),
    ],
)
def test_what_is_refused(proxy: FakeProxy, client: Client, fields: dict[str, Any], code: int) -> None:
    assert refused(lambda: client.messages.create(**fields)) == (400, code)
    assert proxy.phone(ANNE).inbox == ()
    assert client.messages.list() == []


def test_a_number_that_cannot_or_is_anothers(proxy: FakeProxy, client: Client) -> None:
    proxy.add_number("+14155550003", capabilities=["voice"])
    assert refused(lambda: client.messages.create(to=ANNE, from_="+14155550003", body="hi")) == (400, 21606)
    Client("AC" + "9" * 32, "token").incoming_phone_numbers.create(phone_number=OTHER)
    assert refused(lambda: client.messages.create(to=ANNE, from_=OTHER, body="hi")) == (400, 21660)


def test_a_messaging_service(proxy: FakeProxy, client: Client) -> None:
    service = "MG" + "1" * 32
    assert refused(lambda: client.messages.create(to=ANNE, messaging_service_sid=service, body="hi")) == (404, 21701)
    proxy.add_number(OTHER, messaging_service_sid=service)
    sent = client.messages.create(to=ANNE, messaging_service_sid=service, body="hi")
    assert (sent.status, sent.messaging_service_sid) == ("accepted", service)
    assert proxy.phone(ANNE).inbox[-1].from_ == OTHER
    assert client.messages(sent.sid).fetch().messaging_service_sid == service


def test_a_short_code(proxy: FakeProxy, client: Client) -> None:
    proxy.add_short_code("12345")
    client.messages.create(to=ANNE, from_="12345", body="hi")
    assert proxy.phone(ANNE).inbox[-1].from_ == "12345"


@pytest.mark.parametrize("fields", [{"content_sid": "HX1"}, {"send_at": NINE, "schedule_type": "fixed"}])
def test_what_the_fake_does_not_do(client: Client, fields: dict[str, Any]) -> None:
    assert refused(lambda: client.messages.create(to=ANNE, from_=OWN, body="hi", **fields)) == (501, 501)
    sid = client.messages.create(to=ANNE, from_=OWN, body="hi").sid
    assert refused(client.messages(sid).delete) == (501, 501)
    assert refused(lambda: client.messages(sid).update(body="")) == (501, 501)
    assert refused(lambda: client.messages.create(to="whatsapp:" + ANNE, from_=OWN, body="hi")) == (501, 501)


def test_the_list(proxy: FakeProxy, client: Client) -> None:
    for day, to in enumerate((ANNE, BERT, ANNE)):
        client.messages.create(to=to, from_=OWN, body=str(day))
        proxy.clock.advance(days=1)

    def bodies(**filters: Any) -> list[str]:
        return [row.body for row in client.messages.list(**filters)]

    assert bodies() == bodies(page_size=1) == ["2", "1", "0"]
    assert bodies(to=ANNE) == ["2", "0"]
    assert bodies(from_=BERT) == []
    assert bodies(date_sent="2030-01-02") == ["1"]
    assert bodies(date_sent_after=NINE + timedelta(days=1)) == ["2", "1"]
    assert bodies(date_sent_before="2030-01-01") == ["0"]
    second = client.messages.page(page_size=1).next_page()
    assert [row.body for row in second] == ["1"]
    assert [row.body for row in second.previous_page()] == ["2"]
    assert Client("AC" + "9" * 32, "token").messages.list() == []
    base = f"https://api.twilio.com/2010-04-01/Accounts/{client.username}"
    answer = requests.get(f"{base}/Messages.json?DateSent=soon", auth=client.auth, timeout=20)
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid DateSent.")


def test_it_is_part_of_a_snapshot(proxy: FakeProxy, client: Client) -> None:
    sid = client.messages.create(to=ANNE, from_=OWN, body="hi", status_callback="http://127.0.0.1:9/").sid
    snapshot = proxy.snapshot()
    proxy.reset()
    proxy.restore(snapshot)
    assert client.messages(sid).fetch().body == "hi"


def test_through_a_fake_of_another_process() -> None:
    with FakeProxy(intercept=False) as proxy, fakeproxy.connect(proxy.url) as remote:
        remote.add_number(OWN)
        site = Recorder()
        remote.webhooks.mount(SITE, site)
        Client().messages.create(to=ANNE, from_=OWN, body="hi", status_callback=f"{SITE}/status")
        assert [text.body for text in remote.phone(ANNE).inbox] == ["hi"]
        assert site.statuses == ["sent", "delivered"]
        assert [delivery.kind for delivery in remote.webhooks.deliveries] == ["message-status"] * 2
