import dispatch

ANNE, BERT = "+14155550100", "+14155550101"


def test_a_job_has_a_session(fakeproxy):
    dispatch.open_job(fakeproxy.add_service("jobs").sid, "job-7")
    assert fakeproxy.sessions["job-7"].status == "open"


def test_the_token_that_was_read_early_signs_the_webhooks(fakeproxy):
    fakeproxy.webhooks.mount("https://jobs.example.com", dispatch.app)
    fakeproxy.add_service(
        numbers=["+14155550001"], callback_url="https://jobs.example.com/status"
    )
    fakeproxy.add_session(participants=[ANNE, BERT])
    contact = fakeproxy.phone(ANNE).text("+14155550001", "I am at the gate.")
    assert [callback.status for callback in contact.callbacks] == [200]
