import asyncio
from datetime import datetime, timedelta, timezone

import pytest
import time_machine
from freezegun import freeze_time


@pytest.fixture
def job(fakeproxy):
    fakeproxy.add_service("jobs")
    return fakeproxy.add_session(unique_name="job-7", ttl=3600)


# `freezer` of pytest-freezer comes first
def test_a_step_of_the_freeze_is_seen_by_the_fake(freezer, fakeproxy, job):
    freezer.tick(timedelta(hours=2))
    assert fakeproxy.sessions["job-7"].date_ended == job.date_created + timedelta(hours=1)


def test_a_step_of_the_fake_moves_the_freeze(freezer, fakeproxy, job):
    fakeproxy.clock.advance(hours=1)
    assert datetime.now(timezone.utc) == job.date_created + timedelta(hours=1)
    assert fakeproxy.sessions["job-7"].status == "closed"


def test_time_machine(fakeproxy):
    with time_machine.travel(
        datetime(2030, 1, 1, 9, tzinfo=timezone.utc), tick=False
    ) as traveller:
        fakeproxy.add_service("jobs")
        fakeproxy.add_session(unique_name="job-7", ttl=3600)
        fakeproxy.clock.advance(minutes=30)
        assert datetime.now(timezone.utc).minute == 30
        traveller.shift(timedelta(minutes=30))
        assert fakeproxy.sessions["job-7"].status == "closed"


# begins when the test does: after the fixture `job`, which has the present
@freeze_time("2030-01-01 09:00:00")
def test_rows_that_are_older_than_the_freeze(fakeproxy, job):
    assert job.date_created.year < 2030
    assert fakeproxy.sessions["job-7"].status == "closed"  # its hour was over long ago


# one freeze for fixtures, test and application
@pytest.mark.fakeproxy(start="2030-01-01T09:00:00Z", time="app")
def test_without_a_tool_of_your_own(fakeproxy, job):
    assert job.date_created == datetime.now(timezone.utc)
    with freeze_time("2030-01-01 12:00:00"):  # the innermost freeze is in charge
        assert fakeproxy.sessions["job-7"].status == "closed"


@pytest.mark.fakeproxy(start="2030-01-01T09:00:00Z", time="app")
def test_an_event_loop_runs_on(fakeproxy):
    asyncio.run(asyncio.sleep(0.001))
