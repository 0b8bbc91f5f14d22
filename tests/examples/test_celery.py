import heapq
from datetime import timedelta
from itertools import count

import pytest
from celery import Celery, Task
from twilio.rest import Client

app = Celery("jobs", broker="memory://")  # the application


@app.task
def close_job(service_sid, session_sid):
    Client().proxy.v1.services(service_sid).sessions(session_sid).update(status="closed")


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
    app.conf.task_always_eager = False


def test_an_eager_task_does_not_wait_for_its_countdown(fakeproxy, service, eager):
    open_job(service.sid, "job-7")
    assert fakeproxy.sessions["job-7"].status == "closed"  # at once


@pytest.fixture
def run_tasks_until(fakeproxy, monkeypatch):  # a scheduler on the fake's clock
    waiting, order = [], count()

    def apply_async(task, args=(), kwargs=None, countdown=0, eta=None, **options):
        due = eta or fakeproxy.clock.now() + timedelta(seconds=countdown)
        heapq.heappush(waiting, (due, next(order), task, args, kwargs))

    def run_tasks_until(end):
        while waiting and waiting[0][0] <= end:
            due, _, task, args, kwargs = heapq.heappop(waiting)
            fakeproxy.clock.move_to(max(due, fakeproxy.clock.now()))
            task.apply(args, kwargs, throw=True)
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
