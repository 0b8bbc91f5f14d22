"""One table of scenarios, through every client: equal bodies, equal journal, equal refusals."""

from __future__ import annotations

import json
from collections.abc import Generator
from functools import cache
from typing import Any

import pytest
import pytest_socket

import fakeproxy
from fakeproxy import FakeProxy
from tests.quick import slow_but
from tests.scenarios.clients import ACCOUNT, CLIENTS, OVER_SOCKETS, TOKEN, Answer

#: Name, method, path, form. `{name}` stands for the SID that an earlier row of that name was answered with.
Row = tuple[str, str, str, dict[str, str]]

SCENARIOS: dict[str, list[Row]] = {
    "a job from booking to its end": [
        ("service", "POST", "/v1/Services", {"UniqueName": "rides", "DefaultTtl": "60"}),
        ("number", "POST", "/v1/Services/{service}/PhoneNumbers", {"PhoneNumber": "+14155550001"}),
        ("session", "POST", "/v1/Services/{service}/Sessions", {"UniqueName": "jöb & + #1"}),
        ("anne", "POST", "/v1/Services/{service}/Sessions/{session}/Participants", {"Identifier": "+14155550100"}),
        ("bert", "POST", "/v1/Services/{service}/Sessions/{session}/Participants", {"Identifier": "+14155550101"}),
        (
            "message",
            "POST",
            "/v1/Services/{service}/Sessions/{session}/Participants/{anne}/MessageInteractions",
            {"Body": "grüß dich 🚕"},
        ),
        ("", "GET", "/v1/Services/{service}/Sessions/{session}", {}),
        ("", "GET", "/v1/Services/{service}/Sessions/{session}/Participants?PageSize=1", {}),
        ("", "POST", "/v1/Services/{service}/Sessions/{session}", {"Status": "closed"}),
        ("", "DELETE", "/v1/Services/{service}/Sessions/{session}/Participants/{anne}", {}),
        ("", "DELETE", "/v1/Services/{service}/Sessions/{session}", {}),
        ("", "DELETE", "/v1/Services/{service}", {}),
    ],
    "refusals": [
        ("", "GET", "/v1/Services/KS" + "0" * 32, {}),
        ("", "GET", "/v1/Nothing", {}),
        ("", "DELETE", "/v1/Services", {}),
        ("", "POST", "/v1/Services", {}),
        ("", "POST", "/v1/Services", {"UniqueName": "x" * 192}),
        ("service", "POST", "/v1/Services", {"UniqueName": "rides"}),
        ("", "POST", "/v1/Services", {"UniqueName": "rides"}),
        ("", "GET", "/v1/Services?PageSize=0", {}),
        ("", "POST", "/v1/Services/{service}/Sessions", {"Ttl": "-1"}),
        ("", "POST", "/v1/Services/{service}/Sessions", {"UniqueName": "a" * 1_100_000}),
    ],
}


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest) -> Generator[None]:
    """Any socket fails the test, but for the pair of Unix sockets that an event loop wakes itself with."""
    if request.node.callspec.params["client"] not in OVER_SOCKETS:
        pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


def play(client: str, rows: list[Row]) -> tuple[list[Answer], list[Any]]:
    ask, intercept = CLIENTS[client], client not in OVER_SOCKETS
    start = "2030-01-01T09:00:00Z"
    with FakeProxy(start=start, account_sid=ACCOUNT, auth_token=TOKEN, intercept=intercept) as proxy:
        sids: dict[str, str] = {}
        answers = []
        for name, method, path, form in rows:
            answer = ask(proxy, method, path.format(**sids), form)
            answers.append(answer)
            if name:
                assert answer.status in (200, 201), answer
                sids[name] = json.loads(answer.text)["sid"]
        entries = fakeproxy.connect(proxy.url).journal if client.startswith("remote") else proxy.journal
        journal = [
            (entry.at, entry.method, entry.path, entry.operation, entry.status, entry.code, entry.why, entry.parameters)
            for entry in entries
        ]
    return answers, journal


@cache
def expected_of(scenario: str) -> tuple[list[Answer], list[Any]]:
    return play("wsgi", SCENARIOS[scenario])


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("client", slow_but([name for name in CLIENTS if name != "wsgi"], "sdk", "aiohttp", "remote"))
def test_through_every_client_the_same(client: str, scenario: str) -> None:
    expected, expected_journal = expected_of(scenario)
    answers, journal = play(client, SCENARIOS[scenario])
    assert answers == expected
    assert journal == expected_journal
