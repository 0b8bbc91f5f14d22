"""The base class of the tests."""

import os
from unittest import mock

from django.conf import settings
from django.test import Client, TestCase

from config.wsgi import application
from fakeproxy.unittest import FakeProxyTestCase
from taxi import masking

SITE = "https://rides.example.com"
RIDER, DRIVER, OTHER_RIDER, OTHER_DRIVER = "+14155550100", "+14155550101", "+14155550102", "+14155550103"


class RidesTestCase(FakeProxyTestCase, TestCase):
    """Twilio has the account of the environment, and the Service and numbers of the settings. Webhooks arrive."""

    fakeproxy_config = {
        "account_sid": os.environ["TWILIO_ACCOUNT_SID"],
        "auth_token": os.environ["TWILIO_AUTH_TOKEN"],
        "start": "2030-01-01T09:00:00Z",
        "time": "app",
        "fail_on_alerts": "warning",
        "behavior": {"distinct_within_session": True},  # so that a test sees if the application confuses two numbers
    }

    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)  # as the server does
        pauses = mock.patch.object(masking, "sleep", self.proxy.clock.advance)  # They pass on the clock.
        pauses.start()
        self.addCleanup(pauses.stop)
        self.proxy.webhooks.mount(SITE, application)
        self.proxy.add_service(
            "rides",
            sid=settings.TWILIO_PROXY_SERVICE_SID,
            numbers=["+14155550001", "+14155550002"],
            reserved_numbers=settings.STAND_NUMBERS.values(),
            callback_url=f"{SITE}/twilio/status",
            out_of_session_callback_url=f"{SITE}/twilio/out-of-session",
        )

    def book(self, rider=RIDER, driver=DRIVER, stand=""):
        return self.client.post("/rides/", {"rider": rider, "driver": driver, "stand": stand})
