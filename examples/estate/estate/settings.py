"""The settings: variables of the environment, else lines of `.env`. See `.env.example`."""

import os
from datetime import timedelta
from pathlib import Path


def read(path=".env"):
    """Return the variables of the file and of the environment, which comes first, by name."""
    lines = Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []
    pairs = (line.partition("=")[::2] for line in lines if "=" in line and not line.startswith("#"))
    return {**{name.strip(): value.strip().strip("\"'") for name, value in pairs}, **os.environ}


_variables = read()
ACCOUNT_SID = _variables["TWILIO_ACCOUNT_SID"]
AUTH_TOKEN = _variables["TWILIO_AUTH_TOKEN"]
SERVICE_SID = _variables["TWILIO_PROXY_SERVICE_SID"]
# The URL at which Twilio reaches the webhooks, such as https://estate.example.com.
PUBLIC_URL = _variables["PUBLIC_URL"]

SILENCE = timedelta(days=1)  # after which a conversation is over
OFFICE_HOURS = range(8, 20)  # UTC: agents take calls from 8:00 to 19:59
