"""Budgets of the work in memory: each gives rows of the table, measured beside their reference in the same run."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from typing import Any

import responses
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from werkzeug.test import Client as WerkzeugClient
from werkzeug.wrappers import Request

from benchmarks.measure import seconds, seconds_of_first
from benchmarks.table import Row
from fakeproxy import FakeProxy
from fakeproxy.web.wsgi import call

FEW, MANY = 1_000, 100_000


class _Canned(HttpClient):  # type: ignore[misc]
    """The cheapest stand-in there is: the same answer to every request, headers included."""

    def __init__(self, body: str, headers: dict[str, str]) -> None:
        self._body = body
        self._headers = headers

    def request(self, *args: Any, **kwargs: Any) -> Response:
        return Response(201, self._body, self._headers)


def sdk_create() -> Iterator[Row]:
    with FakeProxy() as proxy:
        service = proxy.add_service()
        ours = Client().proxy.v1.services(service.sid).sessions
        ours.create(ttl=5)
        body = proxy.journal[-1].text
        headers = dict(
            Client().http_client.request("GET", f"https://proxy.twilio.com/v1/Services/{service.sid}").headers
        )
        canned = Client("AC", "token", http_client=_Canned(body, headers)).proxy.v1.services(service.sid).sessions
        times = seconds({"ours": lambda: ours.create(ttl=5), "canned": lambda: canned.create(ttl=5)}, 30, 150)
    with responses.RequestsMock() as mock:
        mock.add("POST", f"https://proxy.twilio.com/v1/Services/{service.sid}/Sessions", body=body, status=201)
        stubbed = Client("AC", "token").proxy.v1.services(service.sid).sessions
        times |= seconds({"responses": lambda: stubbed.create(ttl=5)}, 20, 50)
    shown = {name: f"{time * 1e6:.0f} us" for name, time in times.items()}
    work = "sessions.create through the SDK"
    yield Row(work, shown["ours"], f"canned HttpClient {shown['canned']}", times["ours"] / times["canned"], 2.8, "x")
    stub = f"responses stub {shown['responses']}"
    yield Row(work, shown["ours"], stub, times["ours"] / times["responses"], 0.18, "x")


def enter_and_leave() -> Iterator[Row]:
    def fixture() -> None:
        with FakeProxy():
            pass

    time = seconds({"fixture": fixture}, 10, 100)["fixture"]
    yield Row("enter and leave the fixture", f"{time * 1e3:.3f} ms", "-", time * 1e3, 0.2, "ms")


_FIRST = """
from fakeproxy import FakeProxy
with FakeProxy() as proxy:
    proxy.add_service(numbers=["+14155550001"])
"""


def first_fake() -> Iterator[Row]:
    time = seconds_of_first("import pytest, twilio.rest", _FIRST, 15)
    yield Row("the first fake of a process", f"{time * 1e3:.0f} ms", "-", time * 1e3, 90.0, "ms")


def plugin_import() -> Iterator[Row]:
    time = seconds_of_first("import pytest", "import fakeproxy.pytest_plugin")
    other = seconds_of_first("import pytest", "import pytest_freezer")
    reference = f"pytest-freezer {other * 1e3:.0f} ms"
    yield Row("the plugin at pytest's start", f"{time * 1e3:.2f} ms", reference, time * 1e3, 2.0, "ms")


def size() -> Iterator[Row]:
    """The same work next to few sessions and next to many."""
    few, many = _Filled(FEW), _Filled(MANY)
    deep = {"few": few.last_page(), "many": many.last_page()}
    cases = {
        "create a session": (lambda fake: fake.create(), 200),
        "list the first page": (lambda fake: fake.get(fake.first), 50),
        "list the last page": (lambda fake: fake.get(deep["few" if fake is few else "many"]), 50),
        "fetch by SID": (lambda fake: fake.get(fake.one), 200),
        "advance past nothing due": (lambda fake: fake.proxy.clock.advance(1), 500),
    }
    for work, (run, calls) in cases.items():
        times = seconds({"few": lambda run=run: run(few), "many": lambda run=run: run(many)}, calls, 15)  # type: ignore[misc]
        reference = f"at {FEW:,}: {times['few'] * 1e6:.1f} us"
        measured = f"at {MANY:,}: {times['many'] * 1e6:.1f} us"
        yield Row(work, measured, reference, times["many"] / times["few"], 1.3, "x")
    closing = {"few": few.close(500), "many": many.close(500)}
    yield Row(
        "let 500 of the sessions expire",
        f"at {MANY:,}: {closing['many'] * 1e3:.1f} ms",
        f"at {FEW:,}: {closing['few'] * 1e3:.1f} ms",
        closing["many"] / closing["few"],
        2.0,  # k log n: log 100,000 is 1.7 times log 1,000
        "x",
    )


class _Filled:
    """A fake with so many sessions, and requests to it that go by the WSGI app."""

    def __init__(self, count: int) -> None:
        self.proxy = FakeProxy(intercept=False, journal_size=0)
        service = self.proxy.add_service()
        self.first = f"https://proxy.twilio.com/v1/Services/{service.sid}/Sessions"
        self._headers = {
            "Authorization": "Basic U0s6c2VjcmV0",
            "Host": "proxy.twilio.com",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        for _ in range(count):
            self.create()
        self.one = f"{self.first}/{next(iter(self.proxy.sessions))}"

    def create(self, ttl: int = 10_000_000) -> None:
        call(self.proxy.wsgi_app, "POST", self.first, self._headers, b"Ttl=%d" % ttl)

    def get(self, url: str) -> bytes:
        return call(self.proxy.wsgi_app, "GET", url, self._headers, b"").body

    def last_page(self) -> str:
        """The URL of a page near the end, reached as a client would."""
        import json

        url, following = self.first + "?PageSize=100", self.first + "?PageSize=100"
        while following:
            url, following = following, json.loads(self.get(following))["meta"]["next_page_url"]
        previous: str = json.loads(self.get(url))["meta"]["previous_page_url"]
        return previous.replace("PageSize=100", "PageSize=50")

    def close(self, count: int) -> float:
        for _ in range(count):
            self.create(ttl=3600)
        return seconds({"advance": lambda: self.proxy.clock.advance(hours=1)}, 1, 1)["advance"]


def memory() -> Iterator[Row]:
    count = 20_000
    proxy = FakeProxy(intercept=False, journal_size=0)
    service = proxy.add_service()
    proxy.add_session(service)
    gc.collect()
    tracemalloc.start()
    for number in range(count):
        proxy.add_session(service, unique_name=f"job-{number}", ttl=86_400)
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] / count
    tracemalloc.stop()
    yield Row("memory of a session", f"{used:.0f} bytes", "-", used / 1024, 2.0, "KiB")


_SITE = "https://api.example.com"
_TOKEN = "token"


def _handler(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """An application's status callback: validates the signature and fetches the interaction through the SDK."""
    request = Request(environ)
    form = request.form
    assert RequestValidator(_TOKEN).validate(request.url, form, request.headers["X-Twilio-Signature"])
    sessions = Client("AC" + "1" * 32, _TOKEN).proxy.v1.services(form["interactionServiceSid"]).sessions
    sessions(form["interactionSessionSid"]).interactions(form["interactionSid"]).fetch()
    start_response("204 No Content", [])
    return []


def text_routed() -> Iterator[Row]:
    """A text, and the application reading its Interaction; by hand that is a stub, and a signed call of the handler."""
    with FakeProxy(account_sid="AC" + "1" * 32, auth_token=_TOKEN) as proxy:
        proxy.webhooks.mount(_SITE, _handler)
        proxy.add_service("plain", numbers=["+14155550001"])
        proxy.add_service("told", numbers=["+14155550002"], callback_url=_SITE + "/status")
        for service in ("plain", "told"):
            proxy.add_session(service, participants=["+14155550100", "+14155550101"])
        anne = proxy.phone("+14155550100")

        def text_and_fetch() -> None:
            contact = anne.text("+14155550001", "hello")
            sessions = Client().proxy.v1.services(service_sid).sessions
            sessions(contact.session_sid).interactions(contact.interaction_sid).fetch()

        service_sid = proxy.services["plain"].sid
        text_and_fetch()
        form = anne.text("+14155550002", "hello").callbacks[0].form
        body = proxy.journal[-1].text
        ours = {"plain": text_and_fetch, "told": lambda: anne.text("+14155550002", "hello")}
        times = seconds(ours, 100)

    url = (
        f"https://proxy.twilio.com/v1/Services/{form['interactionServiceSid']}/Sessions/{form['interactionSessionSid']}"
        f"/Interactions/{form['interactionSid']}"
    )
    with responses.RequestsMock() as mock:
        mock.add("GET", url, body=body)
        client = WerkzeugClient(_handler)
        sessions = Client("AC" + "1" * 32, _TOKEN).proxy.v1.services(form["interactionServiceSid"]).sessions
        interaction = sessions(form["interactionSessionSid"]).interactions(form["interactionSid"])

        def call_handler() -> None:
            signature = RequestValidator(_TOKEN).compute_signature(_SITE + "/status", form)
            client.post("/status", base_url=_SITE, data=form, headers={"X-Twilio-Signature": signature})

        by_hand = seconds({"plain": interaction.fetch, "told": call_handler}, 50)
    for name, work in (("plain", "a text, then its Interaction"), ("told", "a text with its callback")):
        ours_shown, by_hand_shown = (f"{kind[name] * 1e6:.0f} us" for kind in (times, by_hand))
        yield Row(work, ours_shown, f"by hand {by_hand_shown}", times[name] / by_hand[name], 1.0, "x")


BUDGETS = (sdk_create, enter_and_leave, first_fake, plugin_import, size, memory, text_routed)
