import pytest

from fakeproxy.exceptions import UnexpectedAlert

ANNE, BERT = "+14155550100", "+14155550101"


def crashes(environ, start_response):  # a handler with a bug
    raise KeyError("job-7")


@pytest.fixture
def number(fakeproxy):  # the number that Anne dials
    fakeproxy.webhooks.mount("https://jobs.example.com", crashes)
    fakeproxy.add_service(
        "jobs", numbers=["+14155550001"], callback_url="https://jobs.example.com/status"
    )
    return fakeproxy.add_session(participants=[ANNE, BERT]).participants[0].proxy_identifier


def test_an_alert_fails_no_test_by_default(fakeproxy, number):
    contact = fakeproxy.phone(ANNE).text(number, "I am at the gate.")
    assert contact.delivered
    assert fakeproxy.alerts.one(code=80908).why == "the handler raised KeyError: 'job-7'"


@pytest.mark.fakeproxy(fail_on_alerts="warning")
def test_with_the_setting_it_does(fakeproxy, number):
    fakeproxy.phone(ANNE).text(number, "I am at the gate.")
    with pytest.raises(UnexpectedAlert, match="KeyError: 'job-7'"):
        fakeproxy.check()  # the fixture calls it at the end of each test


@pytest.mark.fakeproxy(fail_on_alerts="warning")
def test_an_expected_alert_does_not(fakeproxy, number):
    with fakeproxy.alerts.expect(80908):
        fakeproxy.phone(ANNE).text(number, "I am at the gate.")
