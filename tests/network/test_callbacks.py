"""Status and intercept callbacks: their fields, their order, their signature, and what becomes of a failure."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

from fakeproxy import FakeProxy, UnmountedWebhook, UsageError
from fakeproxy.network.phones import Phone
from fakeproxy.views import Service, Session
from tests.network.conftest import ANNE, BERT, CARL, POOL, SITE, Recorder, set_urls

LEG = ["ParticipantSid", "ResourceSid", "ResourceStatus", "ResourceType", "ResourceUrl"]
INTERACTION = ["Sid", "Type", "Data", "DateCreated", "DateUpdated", "AccountSid", "ServiceSid", "SessionSid"]


def fields(*ways: str, media: bool) -> list[str]:
    """The documented names, in the documented order."""
    names = [way + name for way in ways for name in LEG] + ["interaction" + name for name in INTERACTION]
    return names + (["interactionNumMedia"] if media else [])


def test_the_fields_of_a_status_callback(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, callback="/status")
    contact = anne.text(POOL[0], "hällo")
    (request,) = site.requests
    assert request.method == "POST"
    assert request.mimetype == "application/x-www-form-urlencoded"
    assert [name for name, _ in parse_qsl(request.get_data(as_text=True))] == fields("inbound", "outbound", media=True)
    form = request.form
    assert form["interactionType"] == "Message"
    assert form["interactionData"] == '{"body":"hällo"}'
    assert form["interactionDateCreated"] == "2030-01-01T09:00:00Z"
    assert form["interactionSessionSid"] == session.sid
    assert form["interactionServiceSid"] == service.sid
    assert (form["inboundResourceType"], form["outboundResourceType"]) == ("message", "message")
    assert form["inboundResourceSid"] == contact.sid
    account = form["interactionAccountSid"]
    assert form["inboundResourceUrl"] == (
        f"https://api.twilio.com/2010-04-01/Accounts/{account}/Messages/{contact.sid}.json"
    )


def test_no_callback_tells_who_the_people_are(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, callback="/status", intercept_callback="/intercept")
    anne.text(POOL[0], "hi")
    anne.call(POOL[0]).answer().hang_up()
    assert len(site.requests) == 7
    for request in site.requests:
        assert not any(number in request.get_data(as_text=True).replace("%2B", "+") for number in (ANNE, BERT))


def test_the_fields_of_an_intercept_callback(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, intercept_callback="/intercept")
    anne.text(POOL[0], "hi")
    call = anne.call(POOL[0])
    text, voice = (parse_qsl(request.get_data(as_text=True)) for request in site.requests)
    assert [name for name, _ in text] == fields("inbound", media=True)
    assert [name for name, _ in voice] == fields("inbound", media=False)
    assert call.interaction is not None
    assert dict(voice)["interactionSid"] == call.interaction.sid


def test_the_intercept_callback_comes_first_and_nothing_has_happened_yet(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, bert: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, callback="/status", intercept_callback="/intercept")
    seen: list[object] = []
    site.answers["/intercept"] = lambda request: seen.append((bert.inbox, len(proxy.interactions))) or Response("")
    site.answers["/status"] = lambda request: seen.append((len(bert.inbox), len(proxy.interactions))) or Response("")
    anne.text(POOL[0], "hi")
    assert site.paths == ["/intercept", "/status"]
    assert seen == [((), 0), (1, 1)]


def test_403_blocks(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, bert: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, callback="/status", intercept_callback="/intercept")
    site.answers["/intercept"] = Response("", 403)
    text, call = anne.text(POOL[0], "darn"), anne.call(POOL[0])
    for contact in (text, call):
        assert contact.blocked
        assert [alert.code for alert in contact.alerts] == [80909]
        assert not contact.delivered
    assert (bert.inbox, bert.calls, len(proxy.interactions)) == ((), (), 0)
    assert proxy.sessions[session.sid].status == "open"
    assert site.paths == ["/intercept", "/intercept"]
    assert call.status == "busy"


@pytest.mark.parametrize(
    "answer", [Response("", 500), Response("", 404), KeyError("x"), TimeoutError(), Response("ok")]
)
def test_nothing_else_blocks(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder, answer: Response
) -> None:
    set_urls(proxy, service, intercept_callback="/intercept")
    site.answers["/intercept"] = answer
    contact = anne.text(POOL[0], "hi")
    assert contact.delivered
    broken = not (isinstance(answer, Response) and answer.status_code == 200)
    assert [alert.code for alert in contact.alerts] == [80908] * broken


def test_an_intercept_handler_that_closes_the_session(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, bert: Phone, site: Recorder
) -> None:
    """The handler calls the API while the contact is open; what it did counts."""
    set_urls(proxy, service, intercept_callback="/intercept")
    client = proxy.client().proxy.v1.services(service.sid).sessions(session.sid)

    def close(request: Request) -> Response:
        client.update(status="closed")
        return Response("")

    site.answers["/intercept"] = close
    contact = anne.text(POOL[0], "hi")
    assert not contact.delivered
    assert [alert.code for alert in contact.alerts] == [80905]
    assert bert.inbox == ()


def test_an_intercept_handler_that_deletes_the_service(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, intercept_callback="/intercept")
    client = proxy.client().proxy.v1.services(service.sid)
    site.answers["/intercept"] = lambda request: Response("", 200 if client.delete() else 500)
    contact = anne.text(POOL[0], "hi")
    assert not contact.delivered
    assert [alert.code for alert in contact.alerts] == [80905]


def test_a_status_handler_that_sends_a_message_itself(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, bert: Phone, site: Recorder
) -> None:
    """Callbacks nest: the handler's own request brings about one more, which is delivered within it."""
    set_urls(proxy, service, callback="/status")
    participants = proxy.client().proxy.v1.services(service.sid).sessions(session.sid).participants

    def confirm(request: Request) -> Response:
        if "inboundResourceSid" in request.form:
            participants(request.form["inboundParticipantSid"]).message_interactions.create(body="delivered")
        return Response("")

    site.answers["/status"] = confirm
    anne.text(POOL[0], "hi")
    assert [text.body for text in anne.inbox] == ["delivered"]
    assert len(site.requests) == 2


@pytest.mark.parametrize("answer", [Response("", 500), Response("", 302), ValueError("no such job")])
def test_a_failing_status_callback_is_an_alert_and_no_more(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder, answer: Response
) -> None:
    set_urls(proxy, service, callback="/status")
    site.answers["/status"] = answer
    contact = anne.text(POOL[0], "hi")
    assert contact.delivered
    (alert,) = contact.alerts
    assert (alert.code, alert.level, alert.resource_sid) == (80908, "warning", service.sid)
    assert alert.text == f"Error on Callback for {SITE}/status"
    assert contact.sid in alert.cause
    expected = "raised ValueError: no such job" if isinstance(answer, ValueError) else "the handler answered"
    assert expected in alert.why
    assert alert.why in proxy.report()


def test_strict_raises_the_handlers_own_exception(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, callback="/status")
    site.answers["/status"] = ValueError("no such job")
    proxy.webhooks.strict = True
    with pytest.raises(ValueError, match="no such job"):
        anne.text(POOL[0], "hi")


@pytest.mark.parametrize("error", [ValueError("no such job"), KeyboardInterrupt(), SystemExit(3)])
def test_what_leaves_the_handler_is_told_by_the_history(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder, error: BaseException
) -> None:
    set_urls(proxy, service, callback="/status")
    site.answers["/status"] = error
    proxy.webhooks.strict = True
    with pytest.raises(type(error)):
        anne.text(POOL[0], "hi")
    assert f"/status: the handler raised {type(error).__name__}" in str(proxy.history)
    (delivery,) = proxy.webhooks.deliveries
    assert delivery.error is error


def test_a_webhook_that_is_being_answered_says_so(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    told: list[str] = []

    def answer(request: Request) -> Response:
        told.append(str(proxy.history))
        return Response(status=204)

    set_urls(proxy, service, callback="/status")
    site.answers["/status"] = answer
    anne.text(POOL[0], "hi")
    assert told[0].endswith("/status: the handler has not answered yet")


def test_callbacks_stop_when_the_url_is_cleared(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, callback="/status")
    proxy.client().proxy.v1.services(service.sid).update(callback_url="")
    anne.text(POOL[0], "hi")
    assert site.requests == []


# Signatures


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/status",
        "http://api.example.com/status",
        "https://api.example.com:8443/status",
        "http://api.example.com:8080/status?tenant=7&q=a%20b",
        "https://api.example.com",
    ],
)
def test_the_sdks_validator_accepts_the_signature(proxy: FakeProxy, url: str) -> None:
    recorder = Recorder()
    proxy.webhooks.mount(url.partition("/status")[0], recorder)
    proxy.add_service(numbers=POOL, callback_url=url)
    proxy.add_session(participants=[ANNE, BERT])
    proxy.client().proxy.v1.services.list()
    proxy.phone(ANNE).text(POOL[0], "hi")
    (request,) = recorder.requests
    signature = request.headers["X-Twilio-Signature"]
    validator = RequestValidator(proxy.client().password)
    assert validator.validate(url, request.form, signature)
    assert not RequestValidator("another").validate(url, request.form, signature)
    assert request.url.rstrip("/") == url.replace(":8443", ":8443").rstrip("/")


def _signed_with(proxy: FakeProxy) -> list[str | None]:
    recorder = Recorder()
    proxy.webhooks.mount(SITE, recorder)
    proxy.add_service(numbers=POOL, callback_url=SITE + "/status")
    proxy.add_session(participants=[ANNE, BERT])
    proxy.phone(ANNE).text(POOL[0], "hi")
    (delivery,) = proxy.webhooks.deliveries
    tokens = ("given", "presented", "environment")
    return [
        token
        for token in tokens
        if RequestValidator(token).compute_signature(SITE + "/status", delivery.form) == delivery.signature
    ]


def test_the_token_that_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "environment")
    with FakeProxy(account_sid="AC" + "1" * 32, auth_token="given") as proxy:
        assert _signed_with(proxy) == ["given"]


def test_else_the_token_that_clients_presented(monkeypatch: pytest.MonkeyPatch) -> None:
    from twilio.rest import Client

    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "environment")
    with FakeProxy() as proxy:
        Client("AC" + "1" * 32, "presented").proxy.v1.services.list()
        assert _signed_with(proxy) == ["presented"]


def test_else_the_token_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "environment")
    with FakeProxy() as proxy:
        assert _signed_with(proxy) == ["environment"]


def test_wrong_and_missing_signatures(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, callback="/status")
    validator = RequestValidator(proxy.client().password)

    def valid() -> bool | None:
        anne.text(POOL[0], "hi")
        request = site.requests[-1]
        signature = request.headers.get("X-Twilio-Signature")
        return None if signature is None else validator.validate(request.url, request.form, signature)

    assert valid() is True
    with proxy.webhooks.sign_with("stolen"):
        assert valid() is False
        with proxy.webhooks.unsigned():
            assert valid() is None
        assert valid() is False
    assert valid() is True
    proxy.webhooks.unsigned()
    assert valid() is None


# Where the handlers are


def test_the_longest_mount_counts(proxy: FakeProxy, service: Service, session: Session, anne: Phone) -> None:
    root, hooks = Recorder(), Recorder()
    proxy.webhooks.mount(SITE, root)
    proxy.webhooks.mount(SITE + "/hooks/", hooks)
    for path in ("/hooks/status", "/hooks", "/hooksandmore"):
        set_urls(proxy, service, callback=path)
        anne.text(POOL[0], "hi")
    assert [request.script_root + request.path for request in hooks.requests] == ["/hooks/status", "/hooks/"]
    assert [request.path for request in root.requests] == ["/hooksandmore"]
    assert hooks.requests[0].url == SITE + "/hooks/status"


def test_mounting_again_replaces(proxy: FakeProxy, service: Service, session: Session, anne: Phone) -> None:
    first, second = Recorder(), Recorder()
    proxy.webhooks.mount(SITE, first)
    proxy.webhooks.mount(SITE.upper().replace("HTTPS", "https") + "/", second)
    set_urls(proxy, service, callback="/status")
    anne.text(POOL[0], "hi")
    assert (len(first.requests), len(second.requests)) == (0, 1)


@pytest.mark.parametrize("base", ["api.example.com", "ftp://api.example.com", "https://", SITE + "?x=1", SITE + "#x"])
def test_what_cannot_be_mounted_at(proxy: FakeProxy, base: str) -> None:
    with pytest.raises(UsageError, match="expected a base URL such as"):
        proxy.webhooks.mount(base, Recorder())


def test_what_cannot_be_mounted(proxy: FakeProxy) -> None:
    with pytest.raises(UsageError, match="is no webhook handler; give a WSGI or ASGI application"):
        proxy.webhooks.mount(SITE, object())


def test_an_unmounted_url_raises_out_of_the_phone(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone
) -> None:
    set_urls(proxy, service, callback="/status")
    with pytest.raises(
        UnmountedWebhook, match=r"Mount its handler with proxy.webhooks.mount\('https://api.example"
    ) as error:
        anne.text(POOL[0], "hi")
    assert error.value.url == SITE + "/status"
    proxy.check()  # Raised once is enough.


def test_an_unmounted_url_under_a_request_fails_the_test_at_its_end(
    proxy: FakeProxy, service: Service, session: Session
) -> None:
    set_urls(proxy, service, callback="/status")
    sessions = proxy.client().proxy.v1.services(service.sid).sessions(session.sid)
    sessions.participants(session.participants[0].sid).message_interactions.create(body="hi")
    (alert,) = proxy.alerts
    assert alert.code == 80908
    assert "nothing is mounted there" in alert.why
    with pytest.raises(UnmountedWebhook):
        proxy.check()
    proxy.check()


def test_an_unmounted_url_under_a_step_fails_the_test_at_its_end(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone
) -> None:
    anne.call(POOL[0])
    set_urls(proxy, service, callback="/status")
    proxy.clock.advance(30)
    assert [alert.code for alert in proxy.alerts] == [80908]
    with pytest.raises(UnmountedWebhook):
        proxy.check()


def test_unmounted_urls_can_be_allowed(proxy: FakeProxy, service: Service, session: Session, anne: Phone) -> None:
    set_urls(proxy, service, callback="/status", intercept_callback="/intercept", out_of_session_callback="/lost")
    proxy.webhooks.unmounted = "alert"
    contact = anne.text(POOL[0], "hi")
    assert contact.delivered
    assert [alert.code for alert in contact.alerts] == [80908, 80908]
    assert [alert.code for alert in proxy.phone(CARL).text(POOL[0], "hi").alerts] == [80908]
    assert [delivery.status for delivery in proxy.webhooks.deliveries] == [None, None, None]


def test_deliveries_hold_request_and_answer(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, callback="/status")
    site.answers["/status"] = Response("thänks", 202, content_type="text/plain; charset=latin-1")
    contact = anne.text(POOL[0], "hi")
    (delivery,) = proxy.webhooks.deliveries
    assert delivery is contact.callbacks[0]
    assert (delivery.kind, delivery.url, delivery.status) == ("status", SITE + "/status", 202)
    assert delivery.form["interactionData"] == '{"body":"hi"}'
    assert delivery.at == proxy.clock.now()
    assert str(delivery) == f"2030-01-01T09:00:00Z status (delivered) POST {SITE}/status: the handler answered 202"
    proxy.reset()
    assert proxy.webhooks.deliveries == ()


def test_a_handler_reads_the_instant_and_may_step_the_clock_itself(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    anne.call(POOL[0])
    set_urls(proxy, service, callback="/status")
    start, seen = proxy.clock.now(), []

    def answer(request: Request) -> Response:
        seen.append((proxy.clock.now() - start).seconds)
        proxy.clock.advance(5)
        return Response("")

    site.answers["/status"] = answer
    proxy.clock.advance(60)
    assert seen == [30]
    assert (proxy.clock.now() - start).seconds == 65


def test_without_a_token_it_goes_out_unsigned_and_an_alert_says_so() -> None:
    from twilio.rest import Client

    other = "AC" + "9" * 32
    with FakeProxy(account_sid="AC" + "1" * 32) as proxy:
        services = Client(other, "token").proxy.v1.services
        service = services.create("rides", callback_url=SITE + "/status")
        services(service.sid).phone_numbers.create(phone_number=POOL[0])
        people = [{"Identifier": ANNE}, {"Identifier": BERT}]
        services(service.sid).sessions.create(participants=people)
        snapshot = proxy.snapshot()
    with FakeProxy() as proxy:
        proxy.restore(snapshot)
        proxy.webhooks.mount(SITE, Recorder())
        contact = proxy.phone(ANNE).text(POOL[0], "hi")
        assert contact.callbacks[0].signature is None
        assert [alert.why for alert in contact.alerts] == [
            "the fake knows no auth token of the account, so the webhook had no signature"
        ]
        Client(other, "token").proxy.v1.services.list()
        assert proxy.phone(ANNE).text(POOL[0], "hi").alerts == ()
