from rides_test_case import DRIVER, OTHER_DRIVER, OTHER_RIDER, RIDER, RidesTestCase


class BookingTests(RidesTestCase):
    def test_neither_sees_the_number_of_the_other(self):
        ride = self.book().json()
        rider, driver = self.proxy.phone(RIDER), self.proxy.phone(DRIVER)

        rider.text(ride["rider_dials"], "I am at the gate.")
        driver.text(ride["driver_dials"], "Two minutes.")

        driver.inbox.one(from_=ride["driver_dials"], body="I am at the gate.")
        rider.inbox.one(from_=ride["rider_dials"], body="Two minutes.")

    def test_a_call_connects_them_too(self):
        ride = self.book().json()
        call = self.proxy.phone(DRIVER).call(ride["driver_dials"])
        call.answer()
        self.proxy.clock.advance(minutes=1)
        call.hang_up()
        self.assertEqual((call.delivered_to, call.shown_from), (RIDER, ride["rider_dials"]))

    def test_a_rider_at_a_stand_dials_the_number_on_its_sign(self):
        ride = self.book(stand="airport").json()
        self.assertEqual(ride["rider_dials"], "+14155550091")
        self.assertIn(ride["driver_dials"], ["+14155550001", "+14155550002"])
        self.assertEqual(self.proxy.phone(RIDER).text("+14155550091", "I am at the sign.").delivered_to, DRIVER)

    def test_two_rides_from_one_stand(self):
        others = self.book(OTHER_RIDER, OTHER_DRIVER, "airport").json()
        ride = self.book(stand="airport").json()
        self.assertEqual(others["rider_dials"], ride["rider_dials"])
        self.assertEqual(self.proxy.phone(OTHER_RIDER).text("+14155550091", "Here!").delivered_to, OTHER_DRIVER)

    def test_the_second_ride_of_a_rider_from_one_stand_gets_a_number_of_the_pool(self):
        self.book(stand="airport")
        second = self.book(driver=OTHER_DRIVER, stand="airport").json()
        self.assertEqual(
            self.proxy.phone(RIDER).text(second["rider_dials"], "For my friends.").delivered_to, OTHER_DRIVER
        )

    def test_a_ride_that_has_ended_connects_nobody(self):
        ride = self.book().json()
        self.client.post(f"/rides/{ride['number']}/end/")

        late = self.proxy.phone(RIDER).text(ride["rider_dials"], "Did I leave my bag?")
        self.assertEqual(late.reply, "This ride is over. Call us: +14155550099")
        call = self.proxy.phone(RIDER).call(ride["rider_dials"])
        self.assertEqual(call.delivered_to, "+14155550099")

    def test_a_webhook_that_twilio_did_not_sign_changes_nothing(self):
        ride = self.book().json()
        self.proxy.clock.advance(hours=1)
        with self.proxy.webhooks.sign_with("another token"), self.proxy.alerts.expect(80908):
            self.proxy.phone(RIDER).text(ride["rider_dials"], "Hello?")
        self.assertEqual(self.client.get(f"/rides/{ride['number']}/").json()["idle_at"], ride["idle_at"])
