from datetime import datetime, timezone

import pytest
from rides import book

RIDER, DRIVER = "+14155550100", "+14155550101"


@pytest.fixture
def number(fakeproxy):  # the number that the rider dials
    service = fakeproxy.add_service("rides", numbers=["+14155550001", "+14155550002"])
    return book(service.sid, "ride-7", RIDER, DRIVER)[RIDER]


def test_a_ride_ends_after_four_quiet_hours(fakeproxy, number):
    print(fakeproxy.clock.due())

    fakeproxy.clock.advance(hours=3)
    fakeproxy.phone(RIDER).text(number, "Did I leave my bag?")
    fakeproxy.clock.advance(hours=3)
    # the text began the four hours again
    assert fakeproxy.sessions["ride-7"].status == "in-progress"

    fakeproxy.clock.advance(hours=1)
    assert fakeproxy.sessions["ride-7"].status == "closed"
    assert fakeproxy.sessions["ride-7"].date_ended.isoformat() == "2030-01-01T16:00:00+00:00"


def test_a_late_text_reaches_nobody(fakeproxy, number):
    fakeproxy.clock.advance(hours=4)

    with fakeproxy.alerts.expect(80904, 80905):
        late = fakeproxy.phone(RIDER).text(number, "Did I leave my bag?")

    assert not late.delivered


@pytest.mark.fakeproxy(time="app")
def test_the_application_reads_the_same_time(fakeproxy):
    fakeproxy.clock.advance(days=1)
    assert datetime.now(timezone.utc).isoformat() == "2030-01-02T09:00:00+00:00"
