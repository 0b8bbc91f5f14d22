import unittest

from twilio.rest import Client

from fakeproxy import FakeProxy


@FakeProxy(start="2030-01-01T09:00:00Z")
class TestBooking:  # a class of pytest: setup_method, fixtures and each test run in the fake
    def setup_method(self):
        self.service = Client().proxy.v1.services.create(unique_name="rides")

    def test_it_starts_from_the_same_state_each_time(self):
        assert len(Client().proxy.v1.services.list()) == 1

    def test_and_so_does_this_one(self):
        assert len(Client().proxy.v1.services.list()) == 1


@FakeProxy()
class BookingTests(unittest.TestCase):  # the same for setUp, tearDown and cleanups
    def setUp(self):
        self.service = Client().proxy.v1.services.create(unique_name="rides")

    def test_it(self):
        self.assertEqual(self.service.unique_name, "rides")
