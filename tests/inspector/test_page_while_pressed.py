"""What is pressed stays on the page until it is let go, whatever the program does meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fakeproxy import FakeProxy
from tests import needs

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = needs.browser


_READ = """
async (before) => {
  const { state } = await import("./static/state.js");
  while (state.position === before) await new Promise(requestAnimationFrame);
  return state.position;
}
"""


def change(page: Page, proxy: FakeProxy) -> None:
    """Have the program do something that the page shows, and the page read it."""
    before = page.evaluate(_READ, "")
    proxy.alerts.add(80908, url="https://rides.example.com/status")
    assert page.evaluate(_READ, before) != before
    proxy.alerts.forget()


def press_mouse(page: Page) -> Callable[[], None]:
    page.get_by_role("tab", name="Alerts").hover()
    page.mouse.down()
    return page.mouse.up


def press_space(page: Page) -> Callable[[], None]:
    page.get_by_role("tab", name="Alerts").focus()
    page.keyboard.down("Space")
    return lambda: page.keyboard.up("Space")


@pytest.mark.parametrize("press", [press_mouse, press_space])
def test_a_press_counts(page: Page, proxy: FakeProxy, press: Callable[[Page], Callable[[], None]]) -> None:
    let_go = press(page)
    change(page, proxy)
    let_go()
    page.get_by_role("table", name="Alerts").get_by_text("80908").wait_for()


def test_a_text_that_is_being_selected_stays(page: Page, proxy: FakeProxy) -> None:
    rows = page.get_by_role("table", name="Story").get_by_role("row")
    rows.first.hover()
    page.mouse.down()
    rows.last.hover()
    change(page, proxy)
    selected = "() => getSelection().toString()"
    assert "was opened" in page.evaluate(selected)
    page.mouse.up()
    page.get_by_role("tab", name="Alerts 1").wait_for()


def test_the_page_goes_on_if_it_is_not_told_that_the_button_was_let_go(page: Page, proxy: FakeProxy) -> None:
    press_mouse(page)
    change(page, proxy)
    page.evaluate("() => document.dispatchEvent(new PointerEvent('pointermove', { buttons: 0 }))")
    page.get_by_role("tab", name="Alerts 1").wait_for()
    page.mouse.up()
