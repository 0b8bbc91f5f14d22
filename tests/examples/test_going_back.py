ANNE, BERT = "+14155550100", "+14155550101"


def test_a_session_before_it_closed(fakeproxy):
    fakeproxy.keep_past()
    fakeproxy.add_service("rides", numbers=["+14155550001"])
    session = fakeproxy.add_session(unique_name="job-7", ttl=3600, participants=[ANNE, BERT])
    fakeproxy.phone(ANNE).text(session.participants[0].proxy_identifier, "I am here")
    fakeproxy.clock.advance(hours=2)
    assert fakeproxy.sessions["job-7"].status == "closed"

    past = fakeproxy.as_of(fakeproxy.history.one(kind="text"))
    assert past.sessions["job-7"].status == "in-progress"
    assert past.phone(BERT).inbox.one().body == "I am here"
