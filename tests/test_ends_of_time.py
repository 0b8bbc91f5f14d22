"""The first and the last instant of the clock, and what is asked at them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
import requests

from fakeproxy import FakeProxy, UsageError
from fakeproxy.engine.instants import FIRST, LAST, iso8601, parse_iso8601

AUTH = ("AC" + "1" * 32, "token")


def test_they_are_the_first_and_the_last_microsecond_of_the_years_1_and_9999() -> None:
    assert parse_iso8601("0001-01-01T00:00:00Z") == FIRST
    assert parse_iso8601("9999-12-31T23:59:59.999999Z") == LAST
    assert (iso8601(FIRST), iso8601(LAST)) == ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_a_clock_can_stand_there_and_not_beyond(start: str) -> None:
    with FakeProxy(start=start, intercept=False) as proxy:
        assert requests.get(f"{proxy.url}/v1/Services", auth=AUTH, timeout=20).status_code == 200
        assert proxy.clock.move_to(start) == proxy.clock.now()
        if start.startswith("9999"):
            with pytest.raises(UsageError, match="outside the years 1 to 9999"):
                proxy.clock.advance(0.000001)
            proxy.clock.advance(0)
        else:
            with pytest.raises(UsageError, match="outside the years 1 to 9999"):
                proxy.clock.move_to(-62_135_596_801)


def test_one_that_runs_on_stands_still_at_the_end() -> None:
    with FakeProxy(start="9999-12-31T23:59:59.999999Z", time="ticking", intercept=False) as proxy:
        for _ in range(3):
            answer = requests.get(f"{proxy.url}/v1/Services", auth=AUTH, timeout=20)
            assert answer.status_code == 200
            assert answer.headers["Date"] == "Fri, 31 Dec 9999 23:59:59 GMT"
        assert proxy.clock.now() == datetime(9999, 12, 31, 23, 59, 59, 999_999, timezone.utc)


def test_a_session_whose_expiry_lies_beyond_never_expires() -> None:
    with FakeProxy(start="9999-12-31T00:00:00Z") as proxy:
        proxy.add_service("rides")
        session = proxy.add_session(ttl=86_401)
        assert session.expires is None
        proxy.clock.move_to("9999-12-31T23:59:59Z")
        assert proxy.sessions[session.sid].status == "open"


@pytest.mark.parametrize("patience", ["abc", "nan", "inf", "-1", "1e400", "1,5", "\xbd"])
def test_a_patience_that_is_no_number_of_seconds_is_told(proxy: FakeProxy, patience: Any) -> None:
    headers = {"X-Fakeproxy-Patience": patience.encode("latin-1")}
    answer = requests.get(f"{proxy.url}/v1/Services", auth=AUTH, headers=headers, timeout=20)
    assert answer.status_code == 400
    assert "it is a number of seconds" in answer.json()["message"]


@pytest.mark.parametrize("patience", ["", "5", "0.5", "1e3"])
def test_another_one_is_taken(proxy: FakeProxy, patience: str) -> None:
    headers = {"X-Fakeproxy-Patience": patience}
    assert requests.get(f"{proxy.url}/v1/Services", auth=AUTH, headers=headers, timeout=20).status_code == 200
