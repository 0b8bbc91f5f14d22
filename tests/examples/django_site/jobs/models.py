from django.db import models


class Job(models.Model):
    name = models.CharField(max_length=50, unique=True)
    people = models.CharField(max_length=100)
    session_sid = models.CharField(max_length=34, blank=True)


class Text(models.Model):
    sid = models.CharField(max_length=34, primary_key=True)  # of the interaction
    job = models.ForeignKey(Job, models.CASCADE, related_name="texts")
