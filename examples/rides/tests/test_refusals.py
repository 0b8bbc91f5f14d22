from rides_test_case import DRIVER, OTHER_RIDER, RIDER, RidesTestCase
from twilio.base.exceptions import TwilioRestException

from taxi.models import Ride


class RefusalTests(RidesTestCase):
    def error(self, *people):
        answer = self.book(*people)
        self.assertEqual(answer.status_code, 409)
        return answer.json()["error"]

    def test_a_driver_has_as_many_rides_as_the_pool_has_numbers(self):
        self.assertEqual([self.book(rider=rider).status_code for rider in (RIDER, OTHER_RIDER)], [201, 201])
        self.assertEqual(self.error("+14155550104", DRIVER), "All lines are busy.")

    def test_a_refused_booking_leaves_nothing_behind(self):
        self.assertEqual(self.error(RIDER, "0101"), "This is no phone number.")
        self.assertEqual((Ride.objects.count(), len(self.proxy.sessions)), (0, 0))
        self.assertEqual(self.book().status_code, 201)

    def test_nobody_rides_with_themselves(self):
        self.assertEqual(self.error(RIDER, RIDER), "Rider and driver have the same number.")

    def test_it_waits_longer_each_time_if_it_was_too_fast(self):
        start = self.proxy.clock.now()
        self.proxy.faults.too_many_requests(operation="CreateParticipant", times=3)
        self.assertEqual(self.book().status_code, 201)
        self.assertEqual((self.proxy.clock.now() - start).total_seconds(), 0.5 + 1 + 2)

    def test_it_gives_up_in_the_end(self):
        self.proxy.faults.too_many_requests(operation="CreateSession", times=5)
        with self.assertRaises(TwilioRestException):
            self.book()
        self.assertEqual(Ride.objects.count(), 0)


class RushHourTests(RidesTestCase):
    """Twilio's limits: 150 requests at once, then 30 a second."""

    fakeproxy_config = {**RidesTestCase.fakeproxy_config, "behavior": {"rate_limit": True}}

    def test_a_hundred_rides_are_booked_at_once(self):
        for number in range(100):
            self.assertEqual(self.book(f"+1415555{2000 + number}", f"+1415555{3000 + number}").status_code, 201)
        self.assertTrue(self.proxy.journal.where(status=429))
        self.assertEqual(len(self.proxy.sessions.where(status="open")), 100)
