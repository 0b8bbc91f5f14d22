"""Contacts that fit no session: what the callback is told, and what its TwiML or JSON brings about."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from werkzeug.wrappers import Request, Response

from fakeproxy import FakeProxy
from fakeproxy.network.phones import Phone
from fakeproxy.views import Service, Session
from tests.network.conftest import ANNE, BERT, CARL, POOL, SITE, Recorder, set_urls, twiml


@pytest.fixture(autouse=True)
def _lost(proxy: FakeProxy, service: Service, site: Recorder) -> None:
    set_urls(proxy, service, out_of_session_callback="/lost")


def codes(contact: Any) -> list[int]:
    return [alert.code for alert in contact.alerts]


# What it is told

TEXT = (
    "MessageSid SmsSid SmsMessageSid SmsStatus Body NumMedia NumSegments From FromCountry To ToCountry AccountSid "
    "ApiVersion"
)
CALL = (
    "AccountSid ApiVersion CallSid CallStatus Direction From FromCountry To ToCountry Caller CallerCountry Called "
    "CalledCountry"
)
SESSION = (
    "Sid AccountSid ServiceSid UniqueName Status ClosedReason Mode DateCreated DateUpdated DateEnded DateStarted "
    "DateLastInteraction Ttl"
)
PARTICIPANT = (
    "Sid AccountSid ServiceSid SessionSid Identifier ProxyIdentifier ProxyIdentifierSid DateCreated DateUpdated"
)


def prefixed(prefix: str, names: str) -> list[str]:
    return [prefix + name for name in names.split()]


def names(request: Request) -> list[str]:
    return [name for name, _ in parse_qsl(request.get_data(as_text=True))]


def test_of_a_stranger_just_the_contact(carl: Phone, site: Recorder) -> None:
    text, call = carl.text(POOL[0], "hi"), carl.call(POOL[0])
    first, second = site.requests
    assert names(first) == TEXT.split()
    assert names(second) == CALL.split()
    assert first.form["MessageSid"] == first.form["SmsSid"] == text.sid
    assert (first.form["From"], first.form["To"], first.form["Body"]) == (CARL, POOL[0], "hi")
    assert (first.form["SmsStatus"], first.form["NumMedia"], first.form["NumSegments"]) == ("received", "0", "1")
    assert second.form["CallSid"] == call.sid
    assert (second.form["CallStatus"], second.form["Direction"]) == ("ringing", "inbound")
    assert (text.out_of_session, codes(text), codes(call)) == (True, [], [])


def test_of_a_past_session_its_fields_too(
    proxy: FakeProxy, service: Service, session: Session, anne: Phone, site: Recorder
) -> None:
    anne.text(POOL[0], "hi")
    proxy.clock.advance(minutes=1)
    proxy.client().proxy.v1.services(service.sid).sessions(session.sid).update(status="closed")
    contact = anne.text(POOL[0], "are you there?")
    (request,) = site.requests
    assert names(request) == [
        *TEXT.split(),
        *prefixed("session", SESSION),
        *prefixed("inboundParticipant", PARTICIPANT),
        *prefixed("outboundParticipant", PARTICIPANT),
    ]
    form = request.form
    assert (form["sessionSid"], form["sessionUniqueName"]) == (session.sid, "job-1")
    assert (form["sessionStatus"], form["sessionClosedReason"]) == ("closed", "api")
    assert form["sessionDateEnded"] == "2030-01-01T09:01:00Z"
    assert (form["inboundParticipantIdentifier"], form["outboundParticipantIdentifier"]) == (ANNE, BERT)
    assert codes(contact) == []


def test_null_is_left_out(proxy: FakeProxy, service: Service, carl: Phone, site: Recorder) -> None:
    session = proxy.add_session(service, participants=[CARL])
    proxy.client().proxy.v1.services(service.sid).sessions(session.sid).update(status="closed")
    carl.text(POOL[0], "hi")
    (form,) = site.forms("/lost")
    assert "sessionUniqueName" not in form
    assert "sessionDateStarted" not in form
    assert not [name for name in form if name.startswith("outbound")]


def test_of_several_past_sessions_the_one_that_ended_last(
    proxy: FakeProxy, service: Service, anne: Phone, site: Recorder
) -> None:
    api = proxy.client().proxy.v1.services(service.sid)
    sids = []
    for name in ("a", "b", "c"):
        session = proxy.add_session(service, unique_name=name, participants=[ANNE, BERT])
        sids.append(session.sid)
        api.sessions(session.sid).update(status="closed")
        proxy.clock.advance(60)
    api.sessions(sids[1]).update(status="in-progress")
    api.sessions(sids[1]).update(status="closed")
    anne.text(POOL[0], "hi")
    assert site.forms("/lost")[0]["sessionUniqueName"] == "b"


def test_after_expiry_there_is_an_alert_as_well(
    proxy: FakeProxy, session: Session, anne: Phone, site: Recorder
) -> None:
    proxy.clock.advance(hours=2)
    contact = anne.text(POOL[0], "hi")
    assert codes(contact) == [80904]
    assert site.forms("/lost")[0]["sessionClosedReason"] == "expired"


def test_media(carl: Phone, site: Recorder) -> None:
    carl.text(POOL[0], "", media=["https://example.com/a", "https://example.com/b"])
    form = site.forms("/lost")[0]
    assert (form["NumMedia"], form["MediaUrl0"], form["MediaUrl1"]) == (
        "2",
        "https://example.com/a",
        "https://example.com/b",
    )


@pytest.mark.parametrize(
    ("body", "count"), [("", 1), ("x" * 160, 1), ("x" * 161, 2), ("x" * 307, 3), ("ü" * 70, 1), ("ü" * 71, 2)]
)
def test_segments(carl: Phone, site: Recorder, body: str, count: int) -> None:
    carl.text(POOL[0], body)
    assert site.forms("/lost")[0]["NumSegments"] == str(count)


# TwiML for a text


def test_a_reply(carl: Phone, site: Recorder) -> None:
    site.answers["/lost"] = twiml("<Message>This job is over.</Message>")
    contact = carl.text(POOL[0], "hello?")
    assert (contact.reply, contact.delivered, contact.out_of_session) == ("This job is over.", False, True)
    (text,) = carl.inbox
    assert (text.from_, text.body) == (POOL[0], "This job is over.")
    assert repr(contact) == f"<text {CARL} -> {POOL[0]}: out of session, answered 'This job is over.'>"


def test_replies_with_bodies_and_media_and_to_others(
    proxy: FakeProxy, carl: Phone, anne: Phone, site: Recorder
) -> None:
    site.answers["/lost"] = twiml(
        "<Message><Body>one</Body><Media>https://example.com/a</Media></Message>",
        f'<Message to="{ANNE}" from="{POOL[2]}">two</Message>',
    )
    contact = carl.text(POOL[0], "hello?")
    assert contact.replies == ["one", "two"]
    assert [(text.body, text.media) for text in carl.inbox] == [("one", ("https://example.com/a",))]
    assert [(text.from_, text.body) for text in anne.inbox] == [(POOL[2], "two")]


@pytest.mark.parametrize(
    "body", ["", "  ", "<Response/>", "<?xml version='1.0' encoding='UTF-8'?>\n<Response></Response>"]
)
def test_no_reply(carl: Phone, site: Recorder, body: str) -> None:
    site.answers["/lost"] = Response(body, content_type="text/xml")
    contact = carl.text(POOL[0], "hello?")
    assert (contact.reply, codes(contact)) == (None, [])


def test_a_reply_that_is_longer_than_texts_are(carl: Phone, site: Recorder) -> None:
    site.answers["/lost"] = Response(f"<Response><Message>{'x' * 1601}</Message></Response>", mimetype="text/xml")
    contact = carl.text(POOL[0], "hi")
    assert (contact.replies, carl.inbox) == ([], ())
    assert codes(contact) == [21617]


def test_a_redirect(carl: Phone, site: Recorder) -> None:
    site.answers["/lost"] = twiml("<Redirect>/again?x=1</Redirect>", "<Message>never</Message>")
    site.answers["/again"] = twiml("<Message>again</Message>")
    assert carl.text(POOL[0], "hello?").replies == ["again"]
    first, second = site.requests
    assert second.url == SITE + "/again?x=1"
    assert second.form == first.form


def test_a_redirect_by_get(carl: Phone, site: Recorder) -> None:
    site.answers["/lost"] = twiml('<Redirect method="GET">/again</Redirect>')
    carl.text(POOL[0], "hello?")
    assert [request.method for request in site.requests] == ["POST", "GET"]


def test_redirects_without_end(carl: Phone, site: Recorder) -> None:
    site.answers["/lost"] = twiml("<Redirect>/lost</Redirect>")
    contact = carl.text(POOL[0], "hello?")
    assert codes(contact) == [12100]
    assert "more than 10 redirects" in contact.alerts[0].why
    assert len(site.requests) == 11


def test_a_redirect_to_proxy_looks_for_a_session_again(
    proxy: FakeProxy, service: Service, carl: Phone, site: Recorder
) -> None:
    """The handler makes the session through the API, and sends the contact back."""

    def book(request: Request) -> Response:
        proxy.add_session(service, participants=[{"identifier": CARL, "proxy_identifier": POOL[0]}, BERT])
        url = f"https://webhooks.twilio.com/v1/Accounts/{service.account_sid}/Proxy/{service.sid}/Webhooks/Message"
        return twiml(f"<Redirect>{url}</Redirect>")

    site.answers["/lost"] = book
    contact = carl.text(POOL[0], "hello?")
    assert (contact.delivered_to, contact.out_of_session) == (BERT, True)


@pytest.mark.parametrize("verb", ["<Say>hi</Say>", "<Dial>+14155550100</Dial>", "<Pay/>"])
def test_a_verb_that_is_not_served_for_a_text(carl: Phone, site: Recorder, verb: str) -> None:
    site.answers["/lost"] = twiml(verb, "<Message>still said</Message>")
    contact = carl.text(POOL[0], "hello?")
    assert codes(contact) == [12200]
    assert "is not carried out for a text" in contact.alerts[0].why
    assert contact.reply == "still said"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Response><Message>&b;</Message></Response>'
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Response><Message>&e;</Message></Response>'


@pytest.mark.parametrize("body", [BOMB, ENTITY, "<Response>", "<Answer/>", "hello", '{"uniqueName": "x"}'])
def test_what_is_no_twiml(carl: Phone, site: Recorder, body: str) -> None:
    site.answers["/lost"] = Response(body, content_type="text/html")
    contact = carl.text(POOL[0], "hello?")
    assert codes(contact) == [12100]
    assert carl.inbox == ()


@pytest.mark.parametrize("answer", [Response("", 500), Response("", 404), RuntimeError("oops")])
def test_a_handler_that_fails(carl: Phone, site: Recorder, answer: Response) -> None:
    site.answers["/lost"] = answer
    contact, call = carl.text(POOL[0], "hello?"), carl.call(POOL[0])
    assert (codes(contact), codes(call)) == ([80913], [80913])
    assert call.status == "busy"
    assert "the handler" in contact.alerts[0].why


# TwiML for a call


def test_what_a_caller_hears(proxy: FakeProxy, carl: Phone, site: Recorder) -> None:
    site.answers["/lost"] = twiml(
        "<Say>This job is over.</Say>",
        "<Play>https://example.com/a.mp3</Play>",
        '<Pause length="2"/>',
        "<Gather><Say>Press one.</Say></Gather>",
    )
    call = carl.call(POOL[0])
    assert call.heard == [
        "Say: This job is over.",
        "Play: https://example.com/a.mp3",
        "Pause",
        "Gather",
        "Say: Press one.",
    ]
    assert (call.status, codes(call)) == ("completed", [])
    assert f"answered 200; the caller heard: {' / '.join(call.heard)}" in proxy.report()


@pytest.mark.parametrize(
    ("verbs", "status"), [(["<Reject/>"], "busy"), (["<Hangup/>"], "completed"), ([], "completed")]
)
def test_how_a_call_ends(carl: Phone, site: Recorder, verbs: list[str], status: str) -> None:
    site.answers["/lost"] = twiml(*verbs)
    assert carl.call(POOL[0]).status == status


def test_nothing_is_said_after_hanging_up(carl: Phone, site: Recorder) -> None:
    site.answers["/lost"] = twiml("<Say>bye</Say>", "<Hangup/>", "<Say>never</Say>")
    assert carl.call(POOL[0]).heard == ["Say: bye"]


@pytest.mark.parametrize("inner", [BERT, f"<Number>{BERT}</Number>"])
def test_a_dialled_number_rings(proxy: FakeProxy, carl: Phone, bert: Phone, site: Recorder, inner: str) -> None:
    site.answers["/lost"] = twiml("<Say>hold on</Say>", f'<Dial callerId="{POOL[2]}">{inner}</Dial>')
    call = carl.call(POOL[0])
    assert (call.delivered_to, call.shown_from, call.status) == (BERT, POOL[2], "ringing")
    assert bert.calls[0].from_ == POOL[2]
    call.answer()
    proxy.clock.advance(5)
    bert.calls[0].hang_up()
    assert (call.status, call.duration, codes(call)) == ("completed", 5, [])


def test_dial_shows_the_callers_own_number_unless_told_otherwise(carl: Phone, bert: Phone, site: Recorder) -> None:
    site.answers["/lost"] = twiml(f"<Dial>{BERT}</Dial>", "<Say>bye</Say>")
    call = carl.call(POOL[0])
    assert bert.calls[0].from_ == CARL
    assert codes(call) == [12200]
    assert "what follows <Dial> is not carried out: <Say>" in call.alerts[0].why


@pytest.mark.parametrize("inner", ["<Client>anne</Client>", "nobody"])
def test_dial_rings_numbers_only(carl: Phone, site: Recorder, inner: str) -> None:
    site.answers["/lost"] = twiml(f"<Dial>{inner}</Dial>")
    call = carl.call(POOL[0])
    assert (codes(call), call.status) == ([12200], "completed")
    assert "<Dial> rings phone numbers here" in call.alerts[0].why


# JSON


def answer_json(site: Recorder, answer: Any, content_type: str = "application/json; charset=utf-8") -> None:
    site.answers["/lost"] = Response(json.dumps(answer), content_type=content_type)


def test_a_session_is_made_and_the_contact_goes_on(
    proxy: FakeProxy, service: Service, carl: Phone, site: Recorder
) -> None:
    set_urls(proxy, service, out_of_session_callback="/lost", callback="/status", intercept_callback="/intercept")
    answer_json(site, {"uniqueName": "ad-1", "participantIdentifier": BERT, "ttl": 60, "unknown": 1})
    contact = carl.text(POOL[1], "is it still for sale?")
    assert (contact.delivered_to, contact.out_of_session) == (BERT, True)
    assert contact.session is not None
    assert (contact.session.unique_name, contact.session.ttl, contact.session.status) == ("ad-1", 60, "in-progress")
    caller, partner = contact.session.participants
    assert (caller.identifier, caller.proxy_identifier) == (CARL, POOL[1])
    assert (partner.identifier, partner.proxy_identifier) == (BERT, POOL[0])
    assert site.paths == ["/lost", "/intercept", "/status"]
    assert proxy.phone(BERT).text(POOL[0], "yes").delivered_to == CARL


def test_a_call_makes_one_too(proxy: FakeProxy, carl: Phone, bert: Phone, site: Recorder) -> None:
    answer_json(site, {"participantIdentifier": BERT})
    call = carl.call(POOL[0])
    bert.calls[0].answer()
    assert (call.status, call.shown_from) == ("in-progress", POOL[0])
    assert len(proxy.sessions) == 1


def test_every_field(proxy: FakeProxy, service: Service, carl: Phone, site: Recorder) -> None:
    answer = {
        "uniqueName": "ad-1",
        "mode": "message-only",
        "ttl": "90",
        "dateExpiry": "2030-01-02T00:00:00Z",
        "participantIdentifier": BERT,
        "participantProxyIdentifier": POOL[2],
    }
    answer_json(site, answer)
    contact = carl.text(POOL[0], "hi")
    session = contact.session
    assert session is not None
    assert session.date_expiry is not None
    assert (session.mode, session.ttl, session.date_expiry.isoformat()) == (
        "message-only",
        90,
        "2030-01-02T00:00:00+00:00",
    )
    assert contact.shown_from == POOL[2]


@pytest.mark.parametrize("reserved_by_name", ["accept", "refuse"])
def test_the_caller_is_bound_to_the_reserved_number_that_was_dialled(reserved_by_name: str) -> None:
    with FakeProxy(behavior={"reserved_by_name": reserved_by_name}) as proxy:
        site = Recorder()
        proxy.webhooks.mount(SITE, site)
        proxy.add_service(
            numbers=POOL, reserved_numbers=["+14155550009"], out_of_session_callback_url=SITE + "/lost", default_ttl=9
        )
        answer_json(site, {"participantIdentifier": BERT})
        contact = proxy.phone(CARL).text("+14155550009", "hi")
        assert contact.delivered_to == BERT
        assert contact.session is not None
        assert [row.proxy_identifier for row in contact.session.participants] == ["+14155550009", POOL[0]]
        assert contact.session.ttl == 0  # The Service's default is not applied.


@pytest.mark.parametrize(
    ("capabilities", "mode"),
    [(("voice",), "voice-only"), (("sms",), "message-only"), (("voice", "sms"), "voice-and-message")],
)
def test_the_mode_is_guessed(
    proxy: FakeProxy, service: Service, carl: Phone, site: Recorder, capabilities: tuple[str], mode: str
) -> None:
    proxy.add_number("+14155550009", service=service, capabilities=capabilities)
    answer_json(site, {"participantIdentifier": BERT})
    contact = carl.call("+14155550009") if capabilities == ("voice",) else carl.text("+14155550009", "hi")
    assert contact.session is not None
    assert contact.session.mode == mode


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({}, 80701),
        ({"participantIdentifier": ""}, 80701),
        ({"participantIdentifier": 7}, 80701),
        ({"participantIdentifier": "nobody"}, 80404),
        ({"participantIdentifier": CARL}, 80103),
        ({"participantIdentifier": BERT, "uniqueName": "job-1"}, 80603),
        ({"participantIdentifier": BERT, "mode": "shouting"}, 80701),
        ({"participantIdentifier": BERT, "ttl": -1}, 80701),
        ({"participantIdentifier": BERT, "dateExpiry": "tomorrow"}, 80701),
        ({"participantIdentifier": BERT, "dateExpiry": "2029-01-01T00:00:00Z"}, 80701),
        ({"participantIdentifier": BERT, "participantProxyIdentifier": "+14155559999"}, 80606),
        ("{}", 12100),
        ([], 12100),
        (7, 12100),
    ],
)
def test_what_makes_no_session(
    proxy: FakeProxy, session: Session, carl: Phone, site: Recorder, answer: Any, code: int
) -> None:
    answer_json(site, answer)
    before = proxy.snapshot()["tables"]["sessions"]
    contact, call = carl.text(POOL[0], "hi"), carl.call(POOL[0])
    assert (codes(contact), codes(call)) == ([code], [code])
    assert (contact.delivered, call.status) == (False, "busy")
    assert proxy.snapshot()["tables"]["sessions"] == before


def test_an_exhausted_pool(proxy: FakeProxy, service: Service, carl: Phone, site: Recorder) -> None:
    for other in ("+14155550110", "+14155550111", "+14155550112"):
        proxy.add_session(service, participants=[BERT, other])
    answer_json(site, {"participantIdentifier": BERT})
    contact = carl.text(POOL[0], "hi")
    (alert,) = contact.alerts
    assert alert.code == 80208
    assert "+14155550001" in alert.why


def test_json_of_another_type_is_read_as_twiml(carl: Phone, site: Recorder) -> None:
    answer_json(site, {"participantIdentifier": BERT}, content_type="text/plain")
    assert codes(carl.text(POOL[0], "hi")) == [12100]


def test_json_that_is_none(carl: Phone, site: Recorder) -> None:
    site.answers["/lost"] = Response("{", content_type="application/json")
    assert codes(carl.text(POOL[0], "hi")) == [12100]


def test_a_handler_that_deletes_the_service(proxy: FakeProxy, service: Service, carl: Phone, site: Recorder) -> None:
    def vanish(request: Request) -> Response:
        proxy.client().proxy.v1.services(service.sid).delete()
        return Response(json.dumps({"participantIdentifier": BERT}), content_type="application/json")

    site.answers["/lost"] = vanish
    contact = carl.text(POOL[0], "hi")
    assert (codes(contact), contact.delivered) == ([80701], False)
