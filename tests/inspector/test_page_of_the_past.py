"""Going back on the page, and the trace, which is the same page in a file: in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fakeproxy import FakeProxy
from fakeproxy.views import Service
from tests import needs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = needs.browser

ANNE, BERT = "+14155550100", "+14155550101"
EVIL = "<img src=x onerror=document.title='run'><script>document.title='run'</script>"


@pytest.fixture
def played(proxy: FakeProxy, service: Service) -> FakeProxy:
    """A ride: a text each way, a call, a day of silence, a late text."""
    proxy.keep_past()
    people = [{"identifier": ANNE, "friendly_name": "Anne"}, {"identifier": BERT, "friendly_name": EVIL}]
    session = proxy.add_session(service, unique_name="job-7", ttl=3600, participants=people)
    dialled = session.participants[0].proxy_identifier
    proxy.phone(ANNE).text(dialled, f"first {EVIL}")
    proxy.clock.advance(60)
    proxy.phone(ANNE).text(dialled, "second")
    proxy.clock.advance(days=1)
    proxy.phone(ANNE).text(dialled, "late")
    return proxy


@pytest.fixture
def opened(chromium: Browser) -> Generator[Callable[[str], Page]]:
    """A function that opens a page. Whatever its console has to say fails the test."""
    said: list[str] = []
    page = chromium.new_page()
    page.set_default_timeout(20_000)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    def open_page(url: str) -> Page:
        page.goto(url)
        page.get_by_role("heading", name="job-7").wait_for()
        return page

    yield open_page
    page.close()
    assert said == []


def go_back_to_the_first_text(page: Page) -> None:
    row = page.get_by_role("row").filter(has_text="first").filter(has_text="delivered")
    row.get_by_role("button", name=re.compile("Go back to event")).click()
    row.and_(page.locator("[aria-current=true]")).wait_for()
    page.get_by_text("As it was right after event").wait_for()


def test_a_past_event_is_shown_as_it_was(played: FakeProxy, opened: Callable[[str], Page]) -> None:
    page = opened(f"{played.url}/_fakeproxy/")
    assert page.get_by_role("button", name="job-7").get_by_text("closed").is_visible()
    go_back_to_the_first_text(page)
    page.get_by_role("button", name="job-7").get_by_text("open").or_(
        page.get_by_role("button", name="job-7").get_by_text("in-progress")
    ).wait_for()
    assert "09:00:00" in page.locator("#now").inner_text()
    assert page.get_by_label("Phone of Anne").get_by_text("second").count() == 0
    # It is for reading: the clock does not move.
    assert page.locator("#clock").get_attribute("inert") is not None
    page.get_by_role("button", name="Later").click()
    page.get_by_role("button", name="Back to the present").click()
    page.get_by_label("Phone of Anne").get_by_text("second").wait_for()
    assert page.locator("#clock").get_attribute("inert") is None
    assert played.sessions["job-7"].status == "closed"


@pytest.mark.parametrize("last", ["Back to the present", "Restore to here"])
def test_the_last_choice_counts_whichever_is_answered_first(
    played: FakeProxy, opened: Callable[[str], Page], last: str
) -> None:
    page = opened(f"{played.url}/_fakeproxy/")
    go_back_to_the_first_text(page)
    later = re.compile(rf"/clock\?limit=0&as_of={played.history.where(kind='text')[0].seq + 1}$")
    held: list[Route] = []
    page.route(later, lambda route: held.append(route), times=1)  # Playwright sets an attribute on it.
    with page.expect_request(later):
        page.get_by_role("button", name="Later").click()
    page.get_by_role("button", name=last).click()
    page.get_by_text("As it was right after event").wait_for(state="hidden")
    with page.expect_response(re.compile("/overview")):  # The page reads again after each choice.
        held[0].continue_()
    page.get_by_role("button", name="+1 min").click()
    page.locator("#now").get_by_text("09:02:00" if last == "Back to the present" else "09:01:00").wait_for()
    assert page.get_by_role("button", name="Back to the present").count() == 0


def test_a_state_that_is_not_known_is_told(proxy: FakeProxy, service: Service, chromium: Browser) -> None:
    proxy.add_session(service, unique_name="job-7", ttl=3600)
    page = chromium.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{proxy.url}/_fakeproxy/")
    page.get_by_role("button", name="Go back to event 0").click()
    page.get_by_role("alert").get_by_text("the state after event 0 is not known").wait_for()
    page.get_by_role("button", name="+1 min").click()  # The page still shows the present.
    page.locator("#now").get_by_text("09:01:00").wait_for()
    assert page.get_by_role("button", name="Back to the present").count() == 0
    page.close()


def test_restore_to_here_makes_it_the_present(played: FakeProxy, opened: Callable[[str], Page]) -> None:
    page = opened(f"{played.url}/_fakeproxy/")
    go_back_to_the_first_text(page)
    page.get_by_role("button", name="Restore to here").click()
    page.get_by_role("row").filter(has_text="the state was restored from a snapshot").wait_for()
    assert played.sessions["job-7"].status in ("open", "in-progress")
    assert [text.body for text in played.phone(BERT).inbox] == [f"first {EVIL}"]


def test_a_trace_opens_from_disk_and_goes_back(
    played: FakeProxy, opened: Callable[[str], Page], tmp_path: Path
) -> None:
    path = tmp_path / "trace of a test.html"
    played.write_trace(path, title=f"test_ride {EVIL}", failure=f"AssertionError: {EVIL}")
    page = opened(path.as_uri())
    page.get_by_role("heading", name="test_ride").wait_for()
    page.get_by_text("AssertionError").wait_for()
    go_back_to_the_first_text(page)
    assert page.get_by_label("Phone of Anne").get_by_text("second").count() == 0
    # The line of this file that sent the text.
    line = page.locator("#past [aria-current=true]").inner_text()
    assert 'proxy.phone(ANNE).text(dialled, f"first {EVIL}")' in line
    page.get_by_role("button", name="Later").click()
    page.locator("#past").get_by_text("time moves on").or_(page.locator("#past").get_by_text("in-progress")).wait_for()
    assert page.get_by_role("button", name="Restore to here").count() == 0
    assert "run" not in page.title().split()
    assert path.stat().st_size < 300_000


def test_a_trace_finds_what_concerns_a_row_or_a_person_as_the_server_does(
    played: FakeProxy, service: Service, opened: Callable[[str], Page], tmp_path: Path
) -> None:
    """A trace has no server, so its page has the rule once more."""
    played.webhooks.mount("https://rides.example.com", lambda environ, answer: (answer("500 No", []), [b""])[1])
    played.client().proxy.v1.services(service.sid).update(callback_url="https://rides.example.com/status")
    for name in ("job-7 again", "job-7 at last"):
        people = [ANNE, "+14155550102"]
        session = played.add_session(service, unique_name=name, ttl=60, participants=people)
        played.phone(ANNE).text(session.participants[0].proxy_identifier, "hi")
        played.phone(ANNE).call(session.participants[0].proxy_identifier).answer()
        played.note("between")
        played.clock.advance(600)
    played.write_trace(tmp_path / "trace.html")
    page = opened((tmp_path / "trace.html").as_uri())
    keys = dict.fromkeys(key for event in played.history for key in (*event.sids, *event.numbers))
    assert len(keys) > 30
    ask = 'async (path) => (await (await import("fakeproxy/api.js")).get(path)).rows.map((row) => row.seq)'
    for key in (*keys, "KC" + "0" * 32):
        path = f"windows/history?of={key.replace('+', '%2B')}&limit=500"
        assert page.evaluate(ask, path)[::-1] == [event.seq for event in played.history.of(key)], key


def test_the_lists_of_a_trace_are_found_in_as_those_of_a_page(
    played: FakeProxy, service: Service, opened: Callable[[str], Page], tmp_path: Path
) -> None:
    for number in range(40):
        played.add_session(service, unique_name=f"job-{number + 10}", ttl=3600)
    played.add_session(service, unique_name="job-7 again")
    played.write_trace(tmp_path / "trace.html")
    page = opened((tmp_path / "trace.html").as_uri())
    sessions = page.get_by_role("region", name="Sessions")
    sessions.get_by_text("1 to 30 of 42").wait_for()
    sessions.get_by_role("button", name="Older sessions").click()
    sessions.get_by_text("31 to 42 of 42").wait_for()
    assert "1 closed, 41 open" in page.get_by_role("region", name="Services").inner_text()
    page.get_by_role("tab", name="Due 40").click()
    page.get_by_label("Filter").fill("job-49")
    sessions.get_by_text("1 of 42 sessions fit the filter").wait_for()
    assert page.get_by_role("row").count() == 1
    page.get_by_role("tab", name="Story").click()
    page.get_by_role("row").filter(has_text="job-49").wait_for()
    sessions.get_by_role("button", name=re.compile("job-49")).click()
    page.get_by_role("heading", name="job-49").wait_for()


def test_a_trace_asks_nothing_of_any_server(played: FakeProxy, chromium: Browser, tmp_path: Path) -> None:
    played.write_trace(tmp_path / "trace.html")
    page, asked = chromium.new_page(), []
    page.on("request", lambda request: asked.append(request.url.partition(":")[0]))
    page.goto((tmp_path / "trace.html").as_uri())
    page.get_by_role("heading", name="job-7").wait_for()
    page.close()
    assert set(asked) <= {"file", "data", "blob"}
