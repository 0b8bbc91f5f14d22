import flask
from twilio.rest import Client

import fakeproxy
from fakeproxy import FakeProxy


def test_a_fake_of_another_process():
    application = flask.Flask("application")
    kinds = []
    application.post("/status")(
        lambda: kinds.append(flask.request.form["interactionType"]) or ""
    )

    served = FakeProxy(intercept=False)  # or `fakeproxy serve` in another terminal or container
    with served, fakeproxy.connect(served.url) as proxy:
        proxy.webhooks.mount("https://api.example.com", application)
        proxy.add_service(
            "rides", numbers=["+14155550001"], callback_url="https://api.example.com/status"
        )
        session = proxy.add_session(participants=["+14155550100", "+14155550101"], ttl=60)
        proxy.phone("+14155550100").text("+14155550001", "I am outside")
        assert kinds == ["Message"]

        proxy.clock.advance(60)
        sessions = Client().proxy.v1.services(session.service_sid).sessions
        assert sessions(session.sid).fetch().status == "closed"
