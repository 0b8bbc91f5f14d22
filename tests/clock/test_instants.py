"""Instants as tests write them, and as the clock keeps them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from fakeproxy import UsageError
from fakeproxy.clock.datetimes import to_datetime, to_micros
from fakeproxy.engine.instants import LAST, iso8601


@pytest.mark.parametrize(
    "instant",
    [
        "2030-01-01T09:00:00Z",
        "2030-01-01T09:00:00z",
        "2030-01-01T09:00:00.000000+00:00",
        "2030-01-01T11:00:00+02:00",
        datetime(2030, 1, 1, 9, tzinfo=timezone.utc),
        datetime(2030, 1, 1, 10, tzinfo=ZoneInfo("Europe/Berlin")),
        1_893_488_400,
        1_893_488_400.0,
    ],
)
def test_one_instant_in_many_forms(instant: Any) -> None:
    assert to_micros(instant) == 1_893_488_400_000_000


@pytest.mark.parametrize(
    ("instant", "mended"),
    [
        (datetime(2030, 1, 1), "tzinfo=timezone.utc"),  # noqa: DTZ001
        ("2030-01-01T09:00:00", "2030-01-01T09:00:00Z"),
        ("tomorrow", "2030-01-01T09:00:00Z"),
        (True, "aware datetime"),
        (None, "aware datetime"),
        (float("nan"), "aware datetime"),
        (10**18, "aware datetime"),
        (-(10**11), "years 1 to 9999"),
    ],
)
def test_what_is_no_instant_is_refused_with_what_to_write(instant: Any, mended: str) -> None:
    with pytest.raises(UsageError) as refused:
        to_micros(instant)
    assert mended in str(refused.value)
    assert isinstance(refused.value, ValueError)


@given(st.datetimes(timezones=st.timezones()).filter(lambda moment: 2 < moment.year < 9998))
def test_no_microsecond_is_lost(moment: datetime) -> None:
    back = to_datetime(to_micros(moment))
    assert back == moment.astimezone(timezone.utc)
    assert back.utcoffset() == timedelta(0)
    assert iso8601(to_micros(moment)) == back.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def test_the_last_instant_has_a_form_on_the_wire() -> None:
    assert iso8601(LAST) == "9999-12-31T23:59:59Z"
    assert to_datetime(LAST).year == 9999


def test_a_datetime_made_inside_a_freeze_is_a_real_one() -> None:
    with freeze_time("2001-01-01"):
        assert type(to_datetime(0)).__name__ == "datetime"
        assert iso8601(0) == "1970-01-01T00:00:00Z"
