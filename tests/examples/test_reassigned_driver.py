CUSTOMER, FIRST_DRIVER, SECOND_DRIVER = "+14155550100", "+14155550101", "+14155550102"


def reassign(client, service_sid, session_sid, new_driver):  # the application
    participants = client.proxy.v1.services(service_sid).sessions(session_sid).participants
    driver = next(
        p for p in participants.list() if p.friendly_name == "driver" and p.date_deleted is None
    )
    driver.delete()
    return participants.create(identifier=new_driver, friendly_name="driver").proxy_identifier


def test_the_first_driver_is_out_and_the_second_is_in(fakeproxy):
    service = fakeproxy.add_service(numbers=["+14155550001"])
    people = [{"identifier": CUSTOMER}, {"identifier": FIRST_DRIVER, "friendly_name": "driver"}]
    session = fakeproxy.add_session(service, participants=people)
    customer_dials, first_dials = (person.proxy_identifier for person in session.participants)
    customer, first, second = map(fakeproxy.phone, (CUSTOMER, FIRST_DRIVER, SECOND_DRIVER))
    assert customer.text(customer_dials, "hello").delivered_to == FIRST_DRIVER

    second_dials = reassign(fakeproxy.client(), service.sid, session.sid, SECOND_DRIVER)

    with fakeproxy.alerts.expect(80905):
        late = first.text(first_dials, "wait, I am nearly there")
    assert not late.delivered
    assert customer.text(customer_dials, "hello again").delivered_to == SECOND_DRIVER
    assert second.text(second_dials, "on my way").delivered_to == CUSTOMER
    assert [text.body for text in customer.inbox] == ["on my way"]
