from io import StringIO

from django.core.management import CommandError, call_command
from rides_test_case import DRIVER, OTHER_DRIVER, OTHER_RIDER, RIDER, RidesTestCase


class CloseIdleRidesTests(RidesTestCase):
    def close_idle_rides(self):
        output = StringIO()
        call_command("close_idle_rides", stdout=output)
        return output.getvalue().splitlines()

    def test_a_ride_that_nobody_uses_is_closed_and_its_numbers_are_free(self):
        ride = self.book().json()
        self.proxy.clock.advance(hours=1, minutes=59)
        self.assertEqual(self.close_idle_rides(), [])

        self.proxy.clock.advance(minutes=1)
        self.assertEqual(self.close_idle_rides(), [f"ride-{ride['number']} is closed"])
        self.assertEqual(self.proxy.sessions.one().status, "closed")
        self.assertEqual({number.in_use for number in self.proxy.phone_numbers.values()}, {0})
        self.assertEqual(self.close_idle_rides(), [])

    def test_a_text_keeps_a_ride_open(self):
        ride = self.book().json()
        self.proxy.clock.advance(hours=1, minutes=59)
        self.proxy.phone(DRIVER).text(ride["driver_dials"], "There is a jam.")

        self.proxy.clock.advance(hours=1, minutes=59)
        self.assertEqual(self.close_idle_rides(), [])

        self.proxy.clock.advance(minutes=1)
        self.assertEqual(len(self.close_idle_rides()), 1)

    def test_a_long_call_counts_to_its_end(self):
        ride = self.book().json()
        call = self.proxy.phone(RIDER).call(ride["rider_dials"])
        call.answer()
        self.proxy.clock.advance(hours=1)
        call.hang_up()

        self.proxy.clock.advance(hours=1, minutes=59)
        self.assertEqual(self.close_idle_rides(), [])

    def test_a_session_that_somebody_has_closed_or_deleted_is_no_error(self):
        closed, deleted = self.book().json(), self.book(OTHER_RIDER, OTHER_DRIVER).json()
        sessions = self.proxy.client().proxy.v1.services(self.proxy.services["rides"].sid).sessions
        sessions(closed["session_sid"]).update(status="closed")
        sessions(deleted["session_sid"]).delete()

        self.proxy.clock.advance(hours=2)
        self.assertEqual(len(self.close_idle_rides()), 2)

    def test_a_failure_does_not_keep_the_other_rides_open(self):
        first = self.book().json()
        self.proxy.clock.advance(minutes=1)
        second = self.book(OTHER_RIDER, OTHER_DRIVER).json()
        self.proxy.clock.advance(hours=2)

        self.proxy.faults.server_error(operation="UpdateSession", times=1)
        with self.assertRaisesMessage(CommandError, f"ride-{first['number']}"):
            self.close_idle_rides()
        self.assertEqual(self.proxy.sessions[second["session_sid"]].status, "closed")
        self.assertEqual(self.close_idle_rides(), [f"ride-{first['number']} is closed"])
