"""What the application does if Twilio refuses."""

from rides import book
from twilio.base.exceptions import TwilioRestException


class AlreadyBooked(Exception):
    """The ride has a session."""


def try_to_book(service_sid, ride, rider, driver, attempts=3):
    for attempt in range(1, attempts + 1):
        try:
            return book(service_sid, ride, rider, driver)
        except TwilioRestException as error:
            if error.code == 80603:
                raise AlreadyBooked(ride) from error
            if error.status != 429 or attempt == attempts:
                raise
