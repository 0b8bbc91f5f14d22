"""The settings of the tests: an environment that is the same on each machine."""

import os

os.environ.update(
    TWILIO_ACCOUNT_SID="AC0123456789abcdef0123456789abcdef",
    TWILIO_AUTH_TOKEN="the token of the tests",
    TWILIO_PROXY_SERVICE_SID="KS0123456789abcdef0123456789abcdef",
    STAND_NUMBERS="airport=+14155550091,station=+14155550092",
    OFFICE_NUMBER="+14155550099",
    DJANGO_SECRET_KEY="the secret of the tests",
    PUBLIC_URL="https://rides.example.com",
)

from config.settings import *  # noqa: F403
