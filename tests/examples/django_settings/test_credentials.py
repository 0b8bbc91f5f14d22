from django.conf import settings
from twilio.rest import Client


def test_the_fake_has_the_credentials_of_the_settings(fakeproxy):
    service = fakeproxy.add_service("jobs")
    client = Client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    assert (
        client.proxy.v1.services(service.sid).fetch().account_sid == settings.TWILIO_ACCOUNT_SID
    )
