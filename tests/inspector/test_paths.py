"""Paths and methods of the control API: each is exactly what the table of routes says."""

from __future__ import annotations

import http.client
import inspect
import json
import re
from typing import Any

import pytest

from fakeproxy import FakeProxy
from fakeproxy.inspector import app
from fakeproxy.inspector.routes import ROUTES

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
JSON = {"Content-Type": "application/json"}


def ask(
    proxy: FakeProxy, method: str, path: str, body: Any = None, headers: dict[str, str] = JSON, **more: Any
) -> tuple[int, str | None, Any]:
    """Return the status, the header Allow and the JSON. The path goes over the line as it is written."""
    connection = http.client.HTTPConnection("127.0.0.1", proxy.serve().port, timeout=20)
    connection.request(method, f"/_fakeproxy{path}", body, headers, **more)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, answer.headers["Allow"], json.loads(text) if text else None


def test_a_method_that_no_route_has_is_answered_with_those_that_are(proxy: FakeProxy) -> None:
    for path in {route.path for route in ROUTES}:
        allowed = sorted(route.method for route in ROUTES if route.path == path)
        for method in METHODS:
            if method not in allowed:
                status, allow, told = ask(proxy, method, re.sub(r"\{\w+\}", "x", path))
                assert (status, allow) == (405, ", ".join(allowed)), (method, path)
                assert method == "HEAD" or told["text"] == f"this path takes {', '.join(allowed)}"


@pytest.mark.parametrize(
    "path",
    [
        *("//clock", "/clock/", "/Clock", "/clock%2F", "/clock;x", "/openapixjson", "/nope"),
        *("/phones/", "/phones//text", "/phones/a/text/", "/phones/a%2Fb/text/x", "/calls/a/answer/b"),
    ],
)
def test_what_is_nearly_a_path_is_none(proxy: FakeProxy, path: str) -> None:
    for method in ("GET", "POST"):
        status, allow, told = ask(proxy, method, path)
        assert (status, allow, told["error"]) == (404, None, "NotFound")
        assert told["text"].endswith("is no path of the control API; /_fakeproxy/openapi.json has all")


@pytest.mark.parametrize("path", ["/clock?a=1", "/cl%6fck", "/clock?"])
def test_the_same_path_written_differently(proxy: FakeProxy, path: str) -> None:
    assert ask(proxy, "GET", path)[0] == 200


@pytest.mark.parametrize(("part", "meant"), [("%2B14155550199", "+14155550199"), ("a|b", "a|b"), ("%FF", "\ufffd")])
def test_a_part_of_a_path_is_decoded(proxy: FakeProxy, part: str, meant: str) -> None:
    assert meant in ask(proxy, "GET", f"/tables/{part}")[2]["text"]


def test_a_body_in_chunks_is_read(proxy: FakeProxy) -> None:
    before = proxy.clock.now()
    status, _, told = ask(proxy, "POST", "/clock", iter([b'{"adv', b'ance": 1}']), encode_chunked=True)
    assert (status, "now" in told) == (200, True)
    assert (proxy.clock.now() - before).total_seconds() == 1
    assert ask(proxy, "POST", "/clock", iter([b"{}"]), {"Content-Type": "text/plain"}, encode_chunked=True)[0] == 415


def test_what_a_body_lacks_is_named_in_the_order_of_the_document(proxy: FakeProxy) -> None:
    assert ask(proxy, "POST", "/blocked", "{}")[2]["text"].endswith("the body lacks method, url, text")
    document = ask(proxy, "GET", "/openapi.json")[2]
    for schema in document["components"]["schemas"].values():
        assert schema["required"] == [name for name in schema["properties"] if name in schema["required"]]


def test_every_status_of_an_answer_is_in_the_document(proxy: FakeProxy) -> None:
    """405 is for methods, which the document lists by what it has."""
    source = inspect.getsource(app)
    statuses = set(re.findall(r"_error\((\d+)", source)) | set(re.findall(r"(\d+) if isinstance\(error", source))
    paths = ask(proxy, "GET", "/openapi.json")[2]["paths"]
    declared = {
        status
        for path, operations in paths.items()
        if path.startswith("/_fakeproxy")
        for operation in operations.values()
        for status in operation["responses"]
    }
    assert {"403", "409", "412", "415", "500"} < statuses
    assert statuses - {"405"} <= declared
