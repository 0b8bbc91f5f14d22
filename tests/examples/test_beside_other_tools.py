import requests
import responses
from twilio.rest import Client


@responses.activate
def test_a_stub_for_the_map_and_the_fake_for_proxy(fakeproxy):
    responses.get("https://maps.example.com/eta", json={"minutes": 7})
    fakeproxy.add_service("rides")

    assert requests.get("https://maps.example.com/eta").json() == {"minutes": 7}
    assert [service.unique_name for service in Client().proxy.v1.services.list()] == ["rides"]


@responses.activate
def test_a_stub_for_a_url_of_proxy_answers(fakeproxy):
    responses.get("https://proxy.twilio.com/v1/Services", status=503)

    assert requests.get("https://proxy.twilio.com/v1/Services").status_code == 503
    assert fakeproxy.journal[-1].why == (
        "responses has a stub for this request and answered it, not the fake",
    )
