"""The inspector's page, in a real Chromium: used as a person uses it; then the fake is asked what became of it."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from twilio.rest import Client

from fakeproxy import FakeProxy
from fakeproxy.views import Session
from tests import needs
from tests.as_test.generated import run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs.browser

ANNE, BERT, CARL = "+14155550100", "+14155550101", "+14155550102"


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


def done(page: Page, *texts: str) -> None:
    """Wait until the page shows these texts."""
    for text in texts:
        page.get_by_text(text).locator("visible=true").first.wait_for()


def test_the_clock_is_stepped(page: Page, proxy: FakeProxy) -> None:
    page.get_by_role("button", name="+1 h").click()
    done(page, "Tue 1 Jan 2030 10:00:00")
    assert f"{proxy.clock.now():%H:%M}" == "10:00"
    assert proxy.sessions["job-8"].status == "closed"
    page.get_by_label("Own step").fill("PT2H30M")
    page.get_by_role("button", name="Step", exact=True).click()
    done(page, "Tue 1 Jan 2030 12:30:00")
    page.get_by_role("button", name="Next: expire session").click()
    done(page, "Wed 2 Jan 2030 09:00:00", "nothing is due")
    assert proxy.sessions["job-7"].status == "closed"


def test_a_step_that_is_none_is_told(page: Page) -> None:
    page.get_by_label("Own step").fill("tomorrow")
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("alert").get_by_text("tomorrow").wait_for()


def test_the_strip_has_every_event_and_what_is_due(page: Page, proxy: FakeProxy) -> None:
    titles = page.locator("#strip title").all_text_contents()
    assert len(titles) == len(proxy.history) + 1 + len(proxy.clock.due())
    assert any("Anne (+14155550100) joined session job-7" in title for title in titles)
    assert any("due: expire session" in title for title in titles)


def test_services_and_sessions_are_listed_and_found(page: Page, session: Session) -> None:
    pool = page.get_by_role("region", name="Services").inner_text()
    assert "+14155550001" in pool
    assert "1 in use" in pool
    assert "reserved" in pool
    page.get_by_label("Filter").fill("job-8")
    listed = page.get_by_role("region", name="Sessions").get_by_role("button")
    assert listed.count() == 1
    listed.click()
    page.get_by_role("heading", name="job-8").wait_for()


def test_the_session_shows_who_dials_what_and_its_picture(page: Page, session: Session) -> None:
    shown = page.get_by_role("region", name="job-7").inner_text()
    assert "Anne" in shown
    assert "dials +14155550001" in shown
    picture = page.get_by_role("img", name="job-7 as a sequence diagram")
    page.wait_for_function("picture => picture.naturalWidth > 0", arg=picture.element_handle())


def test_people_text_and_call(page: Page, proxy: FakeProxy) -> None:
    anne = page.get_by_role("article", name="Phone of Anne")
    anne.get_by_label("Text from +14155550100 to +14155550001").fill("Are you close?")
    anne.get_by_role("button", name="Send the text").click()
    page.get_by_role("article", name="Phone of Bert").get_by_text("Are you close?").wait_for()
    assert proxy.phone(BERT).inbox.one().body == "Are you close?"
    page.get_by_role("article", name="Phone of Bert").get_by_role("button", name="Call +14155550002").click()
    anne.get_by_role("button", name="answer").click()
    anne.get_by_text("answered").first.wait_for()
    assert proxy.phone(ANNE).calls.one().status == "in-progress"
    anne.get_by_role("button", name="hang up").click()
    anne.get_by_text("completed").first.wait_for()


def test_somebody_who_is_nobody_yet_is_added(page: Page, proxy: FakeProxy) -> None:
    page.get_by_label("The number of a person to add").fill(CARL)
    page.get_by_role("button", name="Add a person").click()
    carl = page.get_by_role("article", name=f"Phone of {CARL}")
    carl.get_by_label(f"Text from {CARL}").fill("who is there?")
    carl.get_by_role("button", name="Send the text").click()
    carl.get_by_text("out of session").wait_for()
    assert proxy.alerts.where(code=80903)


def test_requests_say_why_and_the_page_follows(page: Page, proxy: FakeProxy, session: Session) -> None:
    page.get_by_role("tab", name="Requests").click()
    with pytest.raises(Exception, match="must be unique"):
        Client().proxy.v1.services(session.service_sid).sessions.create(unique_name="job-7")
    done(page, "has the name 'job-7'", "400 80603")
    page.get_by_label("Filter").fill("2xx")
    done(page, "nothing here")


def test_a_fault_is_ordered_and_taken_back(page: Page, proxy: FakeProxy) -> None:
    page.get_by_role("button", name="too many requests").click()
    page.get_by_role("button", name="Take back").wait_for()
    assert [fault.status for fault in proxy.faults.orders] == [429]
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("region", name="Faults ordered").get_by_text("none").wait_for()
    assert not [fault for fault in proxy.faults.orders if fault.left]


def test_the_state_is_saved_reset_and_restored(page: Page, proxy: FakeProxy, tmp_path: Path) -> None:
    with page.expect_download() as saved:
        page.get_by_role("button", name="Snapshot").click()
    file = tmp_path / "snapshot.json"
    saved.value.save_as(file)
    assert json.loads(file.read_text()) == json.loads(json.dumps(proxy.snapshot()))
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Reset", exact=True).click()
    done(page, "no Service yet")
    assert len(proxy.sessions) == 0
    page.get_by_role("button", name="Undo reset").click()
    page.get_by_role("heading", name="job-7").wait_for()
    assert len(proxy.sessions) == 2
    proxy.reset()
    done(page, "no Service yet")
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Restore...").click()
    chosen.value.set_files(file)
    page.get_by_role("heading", name="job-7").wait_for()


def test_it_works_by_keyboard(page: Page, proxy: FakeProxy) -> None:
    page.keyboard.press("/")
    page.keyboard.type("job-8")
    assert page.get_by_label("Filter").input_value() == "job-8"
    page.get_by_label("Filter").press("Tab")
    page.keyboard.press(".")
    done(page, "Tue 1 Jan 2030 09:01:00")
    assert proxy.sessions["job-8"].status == "closed"


MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def test_what_users_wrote_is_text(page: Page, proxy: FakeProxy, session: Session) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    service = proxy.add_service(MARKUP, numbers=["+14155550021"], callback_url="http://127.0.0.1:9/<script>")
    people = [{"identifier": ANNE, "friendly_name": MARKUP}, {"identifier": BERT}]
    proxy.add_session(service, unique_name=MARKUP, participants=people)
    proxy.phone(ANNE).text("+14155550021", MARKUP)
    proxy.note(MARKUP)
    for tab in ("Story", "Requests", "Webhooks", "Alerts", "Due"):
        page.get_by_role("tab", name=tab).click()
    done(page, MARKUP)
    assert page.locator("main img[src=x], main script").count() == 0


def test_nothing_comes_from_elsewhere(proxy: FakeProxy) -> None:
    answer = requests.get(f"{proxy.url}/_fakeproxy/", timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in answer.text
    for name in ("static/../app.py", "static/%2e%2e/app.py", "static/none.js"):
        assert requests.get(f"{proxy.url}/_fakeproxy/{name}", timeout=5).status_code == 404


def test_what_was_done_is_copied_as_a_test(page: Page, proxy: FakeProxy) -> None:
    proxy.phone(ANNE).text("+14155550001", "Are you close?")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as test").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="A test that does what was done")
    dialog.get_by_text("def test_what_was_done(fakeproxy):").wait_for()
    page.keyboard.press("Enter")  # The button "Copy" has the focus.
    dialog.get_by_role("status").get_by_text("copied").wait_for()
    source = page.evaluate("navigator.clipboard.readText()")
    assert source == proxy.history.as_test()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    run(source)
