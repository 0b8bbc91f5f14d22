from django.urls import path

from taxi import views, webhooks

urlpatterns = [
    path("rides/", views.book),
    path("rides/<int:number>/", views.show),
    path("rides/<int:number>/end/", views.end),
    path("twilio/status", webhooks.status),
    path("twilio/out-of-session", webhooks.out_of_session),
]
