from pathlib import Path
from unittest.mock import patch

import booking
import pytest
import responses
import vcr

SERVICE = "KS00000000000000000000000000000001"
CUSTOMER, DRIVER = "+14155550100", "+14155550101"
CASSETTE = str(Path(__file__).with_name("booking.yaml"))


@pytest.fixture(autouse=True)
def _no_test_reaches_twilio(fakeproxy):
    """The guard: each test has a fake, and its own tool answers first."""


def test_with_a_mock():
    with patch("booking.Client"):
        assert booking.cancel(SERVICE, "KC123")


@responses.activate
def test_with_a_stub():
    responses.post(
        f"https://proxy.twilio.com/v1/Services/{SERVICE}/Sessions/KC123",
        json={"status": "closed"},
    )
    assert booking.cancel(SERVICE, "KC123")


@vcr.use_cassette(CASSETTE, record_mode=vcr.mode.NONE)
def test_with_a_cassette():
    session, _ = booking.book(SERVICE, CUSTOMER, DRIVER)
    assert booking.cancel(SERVICE, session)


def test_with_the_fake(fakeproxy):
    fakeproxy.add_service(sid=SERVICE, numbers=["+14155550001", "+14155550002"])
    session, _ = booking.book(SERVICE, CUSTOMER, DRIVER)
    assert booking.cancel(SERVICE, session)
    assert fakeproxy.sessions[session].status == "closed"


def test_that_had_no_tool():
    assert not booking.cancel(SERVICE, "KC123")  # 20404, from an empty fake
