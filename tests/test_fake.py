"""FakeProxy: its life, its settings, its state as a whole."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import pickle
import time
from collections.abc import Callable
from contextlib import suppress
from inspect import Parameter, signature
from threading import Thread
from typing import Any

import pytest
from freezegun import freeze_time
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from fakeproxy import BlockedRequest, FakeProxy, NotActive, Refusal, UnknownKey, UsageError
from fakeproxy.fake import lifecycle
from fakeproxy.fake.settings import SETTINGS
from fakeproxy.views import Service

NINE = "2030-01-01T09:00:00Z"
ORIGINAL = TwilioHttpClient.__dict__["request"]


def test_it_is_active_between_start_and_stop() -> None:
    proxy = FakeProxy().start()
    assert lifecycle.active == [proxy]
    assert TwilioHttpClient.__dict__["request"] is not ORIGINAL
    with pytest.raises(UsageError, match="active already"):
        proxy.start()
    proxy.stop()
    proxy.stop()
    assert lifecycle.active == []
    assert TwilioHttpClient.__dict__["request"] is ORIGINAL


def test_nested_fakes_the_newest_answers_and_all_is_undone_in_any_order() -> None:
    outer, inner = FakeProxy(seed=1).start(), FakeProxy(seed=2).start()
    Client().proxy.v1.services.create(unique_name="inner")
    assert (len(outer.services), len(inner.services)) == (0, 1)
    outer.stop()
    Client().proxy.v1.services.create(unique_name="again")
    assert len(inner.services) == 2
    inner.stop()
    assert TwilioHttpClient.__dict__["request"] is ORIGINAL
    assert "TWILIO_ACCOUNT_SID" not in os.environ


def test_what_a_test_raises_inside_is_undone_and_carries_the_report() -> None:
    def application() -> None:
        Client().proxy.v1.services.create(unique_name="a")
        raise ValueError("the application's own")

    with pytest.raises(ValueError, match="application") as raised, FakeProxy(start=NINE):
        application()
    assert TwilioHttpClient.__dict__["request"] is ORIGINAL
    (note,) = raised.value.__notes__
    assert note.startswith("fakeproxy, stopped; its own clock (not the application's) stands at 2030-01-01T09:00:00Z")
    assert "POST /v1/Services UniqueName=a -> 201 KS" in note


def test_as_a_decorator_every_call_starts_anew() -> None:
    proxy = FakeProxy(start=NINE)
    proxy.add_service("seeded")

    @proxy
    def run() -> int:
        proxy.add_service("more")
        proxy.clock.advance(60)
        return len(proxy.services)

    assert [run(), run()] == [2, 2]
    assert proxy.clock.now().minute == 1


def test_as_a_decorator_of_an_asynchronous_function() -> None:
    @FakeProxy(start=NINE)
    async def run() -> str:
        await asyncio.sleep(0)
        service = Client().proxy.v1.services.create(unique_name="a")
        return str(service.unique_name)

    assert asyncio.run(run()) == "a"
    assert lifecycle.active == []


def test_credentials_are_filled_in_and_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "")  # so that it is unset again in the end
    monkeypatch.delenv("TWILIO_ACCOUNT_SID")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "mine")
    with FakeProxy() as proxy:
        assert os.environ["TWILIO_ACCOUNT_SID"] == proxy.add_service().account_sid
        assert os.environ["TWILIO_AUTH_TOKEN"] == "mine"
    assert "TWILIO_ACCOUNT_SID" not in os.environ
    assert os.environ["TWILIO_AUTH_TOKEN"] == "mine"
    with FakeProxy():
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", "ACtheirs")
    assert os.environ["TWILIO_ACCOUNT_SID"] == "ACtheirs"


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"colour": 1, "size": 2}, "unknown setting colour, size; there are: start, time, seed"),
        ({"time": "fast"}, "time='fast': expected 'still', 'ticking', 'app' or 'app-ticking'"),
        ({"blocked": True}, "blocked=True: expected 'fail' or 'raise'"),
        ({"seed": "1"}, "seed='1': expected a whole number"),
        ({"intercept": 1}, "intercept=1: expected True or False"),
        ({"journal_size": -1}, "journal_size=-1: expected 0 or more"),
        ({"allow_hosts": "api.twilio.com"}, "expected a sequence of host names"),
        ({"allow_hosts": None}, "expected a sequence of host names"),
        ({"allow_hosts": [b"api.twilio.com"]}, "expected a sequence of host names"),
        ({"account_sid": ""}, "account_sid='': expected a text"),
        ({"auth_token": "secret"}, "account_sid must be given too"),
        ({"start": "2030-01-01"}, "has no time zone"),
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError) as refused:
        FakeProxy(**settings)
    assert text in str(refused.value)


def test_the_table_of_settings_has_what_the_fake_takes() -> None:
    taken = signature(FakeProxy.__init__).parameters.values()
    assert [one.name for one in taken if one.kind is Parameter.KEYWORD_ONLY] == list(SETTINGS)
    assert all(f"`{name}" in str(FakeProxy.__doc__) for name in SETTINGS)
    FakeProxy(**{one.name: one.default for one in taken if one.kind is Parameter.KEYWORD_ONLY})


def test_a_stopped_fake_can_be_read_but_not_changed() -> None:
    with FakeProxy() as proxy:
        service = proxy.add_service("rides")
        snapshot = proxy.snapshot()
    assert proxy.services["rides"] == service
    for change in (proxy.add_service, proxy.reset, lambda: proxy.restore(snapshot), lambda: proxy.add_session(service)):
        with pytest.raises(NotActive, match=r"this fake was stopped.*start\(\) it again"):
            change()
    for way_in in (proxy.client, proxy.async_client, lambda: proxy.http_client):
        with pytest.raises(NotActive, match="this fake is not active; use it inside `with`"):
            way_in()
    assert repr(proxy) == "<FakeProxy stopped: 1 services, 0 sessions>"


def test_started_again_it_remembers_nothing() -> None:
    proxy = FakeProxy(start=NINE)
    proxy.add_service("rides")
    with proxy:
        proxy.faults.server_error(times=None)
        with pytest.raises(TwilioException):
            Client().proxy.v1.services.list()
        proxy.add_service("meals")
    with proxy:
        assert (proxy.faults.orders, len(proxy.journal)) == ([], 0)
        assert [service.unique_name for service in Client().proxy.v1.services.list()] == ["rides"]


def test_a_report_is_not_hidden_by_polling() -> None:
    with FakeProxy(start=NINE) as proxy:
        services = Client().proxy.v1.services
        service = services.create("rides")
        for _ in range(12):
            services(service.sid).fetch()
        with suppress(TwilioRestException):
            services.create("rides")
        for _ in range(12):
            services(service.sid).fetch()
        lines = proxy.report().splitlines()
    assert sum("GET /v1/Services/" in line for line in lines) == 2
    assert sum("11 more like it" in line for line in lines) == 2
    assert sum("POST /v1/Services UniqueName=rides" in line for line in lines) == 2


def test_it_can_be_seeded_before_it_is_started() -> None:
    proxy = FakeProxy()
    assert repr(proxy) == "<FakeProxy not started: 0 services, 0 sessions>"
    proxy.add_service("rides")
    with proxy:
        assert len(proxy.services) == 1
        assert repr(proxy) == "<FakeProxy active: 1 services, 0 sessions>"


def test_without_intercepting_only_its_own_clients_reach_it() -> None:
    with FakeProxy(intercept=False) as proxy:
        assert TwilioHttpClient.__dict__["request"] is ORIGINAL
        proxy.client().proxy.v1.services.create(unique_name="a")
        assert asyncio.run(_services(proxy)) == 1


async def _services(proxy: FakeProxy) -> int:
    return len(await proxy.async_client().proxy.v1.services.list_async())


def test_a_stopped_request_fails_at_the_end_once() -> None:
    def swallow() -> None:
        with suppress(Exception):
            Client().api.v2010.accounts.list()

    proxy = FakeProxy().start()
    swallow()
    swallow()
    with pytest.raises(BlockedRequest, match=r"GET https://api.twilio.com.*\(1 more such requests"):
        proxy.check()
    proxy.check()
    swallow()
    assert "stopped:\n  GET https://api.twilio.com/2010-04-01/Accounts.json" in proxy.report()
    proxy.stop()
    with pytest.raises(BlockedRequest), FakeProxy():
        swallow()
    with FakeProxy(blocked="raise"):
        swallow()


def test_the_report_shows_what_the_fake_saw(proxy: FakeProxy, service: Service) -> None:
    sessions = proxy.client().proxy.v1.services(service.sid).sessions
    session = sessions.create(unique_name="job")
    with pytest.raises(TwilioRestException):
        sessions.create(unique_name="job")
    sessions(session.sid).delete()
    service_, session_ = f"{service.sid[:6]}...", f"{session.sid[:6]}..."
    why = f"{session_}, which is open, has the name 'job'"
    assert proxy.report().splitlines() == [
        "fakeproxy, active; its own clock (not the application's) stands at 2030-01-01T09:00:00Z",
        "what happened:",
        "2030-01-01, UTC",
        f"09:00:00  POST /v1/Services/{service_}/Sessions UniqueName=job -> 201 {session_}",
        f"09:00:00  session job ({session_}) was opened",
        f"09:00:00  POST /v1/Services/{service_}/Sessions UniqueName=job -> "
        f"400 / 80603 Session UniqueName must be unique. -- {why}",
        f"09:00:00  DELETE /v1/Services/{service_}/Sessions/{session_} -> 204",
        f"09:00:00  session job ({session_}) was deleted",
    ]


def test_the_report_has_the_alerts(proxy: FakeProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakeproxy.engine.phone_numbers.LIMITS", {False: 2, True: 2})
    service = proxy.add_service(numbers=["+14155550001"])
    (alert,) = proxy.alerts
    assert (alert.code, alert.level, alert.resource_sid, alert.at) == (80624, "warning", service.sid, proxy.clock.now())
    assert "warning 80624 Your Proxy number pool has reached 85%" in proxy.report()


def test_the_journal(proxy: FakeProxy) -> None:
    services = proxy.client().proxy.v1.services
    services.create(unique_name="a")
    services.list(page_size=5)
    created, listed = proxy.journal
    assert (created.operation, created.status, created.members["unique_name"]) == ("CreateService", 201, "a")
    assert (listed.operation, listed.parameters) == ("ListService", {"PageSize": ["5"]})
    assert created.at == proxy.clock.now()
    assert created.parameters == {"UniqueName": ["a"]}
    assert proxy.journal.counts == {"CreateService": 1, "ListService": 1}
    assert repr(proxy.journal) == "<Journal of 2 requests, the last 2 kept>"
    proxy.journal.clear()
    assert len(proxy.journal) == 0


def test_the_journal_keeps_the_last_requests_and_counts_all() -> None:
    with FakeProxy(journal_size=2) as proxy:
        for _ in range(5):
            proxy.client().proxy.v1.services.list()
        assert (len(proxy.journal), proxy.journal.counts["ListService"]) == (2, 5)


def test_the_allowances_of_the_rate_limit_are_part_of_the_state() -> None:
    with FakeProxy(behavior={"rate_limit": True}) as proxy:
        services = proxy.client().proxy.v1.services
        for _ in range(150):
            services.list()
        exhausted = json.loads(json.dumps(proxy.snapshot()))
        with pytest.raises(TwilioException, match="Unable to fetch page"):
            services.list()
        proxy.reset()
        assert services.list() == []
        proxy.restore(exhausted)
        with pytest.raises(TwilioException, match="Unable to fetch page"):
            services.list()


def test_snapshot_and_restore_also_in_another_fake(proxy: FakeProxy, service: Service) -> None:
    session = proxy.add_session(service, unique_name="job", participants=["+14155550100"], ttl=60)
    snapshot = json.loads(json.dumps(proxy.snapshot()))
    proxy.clock.advance(60)
    assert proxy.sessions["job"].status == "closed"
    proxy.restore(snapshot)
    assert proxy.sessions["job"] == session
    assert proxy.snapshot() == snapshot
    with FakeProxy() as other:
        other.restore(snapshot)
        assert other.snapshot() == snapshot
        with pytest.raises(Refusal, match="80603"):
            other.add_session(unique_name="job")
        other.clock.advance(60)
        assert other.sessions["job"].status == "closed"


both = pytest.mark.parametrize("method", [FakeProxy.restore, FakeProxy.begin_from])


@both
@pytest.mark.parametrize("damage", [{}, {"fakeproxy": 2}, None, "text"])
def test_what_is_no_snapshot(proxy: FakeProxy, method: Callable[[FakeProxy, Any], None], damage: Any) -> None:
    with pytest.raises(UsageError, match=r"this is no snapshot.*take one with snapshot\(\)"):
        method(proxy, damage)


@both
@pytest.mark.parametrize("missing", ["tables", "sids", "time", "history", "due", "accounts"])
def test_a_damaged_snapshot_changes_nothing(
    proxy: FakeProxy, service: Service, method: Callable[[FakeProxy, Any], None], missing: str
) -> None:
    proxy.add_session(service, participants=["+14155550100"], ttl=60)
    before, story = proxy.snapshot(), str(proxy.history)
    damaged = {name: value for name, value in before.items() if name != missing}
    with pytest.raises(UsageError, match="this snapshot is damaged"):
        method(proxy, damaged)
    assert proxy.snapshot() == before
    assert str(proxy.history) == story


def test_restore_leaves_driven_time_alone_and_does_what_is_due_there(proxy: FakeProxy, service: Service) -> None:
    proxy.add_session(service, unique_name="job", ttl=60)
    snapshot = proxy.snapshot()
    with freeze_time("2031-01-01"):
        proxy.restore(snapshot)
        assert proxy.clock.now().year == 2031
        assert proxy.sessions["job"].status == "closed"
        assert str(proxy.sessions["job"].date_ended) == "2030-01-01 09:01:00+00:00"


def test_reset_goes_back_to_the_first_start(proxy: FakeProxy) -> None:
    first = proxy.snapshot()
    proxy.client().proxy.v1.services.create(unique_name="a")
    proxy.clock.advance(days=1)
    proxy.reset()
    assert proxy.snapshot() == first
    assert len(proxy.journal) == 0


def test_state_filled_inside_a_freeze_can_be_copied_after_it() -> None:
    with FakeProxy() as proxy:
        with freeze_time("2031-01-01"):
            service = proxy.add_service(numbers=["+14155550001"])
            session = proxy.add_session(service, participants=["+14155550100"], ttl=60)
            snapshot = proxy.snapshot()
        for same in (copy.deepcopy(snapshot), pickle.loads(pickle.dumps(snapshot)), json.loads(json.dumps(snapshot))):
            assert same == snapshot
        assert pickle.loads(pickle.dumps(session)) == session == copy.deepcopy(session)
        assert type(session.date_created).__name__ == "datetime"
        assert session.date_created.timestamp() == 1924992000


def test_a_freeze_that_ends_while_requests_are_under_way(proxy: FakeProxy) -> None:
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(60):
                proxy.client().proxy.v1.services.list()
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        with freeze_time("2031-01-01"):
            proxy.clock.now()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_session_that_expired_stays_closed_in_a_freeze_into_the_past(proxy: FakeProxy, service: Service) -> None:
    proxy.add_session(service, unique_name="job", ttl=60)
    proxy.clock.advance(60)
    with freeze_time("2001-01-01"):
        assert proxy.sessions["job"].status == "closed"
    assert proxy.sessions["job"].status == "closed"


def test_four_threads_lose_no_session(proxy: FakeProxy, service: Service) -> None:
    def work() -> None:
        sessions = proxy.client().proxy.v1.services(service.sid).sessions
        for _ in range(50):
            sessions.create()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(proxy.sessions) == 200


def test_no_real_time_passes(proxy: FakeProxy) -> None:
    before = time.perf_counter()
    proxy.clock.advance(days=365)
    assert time.perf_counter() - before < 5


def test_views_are_frozen_and_not_live(proxy: FakeProxy, service: Service) -> None:
    proxy.add_session(service, unique_name="job", ttl=60)
    session = proxy.sessions["job"]
    with pytest.raises(AttributeError):
        session.status = "closed"  # type: ignore[misc]
    proxy.clock.advance(60)
    assert session.status == "open"
    assert proxy.sessions[session.sid].status == "closed"
    assert list(proxy.sessions) == [session.sid]
    assert repr(proxy.sessions) == "<1 sessions: job>"


def test_a_row_that_is_not_there(proxy: FakeProxy, service: Service) -> None:
    with pytest.raises(UnknownKey) as unknown:
        proxy.sessions["nobody"]
    assert str(unknown.value) == "no Session 'nobody'; there are none"
    with pytest.raises(UnknownKey, match=r"no Service 'nobody'; there are 'rides'$"):
        proxy.services["nobody"]
    session = proxy.add_session(service)
    proxy.client().proxy.v1.services(service.sid).sessions(session.sid).delete()
    with pytest.raises(KeyError, match="it was deleted at 2030-01-01T09:00:00Z"):
        proxy.sessions[session.sid]
    assert "nobody" not in proxy.phone_numbers


def test_a_name_that_fits_several_rows(proxy: FakeProxy, service: Service) -> None:
    one = proxy.add_session(service, unique_name="job")
    two = proxy.add_session(proxy.add_service("other"), unique_name="job")
    with pytest.raises(UnknownKey, match=f"'job' is the name of {one.sid}, {two.sid}; use the SID"):
        proxy.sessions["job"]
