"""An application for the tests of causes: it books rides, masks the numbers of both people, and can be broken.

`Rides(..., broken="missing ttl")` makes one mistake that developers make. Without `broken` it works.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import requests
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ACCOUNT, TOKEN, OLD_TOKEN = "AC" + "5" * 32, "the token", "the old token"
SITE = "https://rides.example.com"
NEW_YORK = timezone(timedelta(hours=-5))

client = Client(ACCOUNT, TOKEN)
client_with_old_token = Client(ACCOUNT, OLD_TOKEN)


@dataclass
class Ride:
    """A row of the application's table of sessions: who dials which number, and the SIDs of Twilio's rows."""

    name: str
    session_sid: str
    customer: str
    driver: str
    customer_dials: str
    driver_dials: str
    driver_sid: str


class Rides:
    """The rides of one Service of Proxy, and the WSGI application of its webhooks.

    `now` returns the present of the tests. `is_blocked` says whether the text of a ride is to be held back.
    """

    def __init__(self, service_sid: str, now: Callable[[], datetime], broken: str = "") -> None:
        self.broken = broken
        self.now = now
        self.table: dict[str, Ride] = {}
        self.seen: list[str] = []
        self.is_blocked: Callable[[str], bool] = lambda body: "bitcoin" in body
        self.service_sid = "KS" + "f" * 32 if broken == "wrong Service SID" else service_sid
        self.client = client_with_old_token if broken == "wrong token" else client
        self.routes = Map(
            [
                Rule("/status", endpoint=self.status, methods=["GET"] if broken == "route for GET only" else ["POST"]),
                Rule("/intercept", endpoint=self.intercept),
                Rule("/unknown", endpoint=self.out_of_session),
            ]
        )

    # What the application asks of Proxy

    def set_up(self) -> None:
        """Tell Proxy the URLs of the webhooks."""
        path = "/stats" if self.broken == "wrong callback URL" else "/status"
        site = SITE.replace("rides", "www.rides") if self.broken == "callback URL of another host" else SITE
        self.client.proxy.v1.services(self.service_sid).update(
            callback_url=site + path,
            intercept_callback_url=SITE + "/intercept",
            out_of_session_callback_url=SITE + "/unknown",
        )

    def book(self, name: str, customer: str, driver: str) -> Ride:
        """Open a session of an hour, with both people in it."""
        session_sid = self._open("ride" if self.broken == "duplicate name" else name)
        if self.broken == "number not in E.164":
            driver = driver.replace("+1415", "(415) ")
        if self.broken == "one person twice":
            driver = customer
        if self.broken == "unescaped plus":
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            self._post(f"Sessions/{session_sid}/Participants", data=f"Identifier={customer}", headers=headers)
        if self.broken == "name in place of a SID":
            session_sid = name
        people = self.client.proxy.v1.services(self.service_sid).sessions(session_sid).participants
        if self.broken == "swapped identifiers":
            one = people.create(identifier="+14155550001", proxy_identifier=customer)
        else:
            one = people.create(customer, friendly_name="Anne")
        other = people.create(driver, friendly_name="Bert")
        dials = [one.proxy_identifier, other.proxy_identifier]
        if self.broken == "text to the wrong number":
            dials[0] = "+14155550002"
        ride = self.table[name] = Ride(name, session_sid, customer, driver, dials[0], dials[1], other.sid)
        return ride

    def _open(self, name: str) -> str:
        """Create the session of a ride, and return its SID."""
        sessions = self.client.proxy.v1.services(self.service_sid).sessions
        an_hour = timedelta(hours=1)
        if self.broken == "missing ttl":
            return str(sessions.create(unique_name=name).sid)
        if self.broken == "ttl in milliseconds":
            return str(sessions.create(unique_name=name, ttl=3_600_000).sid)
        if self.broken == "naive local time":
            local = self.now().astimezone(NEW_YORK).replace(tzinfo=None)
            return str(sessions.create(unique_name=name, date_expiry=local + an_hour).sid)
        if self.broken == "real clock":
            return str(sessions.create(unique_name=name, date_expiry=datetime.now(timezone.utc) + an_hour).sid)
        if self.broken == "JSON in place of a form":
            return self._post("Sessions", json={"UniqueName": name, "Ttl": 3600})
        if self.broken == "JSON that says it is a form":
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            return self._post("Sessions", data=json.dumps({"UniqueName": name, "Ttl": 3600}), headers=headers)
        if self.broken == "snake-case parameter":
            return self._post("Sessions", data={"unique_name": name, "ttl": 3600})
        if self.broken == "date without an offset":
            return self._post(
                "Sessions", data={"UniqueName": name, "DateExpiry": f"{self.now() + an_hour:%Y-%m-%dT%H:%M:%S}"}
            )
        return str(sessions.create(unique_name=name, ttl=3600).sid)

    def book_at_once(self, name: str, customer: str, driver: str) -> str:
        """Create a session with both people in it, by one request. Return its SID."""
        key = "friendly_name" if self.broken == "snake-case participant" else "FriendlyName"
        people = [{"Identifier": customer, key: "Anne"}, {"Identifier": driver, key: "Bert"}]
        sessions = self.client.proxy.v1.services(self.service_sid).sessions
        return str(sessions.create(unique_name=name, ttl=3600, participants=people).sid)

    def _post(self, path: str, **body: Any) -> str:
        url = f"https://proxy.twilio.com/v1/Services/{self.service_sid}/{path}"
        answer = requests.post(url, auth=(ACCOUNT, TOKEN), timeout=5, **body)
        answer.raise_for_status()
        return str(answer.json()["sid"])

    def reassign(self, ride: Ride, driver: str) -> None:
        """Put another driver in place of the former one."""
        people = self.client.proxy.v1.services(self.service_sid).sessions(ride.session_sid).participants
        if self.broken != "third participant":
            people(ride.driver_sid).delete()
        new = people.create(driver, friendly_name="Carl")
        ride.driver, ride.driver_dials = driver, new.proxy_identifier
        if self.broken != "stale participant":
            ride.driver_sid = new.sid

    def remind(self, ride: Ride) -> None:
        """Text the driver."""
        if self.broken == "request to another host":
            self.client.lookups.v1.phone_numbers(ride.driver).fetch()
        people = self.client.proxy.v1.services(self.service_sid).sessions(ride.session_sid).participants
        sid = ride.session_sid if self.broken == "SID of another kind" else ride.driver_sid
        people(sid).message_interactions.create(body="Your customer waits.")

    def finish(self, ride: Ride) -> None:
        """Close the session of a ride."""
        sessions = self.client.proxy.v1.services(self.service_sid).sessions
        if self.broken == "forgotten close":
            return
        if self.broken in ("forgotten await", "forgotten await of a result"):
            asyncio.run(self._finish_without_waiting(ride))
            return
        sessions(ride.session_sid).update(status="closed")
        if self.broken == "closing twice":
            sessions(ride.session_sid).update(status="closed")

    async def _finish_without_waiting(self, ride: Ride) -> None:
        async with AsyncTwilioHttpClient() as http:
            asynchronous = Client(ACCOUNT, TOKEN, http_client=http)
            sessions = asynchronous.proxy.v1.services(self.service_sid).sessions
            if self.broken == "forgotten await of a result":
                session = sessions(ride.session_sid).fetch_async()
                if session.status != "closed":
                    await sessions(ride.session_sid).update_async(status="closed")
            sessions(ride.session_sid).update_async(status="closed")

    # What Proxy asks of the application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        token = OLD_TOKEN if self.broken == "webhook checked with an old token" else TOKEN
        url = request.url.replace("https:", "http:") if self.broken == "webhook checked as http" else request.url
        answer: Response | HTTPException
        if not RequestValidator(token).validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
            answer = Response("the signature is wrong", status=403)
        else:
            try:
                endpoint, _ = self.routes.bind_to_environ(environ).match()
                answer = endpoint(request)
            except HTTPException as error:
                answer = error
        return answer(environ, start_response)

    def status(self, request: Request) -> Response:
        """Note the status of an interaction."""
        if self.broken == "handler that raises":
            self.seen.append(dict(request.form)["InteractionStatus"])
        self.seen.append(request.form["interactionType"])
        return Response(status=204)

    def intercept(self, request: Request) -> Response:
        """Hold back a text that the application does not want to be delivered: 403 does so."""
        body = json.loads(request.form["interactionData"]).get("body", "")
        if not self.is_blocked(body):
            return Response(status=200)
        if self.broken == "201 to a webhook":
            return Response(status=201)
        if self.broken == "words in place of 403":
            return Response("block", status=200)
        return Response(status=403)

    def out_of_session(self, request: Request) -> Response:
        """Answer a text that belongs to no ride."""
        answer = "<Response><Message>This ride is over.</Message></Response>"
        if self.broken == "TwiML as plain text":
            return Response("This ride is over.", content_type="text/plain")
        return Response(answer, content_type="application/xml")
