"""The demo: a masked job from booking over a day of silence to its closing, told as a timeline.

It speaks to the fake as an application does, over the HTTP API, and needs neither the SDK nor a network.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fakeproxy.fake import FakeProxy
from fakeproxy.wsgi import call

_ACCOUNT_SID = "AC" + "0" * 32
_CUSTOMER, _DRIVER = "+14155550100", "+14155550101"
_POOL = ("+14155550001", "+14155550002")

_STYLES = {"time": "2", "open": "32", "in-progress": "33", "closed": "31", "request": "36", "title": "1"}


class _Timeline:
    """Requests to the fake, each told in a line or two."""

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

    def ask(self, method: str, path: str, **form: str) -> Any:
        """Make a request and show it as it goes over the wire."""
        body = urlencode(form).encode()
        answer = call(self.proxy.wsgi_app, method, f"https://proxy.twilio.com/v1{path}", self._headers, body)
        shown = "/".join(part[:6] + "..." if len(part) == 34 else part for part in path.split("/"))
        self.say(f"{self.paint('request', f'{method} {shown}')} -> {answer.status}")
        return json.loads(answer.body) if answer.body else None

    def tell_status(self, session: dict[str, Any]) -> None:
        status, reason = session["status"], session["closed_reason"]
        why = f", closed_reason {reason}, date_ended {session['date_ended']}" if status == "closed" else ""
        self.say(f"the session is {self.paint(status, status)}{why}")


def tell(write: Callable[[str], object], colour: bool) -> None:
    """Write the story; `colour` says whether terminal colours may be used."""
    start = datetime.fromisoformat("2030-01-07T09:00:00+00:00")
    proxy = FakeProxy(start=start, account_sid=_ACCOUNT_SID, intercept=False)
    with proxy:
        line = _Timeline(proxy, write, colour)

        line.title("A customer books; nobody shall see the other's number")
        service = line.ask("POST", "/Services", UniqueName="rides", NumberSelectionBehavior="prefer-sticky")
        service_path = f"/Services/{service['sid']}"
        for number in _POOL:
            line.ask("POST", f"{service_path}/PhoneNumbers", PhoneNumber=number)
        session = line.ask("POST", f"{service_path}/Sessions", UniqueName="job-1", Ttl="86400")
        session_path = f"{service_path}/Sessions/{session['sid']}"
        line.tell_status(session)
        people = {}
        for name, number in (("customer", _CUSTOMER), ("driver", _DRIVER)):
            person = people[name] = line.ask("POST", f"{session_path}/Participants", Identifier=number)
            line.say(f"the {name} ({number}) dials {person['proxy_identifier']} to reach the other one")

        line.title("23 hours later: a message, which postpones the end")
        proxy.clock.advance(hours=23)
        message = line.ask(
            "POST",
            f"{session_path}/Participants/{people['customer']['sid']}/MessageInteractions",
            Body="Are you close?",
        )
        line.say(f"sent to {_CUSTOMER} from {people['customer']['proxy_identifier']}: {message['data']}")
        line.tell_status(line.ask("GET", session_path))

        line.title("A day of silence, stepped in no time")
        proxy.clock.advance(hours=23, minutes=59, seconds=59)
        line.tell_status(line.ask("GET", session_path))
        proxy.clock.advance(1)
        line.tell_status(line.ask("GET", session_path))

        line.title("What is left")
        pool = line.ask("GET", f"{service_path}/PhoneNumbers")["phone_numbers"]
        for number in pool:
            line.say(f"{number['phone_number']} is in use in {number['in_use']} sessions")
        refusal = line.ask("POST", session_path, Ttl="86400")
        line.say(f"Twilio's error {refusal['code']}: {refusal['message']}")
