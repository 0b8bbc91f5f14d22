"""The list of what cannot fit the OpenAPI file: each entry is needed, and what needs none of them does without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from twilio.rest import Client
from werkzeug.test import Client as HttpClient

from fakeproxy import FakeProxy
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.engine.records import GeoMatchLevel
from tests.contract import sdk
from tests.contract.exceptions import AMENDMENTS, Amendment, amended
from tests.contract.observation import observed
from tests.contract.openapi import Answer, Contract

EMPTY_LEGS = [one for one in AMENDMENTS if one.at[-1] == "inbound_resource_status"]


def recorded(visit: Callable[[], None]) -> list[Answer]:
    answers: list[Answer] = []
    with observed(lambda answer: answers.append(answer) or []):
        visit()
    return answers


def visit_the_exceptions() -> None:
    """Requests whose answers need every exception."""
    level: GeoMatchLevel = "extended-area-code"
    behavior = {"participant_delete_status": 204, "link_short_codes": True}
    with FakeProxy(account_sid="ACmine", behavior=behavior) as proxy:
        service = proxy.add_service("rides", sid="KSmine", geo_match_level=level)
        proxy.add_number("+14155550001", sid="PNmine", service=service)
        mine = {"identifier": "+14155550100", "sid": "KPmine"}
        proxy.add_session(service, sid="KCmine", participants=[mine])
        proxy.add_short_code("12345", service=service)
        spare = proxy.add_short_code("12346")
        client = Client("ACmine", "token")
        row = client.proxy.v1.services("KSmine")
        row.fetch()
        row.phone_numbers.list()
        session = row.sessions("KCmine").fetch()
        person = session.participants.create("+14155550101")
        person.message_interactions.create(body="hello").fetch()
        proxy.phone("+14155550100").text("+14155550001", "hi")
        session.participants("KPmine").fetch()
        session.participants("KPmine").message_interactions.create(body="hello")
        session.interactions.list()
        person.delete()
        http, path = HttpClient(proxy.wsgi_app), "/v1/Services/KSmine/ShortCodes"
        login: Any = {"auth": ("ACmine", "token")}
        assert http.post(path, data={"Sid": spare.sid}, **login).status_code == 201
        assert http.get(path, **login).status_code == 200
        assert http.post(f"{path}/{spare.sid}", data={"IsReserved": "true"}, **login).status_code == 200
        assert http.delete(f"{path}/{spare.sid}", **login).status_code == 204


def visit_the_rest() -> None:
    """Every operation of the file, with the choices of `Behavior` that are the file's."""
    with FakeProxy(behavior={"capability_keys": "short", "capital_resource_types": True}) as proxy:
        world = sdk.furnish(proxy)
        client = proxy.client()
        client.proxy.v1.services.create(unique_name="night")
        world.rows(client, "PhoneNumber").create(phone_number="+14155550009")
        world.rows(client, "Session").create()
        for resource in reversed(sdk.RESOURCES):
            rows = world.rows(client, resource)
            rows.list()
            row = rows(world.sid(resource, "delete")).fetch()
            for verb in ("update", "delete"):
                if hasattr(row, verb):
                    getattr(row, verb)()
        assert set(proxy.journal.counts) == {name for name in OPERATIONS if "ShortCode" not in name}


def problems(document: dict[str, Any], amendments: Iterable[Amendment], answers: Iterable[Answer]) -> list[str]:
    try:
        contract = Contract(amended(document, amendments))
    except KeyError as error:
        return [f"the document refers to {error}, which is not there"]
    return [problem for answer in answers for problem in contract.problems(answer)]


@pytest.mark.parametrize("amendment", AMENDMENTS, ids=lambda one: "/".join(one.at))
def test_each_exception_is_needed_and_says_why(document: dict[str, Any], amendment: Amendment) -> None:
    answers = recorded(visit_the_exceptions)
    assert problems(document, AMENDMENTS, answers) == []
    assert problems(document, [one for one in AMENDMENTS if one is not amendment], answers)
    assert amendment.reason.endswith(".")


def test_all_other_answers_fit_the_file_as_it_is_but_for_its_missing_nulls(document: dict[str, Any]) -> None:
    answers = recorded(visit_the_rest)
    assert problems(document, EMPTY_LEGS, answers) == []


def test_an_amendment_whose_place_is_gone_is_noticed(document: dict[str, Any]) -> None:
    for at in (("components", "schemas", "gone", "enum"), ("components", "schemas", "*", "properties", "gone")):
        with pytest.raises(KeyError):
            amended(document, [Amendment(at, None, "")])


def test_the_file_itself_is_not_changed_by_the_amendments(document: dict[str, Any]) -> None:
    amended(document)
    level = document["components"]["schemas"]["service_enum_geo_match_level"]["enum"]
    assert level == ["area-code", "overlay", "radius", "country"]
