"""What may be sent to the control API: a body that fits the description, and JSON that can be written down again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests

from fakeproxy import FakeProxy

SURROGATE = b'{"to": "+14155550001", "body": "\\ud800"}'


def post(proxy: FakeProxy, path: str, body: bytes | Mapping[str, object]) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body)
    headers = {"Content-Type": "application/json"}
    answer = requests.post(f"{proxy.url}/_fakeproxy{path}", data, headers=headers, timeout=20)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    "body",
    [
        b'{"advance": 1e400}',
        b'{"advance": 1e300}',
        b'{"advance": "P99999999999999D"}',
        b'{"advance": "PT1.5.5H"}',
        b'{"move_to": NaN}',
        b'{"advance": ' + b"[" * 100_000,
        b'{"advance": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_step_that_no_clock_can_make_is_wrong_use(proxy: FakeProxy, body: bytes) -> None:
    status, answer = post(proxy, "/clock", body)
    assert (status, set(answer), answer["error"]) == (400, {"error", "text"}, "UsageError")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/phones/14155550100/text", SURROGATE),
        ("/seed", b'{"services": [{"unique_name": "\\udfff"}]}'),
        ("/faults", b'{"fault": "slow", "seconds": NaN}'),
        ("/faults", b'{"fault": "slow", "seconds": 1e999}'),
        ("/clock", b"\xff"),
        ("/clock", b"[]"),
    ],
)
def test_json_that_cannot_be_written_down_again_is_wrong_use(proxy: FakeProxy, path: str, body: bytes) -> None:
    before = proxy.snapshot()
    assert post(proxy, path, body)[0] == 400
    assert proxy.snapshot() == before


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("/clock", {}, "the body lacks advance; or the body lacks move_to; or the body lacks advance_to_next"),
        ("/clock", {"advance": 1, "faster": True}, "the body takes no faster; it takes limit, advance"),
        ("/phones/14155550100/text", {"to": "+14155550001", "body": 5}, "the body.body is 5, which is no string"),
        ("/phones/14155550100/text", {"to": "+1", "body": "a", "media": [1]}, "the body.media[0] is 1, which is no"),
        ("/seed", {"cars": []}, "takes no cars; it takes services, numbers, short_codes, sessions"),
        (
            "/seed",
            {"services": [{"default_ttl": True}]},
            "the body.services[0].default_ttl is True, which is no integer",
        ),
        ("/faults", {"fault": "earthquake"}, "fault='server_error'"),
        ("/faults", {"fault": 5}, "fault='server_error'"),
        ("/faults", {"fault": "slow", "seconds": "long"}, "the body.seconds is 'long', which is no number"),
        ("/faults", {"fault": "slow", "second": 1}, "the body lacks seconds"),
        ("/reset", {"everything": True}, "takes no everything; it takes nothing"),
        ("/calls/CA1/answer", {"softly": True}, "takes no softly"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_the_place(
    proxy: FakeProxy, path: str, body: dict[str, Any], text: str
) -> None:
    status, answer = post(proxy, path, body)
    assert (status, answer["error"]) == (400, "UsageError")
    assert text in answer["text"]


def test_a_snapshot_is_looked_at_before_it_is_restored(proxy: FakeProxy) -> None:
    proxy.add_service("rides", numbers=["+14155550001"])
    proxy.add_session(participants=["+14155550100"])
    proxy.phone("+14155550199").call("+14155550001")
    good = proxy.snapshot()
    assert post(proxy, "/state", good)[0] == 200
    assert proxy.snapshot() == good
    for part, wrong in (
        ("due", [[0, "make tea", "KC1"]]),
        ("due", [[0, "expire session"]]),
        ("handsets", {"+14155550100": "broken"}),
        ("graves", {"KC1": 10**20}),
        ("alerts", [["80901", "error", "", "", 0, "", ""]]),
        ("position", None),
        ("tables", {**good["tables"], "services": [{**good["tables"]["services"][0], "unique_name": 5}]}),
        ("tables", {**good["tables"], "services": [{**good["tables"]["services"][0], "date_created": 10**20}]}),
    ):
        status, answer = post(proxy, "/state", {**good, part: wrong})
        assert (status, f"the body.{part}" in answer["text"]) == (400, True), answer
    assert proxy.snapshot() == good


def test_a_method_that_a_path_does_not_take_is_answered_with_those_it_takes(proxy: FakeProxy) -> None:
    answer = requests.delete(f"{proxy.url}/_fakeproxy/clock", timeout=20)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
