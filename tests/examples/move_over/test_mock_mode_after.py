import masking_after
import masking_before
import pytest

CUSTOMER, DRIVER = "+14155550100", "+14155550101"


@pytest.fixture(autouse=True)
def _service(fakeproxy):
    fakeproxy.add_service(sid="KS123", numbers=["+14155550001", "+14155550002"])


def test_a_session_is_open_until_it_ends(fakeproxy):
    session, numbers = masking_after.mask("KS123", CUSTOMER, DRIVER, hours=2)
    assert fakeproxy.phone(CUSTOMER).text(numbers[0], "I am here").delivered_to == DRIVER
    fakeproxy.clock.advance(hours=1)
    assert not masking_after.is_over("KS123", session)

    masking_after.end("KS123", session)
    assert masking_after.is_over("KS123", session)


# the real branch, which no test had run: its ttl is in minutes
def test_what_the_mock_mode_hid(fakeproxy):
    session, _ = masking_before.mask("KS123", CUSTOMER, DRIVER, hours=2)
    fakeproxy.clock.advance(minutes=2)
    assert masking_before.is_over("KS123", session)
