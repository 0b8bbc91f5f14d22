import jobs
import requests
import responses
from by_hand import text_callback
from responses.matchers import query_param_matcher, urlencoded_params_matcher

SESSION = "KC00000000000000000000000000000001"
SESSIONS = f"https://proxy.twilio.com/v1/Services/{jobs.SERVICE}/Sessions"
DIALS = {"+14155550100": "+14155550001", "+14155550101": "+14155550002"}


@responses.activate
def test_1_a_job_has_one_session_with_two_people_even_if_an_answer_gets_lost():
    form = [urlencoded_params_matcher({"UniqueName": "job-7", "Ttl": "86400"})]
    refusal = {"code": 80603, "message": "Session UniqueName must be unique."}
    responses.post(SESSIONS, body=requests.ConnectionError(), match=form)
    responses.post(SESSIONS, status=400, json=refusal, match=form)
    responses.get(f"{SESSIONS}/job-7", json={"sid": SESSION, "status": "open"})
    for identifier, dials in DIALS.items():
        form = [urlencoded_params_matcher({"Identifier": identifier})]
        responses.post(
            f"{SESSIONS}/{SESSION}/Participants",
            status=201,
            json={"proxy_identifier": dials},
            match=form,
        )

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
    responses.get(SESSIONS, json=first_page, match=[query_param_matcher({})])
    responses.get(second, json=second_page)


@responses.activate
# that a day of silence closes it, the test says, not Twilio
def test_3_a_closed_session_frees_the_job():
    jobs.open_jobs["job-7"] = jobs.Job(SESSION, "+14155550001", "+14155550002")

    list_of_sessions("open")
    jobs.free_silent_jobs()
    assert "job-7" in jobs.open_jobs

    responses.reset()
    list_of_sessions("closed")
    jobs.free_silent_jobs()
    assert "job-7" not in jobs.open_jobs
