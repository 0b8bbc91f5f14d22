import booking
import pytest
import requests
import responses

SESSION = "KC00000000000000000000000000000007"
SESSIONS = "https://proxy.twilio.com/v1/Services/KS123/Sessions"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC123")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")


@responses.activate
def test_a_ride_is_booked_and_cancelled():
    responses.post(
        SESSIONS, status=201, json={"sid": SESSION, "service_sid": "KS123", "status": "open"}
    )
    people = f"{SESSIONS}/{SESSION}/Participants"
    responses.post(people, status=201, json={"proxy_identifier": "+14155550001"})
    responses.post(people, status=201, json={"proxy_identifier": "+14155550002"})
    responses.post(f"{SESSIONS}/{SESSION}", json={"sid": SESSION, "status": "closed"})

    session, numbers = booking.book("KS123", "+14155550100", "+14155550101")
    assert numbers == ["+14155550001", "+14155550002"]
    assert booking.cancel("KS123", session)
    assert responses.calls[-1].request.body == "Status=closed"


@responses.activate
def test_twilio_is_too_busy_to_cancel():
    responses.post(
        f"{SESSIONS}/{SESSION}",
        status=429,
        json={"code": 20429, "message": "Too Many Requests"},
    )
    assert not booking.cancel("KS123", SESSION)


@responses.activate
def test_twilio_cannot_be_reached_to_cancel():
    responses.post(f"{SESSIONS}/{SESSION}", body=requests.ConnectionError())
    assert not booking.cancel("KS123", SESSION)
