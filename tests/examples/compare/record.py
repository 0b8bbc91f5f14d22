"""Record the cassettes of test_with_vcr.py. A user of vcrpy has Twilio in place of the fake."""

from pathlib import Path

import jobs
import vcr

from fakeproxy import FakeProxy


def record(name, act):
    path = Path(__file__).with_name(name)
    path.unlink(missing_ok=True)
    with FakeProxy(start="2030-01-01T09:00:00Z") as fake:
        fake.add_service(sid=jobs.SERVICE, numbers=["+14155550001", "+14155550002"])
        fake.add_session(
            jobs.SERVICE, unique_name="job-6", participants=["+14155550102", "+14155550101"]
        )
        fake.add_session(jobs.SERVICE, unique_name="job-7", ttl=86_400)
        hidden = ["Authorization", "User-Agent", "X-Twilio-Client"]
        with vcr.use_cassette(str(path), record_mode=vcr.mode.ALL, filter_headers=hidden):
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
