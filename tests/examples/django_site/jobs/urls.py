from django.urls import path

from jobs import views

urlpatterns = [path("jobs", views.open_job), path("twilio/status", views.status)]
