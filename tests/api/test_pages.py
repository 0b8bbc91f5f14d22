"""Lists: sizes, tokens, and the way from page to page."""

from __future__ import annotations

from typing import Any

import pytest

from fakeproxy import FakeProxy
from fakeproxy.views import Service
from tests.api.http import Http


@pytest.fixture
def path(proxy: FakeProxy, service: Service) -> str:
    for number in range(5):
        proxy.add_session(service, unique_name=str(number))
    return f"/Services/{service.sid}/Sessions"


def names(body: dict[str, Any]) -> list[str]:
    return [row["unique_name"] for row in body["sessions"]]


def follow(http: Http, url: str) -> dict[str, Any]:
    answer: dict[str, Any] = http("GET", url.removeprefix("https://proxy.twilio.com/v1")).json
    return answer


def test_the_first_page(http: Http, path: str) -> None:
    body = http("GET", path).json
    url = f"https://proxy.twilio.com/v1{path}?PageSize=50&Page=0"
    assert body["meta"] == {
        "page": 0,
        "page_size": 50,
        "first_page_url": url,
        "previous_page_url": None,
        "url": url,
        "next_page_url": None,
        "key": "sessions",
    }
    assert names(body) == ["0", "1", "2", "3", "4"]


def test_there_and_back_again(http: Http, path: str) -> None:
    first = http("GET", path + "?PageSize=2").json
    second = follow(http, first["meta"]["next_page_url"])
    third = follow(http, second["meta"]["next_page_url"])
    assert [names(page) for page in (first, second, third)] == [["0", "1"], ["2", "3"], ["4"]]
    assert third["meta"]["next_page_url"] is None
    assert [page["meta"]["page"] for page in (first, second, third)] == [0, 1, 2]
    assert third["meta"]["url"] == second["meta"]["next_page_url"]
    back = follow(http, third["meta"]["previous_page_url"])
    assert names(back) == ["2", "3"]
    start = follow(http, back["meta"]["previous_page_url"])
    assert names(start) == ["0", "1"]
    assert start["meta"]["previous_page_url"] is None
    assert names(follow(http, third["meta"]["first_page_url"])) == ["0", "1"]


def test_newest_first() -> None:
    with FakeProxy(behavior={"newest_first": True}) as proxy:
        service = proxy.add_service()
        for number in range(5):
            proxy.add_session(service, unique_name=str(number))
        http = Http(proxy)
        first = http("GET", f"/Services/{service.sid}/Sessions?PageSize=2").json
        second = follow(http, first["meta"]["next_page_url"])
        third = follow(http, second["meta"]["next_page_url"])
        assert [names(page) for page in (first, second, third)] == [["4", "3"], ["2", "1"], ["0"]]
        assert third["meta"]["next_page_url"] is None
        assert names(follow(http, third["meta"]["previous_page_url"])) == ["2", "1"]


def test_a_token_outlives_the_row_it_stands_on(http: Http, path: str, proxy: FakeProxy) -> None:
    next_page = http("GET", path + "?PageSize=2").json["meta"]["next_page_url"]
    for name in ("0", "1", "2"):
        http("DELETE", f"{path}/{proxy.sessions[name].sid}")
    page = follow(http, next_page)
    assert names(page) == ["3", "4"]
    assert page["meta"]["previous_page_url"] is None


def test_past_the_end_there_is_an_empty_page(http: Http, path: str, proxy: FakeProxy) -> None:
    next_page = http("GET", path + "?PageSize=4").json["meta"]["next_page_url"]
    http("DELETE", f"{path}/{proxy.sessions['4'].sid}")
    page = follow(http, next_page)
    assert (page["sessions"], page["meta"]["next_page_url"]) == ([], None)
    assert names(follow(http, page["meta"]["previous_page_url"])) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("asked", "size"), [("1", 1), ("100", 100), ("101", 100), ("1000000000", 100), ("9" * 19, 100)]
)
def test_large_sizes_are_clamped_and_shown_so(http: Http, path: str, asked: str, size: int) -> None:
    assert http("GET", f"{path}?PageSize={asked}").json["meta"]["page_size"] == size


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("PageSize=0", 20001, "Invalid PageSize."),
        ("PageSize=-1", 20001, "Invalid PageSize."),
        ("PageSize=abc", 20001, "Invalid PageSize."),
        ("PageSize=", 20001, "Invalid PageSize."),
        ("PageSize=1.5", 20001, "Invalid PageSize."),
        ("PageSize=%D9%A1", 20001, "Invalid PageSize."),  # a digit, but not one of ASCII
        ("Page=-1", 20001, "Invalid Page."),
        ("Page=abc", 20001, "Invalid Page."),
        ("Page=1", 20001, "PageToken is required for paging."),
        ("PageSize=5&PageSize=6", 80701, "'PageSize' is invalid. It was given 2 times."),
        ("PageToken=abc", 21481, "Invalid PageToken."),
        ("Page=1&PageToken=PT" + "0" * 32, 21481, "Invalid PageToken."),
        ("Page=1&PageToken=PT" + "f" * 32, 21481, "Invalid PageToken."),
    ],
)
def test_what_is_no_page(http: Http, path: str, query: str, code: int, message: str) -> None:
    answer = http("GET", f"{path}?{query}")
    assert (answer.status, answer.json["code"], answer.json["message"]) == (400, code, message)


def test_a_token_of_another_list_is_refused(http: Http, path: str, proxy: FakeProxy) -> None:
    token = http("GET", path + "?PageSize=2").json["meta"]["next_page_url"].partition("&")[2]
    other = proxy.add_service("other")
    assert http("GET", f"/Services/{other.sid}/Sessions?{token}").json["code"] == 21481


@pytest.mark.parametrize(
    ("section", "key"),
    [("PhoneNumbers", "phone_numbers"), ("ShortCodes", "short_codes"), ("Sessions", "sessions")],
)
def test_keys_of_the_lists_of_a_service(http: Http, service: Service, section: str, key: str) -> None:
    body = http("GET", f"/Services/{service.sid}/{section}").json
    assert body["meta"]["key"] == key
    assert key in body
