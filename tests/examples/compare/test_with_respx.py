from functools import partial
from logging import getLogger

import httpx
import jobs
import pytest
import requests
import respx
from by_hand import text_callback
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

SESSION = "KC00000000000000000000000000000001"
SESSIONS = f"https://proxy.twilio.com/v1/Services/{jobs.SERVICE}/Sessions"
DIALS = {"+14155550100": "+14155550001", "+14155550101": "+14155550002"}


# respx sees the requests of httpx only, and the SDK's are those of requests
class Httpx(HttpClient):
    def request(
        self,
        method,
        url,
        params=None,
        data=None,
        headers=None,
        auth=None,
        timeout=None,
        allow_redirects=False,
    ):
        answer = httpx.request(
            method, url, params=params, data=data, headers=headers, auth=auth
        )
        return Response(answer.status_code, answer.text)


@pytest.fixture(autouse=True)
def _client_over_httpx(monkeypatch):
    monkeypatch.setattr(
        jobs, "Client", partial(Client, http_client=Httpx(getLogger("jobs"), is_async=False))
    )


@respx.mock
def test_1_a_job_has_one_session_with_two_people_even_if_an_answer_gets_lost():
    refusal = {"code": 80603, "message": "Session UniqueName must be unique."}
    create = respx.post(SESSIONS, data={"UniqueName": "job-7", "Ttl": "86400"})
    create.side_effect = [requests.ConnectionError(), httpx.Response(400, json=refusal)]
    respx.get(f"{SESSIONS}/job-7").respond(json={"sid": SESSION, "status": "open"})
    for identifier, dials in DIALS.items():
        add = respx.post(f"{SESSIONS}/{SESSION}/Participants", data={"Identifier": identifier})
        add.respond(201, json={"proxy_identifier": dials})

    job = jobs.open_job("job-7", "(415) 555-0100", "(415) 555-0101")

    assert (job.session, job.customer_dials, job.driver_dials) == (SESSION, *DIALS.values())


def test_2_a_text_is_counted():  # whether it reaches the other person, no stub can tell
    job = jobs.open_jobs["job-7"] = jobs.Job(SESSION, "+14155550001", "+14155550002")

    assert text_callback(SESSION).status_code == 200
    assert len(job.texts) == 1

    assert text_callback(SESSION, signature="wrong").status_code == 403
    assert len(job.texts) == 1


def list_of_sessions(status):
    others = [{"sid": f"KC{number:032}", "status": "open"} for number in range(100, 150)]
    second = f"{SESSIONS}?PageSize=50&Page=1&PageToken=PT1"
    first_page = {"sessions": others, "meta": {"key": "sessions", "next_page_url": second}}
    second_page = {
        "sessions": [{"sid": SESSION, "status": status}],
        "meta": {"key": "sessions"},
    }
    respx.get(second).respond(json=second_page)
    respx.get(SESSIONS).respond(json=first_page)


@respx.mock
# that a day of silence closes it, the test says, not Twilio
def test_3_a_closed_session_frees_the_job():
    jobs.open_jobs["job-7"] = jobs.Job(SESSION, "+14155550001", "+14155550002")

    list_of_sessions("open")
    jobs.free_silent_jobs()
    assert "job-7" in jobs.open_jobs

    list_of_sessions("closed")
    jobs.free_silent_jobs()
    assert "job-7" not in jobs.open_jobs
