import time
from datetime import datetime, timezone

import pytest
from freezegun import freeze_time


@pytest.mark.fakeproxy(time="app", start="2030-01-01T09:00:00Z")
def test_the_application_reads_the_same_time(fakeproxy):
    fakeproxy.clock.advance(days=1)
    assert datetime.now(timezone.utc) == fakeproxy.clock.now()


def test_a_freeze_is_followed_and_driven(fakeproxy):
    with freeze_time("2030-01-01 09:00:00"):
        assert fakeproxy.clock.driver == "freezegun"
        fakeproxy.clock.advance(hours=1)
        assert time.gmtime().tm_hour == 10
