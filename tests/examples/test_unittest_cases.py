import unittest

from twilio.rest import Client

from fakeproxy import FakeProxy
from fakeproxy.unittest import FakeProxyTestCase

ANNE, BERT = "+14155550100", "+14155550101"


class NewForEachTest(FakeProxyTestCase):
    fakeproxy_config = {"start": "2030-01-01T09:00:00Z"}

    def setUp(self):  # self.proxy is active already
        self.service = self.proxy.add_service("rides", numbers=["+14155550001"])

    def test_a_session_closes(self):
        sessions = Client().proxy.v1.services(self.service.sid).sessions
        sessions.create(unique_name="job-7", ttl=60)
        self.proxy.clock.advance(minutes=1)
        self.assertEqual(self.proxy.sessions["job-7"].status, "closed")


class SharedByTheClass(unittest.TestCase):
    proxy = FakeProxy(start="2030-01-01T09:00:00Z")

    @classmethod
    def setUpClass(cls):
        cls.proxy.add_service("rides", numbers=["+14155550001"])
        cls.proxy.start()
        cls.addClassCleanup(cls.proxy.stop)

    def setUp(self):
        self.proxy.reset()  # to the state of its start
        self.addCleanup(self.proxy.check)  # a swallowed request to another host fails the test

    def test_a_text(self):
        session = self.proxy.add_session(participants=[ANNE, BERT])
        number = session.participants[0].proxy_identifier
        self.proxy.phone(ANNE).text(number, "I am at the gate.")
        self.assertEqual(self.proxy.phone(BERT).inbox.one().body, "I am at the gate.")

    def test_the_text_of_another_test_is_gone(self):
        self.assertEqual(len(self.proxy.phone(BERT).inbox), 0)


class Asynchronous(FakeProxyTestCase, unittest.IsolatedAsyncioTestCase):  # in this order
    async def asyncSetUp(self):
        self.service = self.proxy.add_service("rides")

    async def test_a_session_is_opened(self):
        sessions = self.proxy.async_client().proxy.v1.services(self.service.sid).sessions
        await sessions.create_async(unique_name="job-7")
        self.assertEqual(self.proxy.sessions["job-7"].status, "open")


class WithoutABaseClass(unittest.TestCase):
    def test_in_a_block(self):
        with FakeProxy() as proxy:
            proxy.add_service("rides")
            self.assertEqual(len(Client().proxy.v1.services.list()), 1)

    @FakeProxy()
    def test_in_a_decorated_method(self):
        self.assertEqual(Client().proxy.v1.services.list(), [])


if __name__ == "__main__":
    unittest.main()
