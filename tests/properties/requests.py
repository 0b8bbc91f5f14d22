"""Random requests to a fake, as plain steps that can be played again."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from hypothesis import strategies as st

from fakeproxy import FakeProxy
from tests.api.http import Answer, Http

PEOPLE = [f"+1415555010{digit}" for digit in range(4)]
POOL = [f"+1415555000{digit}" for digit in range(4)]


class Step(NamedTuple):
    """One thing that happens: its kind, and what it is done with; rows are meant by number, modulo their count."""

    kind: str
    row: int = 0
    value: Any = None


def steps() -> st.SearchStrategy[Step]:
    row = st.integers(0, 7)
    ttl = st.sampled_from([None, 0, 1, 60, 3600])
    person = st.sampled_from(PEOPLE)
    return st.one_of(
        st.builds(Step, st.just("create"), row, st.tuples(ttl, st.lists(person, max_size=3))),
        st.builds(Step, st.just("ttl"), row, st.sampled_from([0, 1, 90, 7200])),
        st.builds(Step, st.just("expiry"), row, st.sampled_from([-60, 0, 30, 600])),
        st.builds(Step, st.just("status"), row, st.sampled_from(["closed", "in-progress", "open"])),
        st.builds(Step, st.just("delete"), row, st.none()),
        st.builds(Step, st.just("join"), row, st.tuples(person, st.one_of(st.none(), st.sampled_from(POOL)))),
        st.builds(Step, st.just("leave"), row, st.none()),
        st.builds(Step, st.just("message"), row, st.none()),
        st.builds(Step, st.just("reserve"), row, st.booleans()),
        st.builds(Step, st.just("remove"), row, st.none()),
        st.builds(Step, st.just("add"), row, st.none()),
        st.builds(Step, st.just("service"), row, st.sampled_from(["create", "create", "ttl", "delete"])),
        st.builds(Step, st.just("advance"), st.just(0), st.sampled_from([0, 1, 30, 60, 61, 3600, 90_000])),
    )


class Player:
    """Plays steps on a fake. Rows are counted as the store has them, so the same steps do the same everywhere."""

    def __init__(self, proxy: FakeProxy) -> None:
        self.proxy = proxy
        self.http = Http(proxy)

    def begin(self) -> None:
        self.proxy.add_service("rides", numbers=POOL[:3])

    @property
    def service(self) -> str:
        return f"/Services/{next(iter(self.proxy.services), 'KS' + '0' * 32)}"

    def session(self, row: int) -> str:
        sids = list(self.proxy.sessions)
        return f"{self.service}/Sessions/{sids[row % len(sids)] if sids else 'KC' + '0' * 32}"

    def participant(self, row: int) -> str:
        sids = list(self.proxy.participants)
        if not sids:
            return f"{self.session(0)}/Participants/KP{'0' * 32}"
        person = self.proxy.participants[sids[row % len(sids)]]
        return f"{self.service}/Sessions/{person.session_sid}/Participants/{person.sid}"

    def number(self, row: int) -> str:
        sids = list(self.proxy.phone_numbers)
        return f"{self.service}/PhoneNumbers/{sids[row % len(sids)] if sids else 'PN' + '0' * 32}"

    def play(self, step: Step) -> Answer | None:
        http, row, value = self.http, step.row, step.value
        match step.kind:
            case "create":
                ttl, people = value
                form: dict[str, Any] = {"Participants": [json.dumps({"Identifier": person}) for person in people]}
                if ttl is not None:
                    form["Ttl"] = ttl
                return http("POST", f"{self.service}/Sessions", **form)
            case "ttl":
                return http("POST", self.session(row), Ttl=value)
            case "expiry":
                moment = self.proxy.clock.now().timestamp() + value
                return http("POST", self.session(row), DateExpiry=_iso(moment))
            case "status":
                return http("POST", self.session(row), Status=value)
            case "delete":
                return http("DELETE", self.session(row))
            case "join":
                person, proxy = value
                form = {"Identifier": person} | ({"ProxyIdentifier": proxy} if proxy else {})
                return http("POST", f"{self.session(row)}/Participants", **form)
            case "leave":
                return http("DELETE", self.participant(row))
            case "message":
                return http("POST", f"{self.participant(row)}/MessageInteractions", Body="hi")
            case "reserve":
                return http("POST", self.number(row), IsReserved=str(value).lower())
            case "remove":
                return http("DELETE", self.number(row))
            case "add":
                return http("POST", f"{self.service}/PhoneNumbers", PhoneNumber=POOL[row % len(POOL)])
            case "service" if value == "create":
                return http("POST", "/Services", UniqueName=f"service {row}")
            case "service" if value == "ttl":
                return http("POST", self.service, DefaultTtl=row * 60)
            case "service":
                return http("DELETE", self.service)
            case "advance":
                self.proxy.clock.advance(value)
                return None
        raise AssertionError(step)


def _iso(seconds: float) -> str:
    from fakeproxy.clock.datetimes import to_datetime

    return to_datetime(int(seconds) * 1_000_000).isoformat()
