"""`fakeproxy.connect(url)`: the same test, on a fake of this process and on one that is driven over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

import flask
import httpx
import pytest
import requests
from twilio.request_validator import RequestValidator
from twilio.rest import Client

import fakeproxy
from fakeproxy import BlockedRequest, FakeProxy, Refusal, UnknownKey, UnmountedWebhook, UsageError
from fakeproxy.exceptions import UnexpectedAlert, UnusedFault
from fakeproxy.transports import targets
from fakeproxy.transports.loopback.server import Server
from fakeproxy.web import http1

NINE = datetime(2030, 1, 1, 9, tzinfo=timezone.utc)
ANNE, BERT = "+14155550100", "+14155550101"
SITE = "https://api.example.com"


@pytest.fixture(params=["in process", "remote"])
def fake(request: pytest.FixtureRequest) -> Generator[Any]:
    with FakeProxy(start=NINE, intercept=False) as proxy:
        if request.param == "in process":
            yield proxy
        else:
            remote = fakeproxy.connect(proxy.url + "/v1")
            yield remote
            remote.stop()
        proxy.faults.clear()


def test_the_clock(fake: Any) -> None:
    assert (fake.clock.now(), fake.clock.driver, list(fake.clock.due())) == (NINE, "own", [])
    service = fake.add_service("rides")
    session = fake.add_session(service, ttl=3600)
    (due,) = fake.clock.due()
    assert (due.at, due.kind, due.sid) == (NINE + timedelta(hours=1), "expire session", session.sid)
    assert fake.clock.advance(minutes=30) == NINE + timedelta(minutes=30)
    assert fake.clock.advance_to_next() == NINE + timedelta(hours=1)
    assert fake.clock.advance_to_next() is None
    assert fake.clock.move_to("2030-01-02T09:00:00Z") == NINE + timedelta(days=1)
    assert fake.clock.advance(timedelta(microseconds=1)).microsecond == 1
    with pytest.raises(UsageError, match="goes forward"):
        fake.clock.advance(-1)
    for wrong in ("PT1H", True, float("nan")):
        with pytest.raises(UsageError, match="give finite numbers, or a timedelta"):
            fake.clock.advance(wrong)


def test_rows(fake: Any) -> None:
    fake.add_service("rides", numbers=(number for number in ["+14155550001"]))
    fake.add_number("+14155550002", service="rides")
    fake.add_short_code("12345")
    session = fake.add_session(unique_name="job", participants=[ANNE, BERT], ttl=60)
    assert (session.status, session.date_created, session.date_ended) == ("open", NINE, None)
    assert [person.identifier for person in session.participants] == [ANNE, BERT]
    assert fake.sessions["job"].sid == session.sid
    assert list(fake.sessions) == [session.sid]
    assert (len(fake.phone_numbers), len(fake.participants), len(fake.owned_numbers)) == (2, 2, 3)
    assert {row.in_use for row in fake.phone_numbers.values()} == {1, 0}
    with pytest.raises(UnknownKey):
        _ = fake.sessions["nothing"]
    with pytest.raises(Refusal) as refused:
        fake.add_service("rides")
    assert (refused.value.code, type(refused.value.why)) == (80602, tuple)
    fake.clock.advance(60)
    assert fake.sessions[session.sid].date_ended == NINE + timedelta(minutes=1)


def test_people(fake: Any) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    fake.add_session(participants=[ANNE, BERT])
    anne, bert = fake.phone(ANNE), fake.phone(BERT)
    contact = anne.text("+14155550001", "hi", media=["https://example.com/a"])
    assert (contact.delivered, contact.delivered_to, contact.shown_from) == (True, BERT, "+14155550001")
    assert (contact.session.status, contact.interaction.data) == ("in-progress", '{"body":"hi"}')
    (text,) = bert.inbox
    assert (text.from_, text.body, text.media, text.at) == ("+14155550001", "hi", ("https://example.com/a",), NINE)
    call = anne.call("+14155550001")
    assert call.status == "ringing"
    bert.calls[0].answer()
    fake.clock.advance(5)
    assert (call.status, call.duration) == ("in-progress", 5)
    call.hang_up()
    assert call.status == "completed"
    declined = anne.call("+14155550001")
    bert.calls[1].decline()
    assert declined.status == "busy"
    with pytest.raises(UsageError, match="does not ring"):
        declined.answer()
    with pytest.raises(UsageError, match="no Service has the number"):
        anne.text("+14155559999", "hi")


@pytest.mark.parametrize(
    ("end", "status"), [("busy", "busy"), ("decline", "busy"), ("no_answer", "no-answer"), ("fail", "failed")]
)
def test_a_call_that_nobody_takes(fake: Any, end: str, status: str) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    fake.add_session(participants=[ANNE, BERT])
    call = fake.phone(ANNE).call("+14155550001")
    (ring,) = fake.phone(BERT).calls
    getattr(ring if end == "decline" else call, end)()
    assert (call.status, ring.status, call.duration) == (status, status, 0)


def test_alerts_journal_and_faults(fake: Any) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    fake.phone(ANNE).text("+14155550001", "hi")
    assert [(alert.code, alert.at) for alert in fake.alerts] == [(80903, NINE), (80905, NINE)]
    fault = fake.faults.server_error(operation="ListService")
    assert (fault.left, fault.operation) == (1, "ListService")
    assert requests.get(fake.url + "/v1/Services", auth=("AC1", "x"), timeout=20).status_code == 500
    entry = fake.journal[-1]
    assert (entry.operation, entry.status, entry.at) == ("ListService", 500, NINE)
    fake.faults.server_error(operation="DeleteService")
    fake.faults.clear()


def test_the_whole_state(fake: Any) -> None:
    fake.add_service("rides")
    snapshot = fake.snapshot()
    fake.add_session()
    fake.restore(snapshot)
    assert (len(fake.services), len(fake.sessions)) == (1, 0)
    fake.reset()
    assert len(fake.services) == 0
    with pytest.raises(UsageError, match=r"restore a snapshot|no snapshot"):
        fake.restore({"no": "snapshot"})


def test_faults_come_and_go(fake: Any) -> None:
    with fake.faults.server_error(503, operation="ListService", times=None) as fault:
        assert fault.left is None
        for _ in range(2):
            assert requests.get(fake.url + "/v1/Services", auth=("AC1", "x"), timeout=20).status_code == 503
        (order,) = fake.faults.orders
        assert (order.used, order.status, str(order.what)) == (2, 503, "503 / 20503")
    assert requests.get(fake.url + "/v1/Services", auth=("AC1", "x"), timeout=20).status_code == 200
    fake.faults.slow(5, operation="ListService")
    fake.faults.answer(400, 80603, "no", operation="ListService")
    fake.faults.too_many_requests(operation="DeleteService", optional=True)
    fake.faults.connection_reset(operation="DeleteSession")
    assert requests.get(fake.url + "/v1/Services", auth=("AC1", "x"), timeout=20).status_code == 200
    assert requests.get(fake.url + "/v1/Services", auth=("AC1", "x"), timeout=20).json()["code"] == 80603
    assert fake.clock.now() == NINE + timedelta(seconds=5)
    with pytest.raises(UnusedFault, match=r"1 faults met no request.*\n.*DeleteSession"):
        fake.check()
    fake.check()


def test_alerts_that_are_expected(fake: Any) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    with fake.alerts.expect(80903, 80905):
        fake.phone(ANNE).text("+14155550001", "hi")
    assert len(fake.alerts) == 2
    assert fake.alerts[-1].code == 80905
    with (
        pytest.raises(UnexpectedAlert, match="expected alert 80904; this block raised none"),
        fake.alerts.expect(80904),
    ):
        pass


def test_the_journals_counts(fake: Any) -> None:
    for path in ("Services", "Services", "Nothing"):
        requests.get(f"{fake.url}/v1/{path}", auth=("AC1", "x"), timeout=20)
    assert fake.journal.counts == {"ListService": 2, None: 1}
    assert len(fake.journal) == 3
    assert [entry.status for entry in fake.journal][:2] == [200, 200]
    assert "GET /v1/Nothing" in fake.report()
    fake.journal.clear()
    assert (len(fake.journal), fake.journal.counts.total()) == (0, 0)


def test_reception_and_conversations(fake: Any) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    fake.add_session(participants=[ANNE, BERT])
    bert = fake.phone(BERT)
    assert bert.reception == "delivered"
    bert.reception = "undelivered"
    assert fake.phone(BERT).reception == "undelivered"
    assert fake.phone(ANNE).text("+14155550001", "hi").status == "undelivered"
    with pytest.raises(UsageError, match=r"reception.*'lost'"):
        bert.reception = "lost"
    call = asyncio.run(fake.phone(ANNE).acall("+14155550001"))
    assert fake.conversation(call.sid).answer().status == "in-progress"
    assert (call.session.status, call.from_, call.alerts) == ("in-progress", ANNE, ())
    assert asyncio.run(fake.phone(ANNE).atext("+14155550001", "ho")).delivered_to == BERT
    with pytest.raises(UnknownKey):
        fake.conversation("CA" + "0" * 32)


# Webhooks: the handlers run in the test's process


def flask_app(seen: list[tuple[str, str, str]]) -> flask.Flask:
    app = flask.Flask("handler")

    @app.post("/status")
    def status() -> str:
        if "broken" in flask.request.form["interactionData"]:
            raise LookupError("no such job")
        seen.append(
            (
                flask.request.url,
                flask.request.headers.get("X-Twilio-Signature", ""),
                flask.request.form["interactionType"],
            )
        )
        return "thanks, \xfc"

    return app


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"never"})


def test_a_mounted_handler(fake: Any) -> None:
    seen: list[tuple[str, str, str]] = []
    fake.webhooks.mount(SITE, flask_app(seen))
    fake.webhooks.sign_with("secret")
    fake.add_service("rides", numbers=["+14155550001"], callback_url=SITE + "/status?x=1", default_ttl=60)
    fake.add_session(participants=[ANNE, BERT])
    contact = fake.phone(ANNE).text("+14155550001", "hi")
    ((url, signature, kind),) = seen
    assert (url, kind) == (SITE + "/status?x=1", "Message")
    (delivery,) = contact.callbacks
    assert (delivery.status, delivery.text, delivery.succeeded, delivery.error) == (200, "thanks, \xfc", True, None)
    assert RequestValidator("secret").validate(url, delivery.form, signature)
    assert fake.webhooks.deliveries[-1].outcome == "the handler answered 200"
    with fake.webhooks.unsigned():
        fake.phone(ANNE).text("+14155550001", "hi")
    fake.phone(ANNE).text("+14155550001", "hi")
    assert [bool(signature) for _, signature, _ in seen] == [True, False, True]
    fake.webhooks.forget()
    assert len(fake.webhooks.deliveries) == 0


def test_a_handler_that_blocks_a_text(fake: Any) -> None:
    fake.webhooks.mount(SITE, asgi_app)
    fake.add_service("rides", numbers=["+14155550001"], intercept_callback_url=SITE + "/intercept")
    fake.add_session(participants=[ANNE, BERT])
    contact = fake.phone(ANNE).text("+14155550001", "hi")
    assert (contact.blocked, contact.delivered, len(fake.phone(BERT).inbox)) == (True, False, 0)


@pytest.mark.parametrize("wrap", [lambda app: app, lambda app: app.test_client()], ids=["app", "test client"])
def test_a_handler_that_raises(fake: Any, wrap: Callable[[flask.Flask], Any]) -> None:
    fake.webhooks.mount(SITE, wrap(flask_app([])))
    fake.add_service("rides", numbers=["+14155550001"], callback_url=SITE + "/status")
    fake.add_session(participants=[ANNE, BERT])
    (delivery,) = fake.phone(ANNE).text("+14155550001", "broken").callbacks
    assert delivery.status == 500
    assert "LookupError: no such job" in delivery.outcome
    assert "LookupError: no such job" in fake.alerts[-1].why
    fake.webhooks.strict = True
    with pytest.raises(LookupError, match="no such job"):
        fake.phone(ANNE).text("+14155550001", "broken")


def test_numbers_are_the_fakes_also_where_the_rest_of_their_host_is_allowed() -> None:
    with FakeProxy(intercept=False) as elsewhere, fakeproxy.connect(elsewhere.url, allow_hosts=("api.twilio.com",)):
        target = targets.current()
        assert target is not None
        base = "https://api.twilio.com/2010-04-01/Accounts/AC1"
        assert targets.takes(target, "POST", f"{base}/IncomingPhoneNumbers.json")
        assert not targets.takes(target, "GET", f"{base}/Messages/SM1.json")


def test_a_handler_that_fails_the_test(fake: Any) -> None:
    """What pytest raises is no Exception, and comes out in any case."""

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        pytest.fail("it was told too early")

    fake.webhooks.mount(SITE, application)
    fake.add_service("rides", numbers=["+14155550001"], callback_url=SITE + "/status")
    fake.add_session(participants=[ANNE, BERT])
    with pytest.raises(pytest.fail.Exception, match="it was told too early"):
        fake.phone(ANNE).text("+14155550001", "hi")


def test_a_url_that_is_not_mounted(fake: Any) -> None:
    fake.webhooks.mount(SITE, flask_app([]))
    fake.webhooks.unmount(SITE)
    fake.add_service("rides", numbers=["+14155550001"], callback_url=SITE + "/status")
    fake.add_session(participants=[ANNE, BERT])
    assert fake.webhooks.unmounted == "raise"
    with pytest.raises(UnmountedWebhook, match="nothing is mounted there") as caught:
        fake.phone(ANNE).text("+14155550001", "hi")
    assert caught.value.url == SITE + "/status"
    fake.webhooks.unmounted = "alert"
    assert fake.phone(ANNE).text("+14155550001", "hi").delivered
    with pytest.raises(UsageError, match="expected a base URL"):
        fake.webhooks.mount("api.example.com", flask_app([]))


# The requests of this process


def test_inside_with_this_processs_requests_land_there() -> None:
    with FakeProxy(start=NINE, intercept=False) as elsewhere:
        elsewhere.add_service("rides")
        with fakeproxy.connect(elsewhere.url) as proxy:
            service = Client().proxy.v1.services.list()[0]
            assert (service.unique_name, service.url.partition("/v1")[0]) == ("rides", "https://proxy.twilio.com")
            assert Client().proxy.v1.services(service.sid).sessions.create(ttl=60).date_created == NINE
            assert requests.get("https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/SM1.json").status_code == 401
            with pytest.raises(UsageError, match="active already"):
                proxy.start()
            with pytest.raises(BlockedRequest):
                requests.get("https://lookups.twilio.com/v1")
            with pytest.raises(BlockedRequest, match="lookups"):
                proxy.check()

        assert len(elsewhere.sessions) == 1


def test_its_clients() -> None:
    with FakeProxy(start=NINE, intercept=False) as elsewhere:
        proxy = fakeproxy.connect(elsewhere.url)
        service = proxy.client().proxy.v1.services.create("rides")
        assert [row.sid for row in asyncio.run(proxy.async_client().proxy.v1.services.list_async())] == [service.sid]
        assert service.account_sid == elsewhere.account["account_sid"]


def test_a_handler_in_the_loop_that_asks_is_answered() -> None:
    """The loop is free while a request waits for the other process, which may call a handler that runs in it."""

    async def main() -> int:
        handled = asyncio.Event()

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            writer.close()
            handled.set()

        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        elsewhere.add_service("rides", numbers=["+14155550001"], callback_url=f"http://127.0.0.1:{port}/")
        session = elsewhere.add_session(participants=[ANNE, BERT])
        path = f"/v1/Services/{session.service_sid}/Sessions/{session.sid}/Participants"
        url = f"https://proxy.twilio.com{path}/{session.participants[0].sid}/MessageInteractions"
        async with httpx.AsyncClient(auth=("AC1", "x")) as client:
            answer = await client.post(url, data={"Body": "hi"})
        server.close()
        assert handled.is_set()
        return answer.status_code

    with FakeProxy(start=NINE, intercept=False) as elsewhere, fakeproxy.connect(elsewhere.url):
        assert asyncio.run(main()) == 200


def test_a_failing_test_shows_what_the_other_process_saw() -> None:
    with FakeProxy(start=NINE, intercept=False) as elsewhere:
        proxy = fakeproxy.connect(elsewhere.url)

        @proxy
        def test() -> None:
            requests.get("https://proxy.twilio.com/v1/Services", auth=("AC1", "x"))
            raise LookupError

        with pytest.raises(LookupError) as caught:
            test()
        assert "GET /v1/Services" in caught.value.__notes__[0]


def test_a_test_that_outlives_the_fake_fails_for_its_own_reason() -> None:
    elsewhere = FakeProxy(intercept=False).start()
    proxy = fakeproxy.connect(elsewhere.url)

    @proxy
    def test() -> None:
        elsewhere.stop()
        raise LookupError

    with pytest.raises(LookupError) as caught:
        test()
    assert "does not answer any more" in caught.value.__notes__[0]


def test_what_it_cannot_reach() -> None:
    with FakeProxy(intercept=False) as proxy:
        remote = fakeproxy.connect(proxy.url)
        remote.start()
        remote.webhooks.mount(SITE, flask_app([]))
        assert repr(remote) == f"<RemoteProxy {proxy.url}>"
        with pytest.raises(UsageError, match="takes no colour"):
            remote.add_service("rides", colour="red")  # type: ignore[call-arg]
    with pytest.raises(requests.ConnectionError):
        requests.get("https://proxy.twilio.com/v1/Services")
    remote.stop()
    with pytest.raises(OSError, match="refused"):
        fakeproxy.connect(remote.url)


def test_a_handler_must_be_on_loopback() -> None:
    with FakeProxy(intercept=False) as proxy:
        body = {"base_url": SITE, "to": "http://192.0.2.1/0"}
        answer = requests.post(f"{proxy.url}/_fakeproxy/webhooks/mount", json=body, timeout=20)
    assert (answer.status_code, answer.json()["error"]) == (400, "UsageError")
    assert "not on loopback" in answer.json()["text"]


@pytest.mark.parametrize("answer", [b"<html>", b'{"detail": "Not Found"}', b"[]"])
@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_what_is_no_fakeproxy(answer: bytes, status: str) -> None:
    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        start_response(status, [("Content-Type", "text/plain")])
        return [answer]

    server = Server(partial(http1.call, application))
    with pytest.raises(UsageError, match=f"{server.url}/_fakeproxy/account is no fakeproxy: its? answer"):
        fakeproxy.connect(server.url)
    server.stop()


# The surface


def test_what_is_read_is_equal_to_what_is_there() -> None:
    def broken(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        raise LookupError("no such job")

    with FakeProxy(start=NINE, intercept=False) as proxy:
        remote = fakeproxy.connect(proxy.url)
        requests.get(f"{proxy.url}/v1/Nothing", auth=("AC1", "x"), timeout=20)
        remote.webhooks.mount(SITE, broken)
        service = remote.add_service("rides", numbers=["+14155550001"], callback_url=SITE + "/status")
        session = remote.add_session(service, participants=[ANNE, BERT], ttl=60)
        contact = remote.phone(ANNE).text("+14155550001", "hi", media=["https://example.com/a"])
        call = remote.phone(ANNE).call("+14155550001")
        proxy.webhooks.unmounted = "alert"
        remote.webhooks.unmount(SITE)
        remote.phone(ANNE).text("+14155550001", "hi")

        assert (service, session.sid) == (proxy.services["rides"], proxy.sessions[session.sid].sid)
        assert contact.session == call.session == proxy.sessions[session.sid]
        assert contact.interaction == proxy.interactions[contact.interaction_sid or ""]
        for name in ("services", "phone_numbers", "owned_numbers", "sessions", "participants", "interactions"):
            assert dict(getattr(remote, name)) == dict(getattr(proxy, name))
        assert list(remote.alerts) == list(proxy.alerts)
        assert list(remote.journal) == list(proxy.journal)
        assert remote.clock.due() == proxy.clock.due()
        assert remote.phone(BERT).inbox == proxy.phone(BERT).inbox
        assert list(map(str, remote.phone(BERT).calls)) == list(map(str, proxy.phone(BERT).calls))
        assert list(map(str, remote.webhooks.deliveries)) == list(map(str, proxy.webhooks.deliveries))
        assert [delivery.form for delivery in contact.callbacks] == [proxy.webhooks.deliveries[0].form]
        assert repr(call) == repr(proxy.conversation(call.sid))
        assert repr(remote.phone(BERT)) == repr(proxy.phone(BERT))
        with remote.faults.slow(1, number=BERT, optional=True) as fault:
            assert str(fault) == str(proxy.faults.orders[0])
            assert [str(order) for order in remote.faults.orders] == [str(fault)]
        remote.stop()


def test_reprs_and_slices(fake: Any) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    fake.phone(ANNE).text("+14155550001", "hi")
    for path in ("Services", "Nothing"):
        requests.get(f"{fake.url}/v1/{path}", auth=("AC1", "x"), timeout=20)
    assert [entry.status for entry in fake.journal[-2:]] == [200, 404]
    assert [alert.code for alert in fake.alerts[:1]] == [80903]
    assert (type(fake.journal[:0]), type(fake.alerts[:0])) == (list, list)
    assert fake.webhooks.deliveries == ()
    assert repr(fake.journal) == "<Journal of 2 requests, the last 2 kept>"
    assert repr(fake.alerts) == "<2 alerts: 80903, 80905>"
    assert repr(fake.services) == "<1 services: rides>"
    assert repr(fake.faults) == "<0 faults>"
    assert repr(fake.clock) == "Clock(2030-01-01T09:00:00Z, driver='own')"
    assert repr(fake.phone("+1 (415) 555-0100")) == f"<phone {ANNE}: 0 texts, 0 calls received>"
    assert fake.phone("+1 (415) 555-0100").number == ANNE
    assert set(fake.account) == {"account_sid", "auth_token"}
    with pytest.raises(UsageError, match="'abc' is no phone number"):
        fake.phone("abc")
    with pytest.raises(UsageError, match=r"unmounted.*'alerts'"):
        fake.webhooks.unmounted = "alerts"


def test_a_contact_follows_the_state(fake: Any) -> None:
    fake.add_service("rides", numbers=["+14155550001"])
    session = fake.add_session(participants=[ANNE, BERT], ttl=60)
    contact, call = fake.phone(ANNE).text("+14155550001", "hi"), fake.phone(ANNE).call("+14155550001")
    (ring,) = fake.phone(BERT).calls
    fake.clock.advance(60)
    assert (contact.session.status, call.status, ring.status) == ("closed", "no-answer", "no-answer")
    with pytest.raises(UsageError, match="this call does not ring: it is no-answer"):
        ring.answer()
    with pytest.raises(UsageError, match="there is nothing to hang up: the call is no-answer"):
        ring.hang_up()
    assert contact.session == fake.sessions[session.sid]
    fake.reset()
    assert (contact.session, contact.interaction, ring.status) == (None, None, "gone")
    with pytest.raises(UsageError, match="is no longer in the state of the fake"):
        _ = contact.status


#: What a fake of this process has, and one of another cannot have or need not.
OWN = {
    "proxy": {
        "begin_from",  # the plugin's
        "name_settings",
        "environment",
        "keep_state",
        "serve",
        "tunnel",
        "windows",  # the inspector's
        "wsgi_app",
    },  # the other process's own affair
    "clock": {"dump", "load", "pace", "read", "settle", "start", "stop"},  # what the fake itself uses
    "faults": {"check", "take", "unused"},
    "alerts": {"check", "forget", "unexpected"},
    "journal": {"add", "check"},
    "webhooks": {"apps", "check", "run", "run_async"},
    "phone": set(),
    "services": set(),
    "call": set(),
}


def test_the_surface_is_the_same() -> None:
    with FakeProxy(intercept=False) as proxy:
        remote = fakeproxy.connect(proxy.url)
        proxy.add_service("rides", numbers=["+14155550001"])
        proxy.add_session(participants=[ANNE, BERT])
        call = proxy.phone(ANNE).call("+14155550001")
        parts: dict[str, tuple[Any, Any]] = {
            "proxy": (proxy, remote),
            "phone": (proxy.phone(ANNE), remote.phone(ANNE)),
            "call": (call, remote.conversation(call.sid)),
        }
        for name in OWN.keys() - parts.keys():
            parts[name] = (getattr(proxy, name), getattr(remote, name))
        for name, (here, there) in parts.items():
            public = {attribute for attribute in dir(here) if not attribute.startswith("_")}
            assert {attribute for attribute in public if not hasattr(there, attribute)} == OWN[name], name
