import asyncio

from people import DRIVER, RECIPIENT, SITE, book

from parcels import sweep

HOUR = 3600


def unreachable(environ, start_response):
    start_response("503 Service Unavailable", [])
    return []


def swept(dispatcher):
    """Run the sweep as cron does, and return the status of the delivery in the table."""
    asyncio.run(sweep.main())
    return dispatcher.get("/deliveries/parcel-7").json()["status"]


def test_a_text_postpones_the_end_in_the_table_as_in_the_session(fakeproxy, dispatcher):
    delivery = book(dispatcher).json()
    fakeproxy.clock.advance(hours=3)
    fakeproxy.phone(RECIPIENT).text(delivery["recipient_dials"], "Are you close?")

    row = dispatcher.get("/deliveries/parcel-7").json()
    assert row["expires_at"] - delivery["expires_at"] == 3 * HOUR
    assert row["expires_at"] == fakeproxy.clock.due()[0].at.timestamp()


def test_the_table_learns_that_twilio_has_closed_a_quiet_session(fakeproxy, dispatcher):
    book(dispatcher)
    fakeproxy.clock.advance(hours=3, minutes=59)
    assert swept(dispatcher) == "underway"
    fakeproxy.clock.advance(minutes=1)
    assert swept(dispatcher) == "closed"


def test_after_the_delivery_the_two_have_half_an_hour(fakeproxy, dispatcher):
    delivery = book(dispatcher).json()
    dispatcher.post("/deliveries/parcel-7/delivered")
    fakeproxy.clock.advance(minutes=29)
    assert fakeproxy.phone(RECIPIENT).text(delivery["recipient_dials"], "Which door?").delivered_to == DRIVER
    assert swept(dispatcher) == "delivered"

    fakeproxy.clock.advance(minutes=1)
    assert swept(dispatcher) == "closed"
    assert fakeproxy.sessions["parcel-7"].closed_reason == "api"
    assert fakeproxy.phone(RECIPIENT).text(delivery["recipient_dials"], "Which door?").reply == "parcel-7 is done."
    call = fakeproxy.phone(DRIVER).call(delivery["driver_dials"])
    assert "parcel-7 is done." in str(call.heard)


def test_a_lost_webhook_closes_no_session_that_is_in_use(fakeproxy, dispatcher):
    delivery = book(dispatcher).json()
    fakeproxy.clock.advance(hours=3)
    fakeproxy.webhooks.mount(f"{SITE}/webhooks/status", unreachable)
    with fakeproxy.alerts.expect(80908):
        fakeproxy.phone(RECIPIENT).text(delivery["recipient_dials"], "Are you close?")

    fakeproxy.clock.advance(hours=1)
    assert swept(dispatcher) == "underway"
    assert fakeproxy.sessions["parcel-7"].status == "in-progress"


def test_the_sweep_goes_on_where_a_session_was_deleted(fakeproxy, service, dispatcher):
    delivery = book(dispatcher).json()
    fakeproxy.client().proxy.v1.services(service.sid).sessions(delivery["session_sid"]).delete()
    fakeproxy.clock.advance(hours=4)
    assert swept(dispatcher) == "closed"
