"""A real Chromium for the tests of the page."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from tests import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")  # Playwright runs an event loop, in which no other test could run its own.
def chromium() -> Generator[Browser]:
    """A browser that the tests of a file share. Each opens a page of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]  # As a container needs them.
        browser = playwright.chromium.launch(executable_path=needs.CHROMIUM, args=arguments)
        yield browser
        browser.close()
