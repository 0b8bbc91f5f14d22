"""The check of answers against the OpenAPI file notices what does not fit; so does the suite, in any test."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from fakeproxy import FakeProxy
from fakeproxy.api import refused
from tests.contract.observation import observed
from tests.contract.openapi import Answer, Contract
from tests.contract.sdk import World, furnish

HEADERS = [("Twilio-Request-Id", "RQ" + "0" * 32), ("Twilio-Request-Duration", "0.000")]
SESSION = "/v1/Services/KS1/Sessions/KC1"
NOT_FOUND = {
    "code": 20404,
    "message": "The requested resource /Services/KS1 was not found",
    "more_info": "https://www.twilio.com/docs/errors/20404",
    "status": 404,
}


def answer(method: str, path: str, status: int, body: Any = None) -> Answer:
    text = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    of_body = [("Content-Type", "application/json"), ("Content-Length", str(len(text)))]
    return Answer(method, path, f"{status} ", HEADERS + (of_body if status != 204 else []), text)


@pytest.fixture
def session(world: World) -> dict[str, Any]:
    """A session as the fake answers it."""
    world.rows(world.proxy.client(), "Session")(world.sid("Session")).fetch()
    body = dict(world.proxy.journal[-1].members)
    return body


@pytest.fixture
def page(world: World) -> dict[str, Any]:
    """A list of sessions as the fake answers it."""
    world.rows(world.proxy.client(), "Session").page(page_size=2)
    body = dict(world.proxy.journal[-1].members)
    return body


def test_right_answers_are_right(contract: Contract, session: dict[str, Any], page: dict[str, Any]) -> None:
    for right in (
        answer("GET", SESSION, 200, session),
        answer("GET", SESSION + ".json", 200, session),
        answer("POST", "/v1/Services/KS1/Sessions", 201, session),
        answer("GET", "/v1/Services/KS1/Sessions", 200, page),
        answer("DELETE", SESSION, 204),
        answer("DELETE", SESSION + "/Participants/KP1", 200),
        answer("GET", "/v1/Services/KS1", 404, NOT_FOUND),
        answer("PUT", "/nowhere", 404, NOT_FOUND),
        answer("HEAD", "/v1/Services", 405),
    ):
        assert contract.problems(right) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"ttl": "0"},
        {"ttl": 0.0},
        {"ttl": True},
        {"ttl": None},
        {"unique_name": 7},
        {"status": "done"},
        {"status": None},
        {"mode": "Voice-Only"},
        {"date_created": None, "date_updated": 1893488400},
        {"date_created": "2030-01-01T09:00:00.250000Z"},
        {"date_created": "2030-01-01T09:00:00+00:00"},
        {"date_created": "2030-01-01 09:00:00Z"},
        {"date_created": "2030-02-30T09:00:00Z"},
        {"date_created": ""},
        {"url": "/v1/Services/KS1/Sessions/KC1"},
        {"sid": "KS" + "0" * 32},
        {"account_sid": "nobody"},
        {"service_sid": 7},
        {"links": {}},
        {"links": None, "undeclared": None},
        {"links": {"participants": "https://example.com", "interactions": None}},
        {"undeclared": None},
    ],
    ids=str,
)
def test_what_does_not_fit_is_noticed(contract: Contract, session: dict[str, Any], changes: dict[str, Any]) -> None:
    problems = contract.problems(answer("GET", SESSION, 200, {**session, **changes}))
    assert problems
    assert any(list(changes)[-1] in problem for problem in problems)


def test_every_member_is_missed(contract: Contract, session: dict[str, Any]) -> None:
    for member in session:
        rest = {name: value for name, value in session.items() if name != member}
        (problem,) = contract.problems(answer("GET", SESSION, 200, rest))
        assert f"'{member}' is a required property" in problem


def test_an_undeclared_link_is_noticed(contract: Contract, session: dict[str, Any]) -> None:
    session["links"]["calls"] = session["url"] + "/Calls"
    assert "calls" in contract.problems(answer("GET", SESSION, 200, session))[0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda page: page["sessions"][1].update(ttl="0"),
        lambda page: page["sessions"][1].pop("ttl"),
        lambda page: page["sessions"].append(None),
        lambda page: page.pop("sessions"),
        lambda page: page.pop("meta"),
        lambda page: page.update(total=2),
        lambda page: page["meta"].pop("next_page_url"),
        lambda page: page["meta"].update(total=2),
        lambda page: page["meta"].update(page="0"),
        lambda page: page["meta"].update(url=None),
        lambda page: page["meta"].update(key="Sessions"),
    ],
)
def test_what_does_not_fit_in_a_list_is_noticed(
    contract: Contract, page: dict[str, Any], damage: Callable[[dict[str, Any]], Any]
) -> None:
    assert contract.problems(answer("GET", "/v1/Services/KS1/Sessions", 200, page)) == []
    damage(page)
    assert contract.problems(answer("GET", "/v1/Services/KS1/Sessions", 200, page))


def test_status_path_and_body_are_those_of_an_operation(contract: Contract, session: dict[str, Any]) -> None:
    for wrong, problem in (
        (answer("POST", "/v1/Services/KS1/Sessions", 200, session), "CreateSession answers 201, not 200"),
        (answer("DELETE", SESSION, 200), "DeleteSession answers 204, not 200"),
        (answer("DELETE", SESSION + "/Participants/KP1", 200, {}), "DeleteParticipant has no body"),
        (answer("GET", SESSION, 200), "FetchSession, at $: None is not of type 'object'"),
        (answer("GET", SESSION, 200, b"<html>"), "the body is not JSON"),
        (answer("GET", SESSION + "/", 200, session), "the file has no such operation"),
        (answer("PUT", SESSION, 200, session), "the file has no such operation"),
        (answer("GET", "/v2/Services/KS1", 200, session), "the file has no such operation"),
    ):
        assert contract.problems(wrong) == [problem]


@pytest.mark.parametrize(
    "changes",
    [
        {"Content-Type": "text/html"},
        {"Content-Type": None},
        {"Content-Length": "1"},
        {"Twilio-Request-Id": None},
        {"Twilio-Request-Id": "RQ1"},
        {"Twilio-Request-Duration": "soon"},
    ],
    ids=str,
)
def test_headers_are_looked_at(contract: Contract, changes: dict[str, str | None]) -> None:
    right = answer("GET", "/v1/Services/KS1", 404, NOT_FOUND)
    headers = {**dict(right.headers), **changes}
    wrong = right._replace(headers=[(name, value) for name, value in headers.items() if value is not None])
    assert len(contract.problems(wrong)) == 1


def test_an_empty_answer_has_no_headers_of_a_body(contract: Contract) -> None:
    wrong = answer("DELETE", SESSION, 204)._replace(headers=[*HEADERS, ("Content-Type", "application/json")])
    assert contract.problems(wrong) == ["headers that describe a body go with 204"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {**NOT_FOUND, "detail": ""},
        {name: value for name, value in NOT_FOUND.items() if name != "more_info"},
        {**NOT_FOUND, "code": "20404"},
        {**NOT_FOUND, "code": 404, "more_info": "https://www.twilio.com/docs/errors/404"},
        {**NOT_FOUND, "more_info": "https://www.twilio.com/docs/errors/20003"},
        {**NOT_FOUND, "status": 400},
        {**NOT_FOUND, "status": "404"},
        {**NOT_FOUND, "message": ""},
        {**NOT_FOUND, "message": "The requested resource {path} was not found"},
    ],
    ids=str,
)
def test_a_refusal_has_its_four_members_and_no_other(contract: Contract, body: Any) -> None:
    assert len(contract.problems(answer("GET", "/v1/Services/KS1", 404, body))) == 1


def test_an_error_of_the_server_is_never_an_answer(contract: Contract) -> None:
    body = {**NOT_FOUND, "status": 500}
    assert contract.problems(answer("GET", "/v1/Services", 500, body)) == ["500 is never Twilio's refusal"]
    assert contract.problems(answer("GET", "/v1/Services", 501, {**body, "status": 501})) == []


def test_an_answer_to_head_has_no_body(contract: Contract) -> None:
    assert contract.problems(answer("HEAD", "/v1/Services", 405, NOT_FOUND)) == ["an answer to HEAD has a body"]


def test_every_answer_is_observed_as_it_leaves_the_application() -> None:
    seen: list[Answer] = []

    def check(one: Answer) -> list[str]:
        seen.append(one)
        return ["all wrong"] if one.method == "DELETE" else []

    with observed(check) as found, FakeProxy(start="2030-01-01T09:00:00Z") as proxy:
        furnish(proxy)
        requests.get("https://proxy.twilio.com/v1/Services", auth=("AC" + "1" * 32, "x"), timeout=20)  # by WSGI
    counted = [(entry.method, entry.path, entry.status, entry.text) for entry in proxy.journal]
    assert [(one.method, one.path, int(one.status[:3]), one.body.decode()) for one in seen] == counted
    deleted = [entry.path for entry in proxy.journal if entry.method == "DELETE"]
    assert [text.split()[1] for text in found] == deleted
    assert all(text.endswith("\n  - all wrong") for text in found)
    with FakeProxy() as other:
        other.client().proxy.v1.services.list()
    assert len(seen) == len(counted)


@pytest.mark.usefixtures("contract")
def test_an_answer_that_does_not_fit_fails_the_test_that_got_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, misfits: list[str]
) -> None:
    pytester.makeconftest("from tests.conftest import _every_answer_fits, misfits")
    pytester.makepyfile(
        """
        def test_one(fakeproxy):
            assert fakeproxy.client().proxy.v1.services.list() == []

        def test_two(fakeproxy):
            try:
                fakeproxy.client().proxy.v1.services("none").fetch()
            except Exception:
                pass

        def test_three(fakeproxy):
            assert fakeproxy.client().proxy.v1.services.list() == []
        """
    )
    monkeypatch.setattr(refused, "text", lambda refusal: '{"code": 20404}')
    result = pytester.runpytest_inprocess("-p", "no:randomly")
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_two*",
            "what the fake answered does not fit the OpenAPI file:",
            "GET /v1/Services/none was answered 404 Not Found '{\"code\": 20404}'",
            "*a refusal has code, message, more_info and status, and nothing else",
        ]
    )
    assert len(misfits) == 1  # This test has seen it too, and must not fail for it.
    misfits.clear()
