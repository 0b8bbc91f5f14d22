import pytest

PASSENGER, DRIVER = "+14155550100", "+14155550101"


@pytest.mark.fakeproxy(start="2030-01-01T09:00:00Z")
def test_each_thing_happens_at_its_own_instant(fakeproxy):
    heard = []

    def app(environ, start_response):  # the application's status callback
        heard.append(f"{fakeproxy.clock.now():%H:%M:%S}")
        start_response("204 No Content", [])
        return []

    fakeproxy.webhooks.mount("https://rides.example.com", app)
    fakeproxy.add_service(
        numbers=["+14155550001"], callback_url="https://rides.example.com/status"
    )
    ride = fakeproxy.add_session(
        unique_name="ride-1", ttl=600, participants=[PASSENGER, DRIVER]
    )
    other = fakeproxy.add_session(unique_name="ride-2", ttl=60)
    call = fakeproxy.phone(PASSENGER).call(ride.participants[0].proxy_identifier)
    assert [work.kind for work in fakeproxy.clock.due()] == [
        "stop ringing",
        "expire session",
        "expire session",
    ]
    heard.clear()

    fakeproxy.clock.advance(hours=24)

    assert call.status == "no-answer"
    assert heard == ["09:00:30"]  # the driver's phone rang for 30 seconds
    assert f"{fakeproxy.sessions[other.sid].date_ended:%H:%M:%S}" == "09:01:00"
    assert f"{fakeproxy.sessions[ride.sid].date_ended:%H:%M:%S}" == "09:10:00"
    assert fakeproxy.clock.now().day == 2
