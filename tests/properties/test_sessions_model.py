"""Sessions against a model of a few lines, written from Twilio's pages and not from the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from fakeproxy import FakeProxy
from fakeproxy.clock.datetimes import to_datetime
from tests.api.http import Http

START = datetime(2030, 1, 1, 9, tzinfo=timezone.utc)
TTLS = st.sampled_from([None, 0, 1, 60, 3600])


@dataclass
class Model:
    """One session: what the pages say of its status."""

    base: datetime
    ttl: int
    expiry: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    reason: str | None = None
    live: str = "open"

    @property
    def status(self) -> str:
        return self.live if self.ended is None else "closed"

    def end_of_life(self) -> datetime | None:
        if self.expiry is not None:
            return self.expiry
        return self.base + timedelta(seconds=self.ttl) if self.ttl else None

    def pass_time(self, now: datetime, asked: datetime | None = None) -> None:
        """Let it expire if it must; what a request brings about happens at the request, not before."""
        end = self.end_of_life()
        if self.ended is None and end is not None and end <= now:
            self.ended = max(end, asked) if asked else end
            self.reason = "expired"


class Sessions(RuleBasedStateMachine):
    """Requests about sessions, and steps of the clock."""

    known = Bundle("known")

    def __init__(self) -> None:
        super().__init__()
        self.proxy = FakeProxy(start=START, intercept=False).start()
        self.http = Http(self.proxy)
        self.now = START
        self.models: dict[str, Model] = {}
        self.people: dict[str, str] = {}
        self.path = ""

    def teardown(self) -> None:
        self.proxy.stop()

    @initialize(default_ttl=st.sampled_from([0, 120]))
    def begin(self, default_ttl: int) -> None:
        self.default_ttl = default_ttl
        service = self.proxy.add_service(numbers=[f"+141555501{n:02}" for n in range(50)], default_ttl=default_ttl)
        self.path = f"/Services/{service.sid}/Sessions"

    @rule(target=known, ttl=TTLS, expiry=st.sampled_from([None, 0, 90, 7200]))
    def create(self, ttl: int | None, expiry: int | None) -> str:
        form: dict[str, Any] = {}
        model = Model(base=self.now, ttl=self.default_ttl if ttl is None else ttl)
        if ttl is not None:
            form["Ttl"] = ttl
        if expiry is not None:
            model.expiry = self.now + timedelta(seconds=expiry)
            form["DateExpiry"] = model.expiry.isoformat()
        sid: str = self.http("POST", self.path, **form).json["sid"]
        model.pass_time(self.now, self.now)
        self.models[sid] = model
        return sid

    @rule(sid=known, ttl=st.sampled_from([0, 1, 60, 3600]))
    def change_ttl(self, sid: str, ttl: int) -> None:
        model = self.models[sid]
        answer = self.http("POST", f"{self.path}/{sid}", Ttl=ttl)
        if model.status == "closed":
            assert answer.json["code"] == 80607
            return
        model.ttl = ttl
        model.pass_time(self.now, self.now)

    @rule(sid=known, seconds=st.sampled_from([-1, 0, 60, 600]))
    def change_expiry(self, sid: str, seconds: int) -> None:
        model = self.models[sid]
        expiry = self.now + timedelta(seconds=seconds)
        answer = self.http("POST", f"{self.path}/{sid}", DateExpiry=expiry.isoformat())
        if seconds < 0:
            assert answer.json["code"] == 80701
        elif model.status == "closed":
            assert answer.json["code"] == 80607
        else:
            model.expiry = expiry
            model.pass_time(self.now, self.now)

    @rule(sid=known)
    def close(self, sid: str) -> None:
        model = self.models[sid]
        answer = self.http("POST", f"{self.path}/{sid}", Status="closed")
        if model.status == "closed":
            assert answer.json["code"] == 80607
        else:
            assert answer.status == 200
            model.ended, model.reason = self.now, "api"

    @rule(sid=known)
    def reopen(self, sid: str) -> None:
        model = self.models[sid]
        answer = self.http("POST", f"{self.path}/{sid}", Status="in-progress")
        if model.status != "closed":
            assert answer.json["code"] == 80608
        else:
            assert answer.status == 200
            model.ended = model.reason = model.expiry = None
            model.live, model.base = "in-progress", self.now

    @rule(sid=known)
    def message(self, sid: str) -> None:
        model = self.models[sid]
        if sid not in self.people:
            number = f"+1415555{len(self.people) + 200:04}"
            answer = self.http("POST", f"{self.path}/{sid}/Participants", Identifier=number)
            if model.status == "closed":
                assert answer.json["code"] == 80607
                return
            self.people[sid] = answer.json["sid"]
        path = f"{self.path}/{sid}/Participants/{self.people[sid]}/MessageInteractions"
        answer = self.http("POST", path, Body="hi")
        if model.status == "closed":
            assert answer.json["code"] == 80607
        else:
            assert answer.status == 200
            model.started = model.started or self.now
            model.live, model.base = "in-progress", max(model.base, self.now)

    @rule(sid=consumes(known))
    def delete(self, sid: str) -> None:
        assert self.http("DELETE", f"{self.path}/{sid}").status == 204
        del self.models[sid]

    @rule(seconds=st.sampled_from([0, 1, 59, 60, 61, 3599, 3600, 86_400]))
    def advance(self, seconds: int) -> None:
        self.now = self.proxy.clock.advance(seconds)
        for model in self.models.values():
            model.pass_time(self.now)

    @rule()
    def advance_to_next(self) -> None:
        ends = [end for model in self.models.values() if model.ended is None and (end := model.end_of_life())]
        reached = self.proxy.clock.advance_to_next()
        assert reached == (min(ends) if ends else None)
        if reached:
            self.now = reached
            for model in self.models.values():
                model.pass_time(self.now)

    @invariant()
    def every_session_is_as_in_the_model(self) -> None:
        assert set(self.proxy.sessions) == set(self.models)
        for sid, model in self.models.items():
            session = self.proxy.sessions[sid]
            assert (session.status, session.closed_reason, session.date_ended, session.date_started) == (
                model.status,
                model.reason,
                model.ended,
                model.started,
            )
        assert self.proxy.clock.now() == self.now == to_datetime(self.proxy.clock.read())


TestSessions = Sessions.TestCase
TestSessions.settings = settings(stateful_step_count=40)
