"""Record the cassettes of test_with_vcr.py. A user of vcrpy has Twilio in place of the fake."""

import os
from functools import partial

import jobs
import vcr
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from fakeproxy import FakeProxy

TWILIO = "https://proxy.twilio.com"


class Redirected(TwilioHttpClient):
    def __init__(self, server):
        super().__init__()
        self.server = server

    def request(self, method, url, *args, **kwargs):
        return super().request(method, url.replace(TWILIO, self.server), *args, **kwargs)


def record(name, act):
    with FakeProxy(intercept=False, start="2030-01-01T09:00:00Z") as fake:

        def as_of_twilio(text):
            return text.replace(fake.url, TWILIO)

        def before_request(request):
            request.uri = as_of_twilio(request.uri)
            return request

        def before_response(response):
            text = as_of_twilio(response["body"]["string"].decode())
            kept = {"Content-Type": response["headers"]["Content-Type"]}
            return {**response, "body": {"string": text.encode()}, "headers": kept}

        fake.add_service(sid=jobs.SERVICE, numbers=["+14155550001", "+14155550002"])
        fake.add_session(jobs.SERVICE, unique_name="job-6", participants=["+14155550102", "+14155550101"])
        fake.add_session(jobs.SERVICE, unique_name="job-7", ttl=86_400)
        jobs.Client = partial(Client, "AC" + "1" * 32, "token", http_client=Redirected(fake.url))
        recorder = vcr.VCR(
            filter_headers=["Authorization", "User-Agent", "X-Twilio-Client", "Host"],
            before_record_request=before_request,
            before_record_response=before_response,
        )
        path = os.path.join(os.path.dirname(__file__), name)
        if os.path.exists(path):
            os.remove(path)
        with recorder.use_cassette(path, record_mode=vcr.mode.ALL):
            act(fake)


def open_a_job(fake):  # Twilio has its session already
    jobs.open_job("job-7", "(415) 555-0100", "(415) 555-0101")


def wait_a_day(fake):
    jobs.free_silent_jobs()
    fake.clock.advance(hours=24)
    jobs.free_silent_jobs()


if __name__ == "__main__":
    record("open.yaml", open_a_job)
    record("silence.yaml", wait_a_day)
