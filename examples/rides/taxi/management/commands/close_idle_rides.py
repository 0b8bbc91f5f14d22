"""`manage.py close_idle_rides`, for cron: it frees the numbers of rides that nobody uses any more."""

from django.core.management.base import BaseCommand, CommandError
from twilio.base.exceptions import TwilioRestException

from taxi import masking
from taxi.models import Ride


class Command(BaseCommand):
    help = "Close the rides in which nobody has texted or called for IDLE_TIME."

    def handle(self, **options):
        failed = []
        for ride in Ride.objects.idle():
            try:
                masking.close_session(ride.session_sid)
            except TwilioRestException as error:  # It stays in the table, for the next run.
                failed.append(f"{ride}: {error.msg}")
                continue
            ride.closed = True
            ride.save(update_fields=["closed"])
            self.stdout.write(f"{ride} is closed")
        if failed:
            raise CommandError("; ".join(failed))
