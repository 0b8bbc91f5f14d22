from settings import *  # noqa: F403

SECRET_KEY = "for tests"
TWILIO_ACCOUNT_SID = "AC" + 32 * "a"
TWILIO_AUTH_TOKEN = "token of the tests"
