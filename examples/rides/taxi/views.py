"""The dispatcher's API, for programs: it knows no cookies, which browsers could be made to send."""

from django.db import transaction
from django.forms.models import model_to_dict, modelform_factory
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from twilio.base.exceptions import TwilioRestException

from taxi import masking
from taxi.models import Ride

Booking = modelform_factory(Ride, fields=["rider", "driver", "stand"])


def shown(ride, status=200):
    return JsonResponse({**model_to_dict(ride), "number": ride.pk}, status=status)


@csrf_exempt
@require_POST
def book(request):
    booking = Booking(request.POST)
    if not booking.is_valid():
        return JsonResponse(booking.errors, status=400)
    try:
        with transaction.atomic():  # A ride that Twilio refuses is not in the table.
            ride = booking.save()
            masking.open_session(ride)
            ride.save()
    except TwilioRestException as error:
        if error.code not in masking.REFUSALS:
            raise
        return JsonResponse({"error": masking.REFUSALS[error.code]}, status=409)
    return shown(ride, 201)


@require_GET
def show(request, number):
    return shown(get_object_or_404(Ride, pk=number))


@csrf_exempt
@require_POST
def end(request, number):
    ride = get_object_or_404(Ride, pk=number)
    masking.close_session(ride.session_sid)
    ride.closed = True
    ride.save(update_fields=["closed"])
    return shown(ride)
