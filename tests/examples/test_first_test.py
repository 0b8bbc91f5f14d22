from twilio.rest import Client


def open_job(service_sid, customer, driver):  # an application, unchanged: it builds its own client
    session = Client().proxy.v1.services(service_sid).sessions.create(ttl=86_400)
    numbers = [session.participants.create(identifier=who).proxy_identifier for who in (customer, driver)]
    return session.sid, numbers


def test_a_job_closes_after_a_day_of_silence(fakeproxy):
    service = fakeproxy.add_service(numbers=["+14155550001", "+14155550002"])
    session_sid, numbers = open_job(service.sid, customer="+14155550100", driver="+14155550101")

    fakeproxy.phone("+14155550100").text(numbers[0], "are you close?")
    assert fakeproxy.phone("+14155550101").inbox[-1].from_ == numbers[1]  # never the customer's own number

    fakeproxy.clock.advance(hours=24)
    assert fakeproxy.sessions[session_sid].status == "closed"
