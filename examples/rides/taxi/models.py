"""The table of rides. A session has no ttl: `manage.py close_idle_rides` closes what this table says is idle."""

from django.conf import settings
from django.db import models
from django.utils import timezone


def in_idle_time():
    return timezone.now() + settings.IDLE_TIME


class RideQuerySet(models.QuerySet):
    def idle(self):
        return self.filter(closed=False, idle_at__lte=timezone.now()).order_by("idle_at")


class Ride(models.Model):
    rider = models.CharField(max_length=20)
    driver = models.CharField(max_length=20)
    stand = models.CharField(max_length=20, blank=True)
    session_sid = models.CharField(max_length=34, db_index=True)
    rider_dials = models.CharField(max_length=20)
    driver_dials = models.CharField(max_length=20)
    idle_at = models.DateTimeField(default=in_idle_time)
    closed = models.BooleanField(default=False)

    objects = RideQuerySet.as_manager()

    def __str__(self):
        return f"ride-{self.pk}"
