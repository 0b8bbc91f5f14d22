"""The main job: an application that builds its clients deep inside, unchanged, tested through time."""

from __future__ import annotations

import pytest


def test_an_unchanged_application_through_time(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(
        application="""
        import os
        from dataclasses import dataclass
        from twilio.base.exceptions import TwilioRestException
        from twilio.rest import Client

        client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])

        @dataclass
        class Job:
            session_sid: str
            customer_dials: str
            driver_dials: str
            customer_sid: str

        def service():
            deep = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
            return deep.proxy.v1.services(os.environ["PROXY_SERVICE_SID"])

        def open_job(name, customer, driver, ttl):
            session = service().sessions.create(unique_name=name, ttl=ttl)
            people = [session.participants.create(identifier=number) for number in (customer, driver)]
            return Job(session.sid, people[0].proxy_identifier, people[1].proxy_identifier, people[0].sid)

        def tell_customer(job, text):
            session = client.proxy.v1.services(os.environ["PROXY_SERVICE_SID"]).sessions(job.session_sid)
            session.participants(job.customer_sid).message_interactions.create(body=text)

        def is_over(job):
            return service().sessions(job.session_sid).fetch().status == "closed"

        def book_again(name, customer, driver):
            try:
                return open_job(name, customer, driver, 60)
            except TwilioRestException as error:
                return error.code
        """,
        test_job="""
        import application
        import pytest

        @pytest.fixture
        def fakeproxy_config():
            return {"start": "2030-01-01T09:00:00Z"}

        def test_job(fakeproxy):
            fakeproxy.add_service(sid="KS" + "5" * 32, numbers=["+14155550001", "+14155550002"])
            job = application.open_job("job", "+14155550100", "+14155550101", ttl=86_400)
            assert {job.customer_dials, job.driver_dials} == {"+14155550001"}
            number = fakeproxy.participants[job.customer_sid].proxy_identifier_sid
            assert fakeproxy.phone_numbers[number].in_use == 1
            fakeproxy.clock.advance(hours=23)
            application.tell_customer(job, "the driver is close")
            fakeproxy.clock.advance(hours=23)
            assert fakeproxy.sessions[job.session_sid].status == "in-progress"
            assert not application.is_over(job)
            fakeproxy.clock.advance(hours=1)
            assert application.is_over(job)
            assert fakeproxy.sessions[job.session_sid].closed_reason == "expired"
            assert fakeproxy.phone_numbers[number].in_use == 0
            assert application.book_again("job", "+14155550100", "+14155550101") == 80603
        """,
    )
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "4" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "not a real one")
    monkeypatch.setenv("PROXY_SERVICE_SID", "KS" + "5" * 32)
    pytester.runpytest("-p", "no:randomly", "-p", "no:cacheprovider").assert_outcomes(passed=1)
