"""The page of a fake with many sessions and events: it reads and shows a part, and every row can be found."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from benchmarks.page_client import READ
from fakeproxy import FakeProxy
from fakeproxy.inspector.pages import FILES
from fakeproxy.views import Service
from tests import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request


def filled(sessions: int, events: int = 0) -> FakeProxy:
    """Return an active fake with so many sessions, all of a day, and at least so many events."""
    proxy = FakeProxy(intercept=False, start="2030-01-01T09:00:00Z", history_size=max(events, 10_000)).start()
    service = proxy.add_service("rides", numbers=["+14155550001", "+14155550002"])
    for number in range(sessions):
        proxy.add_session(service, unique_name=f"job-{number}", ttl=86_400)
    while len(proxy._store.events.rows) < events:
        proxy.note("nothing of interest")
    return proxy


@contextmanager
def opened(chromium: Browser, proxy: FakeProxy) -> Generator[tuple[Page, list[Request]]]:
    """Open the page; yield it, and the requests that it has made."""
    page, made = chromium.new_page(), []
    page.set_default_timeout(20_000)
    page.on("requestfinished", lambda request: made.append(request))
    page.goto(f"{proxy.url}/_fakeproxy/")
    page.get_by_role("heading", name=re.compile("job-")).wait_for()
    page.locator(".picture").evaluate("image => image.decode()")
    yield page, made
    page.close()


def size(requests: list[Request]) -> tuple[int, int]:
    """Return the number of requests, and the bytes of their answers. An answer that was not sent again has none."""
    return len(requests), sum(request.sizes()["responseBodySize"] for request in requests)


def after_a_step(page: Page, made: list[Request], button: str, now: str) -> tuple[int, int]:
    """Step the clock, and return the number of requests until that is shown, and their bytes."""
    made.clear()
    page.get_by_role("button", name=button, exact=True).click()
    page.locator("#now").get_by_text(now).wait_for()
    page.locator(".picture").evaluate("image => image.decode()")
    return size(made)


def reading(chromium: Browser, sessions: int, events: int = 0) -> list[tuple[int, int]]:
    """Return what the page reads at first, after a step, and after one in which every session expires."""
    proxy = filled(sessions, events)
    try:
        with opened(chromium, proxy) as (page, made):
            first = size(made)
            step = after_a_step(page, made, "+1 h", "1 Jan 2030 10:00:00")
            closing = after_a_step(page, made, "+1 day", "2 Jan 2030 10:00:00")
            assert {session.status for session in proxy.sessions.values()} == {"closed"}
    finally:
        proxy.stop()
    return [first, step, closing]


@needs.browser
@pytest.mark.parametrize(("sessions", "events"), [(1_000, 0), pytest.param(10_000, 100_000, marks=pytest.mark.slow)])
def test_what_is_read_does_not_grow_with_the_lists(chromium: Browser, sessions: int, events: int) -> None:
    few, many = reading(chromium, 250), reading(chromium, sessions, events)
    for (requests, read), (requests_of_many, read_of_many), most in zip(
        few, many, [250_000, 20_000, 250_000], strict=True
    ):
        assert requests_of_many <= max(requests + 8, 40), (few, many)  # A step may be read in two goes.
        assert read_of_many <= 1.1 * read + 2_000, (few, many)
        assert read_of_many <= most, (few, many)


@needs.browser
def test_the_benchmark_without_a_browser_makes_the_requests_of_the_page(long: Page) -> None:
    made: list[str] = []
    long.on("request", lambda request: made.append(request.url.rpartition("/_fakeproxy/")[2].partition("?")[0]))
    long.get_by_role("button", name="+1 h").click()
    long.locator("#now").get_by_text("10:00:00").wait_for()
    assert {path.partition("?")[0] for path in READ} <= {*made}


def test_the_files_of_the_page_are_small() -> None:
    assert sum(map(len, FILES.values())) < 150_000


@pytest.fixture
def long(chromium: Browser) -> Generator[Page]:
    """The page of a fake with a hundred sessions."""
    proxy = filled(100)
    with opened(chromium, proxy) as (page, _):
        yield page
    proxy.stop()


@needs.browser
def test_sessions_are_shown_in_pages_with_their_number(long: Page) -> None:
    region = long.get_by_role("region", name="Sessions")
    first = region.get_by_role("button", name=re.compile("job-")).first
    region.get_by_text("1 to 30 of 100", exact=True).wait_for()
    assert "job-99" in first.inner_text()
    region.get_by_role("button", name="Older sessions").click()
    region.get_by_text("31 to 60 of 100", exact=True).wait_for()
    assert "job-69" in first.inner_text()
    region.get_by_role("button", name="Older sessions").dblclick()  # before the page is drawn
    region.get_by_text("91 to 100 of 100", exact=True).wait_for()
    assert region.get_by_role("button", name="Older sessions").is_disabled()
    assert region.get_by_role("button", name=re.compile("job-")).count() == 10
    region.get_by_role("button", name="Newer sessions").click()
    region.get_by_text("61 to 90 of 100", exact=True).wait_for()


@needs.browser
def test_a_session_is_found_on_whatever_page_it_is(long: Page) -> None:
    region = long.get_by_role("region", name="Sessions")
    region.get_by_role("button", name="Older sessions").click()
    region.get_by_text("31 to 60 of 100", exact=True).wait_for()
    long.get_by_label("Filter").fill("job-97")
    long.get_by_text("1 of 100 sessions fit the filter").wait_for()
    region.get_by_role("button", name=re.compile("job-97")).click()
    long.get_by_role("heading", name="job-97").wait_for()
    long.get_by_label("Filter").fill("")
    region.get_by_text("1 to 30 of 100", exact=True).wait_for()
    assert long.get_by_role("heading", name="job-97").is_visible()


@needs.browser
def test_older_events_are_on_further_pages(long: Page) -> None:
    table = long.get_by_role("tabpanel")
    long.get_by_role("tab", name="Due 100").click()
    table.get_by_text("expire session").first.wait_for()
    assert table.get_by_role("row").count() == 100
    long.get_by_role("button", name="+1 day").click()
    long.get_by_role("tab", name="Story 201").click()
    table.get_by_text("1 to 100 of 201").wait_for()
    table.get_by_role("button", name="Older events").click()
    table.get_by_text("101 to 200 of 201").wait_for()
    table.get_by_role("button", name="Older events").click()
    table.get_by_text("201 of 201, the newest first").wait_for()
    assert "job-0 " in table.get_by_role("row").inner_text()
    assert table.get_by_role("button", name="Older events").is_disabled()
    table.get_by_role("button", name="Newer events").click()
    table.get_by_text("101 to 200 of 201").wait_for()


@needs.browser
def test_a_search_goes_on_where_it_has_not_found_all(
    chromium: Browser, proxy: FakeProxy, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fakeproxy.history.windows.MOST_TRIED", 10)
    proxy.add_session(service, unique_name="job-1")
    proxy.note("the needle")
    for _ in range(65):
        proxy.note("hay")
    with opened(chromium, proxy) as (page, _):
        page.get_by_label("Filter").fill("needle")
        table = page.get_by_role("tabpanel")
        table.get_by_text("0 that fit, looked for back to event 17").wait_for()
        table.get_by_role("button", name="Older events").click()
        table.get_by_text("note: the needle").wait_for()


@needs.browser
def test_a_reset_is_seen_by_other_pages(chromium: Browser, proxy: FakeProxy, service: Service) -> None:
    proxy.add_session(service, unique_name="job-1")
    with opened(chromium, proxy) as (page, _), opened(chromium, proxy) as (other, _):
        # The other page would see it after a minute, if it were not told.
        other.route("**/position?after=*", lambda route: route.continue_(url=f"{route.request.url}0"))
        proxy.note("so that it asks again")
        other.get_by_text("so that it asks again").wait_for()
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Reset", exact=True).click()
        for one in (page, other):
            one.get_by_text("no Service yet").wait_for()
            assert one.get_by_role("row").count() == 0
