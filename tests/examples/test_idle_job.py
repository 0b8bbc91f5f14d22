CUSTOMER, OTHER_CUSTOMER, DRIVER = "+14155550100", "+14155550101", "+14155550102"


def test_a_text_at_hour_23_postpones_the_close(fakeproxy):
    service = fakeproxy.add_service(numbers=["+14155550001", "+14155550002"])
    idle = fakeproxy.add_session(service, ttl=86_400, participants=[OTHER_CUSTOMER, DRIVER])
    busy = fakeproxy.add_session(service, ttl=86_400, participants=[CUSTOMER, DRIVER])

    def statuses():
        return [fakeproxy.sessions[session.sid].status for session in (idle, busy)]

    fakeproxy.clock.advance(hours=23)
    assert (
        fakeproxy.phone(CUSTOMER)
        .text(busy.participants[0].proxy_identifier, "still on?")
        .delivered
    )

    fakeproxy.clock.advance(hours=1)
    assert statuses() == ["closed", "in-progress"]

    fakeproxy.clock.advance(hours=23)
    assert statuses() == ["closed", "closed"]
    assert {number.in_use for number in fakeproxy.phone_numbers.values()} == {0}
