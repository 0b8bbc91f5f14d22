"""What follows a fake: a page or a program that waits for events, and what it knows of the fake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

import pytest
import requests

from fakeproxy import FakeProxy, NotActive
from tests import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IDENTITY = "Fakeproxy-Identity"


def test_a_stop_ends_those_who_wait() -> None:
    with ThreadPoolExecutor() as others, FakeProxy(intercept=False) as proxy:
        waits = Event()
        add = proxy._store.add_listener
        proxy._store.add_listener = lambda listener: (add(listener), waits.set())[0]  # type: ignore[method-assign]

        def wait() -> None:
            with suppress(requests.RequestException):
                requests.get(f"{proxy.url}/_fakeproxy/wait?after=0&timeout=60", timeout=60)

        page = others.submit(wait)
        assert waits.wait(20)
        proxy.stop()
        page.result(20)


def test_nothing_comes_true_in_a_fake_that_was_stopped() -> None:
    with FakeProxy() as proxy:
        pass
    with pytest.raises(NotActive, match="was stopped"):
        proxy.wait_for(lambda: False, 60)


def test_a_request_can_be_meant_for_one_fake_alone(proxy: FakeProxy) -> None:
    url = f"{proxy.url}/_fakeproxy"
    identity = requests.get(f"{url}/health", timeout=20).headers[IDENTITY]
    assert requests.post(f"{url}/notes", json={"text": "for it"}, headers={IDENTITY: identity}, timeout=20).ok
    refused = requests.post(f"{url}/notes", json={"text": "for another"}, headers={IDENTITY: "0" * 16}, timeout=20)
    assert (refused.status_code, refused.json()["error"]) == (412, "AnotherFake")
    assert refused.headers[IDENTITY] == identity
    assert [event.text for event in proxy.history] == ["note: for it"]
    with FakeProxy(intercept=False) as other:
        assert requests.get(f"{other.url}/_fakeproxy/health", timeout=20).headers[IDENTITY] != identity


@needs.browser
def test_a_page_does_nothing_with_another_fake_that_took_its_address(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_default_timeout(20_000)
    with FakeProxy(intercept=False, start="2030-01-01T09:00:00Z") as first:
        port = int(first.url.rpartition(":")[2])
        page.goto(f"{first.url}/_fakeproxy/")
        page.get_by_role("button", name="+1 h", exact=True).click()
        page.locator("#now").get_by_text("10:00:00").wait_for()
    page.get_by_text("does not answer any more").wait_for()
    with FakeProxy(intercept=False, start="2031-01-01T09:00:00Z") as second:
        second.serve(port=port)
        page.get_by_text("Another fake answers at this address now").wait_for()
        page.get_by_role("button", name="+1 h", exact=True).click()
        page.get_by_role("button", name="Reset", exact=True).click()
        assert "2030" in page.locator("#now").inner_text()
        assert f"{second.clock.now():%Y-%m-%d %H:%M}" == "2031-01-01 09:00"
        page.get_by_role("button", name="Reload").click()
        page.locator("#now").get_by_text("2031").wait_for()
    page.close()
