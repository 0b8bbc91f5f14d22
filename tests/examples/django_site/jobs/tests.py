from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.test import LiveServerTestCase, TestCase, override_settings

from fakeproxy.unittest import FakeProxyTestCase
from jobs.models import Job, Text

ANNE, BERT = "+14155550100", "+14155550101"
SITE = "https://jobs.example.com"


class JobTests(FakeProxyTestCase, TestCase):  # in this order
    fakeproxy_config = {"fail_on_alerts": "warning"}  # a view that crashes fails the test

    def setUp(self):
        self.proxy.add_service(
            sid=settings.PROXY_SERVICE_SID,
            numbers=["+14155550001"],
            callback_url=f"{SITE}/twilio/status",
        )
        self.proxy.webhooks.mount(SITE, get_wsgi_application())
        # the transaction of a TestCase is never committed
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post("/jobs", {"name": "job-7", "people": f"{ANNE} {BERT}"})

    def test_a_text_is_counted(self):
        contact = self.proxy.phone(ANNE).text("+14155550001", "I am at the gate.")
        self.assertEqual(contact.alerts, ())
        self.assertEqual(Job.objects.get().texts.count(), 1)

    def test_a_request_that_is_not_from_twilio(self):
        with self.proxy.webhooks.unsigned(), self.proxy.alerts.expect(80908):
            self.proxy.phone(ANNE).text("+14155550001", "I am at the gate.")
        self.assertEqual(self.proxy.webhooks.deliveries[-1].status, 403)
        self.assertEqual(Job.objects.get().texts.count(), 0)

    async def test_in_a_coroutine(self):
        self.proxy.webhooks.mount(SITE, get_asgi_application())
        await self.proxy.phone(ANNE).atext("+14155550001", "I am at the gate.")
        self.assertEqual(await Text.objects.acount(), 1)


class BehindAProxy(FakeProxyTestCase, LiveServerTestCase):
    def status_of_a_webhook(self):
        self.proxy.add_service(numbers=["+14155550001"], callback_url=f"{SITE}/twilio/status")
        self.proxy.add_session(participants=[ANNE, BERT])
        self.proxy.webhooks.forward(SITE, self.live_server_url)
        return (
            self.proxy.phone(ANNE).text("+14155550001", "I am at the gate.").callbacks[0].status
        )

    def test_the_signature_fits(self):
        self.assertEqual(self.status_of_a_webhook(), 200)

    @override_settings(SECURE_PROXY_SSL_HEADER=None)
    def test_without_the_setting_it_is_for_another_url(self):
        self.assertEqual(self.status_of_a_webhook(), 403)
