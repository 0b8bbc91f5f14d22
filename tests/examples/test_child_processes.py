from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from twilio.rest import Client


def open_job(service_sid, name):  # the application: it runs in a process of a pool
    return Client().proxy.v1.services(service_sid).sessions.create(unique_name=name).sid


def test_the_requests_of_a_process_pool(fakeproxy):
    service = fakeproxy.add_service("jobs")
    # made while the fake is active
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(open_job, service.sid, name) for name in ("job-7", "job-8")]
        assert {job.result() for job in jobs} == {
            session.sid for session in fakeproxy.sessions.values()
        }
