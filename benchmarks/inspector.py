"""The inspector's page: the time until it is drawn, until a step is shown, and what an open page costs a test."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from statistics import median
from typing import TYPE_CHECKING

from twilio.rest import Client

from benchmarks.table import Row
from fakeproxy import FakeProxy
from tests import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: A function that keeps the page of the fake at a URL open.
Opening = Callable[[str], AbstractContextManager[object]]

#: Has the page note the time since the beginning of its loading at which its sessions are on the screen.
_WATCH = """
new MutationObserver(() => {
  if (window.drawn || !document.querySelector("#sessions button")) return;
  requestAnimationFrame(() => setTimeout(() => { window.drawn ??= performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""

#: Clicks on a step, and returns the time until the new time is on the screen, with all that was read for it.
_STEP = """
() => new Promise((done) => {
  const shown = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  new MutationObserver(shown).observe(document.getElementById("now"), { childList: true });
  const began = performance.now();
  [...document.querySelectorAll("#clock button")].find((button) => button.textContent === "+1 min").click();
})
"""

#: The sessions that are created before each turn: the history is full then, as in a long suite.
_BEFORE = 6_000

#: Seconds of each turn in which sessions are created, and the number of turns with and without a page.
_TURN, _TURNS = 5, 3


def inspector() -> Iterator[Row]:
    if not needs.CHROMIUM or find_spec("playwright") is None:
        why = "there is no Chromium, or no Playwright"
        yield Row("the page, 1,000 sessions, drawn", "-", why)
        yield Row("a step, 10,000 sessions, 100,000 events", "-", why)
        yield _create(_requests_of_a_page, "the requests of a page")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]  # As a container needs them.
        browser = playwright.chromium.launch(executable_path=needs.CHROMIUM, args=arguments)
        yield _first(browser)
        yield _step(browser)
        yield _create(lambda url: _page(browser, url), "a page in Chromium")
        browser.close()


def _first(browser: Browser) -> Row:
    with _filled(1_000) as proxy:
        times = []
        for _ in range(7):
            page = browser.new_page()
            page.add_init_script(_WATCH)
            page.goto(f"{proxy.url}/_fakeproxy/")
            times.append(page.wait_for_function("() => window.drawn").json_value())
            page.close()
    return Row("the page, 1,000 sessions, drawn", f"{min(times):.0f} ms", "best of 7", min(times), 300, "ms")


def _step(browser: Browser) -> Row:
    with _filled(10_000, 100_000) as proxy, _page(browser, proxy.url) as page:
        times = []
        for _ in range(7):
            times.append(page.evaluate(_STEP))
            page.wait_for_timeout(1000)  # Until nothing is read any more.
    shown = f"{min(times):.0f} ms"
    return Row("a step, 10,000 sessions, 100,000 events", shown, "best of 7", min(times), 300, "ms")


def _create(opened: Opening, what: str) -> Row:
    """Measure the processor time of this process, the server of the page included, which other programs hardly change.

    It is the mean of a turn, not that of the best call: the page reads from time to time.
    """
    gc.collect()
    gc.freeze()  # What earlier rows have left is not visited again and again at the cost of this one.
    turns: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(_TURNS):
        for name, opening in (("with", opened), ("without", _nothing)):
            with FakeProxy() as proxy:
                create = Client().proxy.v1.services(proxy.add_service().sid).sessions.create
                with opening(proxy.url):
                    for _ in range(_BEFORE):
                        create(ttl=5)
                    turns[name].append(_seconds_of_one(lambda: create(ttl=5)))  # noqa: B023
    gc.unfreeze()
    used, plain = median(turns["with"]), median(turns["without"])
    reference = f"without {plain * 1e6:.0f} us"
    return Row(f"sessions.create with {what}", f"{used * 1e6:.0f} us", reference, used / plain, 1.15, "x")


@contextmanager
def _nothing(url: str) -> Iterator[None]:
    yield


def _seconds_of_one(work: Callable[[], object]) -> float:
    end, began, calls = time.perf_counter() + _TURN, time.process_time(), 0
    while time.perf_counter() < end:
        work()
        calls += 1
    return (time.process_time() - began) / calls


@contextmanager
def _filled(sessions: int, events: int = 0) -> Iterator[FakeProxy]:
    """Give an active fake with so many sessions of two people, and at least so many events."""
    with FakeProxy(intercept=False, start="2030-01-01T09:00:00Z", history_size=max(events, 10_000)) as proxy:
        service = proxy.add_service("rides", numbers=["+14155550001", "+14155550002"])
        for number in range(sessions):
            people = [f"+1416{number:07}", f"+1417{number:07}"]
            proxy.add_session(service, unique_name=f"job-{number}", ttl=86_400, participants=people)
        while proxy._store.events.count < events:
            proxy.note("nothing of interest")
        yield proxy


@contextmanager
def _page(browser: Browser, url: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(f"{url}/_fakeproxy/")
    page.locator("#now").get_by_text(":").wait_for()
    yield page
    page.close()


@contextmanager
def _requests_of_a_page(url: str) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.page_client", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        client.stdout.readline()
        yield
        client.terminate()
