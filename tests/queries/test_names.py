"""Names that a test misspelt, and the names that it may have meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest

from fakeproxy import FakeProxy, UsageError
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.behavior import Behavior
from fakeproxy.queries.names import did_you_mean, nearest
from tests.api.http import Http

NAMES = list(dict.fromkeys(operation.name for operation in OPERATIONS.values()))
POINTS = [point.name for point in fields(Behavior)]


@pytest.mark.parametrize(
    ("name", "names", "expected"),
    [
        ("SessionCreate", NAMES, ["CreateSession"]),
        ("sessions.create", NAMES, ["CreateSession"]),
        ("create_session", NAMES, ["CreateSession"]),
        ("CREATE SESSION", NAMES, ["CreateSession"]),
        ("CreateSesion", NAMES, ["CreateSession"]),
        ("MessageCreate", NAMES, ["CreateMessageInteraction"]),
        ("AddParticipant", NAMES, [f"{verb}Participant" for verb in ("List", "Fetch", "Create", "Delete")]),
        ("Create", NAMES, []),  # eight names have this word: too many
        ("?", NAMES, []),
        ("", NAMES, []),
        ("delete_participant_status", POINTS, ["participant_delete_status"]),
        ("seconds_message", POINTS, ["message_seconds"]),
        ("allowed_hosts", ["start", "allow_hosts"], ["allow_hosts"]),
        ("TTL", ["UniqueName", "Ttl"], ["Ttl"]),
        ("CallbackURL", ["CallbackUrl", "InterceptCallbackUrl"], ["CallbackUrl"]),
        ("colour", ["start", "seed"], []),
    ],
)
def test_the_nearest_names(name: str, names: list[str], expected: list[str]) -> None:
    assert nearest(name, names) == expected


def test_the_end_of_an_error() -> None:
    assert did_you_mean(["strat"], ["start", "seed"], "there are:") == "did you mean 'start'?"
    assert did_you_mean(["strat", "sede"], ["start", "seed"], "there are:") == "did you mean 'start' or 'seed'?"
    assert did_you_mean(["strat", "?"], ["start", "seed"], "there are:") == "there are: start, seed"


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"hosts": ("api.twilio.com",)}, "unknown setting hosts; did you mean 'allow_hosts'?"),
        ({"behavior": {"strict_number": True}}, "unknown behavior strict_number; did you mean 'strict_numbers'?"),
    ],
)
def test_a_setting(settings: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError) as refused:
        FakeProxy(**settings)
    assert str(refused.value) == text


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ({"operation": "SessionCreate"}, "there is no operation 'SessionCreate'; did you mean 'CreateSession'?"),
        ({"operations": "CreateSession"}, "a fault takes no operations; did you mean 'operation'?"),
    ],
)
def test_an_order_of_a_fault(proxy: FakeProxy, where: Mapping[str, Any], text: str) -> None:
    with pytest.raises(UsageError) as refused:
        proxy.faults.server_error(**where)
    assert str(refused.value) == text


def test_a_field_of_a_query(proxy: FakeProxy) -> None:
    with pytest.raises(TypeError, match=r"a Session has no field 'name_unique'; did you mean 'unique_name'\?"):
        proxy.sessions.one(name_unique="job-7")  # type: ignore[call-arg]


def test_a_field_of_a_participant(proxy: FakeProxy) -> None:
    with pytest.raises(UsageError, match=r"a participant has no number; it has: sid, identifier"):
        proxy.add_session(participants=[{"number": "+14155550100"}])
    with pytest.raises(UsageError, match=r"a participant has no identifer; did you mean 'identifier'\?"):
        proxy.add_session(participants=[{"identifer": "+14155550100"}])


def test_a_parameter_that_is_ignored(proxy: FakeProxy) -> None:
    service = proxy.add_service()
    Http(proxy)("POST", f"/Services/{service.sid}/Sessions", ExpiryDate="2030-01-01T09:00:00Z")
    assert proxy.journal[-1].why == ("ExpiryDate is no parameter of CreateSession, and is ignored; DateExpiry is one",)
