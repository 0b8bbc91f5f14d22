"""A session with all that a picture shows, as the tests of pictures play it."""

from __future__ import annotations

from contextlib import suppress

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from werkzeug.wrappers import Request, Response

from fakeproxy import FakeProxy
from fakeproxy.views import Session

ANNE, BERT, STRANGER = "+14155550100", "+14155550101", "+14155550199"
SITE = "https://rides.example.com"


@Request.application
def app(request: Request) -> Response:
    """Answer the webhooks of an application."""
    if request.path == "/lost":
        return Response("<Response><Message>This ride is over.</Message></Response>", mimetype="text/xml")
    return Response(status=200)


def play(proxy: FakeProxy, *, name: str = "Anne", body: str = "Are you close?") -> Session:
    """Play a job from its booking to a text after its end: texts, calls, refusals, webhooks and silence."""
    proxy.webhooks.mount(SITE, app)
    service = proxy.add_service(
        "taxis",
        numbers=["+14155550011", "+14155550012"],
        callback_url=f"{SITE}/status",
        out_of_session_callback_url=f"{SITE}/lost",
    )
    sessions = Client().proxy.v1.services(service.sid).sessions
    session = sessions.create(unique_name="job-7", ttl=86_400)
    participants = sessions(session.sid).participants
    anne = participants.create(ANNE, friendly_name=name).proxy_identifier
    bert = participants.create(BERT).proxy_identifier
    with suppress(TwilioRestException):
        participants.create(BERT)
    proxy.clock.advance(minutes=5)
    proxy.phone(ANNE).text(anne, body)
    proxy.phone(BERT).reception = "undelivered"
    proxy.phone(ANNE).text(anne, "hello?")
    for _ in range(4):
        sessions(session.sid).fetch()
    call = proxy.phone(BERT).call(bert)
    proxy.clock.advance(10)
    call.answer()
    proxy.clock.advance(minutes=2)
    proxy.note(f"driver re-assigned: {body}")
    call.hang_up()
    proxy.phone(ANNE).call(anne).busy()
    proxy.clock.advance(days=2)
    proxy.phone(ANNE).text(anne, "I forgot my bag!")
    return proxy.sessions[session.sid]
