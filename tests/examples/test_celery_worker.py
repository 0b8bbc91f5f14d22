import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from twilio.rest import Client

app = Celery("jobs", broker="memory://", backend="cache+memory://")


@app.task
def open_job(service_sid, name):
    return Client().proxy.v1.services(service_sid).sessions.create(unique_name=name).sid


@pytest.mark.slow  # a worker takes seconds to stop
@pytest.mark.parametrize("pool", ["solo", "threads"])
def test_a_worker_in_a_thread_of_the_test(fakeproxy, pool):
    service = fakeproxy.add_service("jobs")
    with start_worker(app, pool=pool, perform_ping_check=False):
        sid = open_job.delay(service.sid, "job-7").get(timeout=20)
    assert fakeproxy.sessions["job-7"].sid == sid
