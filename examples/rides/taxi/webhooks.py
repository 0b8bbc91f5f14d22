"""Twilio's webhooks."""

from functools import wraps

from django.conf import settings
from django.http import HttpResponse, HttpResponseForbidden
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from taxi.models import Ride


def from_twilio(view):
    """Accept what Twilio has signed, and refuse all else."""

    @csrf_exempt  # Twilio's signature takes the place of Django's token.
    @require_POST
    @wraps(view)
    def checked(request):
        validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(request.build_absolute_uri(), request.POST.dict(), signature):
            return HttpResponseForbidden("The signature is not Twilio's.")
        return view(request)

    return checked


@from_twilio
def status(request):
    """Postpone the end of the ride: somebody has texted or called."""
    used_at = parse_datetime(request.POST["interactionDateUpdated"])
    rides = Ride.objects.filter(session_sid=request.POST["interactionSessionSid"])
    rides.update(idle_at=used_at + settings.IDLE_TIME)
    return HttpResponse(status=204)


@from_twilio
def out_of_session(request):
    """Tell who texts too late what to do, and connect who calls too late to the office."""
    if "MessageSid" in request.POST:
        answer = MessagingResponse()
        answer.message(f"This ride is over. Call us: {settings.OFFICE_NUMBER}")
    else:
        answer = VoiceResponse()
        answer.say("This ride is over. We connect you to the office.")
        answer.dial(settings.OFFICE_NUMBER)
    return HttpResponse(str(answer), content_type="application/xml")
