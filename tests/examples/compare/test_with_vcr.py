from pathlib import Path

import jobs
import vcr
from by_hand import text_callback

SESSION = "KC1e9ef2817a577132edde9ee1db661d51"  # of the cassettes
CUSTOMER_DIALS, DRIVER_DIALS = "+14155550001", "+14155550002"

cassettes = vcr.VCR(
    cassette_library_dir=str(Path(__file__).parent),
    record_mode=vcr.mode.NONE,
    match_on=["method", "scheme", "host", "port", "path", "query", "body"],
)


# no answer gets lost while a cassette is recorded, but a session can be there
@cassettes.use_cassette("open.yaml")
def test_1_a_job_has_one_session_with_two_people_even_if_it_is_there_already():
    job = jobs.open_job("job-7", "(415) 555-0100", "(415) 555-0101")

    assert (job.session, job.customer_dials, job.driver_dials) == (
        SESSION,
        CUSTOMER_DIALS,
        DRIVER_DIALS,
    )


def test_2_a_text_is_counted():  # whether it reaches the other person, no cassette can tell
    job = jobs.open_jobs["job-7"] = jobs.Job(SESSION, CUSTOMER_DIALS, DRIVER_DIALS)

    assert text_callback(SESSION).status_code == 200
    assert len(job.texts) == 1

    assert text_callback(SESSION, signature="wrong").status_code == 403
    assert len(job.texts) == 1


@cassettes.use_cassette("silence.yaml")  # to record it takes a day, or a shorter ttl
def test_3_a_day_of_silence_frees_the_job():
    jobs.open_jobs["job-7"] = jobs.Job(SESSION, CUSTOMER_DIALS, DRIVER_DIALS)

    jobs.free_silent_jobs()
    assert "job-7" in jobs.open_jobs

    jobs.free_silent_jobs()
    assert "job-7" not in jobs.open_jobs
