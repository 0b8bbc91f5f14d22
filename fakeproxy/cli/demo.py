"""The demo: a timeline of a masked job, from booking over texts and a call to closing after a day of silence.

It uses the fake as an application does, by the HTTP API and webhooks. It needs neither the SDK nor a network.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from fakeproxy.fake.proxy import FakeProxy
from fakeproxy.network.phones import Phone
from fakeproxy.web.wsgi import call

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ACCOUNT_SID = "AC" + "0" * 32
_CUSTOMER, _DRIVER = "+14155550100", "+14155550101"
_POOL = ("+14155550001", "+14155550002")

_SITE = "https://rides.example.com"
_REPLY = "This ride is over. Book another at rides.example.com."

_STYLES = {
    "time": "2",
    "open": "32",
    "in-progress": "33",
    "closed": "31",
    "request": "36",
    "callback": "35",
    "title": "1",
}


class _Timeline:
    """The output of the demo: a line for each request, webhook and change."""

    def __init__(self, proxy: FakeProxy, write: Callable[[str], object], colour: bool) -> None:
        self.proxy = proxy
        self._write = write
        self._colour = colour
        self._headers = {
            "Host": "proxy.twilio.com",
            "Authorization": "Basic " + b64encode(f"{_ACCOUNT_SID}:token".encode()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def paint(self, style: str, text: str) -> str:
        code = _STYLES.get(style)
        return f"\033[{code}m{text}\033[0m" if self._colour and code else text

    def title(self, text: str) -> None:
        self._write(f"\n{self.paint('title', text)}\n")

    def say(self, text: str) -> None:
        stamp = self.paint("time", f"{self.proxy.clock.now():%a %H:%M:%S}")
        self._write(f"  {stamp}  {text}\n")

    def request(self, method: str, path: str, **form: str) -> Any:
        """Make a request, show it with the status of its answer, and return the JSON of the answer."""
        body = urlencode(form).encode()
        answer = call(self.proxy.wsgi_app, method, f"https://proxy.twilio.com/v1{path}", self._headers, body)
        shown = "/".join(part[:6] + "..." if len(part) == 34 else part for part in path.split("/"))
        self.say(f"{self.paint('request', f'{method} {shown}')} -> {answer.status}")
        return json.loads(answer.body) if answer.body else None

    def show_status(self, session: dict[str, Any]) -> None:
        status, reason = session["status"], session["closed_reason"]
        why = f", closed_reason {reason}, date_ended {session['date_ended']}" if status == "closed" else ""
        self.say(f"the session is {self.paint(status, status)}{why}")

    def webhook(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        """Handle all webhooks of the application, as a WSGI application."""
        form = dict(parse_qsl(environ["wsgi.input"].read().decode()))
        path = environ["PATH_INFO"]
        sentence = {
            "/status": "the message is {outboundResourceStatus}",
            "/lost": "{From} contacts {To}; the last session of the two is {sessionStatus}",
        }[path]
        if form.get("interactionType") == "Voice":
            sentence = "caller {inboundResourceStatus}, partner {outboundResourceStatus} {interactionData}"
            form.setdefault("outboundResourceStatus", "-")
        signed = "signed" if "HTTP_X_TWILIO_SIGNATURE" in environ else "unsigned"
        self.say(f"{self.paint('callback', f'POST {_SITE}{path}')} ({signed}): {sentence.format_map(form)}")
        start_response("200 OK", [("Content-Type", "application/xml")])
        return [f"<Response><Message>{_REPLY}</Message></Response>".encode() if path == "/lost" else b""]

    def show_inbox(self, name: str, phone: Phone) -> None:
        text = phone.inbox[-1]
        self.say(f"the {name}'s phone shows a text from {text.from_}: {text.body!r}")


def run(write: Callable[[str], object], colour: bool) -> None:
    """Run the demo and write its timeline. `colour`: with the colours of a terminal."""
    start = datetime.fromisoformat("2030-01-07T09:00:00+00:00")
    proxy = FakeProxy(start=start, account_sid=_ACCOUNT_SID, intercept=False)
    with proxy:
        timeline = _Timeline(proxy, write, colour)
        proxy.webhooks.mount(_SITE, timeline.webhook)

        timeline.title("A customer books a ride; neither side may see the other's number")
        urls = {"CallbackUrl": f"{_SITE}/status", "OutOfSessionCallbackUrl": f"{_SITE}/lost"}
        service = timeline.request("POST", "/Services", UniqueName="rides", **urls)
        service_path = f"/Services/{service['sid']}"
        for number in _POOL:
            timeline.request("POST", f"{service_path}/PhoneNumbers", PhoneNumber=number)
        session = timeline.request("POST", f"{service_path}/Sessions", UniqueName="job-1", Ttl="86400")
        session_path = f"{service_path}/Sessions/{session['sid']}"
        timeline.show_status(session)
        dials = {}
        for name, number in (("customer", _CUSTOMER), ("driver", _DRIVER)):
            person = timeline.request("POST", f"{session_path}/Participants", Identifier=number)
            dials[name] = person["proxy_identifier"]
            timeline.say(f"the {name} ({number}) dials {dials[name]} to reach the other one")
        customer, driver = proxy.phone(_CUSTOMER), proxy.phone(_DRIVER)

        timeline.title("They text and call; each sees a number of the pool")
        proxy.clock.advance(minutes=5)
        timeline.say(f"the customer texts {dials['customer']}: 'Are you close?'")
        customer.text(dials["customer"], "Are you close?")
        timeline.show_inbox("driver", driver)
        timeline.show_status(timeline.request("GET", session_path))
        timeline.say(f"the driver calls {dials['driver']}")
        call = driver.call(dials["driver"])
        timeline.say(f"the customer's phone rings: {customer.calls[-1].from_}")
        proxy.clock.advance(10)
        call.answer()
        proxy.clock.advance(minutes=2)
        timeline.say("after two minutes the driver hangs up")
        call.hang_up()

        timeline.title("A day of silence, in no real time")
        proxy.clock.advance(hours=23, minutes=59, seconds=59)
        timeline.show_status(timeline.request("GET", session_path))
        proxy.clock.advance(1)
        timeline.show_status(timeline.request("GET", session_path))

        timeline.title("After the end")
        timeline.say(f"the customer texts {dials['customer']}: 'I forgot my bag!'")
        customer.text(dials["customer"], "I forgot my bag!")
        timeline.show_inbox("customer", customer)
        for alert in proxy.alerts:
            timeline.say(f"Twilio's Debugger: {alert.code} {alert.text}")
        for number in timeline.request("GET", f"{service_path}/PhoneNumbers")["phone_numbers"]:
            timeline.say(f"{number['phone_number']} is in use in {number['in_use']} sessions")
        refusal = timeline.request("POST", session_path, Ttl="86400")
        timeline.say(f"Twilio's error {refusal['code']}: {refusal['message']}")
