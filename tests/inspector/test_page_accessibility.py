"""The page for everybody: axe finds nothing, the keyboard does everything, and a narrow screen shows everything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakeproxy import FakeProxy
from tests import needs
from tests.inspector.conftest import ANNE

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = needs.browser

TABS = ("Story", "Requests", "Webhooks", "Alerts", "Due")


def violations(page: Page) -> list[str]:
    """Return what axe has against the page as it is now."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(Path(needs.NODE_MODULES, "axe-core", "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run().then(found => found.violations)")
    return [f"{one['id']}: {node['html']} {node['failureSummary']}" for one in found for node in one["nodes"]]


@needs.page_checks
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, proxy: FakeProxy, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    proxy.faults.server_error(optional=True)
    proxy.phone(ANNE).text("+14155550001", "hi")
    proxy.phone(ANNE).call("+14155550001")
    proxy.phone("+14155550199").text("+14155550001", "who is there?")
    page.get_by_role("button", name="answer").wait_for()
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("table", name=tab).wait_for(state="attached")
        assert violations(page) == [], tab
    proxy.alerts.forget()


@needs.page_checks
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_past_and_in_a_dialog(page: Page, proxy: FakeProxy, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    proxy.phone(ANNE).text("+14155550001", "hi")
    for number in range(40):
        proxy.add_session(proxy.services["rides"], unique_name=f"later-{number}")
    page.get_by_text("1 to 30 of 42").wait_for()
    page.get_by_role("row").filter(has_text="'hi'").get_by_role("button", name="Go back").click()
    page.get_by_text("As it was right after event").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Back to the present").click()
    page.get_by_role("button", name="Copy as test").click()
    page.get_by_role("dialog").get_by_text("def test_what_was_done").wait_for()
    assert violations(page) == []


@needs.page_checks
def test_axe_finds_nothing_in_an_error_and_on_an_empty_page(page: Page, proxy: FakeProxy) -> None:
    page.get_by_label("Own step").fill("tomorrow")
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("alert").get_by_text("tomorrow").wait_for()
    assert violations(page) == []
    proxy.reset()
    page.get_by_text("no Service yet").wait_for()
    assert violations(page) == []


def test_it_works_by_keyboard(page: Page, proxy: FakeProxy) -> None:
    page.keyboard.press("/")
    page.keyboard.type("job-8")
    assert page.get_by_label("Filter").input_value() == "job-8"
    page.get_by_label("Filter").press("Tab")
    page.keyboard.press(".")
    page.get_by_text("Tue 1 Jan 2030 09:01:00").first.wait_for()
    assert proxy.sessions["job-8"].status == "closed"


def test_the_tab_key_goes_from_the_clock_to_the_table_and_is_seen(page: Page) -> None:
    page.get_by_role("button", name="+1 min").focus()
    reached = []
    for _ in range(40):
        reached.append(
            page.evaluate(
                """() => {
                    const one = document.activeElement;
                    const isSeen = getComputedStyle(one).outlineStyle !== "none";
                    return [one.getAttribute("aria-label") ?? one.textContent, isSeen];
                }"""
            )
        )
        page.keyboard.press("Tab")
    names = [name for name, _ in reached]
    wanted = ["+1 min", "Step", "Snapshot", "now", "job-7", "server error", "Call +14155550001", "Story", "Filter"]
    places = [next((place for place, name in enumerate(names) if text in name), -1) for text in wanted]
    assert places == sorted(places), names
    assert -1 not in places, names
    assert [name for name, is_seen in reached if not is_seen and "fakeproxy" not in name] == []


def test_the_arrow_keys_go_along_the_strip(page: Page) -> None:
    page.get_by_role("group", name="Strip").get_by_role("button", name="now").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("status").get_by_text("due: expire session job-8").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="job-8").wait_for()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("status").get_by_text("Bert (+14155550101) joined session job-7").wait_for()


def test_a_narrow_screen_does_not_scroll_sideways(page: Page, proxy: FakeProxy) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    proxy.add_service("a-service-with-quite-a-long-name-" * 4)
    proxy.phone(ANNE).text("+14155550001", "averylongword" * 30)
    page.get_by_text("averylongword").first.wait_for()
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab
