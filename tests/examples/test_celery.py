import heapq
from datetime import timedelta
from itertools import count

import pytest
from celery import Celery, Task
from celery.exceptions import Retry
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

app = Celery("jobs", broker="memory://")  # the application


@app.task(bind=True)
def close_job(task, service_sid, session_sid):
    try:
        Client().proxy.v1.services(service_sid).sessions(session_sid).update(status="closed")
    except TwilioRestException as error:
        raise task.retry(exc=error, countdown=60, max_retries=2) from error


def open_job(service_sid, name):  # it closes an hour after it was opened, whatever happens
    session = Client().proxy.v1.services(service_sid).sessions.create(unique_name=name)
    close_job.apply_async((service_sid, session.sid), countdown=3600)


@pytest.fixture
def service(fakeproxy):
    return fakeproxy.add_service("jobs", numbers=["+14155550001"])


@pytest.fixture
def eager():
    app.conf.task_always_eager = True
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def test_an_eager_task_does_not_wait_for_its_countdown(fakeproxy, service, eager):
    open_job(service.sid, "job-7")
    assert fakeproxy.sessions["job-7"].status == "closed"  # at once


@pytest.fixture
def run_tasks_until(fakeproxy, monkeypatch):  # a scheduler on the fake's clock
    waiting, order = [], count()

    def apply_async(task, args=(), kwargs=None, countdown=None, eta=None, retries=0, **options):
        due = eta or fakeproxy.clock.now() + timedelta(seconds=countdown or 0)
        heapq.heappush(waiting, (due, next(order), task, args, kwargs, retries))

    def run_tasks_until(end):
        while waiting and waiting[0][0] <= end:
            due, _, task, args, kwargs, retries = heapq.heappop(waiting)
            fakeproxy.clock.move_to(max(due, fakeproxy.clock.now()))
            try:
                task.apply(args, kwargs, retries=retries, throw=True)
            except Retry as retry:
                if retry.sig:
                    retry.sig.apply_async()  # with its countdown, and one retry more
        fakeproxy.clock.move_to(end)

    monkeypatch.setattr(Task, "apply_async", apply_async)
    return run_tasks_until


def test_a_task_runs_when_its_countdown_is_over(fakeproxy, service, run_tasks_until):
    opened = fakeproxy.clock.now()
    open_job(service.sid, "job-7")
    run_tasks_until(opened + timedelta(minutes=59))
    assert fakeproxy.sessions["job-7"].status == "open"

    run_tasks_until(opened + timedelta(hours=2))
    assert fakeproxy.sessions["job-7"].status == "closed"
    assert fakeproxy.sessions["job-7"].date_ended == opened + timedelta(hours=1)


def test_a_task_that_retries(fakeproxy, service, run_tasks_until):
    opened = fakeproxy.clock.now()
    open_job(service.sid, "job-7")
    fakeproxy.faults.too_many_requests(times=2)
    run_tasks_until(opened + timedelta(hours=2))
    assert fakeproxy.sessions["job-7"].date_ended == opened + timedelta(hours=1, minutes=2)


def test_a_task_that_retries_in_vain(fakeproxy, service, run_tasks_until):
    opened = fakeproxy.clock.now()
    open_job(service.sid, "job-7")
    fakeproxy.faults.too_many_requests(times=3)
    with pytest.raises(TwilioRestException, match="Too Many Requests"):
        run_tasks_until(opened + timedelta(hours=2))
    assert fakeproxy.clock.now() == opened + timedelta(hours=1, minutes=2)


@pytest.mark.parametrize("propagates", [False, True])
def test_an_eager_task_that_retries(fakeproxy, service, eager, propagates):
    app.conf.task_eager_propagates = propagates
    session = fakeproxy.add_session(unique_name="job-7")
    fakeproxy.faults.too_many_requests()
    if propagates:
        with pytest.raises(Retry):  # and no retry follows
            close_job.delay(service.sid, session.sid)
    else:
        close_job.delay(service.sid, session.sid)  # the retry follows at once
    assert fakeproxy.sessions["job-7"].status == ("open" if propagates else "closed")
