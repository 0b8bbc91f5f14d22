import pytest
from django.conf import settings


@pytest.fixture
def fakeproxy_config():
    return {
        "account_sid": settings.TWILIO_ACCOUNT_SID,
        "auth_token": settings.TWILIO_AUTH_TOKEN,
    }
