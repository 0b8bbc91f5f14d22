import unittest

from fakeproxy import FakeProxy
from fakeproxy.unittest import FakeProxyTestCase


class JobTests(FakeProxyTestCase):
    fakeproxy_config = {"start": "2030-01-01T09:00:00Z"}

    def test_a_session_is_open_at_first(self):
        service = self.proxy.add_service("rides")
        session = self.proxy.client().proxy.v1.services(service.sid).sessions.create()
        self.assertEqual(session.status, "open")


class WithoutTheBaseClass(unittest.TestCase):
    def test_it(self):
        with FakeProxy() as proxy:
            self.assertEqual(len(proxy.services), 0)
