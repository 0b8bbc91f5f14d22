"""A real Chromium, and the inspector's page of a fake with two sessions in it."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from fakeproxy import FakeProxy
from fakeproxy.views import Session
from tests import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ANNE, BERT = "+14155550100", "+14155550101"


@pytest.fixture(scope="module")  # Playwright runs an event loop, in which no other test could run its own.
def chromium() -> Generator[Browser]:
    """A browser that the tests of a file share. Each opens a page of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]  # As a container needs them.
        browser = playwright.chromium.launch(executable_path=needs.CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def session(proxy: FakeProxy) -> Session:
    service = proxy.add_service("rides", numbers=["+14155550001", "+14155550002"], reserved_numbers=["+14155550003"])
    proxy.add_session(service, unique_name="job-8", ttl=60)
    people = [
        {"identifier": ANNE, "friendly_name": "Anne", "proxy_identifier": "+14155550001"},
        {"identifier": BERT, "friendly_name": "Bert", "proxy_identifier": "+14155550002"},
    ]
    return proxy.add_session(service, unique_name="job-7", ttl=86_400, participants=people)


@pytest.fixture
def page(chromium: Browser, proxy: FakeProxy, session: Session) -> Generator[Page]:
    """The page of the fake. Whatever the console has to say of it fails the test."""
    said: list[str] = []
    page = chromium.new_page()
    page.set_default_timeout(20_000)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{proxy.url}/_fakeproxy/")
    page.get_by_role("heading", name="job-7").wait_for()
    yield page
    page.close()
    # What the fake refuses is told by the browser too; the page tells it better.
    assert [text for text in said if "responded with a status of 4" not in text] == []
