"""What web pages of elsewhere may do with a server: nothing, whatever the route; other clients are not kept out."""

from __future__ import annotations

import itertools
import os
import subprocess
from typing import Any

import pytest
import requests

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.api.operations import OPERATIONS
from fakeproxy.inspector.routes import ROUTES
from tests import needs
from tests.quick import slow_but

CONTROL = sorted({("/_fakeproxy" + route.path, route.method) for route in ROUTES})
API = sorted({("/v1" + operation.path, operation.method) for operation in OPERATIONS.values()})
JSON = "application/json"
EVIL = "https://evil.example"

#: What a browser sends for a page of elsewhere. Old ones send one of the two, or none for a GET.
FOREIGN: list[dict[str, str]] = [
    {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"},
    {"Origin": EVIL},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "Cross-Site"},
    {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
]


def ask(proxy: FakeProxy, method: str, path: str, data: str | None = None, **headers: str) -> requests.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    auth = None if path.startswith("/_") else (proxy.account["account_sid"], proxy.account["auth_token"])
    return requests.request(method, proxy.url + path, data=data, headers=sent, auth=auth, timeout=20)


@pytest.mark.parametrize("headers", slow_but(FOREIGN, *FOREIGN[:2], FOREIGN[-1]), ids=str)
def test_every_route_is_closed_to_a_page_of_elsewhere(proxy: FakeProxy, headers: dict[str, str]) -> None:
    proxy.add_service("rides", numbers=["+14155550001"])
    before = proxy.snapshot()
    for path, method in [*CONTROL, *API]:
        body = None if method in ("GET", "DELETE") else "{}" if path.startswith("/_") else "UniqueName=x"
        answer = ask(proxy, method, path, body, Content_Type=JSON if path.startswith("/_") else FORM, **headers)
        assert answer.status_code == 403, (path, method)
        assert "rides" not in answer.text
        assert "page" in answer.text
    assert proxy.snapshot() == before
    assert len(proxy.journal) == 0


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "content_type", ["text/plain", FORM, "multipart/form-data; boundary=a", "application/jsonp", None]
)
def test_every_route_takes_json_only(proxy: FakeProxy, content_type: str | None) -> None:
    before = proxy.snapshot()
    for path, method in CONTROL:
        if method == "POST":
            headers = {} if content_type is None else {"Content_Type": content_type}
            answer = ask(proxy, method, path, "{}", **headers)
            assert answer.status_code == 415, path
            assert "`Content-Type: application/json`" in answer.json()["text"]
    assert proxy.snapshot() == before


def test_an_empty_body_needs_no_type_and_may_have_no_other(proxy: FakeProxy) -> None:
    assert ask(proxy, "POST", "/_fakeproxy/reset").status_code == 200
    assert ask(proxy, "POST", "/_fakeproxy/reset", Content_Type=JSON).status_code == 200
    for content_type in ("text/plain", FORM):  # what a page's form without fields has
        assert ask(proxy, "POST", "/_fakeproxy/reset", Content_Type=content_type).status_code == 415


@pytest.mark.parametrize(
    "content_type", [JSON, "Application/JSON", "application/json; charset=utf-8", "application/json;"]
)
def test_json_by_any_of_its_names(proxy: FakeProxy, content_type: str) -> None:
    assert ask(proxy, "POST", "/_fakeproxy/clock", '{"advance": 1}', Content_Type=content_type).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "own"},
        {"Sec-Fetch-Mode": "cors"},  # the fetch of Node
        {},
    ],
    ids=str,
)
def test_a_page_of_its_own_and_other_clients_are_served(proxy: FakeProxy, headers: dict[str, str]) -> None:
    headers = {name: value.replace("own", proxy.url) for name, value in headers.items()}
    assert ask(proxy, "GET", "/_fakeproxy/state", **headers).status_code == 200
    assert ask(proxy, "POST", "/_fakeproxy/clock", '{"advance": 1}', Content_Type=JSON, **headers).status_code == 200
    assert ask(proxy, "POST", "/v1/Services", "UniqueName=x", Content_Type=FORM, **headers).status_code == 201


def test_a_page_that_has_this_machine_under_its_own_name(proxy: FakeProxy) -> None:
    """DNS rebinding: to the browser it is of the same origin."""
    host = f"evil.example:{proxy.serve().port}"
    for path, origin in itertools.product(("/_fakeproxy/state", "/v1/Services"), ({}, {"Origin": f"http://{host}"})):
        assert ask(proxy, "GET", path, Host=host, Sec_Fetch_Site="same-origin", **origin).status_code == 403
    assert ask(proxy, "GET", "/_fakeproxy/state", Host=host).status_code == 403
    assert ask(proxy, "GET", "/v1/Services", Host=host).status_code == 200  # a container that is reached by a name


def test_connect_is_served() -> None:
    with FakeProxy(intercept=False) as elsewhere, fakeproxy.connect(elsewhere.url) as proxy:
        proxy.add_service("rides")
        proxy.clock.advance(1)
        proxy.reset()
        assert proxy.client().proxy.v1.services.create(unique_name="meals").sid


def test_curl_is_told_the_header(proxy: FakeProxy) -> None:
    def curl(*arguments: str) -> str:
        command = [*needs.CURL, "-sS", *arguments, f"{proxy.url}/_fakeproxy/clock", "-d", '{"advance": 1}']
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout

    assert "send the header `Content-Type: application/json`" in curl()
    assert '"now"' in curl("-H", "Content-Type: application/json")


@needs.node
def test_the_fetch_of_node(proxy: FakeProxy) -> None:
    program = """
    const [url, type] = process.argv.slice(1);
    const body = JSON.stringify({advance: 1});
    fetch(url, {method: "POST", body, ...(type && {headers: {"Content-Type": type}})})
      .then((answer) => console.log(answer.status));
    """

    def node(*arguments: str) -> str:
        command: list[Any] = ["node", "-e", program, f"{proxy.url}/_fakeproxy/clock", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, env={"PATH": os.environ["PATH"]})
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert (node(JSON), node()) == ("200", "415")
