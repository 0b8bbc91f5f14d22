import httpx
from twilio.rest import Client

from fakeproxy import FakeProxy


def open_job(client, service_sid):  # an application that is given its client
    return client.proxy.v1.services(service_sid).sessions.create(unique_name="job-7").sid


def test_a_client_that_the_fake_makes():
    with FakeProxy(intercept=False) as proxy:
        service = proxy.add_service("jobs")
        assert open_job(proxy.client(), service.sid) == proxy.sessions["job-7"].sid


def test_a_client_of_your_own():
    with FakeProxy(intercept=False) as proxy:
        service = proxy.add_service("jobs")
        open_job(Client("AC" + 32 * "0", "token", http_client=proxy.http_client), service.sid)
        assert proxy.journal[-1].operation == "CreateSession"


def test_any_client_that_takes_a_wsgi_application():
    with FakeProxy(intercept=False) as proxy:
        proxy.add_service("jobs")
        transport = httpx.WSGITransport(app=proxy.wsgi_app)
        with httpx.Client(
            transport=transport, base_url="https://proxy.twilio.com", auth=("AC1", "token")
        ) as client:
            assert [
                row["unique_name"] for row in client.get("/v1/Services").json()["services"]
            ] == ["jobs"]
