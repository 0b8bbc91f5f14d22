"""Every code of Twilio's can be met: as the answer to a request, and as an alert. Here and through `connect()`."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.engine.codes import CODES
from fakeproxy.exceptions import UnexpectedAlert
from tests.quick import slow

URL = "https://proxy.twilio.com/v1/Services"
ANNE = "+14155550100"

DOCUMENTED = [code for code in CODES if code != 501]


@pytest.fixture(params=["here", slow("elsewhere")])
def fake(request: pytest.FixtureRequest) -> Generator[Any]:
    """A fake of this process, or one that is driven as if it were another's."""
    if request.param == "here":
        with FakeProxy(start="2030-01-01T09:00:00Z") as proxy:
            yield proxy
    else:
        with FakeProxy(start="2030-01-01T09:00:00Z", intercept=False) as proxy, fakeproxy.connect(proxy.url) as remote:
            yield remote


def test_every_code_is_an_answer(fake: Any) -> None:
    for code in DOCUMENTED:
        fake.faults.refuse(code)
        answer = requests.post(URL, {"UniqueName": "rides"}, auth=("AC" + "1" * 32, "x"), timeout=20)
        told = answer.json()
        assert answer.status_code == told["status"] == CODES[code].status
        assert told["code"] == code
        assert told["message"]
        assert "{" not in told["message"], code
        assert told["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
        assert ("WWW-Authenticate" in answer.headers) == (answer.status_code == 401)
        assert ("Retry-After" in answer.headers) == (answer.status_code == 429)
    assert len(fake.services) == 0


def test_the_sdk_raises_it(fake: Any) -> None:
    service = fake.add_service(numbers=["+14155550001"])
    session = fake.add_session(service)
    fake.faults.refuse(80623, operation="CreateParticipant")
    participants = Client().proxy.v1.services(service.sid).sessions(session.sid).participants
    with pytest.raises(TwilioRestException) as caught:
        participants.create(identifier=ANNE)
    assert (caught.value.status, caught.value.code) == (409, 80623)
    participants.create(identifier=ANNE)


def test_a_text_is_filled_by_the_test_the_request_or_an_example(fake: Any) -> None:
    service = fake.add_service(numbers=["+14155550001"])
    session = fake.add_session(service)
    url = f"{URL}/{service.sid}/Sessions/{session.sid}/Participants"

    def told(code: int, **facts: Any) -> str:
        fake.faults.refuse(code, operation="CreateParticipant", **facts)
        answer = requests.post(url, {"Identifier": "+4930123456"}, auth=("AC1", "x"), timeout=20)
        message: str = answer.json()["message"]
        return message

    assert told(80203, country="JP").endswith("for country code JP.")
    assert told(80203).endswith("for country code DE.")
    assert "+493012XXXX" in told(80208)
    assert f"session {session.sid} for" in told(80614)
    assert told(80701, name="Ttl", reason="It is odd.") == "'Ttl' is invalid. It is odd."
    assert f"/Proxy/{service.sid}/" in told(80305)
    assert told(20404) == f"The requested resource {url.removeprefix('https://proxy.twilio.com/v1')} was not found"


def test_it_takes_what_other_faults_take(fake: Any) -> None:
    client = Client()
    fake.faults.refuse(80602, path="/v1/Services", method="post", times=2, after=True)
    for name in ("one", "two"):
        with pytest.raises(TwilioRestException, match="must be unique"):
            client.proxy.v1.services.create(name)
    assert len(fake.services) == 2
    assert client.proxy.v1.services.list()
    fake.faults.refuse(80602, number=ANNE, optional=True)
    fake.check()


@pytest.mark.parametrize("code", [80699, 8064, 0, 501, -80604, 10**30])
def test_a_code_that_there_is_not_is_refused_with_the_nearest(fake: Any, code: int) -> None:
    for order in (fake.faults.refuse, fake.alerts.add):
        with pytest.raises(
            UsageError, match=f"^{code} is not a code of Twilio's .* nearest are [0-9]{{5}} .*, [0-9]{{5}} "
        ):
            order(code)


def test_the_nearest_by_number_and_by_digits(fake: Any) -> None:
    with pytest.raises(UsageError, match=r"80625 \(Unauthorized Request.*80701 \(Parameter Validation Failed\)"):
        fake.faults.refuse(80663)
    with pytest.raises(UsageError, match=r"80604 \(Proxy Identifier In Use\)"):
        fake.faults.refuse(806040)


def test_what_a_text_has_no_place_for_is_refused(fake: Any) -> None:
    with pytest.raises(UsageError, match="takes no country; its text takes nothing"):
        fake.faults.refuse(80604, country="JP")
    with pytest.raises(UsageError, match="url"):
        fake.alerts.add(80903, url="https://x.example")
    assert len(fake.alerts) == 0
    assert len(fake.faults.orders) == 0


def test_every_code_is_an_alert(fake: Any) -> None:
    for code in DOCUMENTED:
        alert = fake.alerts.add(code)
        assert (alert.code, alert.level, alert.at) == (code, CODES[code].level, fake.clock.now())
        assert alert.text
        assert "{" not in alert.text, code
        assert alert.resource_sid == fake.account["account_sid"]
        assert fake.alerts[-1] == alert
    assert "alert 80908 (warning): Error on Callback for" in fake.report()


def test_an_alert_says_what_the_test_says(fake: Any) -> None:
    service = fake.add_service()
    alert = fake.alerts.add(80908, service.sid, why="a try", url="https://x.example/cb")
    assert alert.text == "Error on Callback for https://x.example/cb"
    assert (alert.resource_sid, alert.why) == (service.sid, "a try")


def test_an_alert_that_the_test_puts_up_does_not_fail_it() -> None:
    with FakeProxy(fail_on_alerts="warning", intercept=False) as proxy:
        proxy.alerts.add(80902)
        with proxy.alerts.expect(80901):
            proxy.alerts.add(80901)
        proxy.check()
        service = proxy.add_service(numbers=["+14155550001"])
        proxy.phone(ANNE).call("+14155550001")
        with pytest.raises(UnexpectedAlert, match=service.sid):
            proxy.check()


def test_the_document_of_the_control_api_has_them() -> None:
    with FakeProxy(intercept=False) as proxy:
        document = requests.get(f"{proxy.url}/_fakeproxy/openapi.json", timeout=20).json()
        assert document["paths"]["/_fakeproxy/alerts"]["post"]
        for path, body in [("/alerts", {"code": "x"}), ("/faults", {"fault": "refuse"})]:
            answer = requests.post(f"{proxy.url}/_fakeproxy{path}", json=body, timeout=20)
            assert (answer.status_code, answer.json()["error"]) == (400, "UsageError")
