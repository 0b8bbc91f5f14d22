from rides import book

RIDER, DRIVER = "+14155550100", "+14155550101"


def test_the_driver_gets_the_text_and_not_the_number_of_the_rider(fakeproxy):
    service = fakeproxy.add_service("rides", numbers=["+14155550001", "+14155550002"])

    numbers = book(service.sid, "ride-7", RIDER, DRIVER)
    fakeproxy.phone(RIDER).text(numbers[RIDER], "I am at the gate.")

    text = fakeproxy.phone(DRIVER).inbox[0]
    assert text.body == "I am at the gate."
    assert text.from_ == numbers[DRIVER]
