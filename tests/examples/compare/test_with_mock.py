from unittest import mock

import jobs
import requests
from by_hand import text_callback
from twilio.base.exceptions import TwilioRestException
from twilio.rest.proxy.v1.service.session import SessionContext, SessionInstance, SessionList
from twilio.rest.proxy.v1.service.session.participant import (
    ParticipantInstance,
    ParticipantList,
)

SESSION = "KC00000000000000000000000000000001"
DIALS = {"+14155550100": "+14155550001", "+14155550101": "+14155550002"}


# with autospec, a call with a parameter that the SDK does not have fails
def of_the_sdk(where, name):
    return mock.patch.object(where, name, autospec=True)


def session(status):
    return mock.Mock(spec=SessionInstance, sid=SESSION, status=status)


def add_person(people, identifier):
    return mock.Mock(spec=ParticipantInstance, proxy_identifier=DIALS[identifier])


def test_1_a_job_has_one_session_with_two_people_even_if_an_answer_gets_lost():
    with (
        of_the_sdk(SessionList, "create") as create,
        of_the_sdk(SessionContext, "fetch") as fetch,
        of_the_sdk(ParticipantList, "create") as add,
    ):
        create.side_effect = [
            requests.ConnectionError(),
            TwilioRestException(400, "/Sessions", code=80603),
        ]
        fetch.return_value = session("open")
        add.side_effect = add_person

        job = jobs.open_job("job-7", "(415) 555-0100", "(415) 555-0101")

    assert create.mock_calls == [mock.call(mock.ANY, unique_name="job-7", ttl=86_400)] * 2
    assert (job.session, job.customer_dials, job.driver_dials) == (SESSION, *DIALS.values())


def test_2_a_text_is_counted():  # whether it reaches the other person, no mock can tell
    job = jobs.open_jobs["job-7"] = jobs.Job(SESSION, "+14155550001", "+14155550002")

    assert text_callback(SESSION).status_code == 200
    assert len(job.texts) == 1

    assert text_callback(SESSION, signature="wrong").status_code == 403
    assert len(job.texts) == 1


# that a day of silence closes it, the test says, not Twilio
def test_3_a_closed_session_frees_the_job():
    jobs.open_jobs["job-7"] = jobs.Job(SESSION, "+14155550001", "+14155550002")

    with of_the_sdk(SessionList, "list") as sessions:
        sessions.return_value = [session("open")]
        jobs.free_silent_jobs()
        assert "job-7" in jobs.open_jobs

        sessions.return_value = [session("closed")]
        jobs.free_silent_jobs()
        assert "job-7" not in jobs.open_jobs
