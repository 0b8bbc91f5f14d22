"""What the installed SDK makes of calls and answers: the habits that applications meet, and the fake with them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from fakeproxy import FakeProxy
from fakeproxy.views import Service
from tests.contract import sdk


@pytest.fixture
def sessions(proxy: FakeProxy, service: Service) -> Any:
    """The SDK's list of sessions of the Service."""
    return proxy.client().proxy.v1.services(service.sid).sessions


def sent(proxy: FakeProxy) -> dict[str, list[str]]:
    return proxy.journal[-1].parameters


def test_a_ttl_of_0_is_sent_and_is_not_the_default(proxy: FakeProxy) -> None:
    service = proxy.client().proxy.v1.services.create(unique_name="meals", default_ttl=300)
    assert service.sessions.create().ttl == 300
    assert service.sessions.create(ttl=0).ttl == 0
    assert sent(proxy) == {"Ttl": ["0"]}
    assert service.update(default_ttl=0).default_ttl == 0


def test_none_is_not_sent_and_so_changes_nothing(proxy: FakeProxy, sessions: Any) -> None:
    session = sessions.create(ttl=60, date_expiry=None, unique_name=None)
    assert sent(proxy) == {"Ttl": ["60"]}
    assert session.update(ttl=None, date_expiry=None, status=None).ttl == 60
    assert sent(proxy) == {}


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false")])
def test_a_bool_is_sent_in_lower_case(proxy: FakeProxy, service: Service, value: bool, text: str) -> None:
    numbers = proxy.client().proxy.v1.services(service.sid).phone_numbers
    assert numbers.create(phone_number="+14155550009", is_reserved=value).is_reserved is value
    assert sent(proxy)["IsReserved"] == [text]


def test_participants_are_sent_as_repeated_objects(proxy: FakeProxy, sessions: Any) -> None:
    people = [{"Identifier": "+14155550101", "FriendlyName": "Ann & Co"}, {"Identifier": "+14155550102"}]
    session = sessions.create(participants=people)
    assert sent(proxy) == {
        "Participants": [
            '{"Identifier": "+14155550101", "FriendlyName": "Ann & Co"}',
            '{"Identifier": "+14155550102"}',
        ]
    }
    listed = [(person.identifier, person.friendly_name) for person in session.participants.list()]
    assert listed == [("+14155550101", "Ann & Co"), ("+14155550102", None)]


def test_a_datetime_is_sent_as_if_it_were_utc_whatever_its_zone(proxy: FakeProxy, sessions: Any) -> None:
    there = datetime(2030, 1, 2, 12, 30, tzinfo=timezone(timedelta(hours=5)))
    assert sessions.create(date_expiry=there).date_expiry == datetime(2030, 1, 2, 12, 30, tzinfo=timezone.utc)
    assert sent(proxy) == {"DateExpiry": ["2030-01-02T12:30:00Z"]}


def test_a_date_is_sent_as_its_midnight(proxy: FakeProxy, sessions: Any) -> None:
    assert sessions.create(date_expiry=date(2030, 1, 2)).date_expiry == datetime(2030, 1, 2, tzinfo=timezone.utc)
    assert sent(proxy) == {"DateExpiry": ["2030-01-02T00:00:00Z"]}


def test_an_enormous_limit_becomes_the_page_size_and_is_clamped(proxy: FakeProxy, sessions: Any) -> None:
    for _ in range(101):
        sessions.create()
    proxy.journal.clear()
    assert len(sessions.list(limit=99_999_999)) == 101
    assert [entry.parameters["PageSize"] for entry in proxy.journal] == [["99999999"], ["100"]]
    assert [len(json.loads(entry.text)["sessions"]) for entry in proxy.journal] == [100, 1]
    assert {json.loads(entry.text)["meta"]["page_size"] for entry in proxy.journal} == {100}


def test_a_limit_without_page_size_is_read_in_one_request(proxy: FakeProxy, sessions: Any) -> None:
    made = [sessions.create().sid for _ in range(5)]
    proxy.journal.clear()
    assert [session.sid for session in sessions.list(limit=3)] == made[:3]
    assert [entry.parameters for entry in proxy.journal] == [{"PageSize": ["3"]}]


def test_a_limit_of_0_is_no_limit(proxy: FakeProxy, sessions: Any) -> None:
    for _ in range(3):
        sessions.create()
    assert len(sessions.list(limit=0)) == 3
    assert sent(proxy) == {}
    assert len(sessions.list(limit=0, page_size=2)) == 3


def test_pages_of_two_make_two_requests_for_three_rows(proxy: FakeProxy, sessions: Any) -> None:
    made = [sessions.create().sid for _ in range(5)]
    proxy.journal.clear()
    assert [session.sid for session in sessions.list(limit=3, page_size=2)] == made[:3]
    assert len(proxy.journal) == 2


@pytest.mark.parametrize(
    ("call", "doing", "method", "path", "status", "code", "message"),
    [
        (
            lambda sessions: sessions("KC" + "0" * 32).fetch(),
            "fetch",
            "GET",
            "/Sessions/KC" + "0" * 32,
            404,
            20404,
            "The requested resource /Services/{service}/Sessions/KC" + "0" * 32 + " was not found",
        ),
        (
            lambda sessions: sessions.create(unique_name="taken"),
            "create",
            "POST",
            "/Sessions",
            400,
            80603,
            "Session UniqueName must be unique.",
        ),
        (
            lambda sessions: sessions(sessions.list()[0].sid).update(status="in-progress"),
            "update",
            "POST",
            "/Sessions/{session}",
            400,
            80608,
            "Session status change not supported. To re-open a session, choose In Progress. To close a session, "
            "choose Closed.",
        ),
        (
            lambda sessions: sessions("taken").delete(),
            "delete",
            "DELETE",
            "/Sessions/taken",
            404,
            20404,
            "The requested resource /Services/{service}/Sessions/taken was not found",
        ),
    ],
    ids=["fetch", "create", "update", "delete"],
)
def test_a_refusal_is_a_rest_exception_with_all_of_its_facts(
    sessions: Any,
    service: Service,
    call: Any,
    doing: str,
    method: str,
    path: str,
    status: int,
    code: int,
    message: str,
) -> None:
    names = {"service": service.sid, "session": sessions.create(unique_name="taken").sid}
    with pytest.raises(TwilioRestException) as refused:
        call(sessions)
    error = refused.value
    assert (error.status, error.code, error.method, error.details) == (status, code, method, None)
    assert error.uri == f"/Services/{service.sid}{path.format(**names)}"  # Neither host nor version.
    assert error.msg == f"Unable to {doing} record: {message.format(**names)}"


def test_a_refused_list_is_another_exception_which_has_no_code(proxy: FakeProxy) -> None:
    sessions = proxy.client().proxy.v1.services("KS" + "0" * 32).sessions
    for call in (sessions.list, sessions.page, lambda: next(sessions.stream())):
        with pytest.raises(TwilioException) as refused:
            call()
        assert type(refused.value) is TwilioException
        text, response = refused.value.args
        assert text == "Unable to fetch page"
        assert (response.status_code, '"code": 20404' in response.text) == (404, True)


def test_a_list_whose_later_page_is_refused_raises_the_same(proxy: FakeProxy, service: Service, sessions: Any) -> None:
    for _ in range(2):
        sessions.create()
    rows = sessions.stream(page_size=1)
    next(rows)
    proxy.client().proxy.v1.services(service.sid).delete()
    with pytest.raises(TwilioException, match="Unable to fetch page") as refused:
        next(rows)
    assert type(refused.value) is TwilioException


def test_no_refusal_is_the_exception_of_newer_products(sessions: Any) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sessions("none").fetch()
    assert not isinstance(refused.value, TwilioServiceException)


def test_none_as_a_sid_is_looked_up_as_a_name(proxy: FakeProxy, sessions: Any) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sessions(None).fetch()
    assert refused.value.code == 20404
    assert proxy.journal[-1].path.endswith("/Sessions/None")


@pytest.mark.parametrize("name", ["a b", "ü", "50%", "+1", "a&b=c", "été.json2"])
def test_a_session_is_fetched_by_a_name_with_odd_characters(sessions: Any, name: str) -> None:
    made = sessions.create(unique_name=name)
    assert sessions(name).fetch().sid == made.sid


@pytest.mark.parametrize("name", ["a/b", "a?b", "a#b"])
def test_a_name_that_the_sdk_does_not_escape_is_lost_on_the_way(sessions: Any, name: str) -> None:
    sessions.create(unique_name=name)
    with pytest.raises(TwilioRestException) as refused:
        sessions(name).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


EXERCISED = {
    ("Service", "geo_match_level"): "GeoMatchLevel",
    ("Service", "number_selection_behavior"): "NumberSelectionBehavior",
    ("Session", "mode"): "Mode",
}


@pytest.mark.parametrize(("resource", "parameter"), EXERCISED)
def test_every_value_of_the_enums_of_the_sdk_is_taken_and_comes_back(
    proxy: FakeProxy, sessions: Any, resource: str, parameter: str
) -> None:
    values = next(v for r, name, v in sdk.enums() if (r, name) == (resource, EXERCISED[resource, parameter]))
    assert len(values) >= 2
    rows = sessions if resource == "Session" else proxy.client().proxy.v1.services
    for value in values:
        made = rows.create(unique_name=value, **{parameter: value})
        assert getattr(made.fetch(), parameter) == value


@pytest.mark.parametrize(
    ("status", "answer"),
    [("open", "open"), ("closed", "closed"), ("in-progress", 80608), ("failed", 80701), ("unknown", 80701)],
)
def test_every_status_of_the_sdk_is_taken_on_create_or_refused(sessions: Any, status: str, answer: object) -> None:
    if isinstance(answer, str):
        assert sessions.create(status=status).status == answer
    else:
        with pytest.raises(TwilioRestException) as refused:
            sessions.create(status=status)
        assert (refused.value.status, refused.value.code) == (400, answer)


def test_there_is_no_enum_of_the_sdk_that_these_tests_do_not_know() -> None:
    answered = {(r, name) for r in ("Interaction", "MessageInteraction") for name in ("Type", "ResourceStatus")}
    known = {(resource, name) for (resource, _), name in EXERCISED.items()} | {("Session", "Status")} | answered
    assert {(resource, name) for resource, name, _ in sdk.enums()} == known


@pytest.mark.parametrize("resource", ["Interaction", "MessageInteraction"])
def test_types_and_statuses_of_interactions_are_among_the_enums_of_the_sdk(world: sdk.World, resource: str) -> None:
    enums = {name: values for r, name, values in sdk.enums() if r == resource}
    for row in world.rows(world.proxy.client(), resource).list():
        assert row.type in enums["Type"]
        assert row.outbound_resource_status in enums["ResourceStatus"]
