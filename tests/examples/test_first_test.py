from twilio.rest import Client

ANNE, BERT = "+14155550100", "+14155550101"


def open_job(service_sid, customer, driver):  # your application, unchanged
    session = Client().proxy.v1.services(service_sid).sessions.create(ttl=86_400)
    people = [session.participants.create(identifier=who) for who in (customer, driver)]
    return session.sid, [person.proxy_identifier for person in people]


def test_a_job_closes_after_a_day_of_silence(fakeproxy):
    service = fakeproxy.add_service(numbers=["+14155550001", "+14155550002"])
    session_sid, numbers = open_job(service.sid, ANNE, BERT)

    fakeproxy.phone(ANNE).text(numbers[0], "are you close?")
    assert fakeproxy.phone(BERT).inbox[-1].from_ == numbers[1]  # not Anne's own number

    fakeproxy.clock.advance(hours=24)
    assert fakeproxy.sessions[session_sid].status == "closed"
