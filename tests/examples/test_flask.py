import os
import threading

import pytest
from flask import Flask, abort, request
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import make_server

ANNE, BERT = "+14155550100", "+14155550101"
SITE = "https://jobs.example.com"


def create_app():  # the application: it opens a job, and counts the texts of each job
    app = Flask("jobs")
    app.config.update(SERVICE_SID=os.environ.get("PROXY_SERVICE_SID"), TEXTS={})

    @app.post("/jobs/<name>")
    def open_job(name):
        sessions = Client().proxy.v1.services(app.config["SERVICE_SID"]).sessions
        session = sessions.create(unique_name=name)
        numbers = {}
        for who in request.form.getlist("who"):
            numbers[who] = session.participants.create(identifier=who).proxy_identifier
        return numbers, 201

    @app.post("/status")
    def status():
        validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(request.url, request.form, signature):
            abort(403)
        texts = app.config["TEXTS"].setdefault(request.form["interactionSessionSid"], set())
        # a set: Twilio may tell of a text several times
        texts.add(request.form["interactionSid"])
        return ""

    return app


@pytest.fixture
def app(fakeproxy, monkeypatch):
    service = fakeproxy.add_service(
        "jobs", numbers=["+14155550001"], callback_url=f"{SITE}/status"
    )
    monkeypatch.setenv("PROXY_SERVICE_SID", service.sid)
    app = create_app()
    app.testing = True
    fakeproxy.webhooks.mount(SITE, app)
    return app


def test_a_text_is_counted(fakeproxy, app):
    numbers = app.test_client().post("/jobs/job-7", data={"who": [ANNE, BERT]}).get_json()
    contact = fakeproxy.phone(ANNE).text(numbers[ANNE], "I am at the gate.")

    assert app.config["TEXTS"] == {fakeproxy.sessions["job-7"].sid: {contact.interaction.sid}}
    assert contact.alerts == ()


def test_an_error_of_the_handler_is_raised(fakeproxy, app):
    app.view_functions["status"] = lambda: int("typo")
    fakeproxy.webhooks.strict = True
    session = fakeproxy.add_session(participants=[ANNE, BERT])
    with pytest.raises(ValueError, match="typo"):
        fakeproxy.phone(ANNE).text(
            session.participants[0].proxy_identifier, "I am at the gate."
        )


@pytest.mark.parametrize(("trusts_its_proxy", "status"), [(False, 403), (True, 200)])
def test_behind_a_proxy_that_ends_https(fakeproxy, app, trusts_its_proxy, status):
    if trusts_its_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    fakeproxy.webhooks.forward(SITE, f"http://127.0.0.1:{server.port}")
    session = fakeproxy.add_session(participants=[ANNE, BERT])
    contact = fakeproxy.phone(ANNE).text(
        session.participants[0].proxy_identifier, "I am at the gate."
    )
    server.shutdown()
    server.server_close()

    assert [callback.status for callback in contact.callbacks] == [status]
