"""The settings: variables of the environment, else lines of the file `.env`. See `.env.example`."""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

BASE_DIR = Path(__file__).parent.parent


def _read(path):
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = (line.partition("=")[::2] for line in lines if "=" in line and not line.startswith("#"))
    return {**{name.strip(): value.strip().strip("\"'") for name, value in pairs}, **os.environ}


_variables = _read(BASE_DIR / ".env")

TWILIO_ACCOUNT_SID = _variables["TWILIO_ACCOUNT_SID"]
TWILIO_AUTH_TOKEN = _variables["TWILIO_AUTH_TOKEN"]
TWILIO_PROXY_SERVICE_SID = _variables["TWILIO_PROXY_SERVICE_SID"]
# Reserved numbers of the Service, each on the sign of a taxi stand: airport=+14155550091,station=+14155550092
STAND_NUMBERS = dict(pair.split("=") for pair in _variables.get("STAND_NUMBERS", "").split(",") if pair)
OFFICE_NUMBER = _variables["OFFICE_NUMBER"]
RETRY_DELAYS = (0.5, 1, 2, 4)  # seconds before each new attempt after a 429
IDLE_TIME = timedelta(hours=2)  # a ride is closed if nobody texts or calls for this time

SECRET_KEY = _variables["DJANGO_SECRET_KEY"]
ALLOWED_HOSTS = [urlsplit(_variables["PUBLIC_URL"]).hostname]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # Twilio signs the public URL, which begins with https.
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
INSTALLED_APPS = ["taxi"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "rides.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
