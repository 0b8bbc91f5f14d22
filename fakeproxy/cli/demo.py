"""The demo: a masked ride, from booking to a day of silence, in the form of the report that a failing test shows.

It uses the fake as an application does, by the HTTP API and webhooks. It needs neither the SDK nor a network.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fakeproxy.fake.proxy import FakeProxy
from fakeproxy.web.wsgi import call

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ACCOUNT_SID = "AC" + "0" * 32
_CUSTOMER, _DRIVER = "+14155550100", "+14155550101"
_POOL = ("+14155550001", "+14155550002")

_SITE = "https://rides.example.com"
_REPLY = "This ride is over. Book another at rides.example.com."

#: The patterns in a line of the report that have a colour of the terminal.
_COLOURS = {
    r"^\d\d:\d\d:\d\d": "2",
    r"\bopened\b|\bdelivered\b|\banswered\b": "32",
    r"\bin-progress\b": "33",
    r"\bclosed\b|\bout of session\b|\balert \d+": "31",
    r"\b(?:GET|POST|DELETE) /\S+": "36",
    r"\bwebhook [\w-]+ \S+": "35",
    r"\bnote: .*": "1",
}


def make() -> FakeProxy:
    """Return a fake for the demo, which is not active yet."""
    return FakeProxy(start="2030-01-07T09:00:00Z", account_sid=_ACCOUNT_SID, intercept=False)


def play(proxy: FakeProxy) -> None:
    """Make the requests, texts and calls of the ride, on an active fake."""
    proxy.webhooks.mount(_SITE, _application)
    proxy.note("A customer books a ride; neither side may see the other's number")
    urls = {"CallbackUrl": f"{_SITE}/status", "OutOfSessionCallbackUrl": f"{_SITE}/lost"}
    service = f"/Services/{_request(proxy, 'POST', '/Services', UniqueName='rides', **urls)['sid']}"
    for number in _POOL:
        _request(proxy, "POST", f"{service}/PhoneNumbers", PhoneNumber=number)
    session = _request(proxy, "POST", f"{service}/Sessions", UniqueName="job-1", Ttl="86400")
    people = f"{service}/Sessions/{session['sid']}/Participants"
    dials = {
        name: _request(proxy, "POST", people, Identifier=number, FriendlyName=name)["proxy_identifier"]
        for name, number in (("Anne", _CUSTOMER), ("Bert", _DRIVER))
    }
    customer, driver = proxy.phone(_CUSTOMER), proxy.phone(_DRIVER)

    proxy.note("They text and call; each sees a number of the pool")
    proxy.clock.advance(minutes=5)
    customer.text(dials["Anne"], "Are you close?")
    ringing = driver.call(dials["Bert"])
    proxy.clock.advance(10)
    ringing.answer()
    proxy.clock.advance(minutes=2)
    ringing.hang_up()

    proxy.note("A day of silence, in no real time")
    proxy.clock.advance(days=1)
    customer.text(dials["Anne"], "I forgot my bag!")
    _request(proxy, "POST", f"{service}/Sessions/{session['sid']}", Status="closed")


def run(write: Callable[[str], object], colour: bool) -> None:
    """Play the ride on a new fake, and write its report. `colour`: with the colours of a terminal."""
    with make() as proxy:
        play(proxy)
        for line in proxy.report(is_whole=True).splitlines():
            write(f"{_paint(line) if colour else line}\n")


def picture() -> str:
    """Play the ride on a new fake, and return the picture of its session, as SVG."""
    with make() as proxy:
        play(proxy)
        return proxy.history.of(proxy.sessions["job-1"]).svg()


def _request(proxy: FakeProxy, method: str, path: str, **form: str) -> Any:
    """Make a request of the application, and return the JSON of the answer."""
    headers = {
        "Host": "proxy.twilio.com",
        "Authorization": "Basic " + b64encode(f"{_ACCOUNT_SID}:token".encode()).decode(),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode(form).encode()
    return json.loads(call(proxy.wsgi_app, method, f"https://proxy.twilio.com/v1{path}", headers, body).body)


def _application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer the webhooks, as the application does."""
    start_response("200 OK", [("Content-Type", "application/xml")])
    is_lost = environ["PATH_INFO"] == "/lost"
    return [f"<Response><Message>{_REPLY}</Message></Response>".encode() if is_lost else b""]


def _paint(line: str) -> str:
    for pattern, code in _COLOURS.items():
        line = re.sub(pattern, rf"\033[{code}m\g<0>\033[0m", line)
    return line
