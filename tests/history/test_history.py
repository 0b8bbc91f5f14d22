"""The history: every kind of event, in causal order, told in one line each."""

from __future__ import annotations

import pytest
import requests
import responses
from freezegun import freeze_time
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from werkzeug.wrappers import Request, Response

from fakeproxy import BlockedRequest, FakeProxy, Refusal
from fakeproxy.views import Service, Session

ANNE, BERT, STRANGER = "+14155550100", "+14155550101", "+14155550199"


@pytest.fixture
def session(proxy: FakeProxy, service: Service) -> Session:
    people = [
        {"identifier": ANNE, "friendly_name": "Anne", "proxy_identifier": "+14155550001"},
        {"identifier": BERT, "friendly_name": "Bert", "proxy_identifier": "+14155550002"},
    ]
    return proxy.add_session(service, unique_name="job-7", ttl=86_400, participants=people)


@pytest.fixture
def answering(proxy: FakeProxy) -> list[int]:
    """The status that the application's webhooks answer."""
    statuses = [200]

    @Request.application
    def app(request: Request) -> Response:
        return Response(status=statuses[0])

    proxy.webhooks.mount("https://app.example.com", app)
    return statuses


def told(proxy: FakeProxy, *kinds: str) -> list[str]:
    return [event.text for event in proxy.history if not kinds or event.kind in kinds]


def test_a_request_comes_before_what_it_sets_off(proxy: FakeProxy, service: Service) -> None:
    sessions = Client().proxy.v1.services(service.sid).sessions
    created = sessions.create(unique_name="job-7", participants=[{"Identifier": ANNE}])
    events = proxy.history[-3:]
    assert [(event.kind, event.action) for event in events] == [
        ("request", ""),
        ("session", "opened"),
        ("participant", "joined"),
    ]
    assert events[0].text == (
        f"POST /v1/Services/{service.sid[:6]}.../Sessions UniqueName=job-7 "
        f'Participants={{"Identifier": "{ANNE}"}} -> 201 {created.sid[:6]}...'
    )
    assert events[0].object is proxy.journal[-1]
    assert [event.seq for event in events] == [events[0].seq, events[0].seq + 1, events[0].seq + 2]


def test_a_refusal_says_why(proxy: FakeProxy, service: Service, session: Session) -> None:
    with pytest.raises(TwilioRestException):
        Client().proxy.v1.services(service.sid).sessions.create(unique_name="job-7")
    why = f"{session.sid[:6]}..., which is open, has the name 'job-7'"
    assert proxy.history[-1].text.endswith(f"-> 400 / 80603 Session UniqueName must be unique. -- {why}")


def test_the_life_of_a_session(proxy: FakeProxy, service: Service, session: Session) -> None:
    proxy.phone(ANNE).text("+14155550001", "I am here")
    proxy.clock.advance(days=1)
    context = Client().proxy.v1.services(service.sid).sessions(session.sid)
    context.update(status="in-progress")
    context.update(status="closed")
    context.delete()
    name = f"session job-7 ({session.sid[:6]}...)"
    assert told(proxy, "session") == [
        f"{name} was opened",
        f"{name} is in-progress",
        f"{name} closed: expired, its ttl of 1 d is over",
        f"{name} was re-opened",
        f"{name} closed: a request closed it",
        f"{name} was deleted",
    ]


def test_a_participant_joins_behind_a_number_for_a_reason_and_leaves(proxy: FakeProxy, session: Session) -> None:
    service = Client().proxy.v1.services(session.service_sid)
    other = service.sessions.create()
    participant = service.sessions(other.sid).participants.create(BERT)
    service.sessions(other.sid).participants(participant.sid).delete()
    where = f"session job-7 ({session.sid[:6]}...)"
    assert told(proxy, "participant") == [
        f"Anne ({ANNE}) joined {where} behind +14155550001, the number asked for",
        f"Bert ({BERT}) joined {where} behind +14155550002, the number asked for",
        f"Bert ({BERT}) joined session {other.sid[:6]}... behind +14155550001, the first of the pool that would do",
        f"Bert ({BERT}) left session {other.sid[:6]}...",
    ]


def test_texts_say_who_sees_which_number(proxy: FakeProxy, session: Session) -> None:
    proxy.phone(ANNE).text("+14155550001", "I am here")
    proxy.phone(ANNE).reception = "undelivered"
    proxy.phone(BERT).text("+14155550002", "and I")
    proxy.phone(STRANGER).text("+14155550001", "who is there?")
    participants = Client().proxy.v1.services(session.service_sid).sessions(session.sid).participants
    participants(session.participants[1].sid).message_interactions.create(body="on the way")
    assert told(proxy, "text") == [
        f"text Anne ({ANNE}) -> Bert ({BERT}), shown from +14155550002: delivered 'I am here'",
        f"text Bert ({BERT}) -> Anne ({ANNE}), shown from +14155550001: undelivered 'and I'",
        f"text {STRANGER} -> +14155550001: out of session 'who is there?' -- no session has a participant {STRANGER}",
        f"text +14155550002 -> Bert ({BERT}): delivered 'on the way'",
    ]


def test_a_text_that_takes_time_is_told_again(proxy: FakeProxy) -> None:
    with FakeProxy(start=0, behavior={"message_seconds": 2}) as slow:
        slow.add_service("rides", numbers=["+14155550001", "+14155550002"])
        slow.add_session(participants=[ANNE, BERT])
        slow.phone(ANNE).text(slow.participants[next(iter(slow.participants))].proxy_identifier, "hi")
        slow.clock.advance(5)
        assert [event.action for event in slow.history if event.kind == "text"] == ["queued", "sent", "delivered"]


def test_the_text_comes_before_what_it_sets_off(proxy: FakeProxy, session: Session) -> None:
    seq = proxy.history[-1].seq
    proxy.phone(ANNE).text("+14155550001", "I am here")
    assert [event.kind for event in proxy.history.after(seq)] == ["text", "session"]


def test_calls(proxy: FakeProxy, session: Session) -> None:
    call = proxy.phone(ANNE).call("+14155550001")
    call.answer()
    proxy.clock.advance(65)
    call.hang_up()
    proxy.phone(ANNE).call("+14155550001").busy()
    proxy.phone(ANNE).call("+14155550001")
    proxy.clock.advance(30)
    proxy.phone(ANNE).call("+14155550001").hang_up()
    way = f"call Anne ({ANNE}) -> Bert ({BERT}), shown from +14155550002"
    endings = ["rings", "answered", "completed after 65 s", "rings", "busy", "rings", "no-answer", "rings", "canceled"]
    assert told(proxy, "call") == [f"{way}: {ending}" for ending in endings]


def test_webhooks_and_alerts(proxy: FakeProxy, answering: list[int]) -> None:
    service = proxy.add_service("taxis", numbers=["+14155550011"], callback_url="https://app.example.com/status")
    proxy.add_session(service, participants=[ANNE, BERT])
    proxy.phone(ANNE).text("+14155550011", "hi")
    answering[0] = 500
    proxy.phone(ANNE).text("+14155550011", "again")
    assert told(proxy, "webhook") == [
        "webhook status (delivered) https://app.example.com/status: the handler answered 200",
        "webhook status (delivered) https://app.example.com/status: the handler answered 500",
    ]
    assert [event.object for event in proxy.history if event.kind == "webhook"] == [*proxy.webhooks.deliveries]
    assert told(proxy, "alert") == [
        "alert 80908 (warning): Error on Callback for https://app.example.com/status -- the handler answered 500"
    ]
    assert proxy.history[-1].object == proxy.alerts[-1]


def test_the_alert_of_a_webhook_comes_before_other_work_of_its_instant() -> None:
    with FakeProxy(start="2030-01-01T09:00:00Z", behavior={"message_seconds": 2}) as proxy:
        proxy.webhooks.mount("https://app.example.com", lambda environ, answer: (answer("500 No", []), [b""])[1])
        proxy.add_service(numbers=["+14155550001"], callback_url="https://app.example.com/status")
        proxy.add_session(participants=[ANNE, BERT])
        for body in ("one", "two"):
            proxy.phone(ANNE).text("+14155550001", body)
        first = proxy.history[-1].seq + 1
        proxy.clock.advance(seconds=2)
        told = [event.kind for event in proxy.history if event.seq >= first]
        assert told == ["step", *["text", "webhook", "alert"] * 2]


def test_the_alert_of_a_request_is_the_one_that_a_test_reads(proxy: FakeProxy) -> None:
    service = proxy.add_service("taxis", numbers=[f"+1415555{number:04}" for number in range(1000, 1424)])
    with proxy.alerts.expect(80624):
        proxy.client().proxy.v1.services(service.sid).phone_numbers.create(phone_number="+14155550011")
    (event,) = (event for event in proxy.history if event.kind == "alert")
    assert event.object == proxy.alerts[-1]
    assert proxy.alerts[-1].cause == f"POST /Services/{service.sid}/PhoneNumbers"


def test_an_intercepted_text_is_told_after_the_webhook_that_blocked_it(proxy: FakeProxy, answering: list[int]) -> None:
    service = proxy.add_service(
        "taxis", numbers=["+14155550011"], intercept_callback_url="https://app.example.com/intercept"
    )
    session = proxy.add_session(service, participants=[ANNE, BERT])
    answering[0] = 403
    proxy.phone(ANNE).text("+14155550011", "hi")
    assert [(event.kind, event.action) for event in proxy.history.of(session)][-3:] == [
        ("webhook", "intercept"),
        ("text", "blocked"),
        ("alert", "warning"),
    ]


def test_steps_of_the_clock_come_before_what_they_set_off(proxy: FakeProxy, session: Session) -> None:
    seq = proxy.history[-1].seq
    proxy.clock.advance(days=2)
    proxy.clock.move_to("2030-01-01T09:00:00Z")
    proxy.clock.advance(0)
    assert [event.text for event in proxy.history.after(seq) if event.kind == "step"] == [
        "time moves on 2 d to 2030-01-03 09:00:00",
        "time moves back 2 d to 2030-01-01 09:00:00",
    ]
    assert [(event.kind, f"{event.at:%d}") for event in proxy.history.after(seq)][:2] == [
        ("step", "01"),
        ("session", "02"),
    ]


def test_a_step_of_somebody_else_is_told_when_it_is_seen(proxy: FakeProxy) -> None:
    with freeze_time("2031-01-01") as frozen:
        Client().proxy.v1.services.list()
        seq = proxy.history[-1].seq
        frozen.tick(3600)
        Client().proxy.v1.services.list()
        assert [event.text for event in proxy.history.after(seq)] == [
            "time moves on 1 h to 2031-01-01 01:00:00, moved by freezegun",
            "GET /v1/Services PageSize=50 -> 200"
            if "PageSize" in proxy.history[-1].text
            else "GET /v1/Services -> 200",
        ]
    Client().proxy.v1.services.list()
    assert [event.text for event in proxy.history if event.kind == "step"][-1] == (
        "time moves back 364 d 16 h to 2030-01-01 09:00:00, the fake's own time"
    )


@pytest.mark.parametrize("time", ["ticking", "app-ticking"])
def test_looking_on_leaves_no_step_of_a_ticking_clock(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    """The page of the inspector reads as long as it is open. The next event says how much time has passed in all."""
    with FakeProxy(start="2030-01-01T09:00:00Z", time=time) as proxy:  # type: ignore[arg-type]
        proxy.add_service("rides", numbers=["+14155550001"])
        proxy.add_session(unique_name="job-7", ttl=60)
        start, passed = proxy.clock.read(), [0]
        monkeypatch.setattr(type(proxy.clock), "read", lambda clock: start + passed[0] * 1_000_000)
        seq = proxy.history[-1].seq
        for _ in range(5):
            passed[0] += 5
            assert proxy.sessions["job-7"].status == "open"
            proxy.clock.due()
            proxy.phone(ANNE).inbox.none()
            assert requests.get(f"{proxy.url}/_fakeproxy/overview", timeout=20).status_code == 200
        assert [*proxy.history.after(seq)] == []
        passed[0] = 70
        assert proxy.sessions["job-7"].status == "closed"
        assert [event.kind for event in proxy.history.after(seq)] == ["step", "session"]
        passed[0] = 3600
        Client().proxy.v1.services.list()
        steps = [event.text for event in proxy.history.after(seq) if event.kind == "step"]
        assert [text.partition(" to ")[0] for text in steps] == [
            "time moves on 1 min 10 s",
            "time moves on 58 min 50 s",
        ]
        monkeypatch.undo()


def test_a_fault_a_stopped_request_another_tool_and_a_note(proxy: FakeProxy) -> None:
    proxy.faults.too_many_requests()
    requests.get("https://proxy.twilio.com/v1/Services", timeout=1)
    with pytest.raises(BlockedRequest):
        requests.get("https://lookups.twilio.com/v1/PhoneNumbers/1", timeout=1)
    with responses.RequestsMock() as stubs:
        stubs.get("https://proxy.twilio.com/v1/Services/KS1", json={})
        requests.get("https://proxy.twilio.com/v1/Services/KS1", timeout=1)
    proxy.note("driver re-assigned")
    assert [event.kind for event in proxy.history] == ["fault", "stopped", "elsewhere", "note"]
    texts = told(proxy)
    assert texts[0].startswith("fault: GET /v1/Services")
    assert "429 / 20429" in texts[0]
    assert texts[1].startswith("stopped: GET https://lookups.twilio.com/v1/PhoneNumbers/1")
    assert texts[2] == "GET /v1/Services/KS1 was answered by responses, not by the fake"
    assert texts[3] == "note: driver re-assigned"
    with pytest.raises(BlockedRequest):
        proxy.check()


def test_the_story_of_a_session_has_its_texts_webhooks_and_the_steps_between(
    proxy: FakeProxy, service: Service, session: Session
) -> None:
    proxy.add_session(service, unique_name="other")
    proxy.phone(ANNE).text("+14155550001", "I am here")
    proxy.clock.advance(hours=1)
    proxy.phone(BERT).text("+14155550002", "so am I")
    assert [event.kind for event in proxy.history.of(session)] == [
        "session",
        "participant",
        "participant",
        "text",
        "session",
        "step",
        "text",
    ]
    assert [event.kind for event in proxy.history.of(session.participants[0])] == ["participant"]
    assert len(proxy.history.of(proxy.phone(ANNE))) == 4
    assert len(proxy.history.of("+14155550001")) == 4
    assert len(proxy.history.of("KC" + 32 * "0")) == 0


def test_the_story_folds_polling_and_tells_each_day_once(proxy: FakeProxy, session: Session) -> None:
    context = Client().proxy.v1.services(session.service_sid).sessions(session.sid)
    for _ in range(4):
        context.fetch()
    proxy.clock.advance(days=1)
    lines = str(proxy.history).splitlines()
    assert lines[0] == "2030-01-01, UTC"
    assert lines[4].startswith("09:00:00  GET /v1/Services/")
    assert lines[5] == "          3 more like it"
    assert lines[-2:] == ["2030-01-02, UTC", lines[-1]]


def test_it_is_a_sequence(proxy: FakeProxy) -> None:
    for number in range(5):
        proxy.note(str(number))
    assert len(proxy.history) == 5
    assert [event.text for event in proxy.history[1:3]] == ["note: 1", "note: 2"]
    assert str(proxy.history[-1]) == "2030-01-01T09:00:00Z note: 4"
    assert repr(proxy.history[0]) == "<Event 0 2030-01-01T09:00:00Z note: 0>"
    assert repr(proxy.history) == "<History of 5 events>"


def test_it_is_bounded_and_its_numbers_go_on(proxy: FakeProxy) -> None:
    with FakeProxy(start=0, history_size=20) as small:
        for number in range(100):
            small.note(str(number))
        assert 20 <= len(small.history) <= 22
        assert small.history[-1].seq == 99
        small.reset()
        assert len(small.history) == 0
        small.note("after")
        assert small.history[0].seq == 100
    with FakeProxy(start=0, history_size=0) as none:
        none.note("nothing")
        assert len(none.history) == 0


def test_what_is_taken_back_did_not_happen(proxy: FakeProxy, service: Service) -> None:
    seq = proxy.history[-1].seq if len(proxy.history) else -1
    with pytest.raises(Refusal):
        proxy.add_session(service, participants=[ANNE, {"identifier": BERT, "proxy_identifier": "+14155550099"}])
    with pytest.raises(Refusal):
        proxy.add_service("taxis", numbers=["+14155550011", "+14155550001"])
    assert [event.kind for event in proxy.history.after(seq)] == []


def test_passwords_are_not_told(proxy: FakeProxy) -> None:
    with pytest.raises(BlockedRequest):
        requests.get("https://me:secret@lookups.twilio.com/", timeout=1)
    proxy.add_service("taxis", callback_url="https://me:secret@app.example.com/")
    assert "secret" not in str(proxy.history)
    with pytest.raises(BlockedRequest):
        proxy.check()


def test_the_callbacks_of_a_call_are_told_apart(proxy: FakeProxy, answering: list[int]) -> None:
    proxy.add_service("taxis", numbers=["+14155550011"], callback_url="https://app.example.com/status")
    proxy.add_session(participants=[ANNE, BERT])
    proxy.phone(ANNE).call("+14155550011").answer().hang_up()
    assert [text.split(" https")[0] for text in told(proxy, "webhook")] == [
        "webhook status (inbound in-progress)",
        "webhook status (inbound in-progress, outbound initiated)",
        "webhook status (inbound completed, outbound initiated)",
        "webhook status (completed)",
    ]
    assert "more like it" not in proxy.report()
