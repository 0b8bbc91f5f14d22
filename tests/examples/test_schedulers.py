import sched
import time
from datetime import datetime, timedelta, timezone

import pytest
from twilio.rest import Client

pytestmark = pytest.mark.fakeproxy(time="app", start="2030-01-01T09:00:00Z")


# the application: a cron job that reads the time and a table of its own
def close_overdue(service_sid, deadlines):
    for session_sid, deadline in deadlines.items():
        if deadline <= datetime.now(timezone.utc):
            Client().proxy.v1.services(service_sid).sessions(session_sid).update(
                status="closed"
            )


def test_a_job_that_asks_the_time(fakeproxy):
    service = fakeproxy.add_service("jobs")
    session = fakeproxy.add_session(unique_name="job-7")
    deadlines = {session.sid: datetime.now(timezone.utc) + timedelta(hours=1)}

    fakeproxy.clock.advance(minutes=59)
    close_overdue(service.sid, deadlines)
    assert fakeproxy.sessions["job-7"].status == "open"

    fakeproxy.clock.advance(minutes=1)
    close_overdue(service.sid, deadlines)
    assert fakeproxy.sessions["job-7"].status == "closed"


def test_a_loop_in_the_process(fakeproxy):
    service = fakeproxy.add_service("jobs")
    session = fakeproxy.add_session(unique_name="job-7")
    deadlines = {session.sid: datetime.now(timezone.utc)}
    loop = sched.scheduler(time.time)  # as the loops of schedule and APScheduler
    loop.enter(3600, 1, close_overdue, (service.sid, deadlines))

    fakeproxy.clock.advance(hours=1)
    assert fakeproxy.sessions["job-7"].status == "open"  # a step of the clock wakes no loop up
    loop.run(blocking=False)
    assert fakeproxy.sessions["job-7"].status == "closed"
