from pathlib import Path

import booking
import pytest
import vcr

SERVICE = "KS00000000000000000000000000000001"

cassettes = vcr.VCR(
    cassette_library_dir=str(Path(__file__).parent),
    record_mode=vcr.mode.NONE,  # to record: the account's credentials, and vcr.mode.ONCE
    filter_headers=["Authorization"],
    match_on=["method", "scheme", "host", "path", "query", "body"],
)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC123")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "token")


@cassettes.use_cassette("booking.yaml")
def test_a_ride_is_booked_and_cancelled():
    session, numbers = booking.book(SERVICE, "+14155550100", "+14155550101")
    assert numbers == ["+14155550001", "+14155550001"]  # what the account gave on that day
    assert booking.cancel(SERVICE, session)
