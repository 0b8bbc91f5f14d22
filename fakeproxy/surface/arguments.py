"""The keyword arguments of `FakeProxy`, and of the methods that add rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from fakeproxy.behavior import Behavior


class Settings(TypedDict, total=False):
    """The settings of a `FakeProxy`, as `fakeproxy_config` holds them; see `fake/settings.py`."""

    start: datetime | str | int | float | None
    time: Literal["still", "ticking", "app", "app-ticking"]
    seed: int
    account_sid: str | None
    auth_token: str | None
    behavior: Behavior | Mapping[str, object] | None
    intercept: bool
    scope: Literal["process", "context"]
    allow_hosts: Sequence[str]
    blocked: Literal["fail", "raise"]
    fail_on_alerts: Literal["error", "warning"] | None
    fail_on_ignored: bool
    journal_size: int
    history_size: int


class ServiceFields(TypedDict, total=False):
    """The arguments of `add_service` after the unique name."""

    sid: str | None
    numbers: Iterable[str]
    reserved_numbers: Iterable[str]
    default_ttl: int | None
    callback_url: str | None
    geo_match_level: str | None
    number_selection_behavior: str | None
    intercept_callback_url: str | None
    out_of_session_callback_url: str | None
    chat_instance_sid: str | None


class NumberFields(TypedDict, total=False):
    """The arguments of `add_number` after the number and its Service."""

    sid: str | None
    reserved: bool
    capabilities: Sequence[str]
    friendly_name: str | None
    messaging_service_sid: str | None


class ShortCodeFields(TypedDict, total=False):
    """The arguments of `add_short_code` after the short code and its Service."""

    sid: str | None
    reserved: bool


class SessionFields(TypedDict, total=False):
    """The arguments of `add_session` after its Service."""

    sid: str | None
    unique_name: str | None
    participants: Iterable[str | Mapping[str, str | None]]
    ttl: int | None
    date_expiry: datetime | str | None
    mode: str | None
    status: str | None
