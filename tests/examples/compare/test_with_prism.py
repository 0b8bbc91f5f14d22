import json
import os
import socket
import subprocess
import time
from functools import partial
from pathlib import Path

import jobs
import pytest
from by_hand import text_callback
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

SESSION = "KC00000000000000000000000000000001"
SESSIONS = "/v1/Services/{ServiceSid}/Sessions"
EXAMPLES = {
    ("post", SESSIONS, "400"): {"code": 80603, "message": "Session UniqueName must be unique."},
    ("get", SESSIONS, "200"): {
        "sessions": [{"sid": SESSION, "status": "closed"}],
        "meta": {"key": "sessions"},
    },
    ("get", f"{SESSIONS}/{{Sid}}", "200"): {"sid": SESSION, "status": "open"},
    ("post", f"{SESSIONS}/{{SessionSid}}/Participants", "201"): {
        "proxy_identifier": "+14155550001"
    },
}


@pytest.fixture(scope="module")
def prism(tmp_path_factory):
    """Start Prism with Twilio's OpenAPI file and these examples."""
    document = json.loads(Path(os.environ["TWILIO_OPENAPI"]).read_text(encoding="utf-8"))
    for (method, path, status), example in EXAMPLES.items():
        answer = document["paths"][path][method]["responses"].setdefault(
            status, {"description": "refused", "content": {}}
        )
        answer["content"].setdefault("application/json", {})["example"] = example
    file = tmp_path_factory.mktemp("prism") / "openapi.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["prism", "mock", "--errors", "--host", "127.0.0.1", "--port", str(port), str(file)]
    )
    try:
        while server.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


class Redirected(TwilioHttpClient):
    def __init__(self, server, prefer):
        super().__init__()
        self.server, self.prefer = server, prefer

    def request(self, method, url, params=None, data=None, headers=None, *args, **kwargs):
        headers = {**(headers or {}), **self.prefer.get((method, url.rpartition("/")[2]), {})}
        url = url.replace("https://proxy.twilio.com", self.server)
        return super().request(method, url, params, data, headers, *args, **kwargs)


@pytest.fixture(autouse=True)
def _client_of_prism(prism, monkeypatch):
    name_is_taken = {("POST", "Sessions"): {"Prefer": "code=400"}}
    monkeypatch.setattr(
        jobs, "Client", partial(Client, http_client=Redirected(prism, name_is_taken))
    )


def test_1_a_job_has_one_session_with_two_people_even_if_it_is_there_already():
    job = jobs.open_job("job-7", "(415) 555-0100", "(415) 555-0101")

    assert (job.session, job.customer_dials, job.driver_dials) == (
        SESSION,
        "+14155550001",
        "+14155550001",
    )


def test_2_a_text_is_counted():  # whether it reaches the other person, Prism cannot tell
    job = jobs.open_jobs["job-7"] = jobs.Job(SESSION, "+14155550001", "+14155550002")

    assert text_callback(SESSION).status_code == 200
    assert len(job.texts) == 1

    assert text_callback(SESSION, signature="wrong").status_code == 403
    assert len(job.texts) == 1


# that a day of silence closes it, the example says, not Twilio
def test_3_a_closed_session_frees_the_job():
    jobs.open_jobs["job-7"] = jobs.Job(SESSION, "+14155550001", "+14155550002")
    jobs.open_jobs["job-8"] = jobs.Job(
        "KC00000000000000000000000000000002", "+14155550001", "+14155550002"
    )

    jobs.free_silent_jobs()
    assert list(jobs.open_jobs) == ["job-8"]
