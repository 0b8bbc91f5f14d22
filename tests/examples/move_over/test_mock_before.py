from unittest.mock import Mock, patch

import booking


@patch("booking.Client")
def test_a_ride_is_booked(Client):
    sessions = Client.return_value.proxy.v1.services.return_value.sessions
    session = sessions.create.return_value
    session.sid = "KC123"
    session.participants.create.side_effect = [
        Mock(proxy_identifier="+1555001"),
        Mock(proxy_identifier="+1555002"),
    ]

    assert booking.book("KS123", "555-0100", "555-0101") == ("KC123", ["+1555001", "+1555002"])
    sessions.create.assert_called_once_with(ttl=3600)


@patch("booking.Client")
def test_a_ride_is_cancelled(Client):
    sessions = Client.return_value.proxy.v1.services.return_value.sessions

    assert booking.cancel("KS123", "KC123")
    sessions.return_value.update.assert_called_once_with(status="closed")


@patch("booking.Client")
def test_a_ride_is_cancelled_twice(Client):
    assert booking.cancel("KS123", "KC123")
    assert booking.cancel("KS123", "KC123")
