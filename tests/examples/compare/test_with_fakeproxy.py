import jobs
import pytest

CUSTOMER, DRIVER = "+14155550100", "+14155550101"


@pytest.fixture(autouse=True)
def _service(fakeproxy):
    fakeproxy.webhooks.mount("https://jobs.example.com", jobs.app)
    numbers = ["+14155550001", "+14155550002"]
    fakeproxy.add_service(
        sid=jobs.SERVICE, numbers=numbers, callback_url="https://jobs.example.com/status"
    )
    fakeproxy.add_session(
        jobs.SERVICE, unique_name="job-6", participants=["+14155550102", DRIVER]
    )


def open_job():
    return jobs.open_job("job-7", "(415) 555-0100", "(415) 555-0101")


def test_1_a_job_has_one_session_with_two_people_even_if_an_answer_gets_lost(fakeproxy):
    fakeproxy.faults.connection_reset(operation="CreateSession", after=True)

    job = open_job()

    assert [session.unique_name for session in fakeproxy.sessions.values()] == [
        "job-6",
        "job-7",
    ]
    people = fakeproxy.sessions["job-7"].participants
    dials = {person.identifier: person.proxy_identifier for person in people}
    assert dials == {CUSTOMER: job.customer_dials, DRIVER: job.driver_dials}


def test_2_a_text_reaches_the_other_person_and_is_counted(fakeproxy):
    job = open_job()

    fakeproxy.phone(CUSTOMER).text(job.customer_dials, "Are you close?")
    assert fakeproxy.phone(DRIVER).inbox[-1].from_ == job.driver_dials
    assert len(job.texts) == 1

    with fakeproxy.webhooks.unsigned():
        fakeproxy.phone(CUSTOMER).text(job.customer_dials, "Hello?")
    assert len(job.texts) == 1


def test_3_a_day_of_silence_frees_the_job(fakeproxy):
    for _ in range(60):
        fakeproxy.add_session(jobs.SERVICE)
    open_job()

    fakeproxy.clock.advance(hours=23)
    jobs.free_silent_jobs()
    assert "job-7" in jobs.open_jobs

    fakeproxy.clock.advance(hours=1)
    jobs.free_silent_jobs()
    assert "job-7" not in jobs.open_jobs
