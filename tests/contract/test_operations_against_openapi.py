"""The table of operations against Twilio's OpenAPI file: the same operations, parameters and fields, and no others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from fakeproxy import Refusal
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.api.parameters import Parameter, reader
from fakeproxy.behavior import Behavior
from fakeproxy.engine.records import Service
from tests.contract import openapi, sdk
from tests.contract.exceptions import amended

LISTS = {"PageSize", "Page", "PageToken"}

# By the type or format that the file gives a parameter: texts that have it, and texts that have it not.
SAMPLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "string": (("any text", "ü"), ()),
    "phone-number": (("+14155550100",), ()),
    "integer": (("0", "60"), ("sixty", "1.5", "")),
    "boolean": (("true", "false"), ("maybe", "1")),
    "date-time": (("2030-01-31T09:00:00Z",), ("tomorrow", "2030-01-31T09:00:00", "")),
    "uri": (("https://example.com/a?b=c",), ("example", "ftp://example.com")),
    "array": (('{"Identifier": "+14155550100"}',), ("+14155550100", "{}", "null")),
}


@pytest.fixture(scope="session")
def declared(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The operations of the amended file by name, with `method` and `path`."""
    return {
        operation["operationId"]: {**operation, "method": method.upper(), "path": path}
        for path, item in amended(document)["paths"].items()
        for method, operation in item.items()
        if method in ("get", "post", "delete", "put", "patch")
    }


TAKEN = [
    pytest.param(operation.name, parameter, id=f"{operation.name}-{parameter.name}")
    for operation in OPERATIONS.values()
    for parameter in operation.parameters
]


def value_of(parameter: Parameter, text: str) -> Any:
    """What the parameter makes of a text; a Refusal where it makes nothing."""
    return reader([parameter])({parameter.name: [text]}, Behavior(), lambda sid: False)[parameter.field]


def test_the_file_and_the_table_have_the_same_operations(document: dict[str, Any]) -> None:
    names = {
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method in ("get", "post", "delete", "put", "patch")
    }
    assert {name for name in OPERATIONS if "ShortCode" not in name} == names


@pytest.mark.parametrize("name", OPERATIONS)
def test_method_path_and_status(declared: dict[str, dict[str, Any]], name: str) -> None:
    operation = OPERATIONS[name]
    assert operation.method == declared[name]["method"]
    assert f"/v1{operation.path}" == declared[name]["path"]
    status, *others = declared[name]["responses"]
    assert str(operation.status) == status
    assert others == (["204"] if name == "DeleteParticipant" else [])  # The amended one, of `Behavior`.


@pytest.mark.parametrize("name", OPERATIONS)
def test_parameters_and_which_are_required(
    document: dict[str, Any], declared: dict[str, dict[str, Any]], name: str
) -> None:
    form = openapi.parameters(document, declared[name])
    assert {parameter.name for parameter in OPERATIONS[name].parameters} == set(form)
    content = declared[name].get("requestBody", {}).get("content", {"": {"schema": {}}})
    (body,) = content.values()
    required = {parameter.name for parameter in OPERATIONS[name].parameters if parameter.required}
    assert required == set(body["schema"].get("required", ()))


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "ShortCode" not in name])
def test_only_lists_have_query_parameters_and_these_are_of_paging(
    declared: dict[str, dict[str, Any]], name: str
) -> None:
    query = {parameter["name"] for parameter in declared[name].get("parameters", ()) if parameter["in"] == "query"}
    assert query == (LISTS if OPERATIONS[name].verb == "List" else set())


@pytest.mark.parametrize(("name", "parameter"), TAKEN)
def test_the_declared_type_is_taken_and_what_has_it_not_is_refused(
    document: dict[str, Any], declared: dict[str, dict[str, Any]], name: str, parameter: Parameter
) -> None:
    schema = openapi.parameters(document, declared[name])[parameter.name]
    good, bad = samples(schema)
    for text in good:
        value_of(parameter, text)
    for text in bad:
        with pytest.raises(Refusal) as refused:
            value_of(parameter, text)
        assert refused.value.status == 400


def samples(schema: dict[str, Any]) -> tuple[Sequence[str], Sequence[str]]:
    """Texts that have, and texts that have not, the type of the schema."""
    if "enum" in schema:
        return schema["enum"], ("nonsense", schema["enum"][0].upper(), "")
    if "pattern" in schema:
        prefix = schema["pattern"][1:3]
        return (prefix + "0" * 31 + "f",), (prefix + "0" * 31 + "g", prefix + "0" * 31, "0" * 34)
    if schema.get("items"):
        schema = schema["items"]
    return SAMPLES[schema.get("format", schema["type"])]


@pytest.mark.parametrize(("name", "parameter"), TAKEN)
def test_enums_have_no_other_values(
    document: dict[str, Any], declared: dict[str, dict[str, Any]], name: str, parameter: Parameter
) -> None:
    with_amendments = openapi.parameters(amended(document), declared[name])[parameter.name]
    if "enum" not in with_amendments:
        return
    with pytest.raises(Refusal) as refused:
        value_of(parameter, "nonsense")
    listed = re.search("is not one of (.*)[.]$", refused.value.message)
    assert listed is not None
    assert set(listed[1].split(", ")) == set(with_amendments["enum"])


@pytest.mark.parametrize("resource", sdk.RESOURCES)
def test_every_field_of_the_schemas_is_answered_and_no_other(
    document: dict[str, Any], world: sdk.World, resource: str
) -> None:
    world.rows(world.proxy.client(), resource)(world.sid(resource)).fetch()
    fetch = OPERATIONS[f"Fetch{resource}"]
    answer = document["paths"][f"/v1{fetch.path}"]["get"]["responses"]["200"]["content"]["application/json"]
    schema = openapi.resolve(answer["schema"], document)
    assert set(world.proxy.journal[-1].members) == set(schema["properties"])


def test_the_defaults_of_a_service_are_those_of_the_file(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["proxy.v1.service"]["properties"]
    behaviors = document["components"]["schemas"]["service_enum_number_selection_behavior"]["enum"]
    plain = Service(account="", date_created=0, date_updated=0, unique_name="plain")
    assert plain.default_ttl == fields["default_ttl"]["default"] == 0
    level = document["components"]["schemas"]["service_enum_geo_match_level"]
    assert plain.geo_match_level == level["default"] == "country"
    assert plain.number_selection_behavior in behaviors


def test_texts_may_be_as_long_as_the_file_says_and_no_longer(
    document: dict[str, Any], declared: dict[str, dict[str, Any]]
) -> None:
    limits = {
        (name, parameter): schema["maxLength"]
        for name in OPERATIONS
        for parameter, schema in openapi.parameters(document, declared[name]).items()
        if "maxLength" in schema and "pattern" not in schema
    }
    assert limits[("CreateSession", "UniqueName")] == 191
    for (name, parameter), length in limits.items():
        taken = next(one for one in OPERATIONS[name].parameters if one.name == parameter)
        assert value_of(taken, "x" * length) == "x" * length
        with pytest.raises(Refusal):
            value_of(taken, "x" * (length + 1))
