import os
from functools import partial

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from jobs.models import Job, Text


def open_session(job):
    sessions = Client().proxy.v1.services(settings.PROXY_SERVICE_SID).sessions
    session = sessions.create(unique_name=job.name)
    for who in job.people.split():
        session.participants.create(identifier=who)
    Job.objects.filter(pk=job.pk).update(session_sid=session.sid)


@require_POST
@transaction.atomic
def open_job(request):
    job = Job.objects.create(name=request.POST["name"], people=request.POST["people"])
    transaction.on_commit(partial(open_session, job))
    return HttpResponse(status=201)


@csrf_exempt  # Twilio sends no token of Django's, but a signature
@require_POST
def status(request):
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(request.build_absolute_uri(), request.POST.dict(), signature):
        return HttpResponseForbidden("no signature of Twilio's")
    if job := Job.objects.filter(session_sid=request.POST["interactionSessionSid"]).first():
        # once, if told twice
        Text.objects.get_or_create(sid=request.POST["interactionSid"], defaults={"job": job})
    return HttpResponse()
