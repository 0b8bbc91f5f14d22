"""The inspector's page, in a real Chromium: used as a person uses it; then the fake is asked what became of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import freezegun
import pytest
import requests
from twilio.rest import Client

from fakeproxy import FakeProxy
from fakeproxy.views import Session
from tests import needs
from tests.as_test.generated import run
from tests.inspector.conftest import ANNE, BERT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from playwright.sync_api import Page, Route

pytestmark = needs.browser

CARL = "+14155550102"


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


def test_an_instant_is_gone_to_and_what_ran_is_told(page: Page, proxy: FakeProxy) -> None:
    page.get_by_label("Own step").fill("2030-01-01T09:01:30Z")
    page.get_by_role("button", name="Step", exact=True).click()
    done(page, "Tue 1 Jan 2030 09:01:30", "Ran: expire session job-8")
    assert f"{proxy.clock.now():%H:%M:%S}" == "09:01:30"


def test_the_next_due_work_is_named(page: Page, proxy: FakeProxy) -> None:
    page.get_by_role("button", name="Next: expire session job-8, in 1 min").click()
    page.get_by_role("button", name="Next: expire session job-7").wait_for()
    assert proxy.sessions["job-8"].closed_reason == "expired"


def test_another_tool_that_moves_the_clock_is_named(page: Page, proxy: FakeProxy) -> None:
    with freezegun.freeze_time("2030-01-01T12:00:00Z", real_asyncio=True):
        proxy.note("frozen")
        done(page, "moved by freezegun")
        assert proxy.clock.driver == "freezegun"


def test_the_strip_tells_and_selects(page: Page, proxy: FakeProxy) -> None:
    strip = page.get_by_role("group", name="Strip")
    marks = strip.get_by_role("button")
    assert marks.count() == len(proxy.history) + 1 + len(proxy.clock.due())
    strip.get_by_role("button", name="Anne (+14155550100) joined session job-7").hover()
    told = page.get_by_role("status").get_by_text("Anne (+14155550100) joined session job-7")
    told.wait_for()
    strip.get_by_role("button", name="session job-8 (KC").click()
    page.get_by_role("heading", name="job-8").wait_for()
    marks.last.hover()
    page.get_by_role("status").get_by_text("due: expire session job-7").wait_for()


def test_the_strip_folds_a_silence(page: Page, proxy: FakeProxy) -> None:
    proxy.clock.advance(seconds=30)
    proxy.note("soon")
    proxy.clock.advance(days=20)
    proxy.note("late")
    strip = page.get_by_role("group", name="Strip")
    strip.get_by_text("18 d 23 h", exact=False).or_(strip.get_by_text("19 d")).first.wait_for()
    soon, late = (strip.get_by_role("button", name=f"note: {text}").bounding_box() for text in ("soon", "late"))
    assert soon is not None
    assert late is not None
    first = strip.get_by_role("button").first.bounding_box()
    assert first is not None
    # To scale, 20 days would be 57,600 times as wide as 30 seconds.
    assert 0 < late["x"] - soon["x"] < 20 * (soon["x"] - first["x"])


def test_services_and_sessions_are_listed_and_found(page: Page, session: Session) -> None:
    pool = page.get_by_role("region", name="Services").inner_text()
    assert "+14155550001" in pool
    assert "1 in use" in pool
    assert "in job-7" in pool
    assert "sms" in pool.lower()
    assert "reserved" in pool
    listed = page.get_by_role("region", name="Sessions").get_by_role("button")
    assert listed.count() == 2
    for text in ("job-7", session.sid, BERT, "anne"):
        page.get_by_label("Filter").fill(text)
        page.get_by_text("1 of 2 sessions fit the filter").wait_for()
        assert listed.count() == 1, text
        assert "job-7" in listed.inner_text()
        page.get_by_label("Filter").fill("open")
        page.get_by_text("2 of 2 sessions fit the filter").wait_for()
        assert listed.count() == 2
    page.get_by_label("Filter").fill("job-8")
    page.get_by_text("1 of 2 sessions fit the filter").wait_for()
    listed.click()
    page.get_by_role("heading", name="job-8").wait_for()


def test_the_time_that_is_left_is_a_bar_that_moves(page: Page, proxy: FakeProxy) -> None:
    bar = page.get_by_role("region", name="Sessions").get_by_role("button", name="job-7").locator("progress")
    assert bar.get_attribute("value") == "86400"
    proxy.clock.advance(hours=6)
    page.get_by_text("18 h left").first.wait_for()
    assert bar.get_attribute("value") == "64800"


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
    anne.get_by_text("answered").wait_for()
    assert proxy.phone(ANNE).calls.one().status == "in-progress"
    page.get_by_role("button", name="+1 min").click()
    anne.get_by_role("button", name="hang up").click()
    anne.get_by_text("completed").wait_for()  # One bubble has the call, with what became of it.
    anne.get_by_text("☎ 1 min").wait_for()


def test_a_call_is_declined(page: Page, proxy: FakeProxy) -> None:
    bert = page.get_by_role("article", name="Phone of Bert")
    bert.get_by_role("button", name="Call +14155550002").click()
    page.get_by_role("article", name="Phone of Anne").get_by_role("button", name="decline").click()
    bert.get_by_text("busy").first.wait_for()
    assert [ring.status for ring in proxy.phone(ANNE).calls] == ["busy"]


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


def test_webhooks_show_form_signature_and_answer(page: Page, proxy: FakeProxy) -> None:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"not today"]

    proxy.webhooks.mount("https://rides.example.com", application)
    proxy.add_service("lost", numbers=["+14155550031"], out_of_session_callback_url="https://rides.example.com/lost")
    proxy.phone(CARL).text("+14155550031", "hello?")
    page.get_by_role("tab", name="Webhooks").click()
    table = page.get_by_role("table", name="Webhooks")
    table.get_by_text("the form, signed").click()
    shown = table.inner_text()
    sent = proxy.webhooks.deliveries[-1]
    assert sent.signature
    for text in ("out-of-session", sent.url, sent.signature, "403", "not today", '"Body": "hello?"'):
        assert text in shown
    assert proxy.account["auth_token"] not in page.content()


def test_alerts_and_due_work_are_listed(page: Page, proxy: FakeProxy) -> None:
    proxy.alerts.add(80908, url="https://rides.example.com/status")
    page.get_by_role("tab", name="Alerts").click()
    page.get_by_role("table", name="Alerts").get_by_text("80908").wait_for()
    page.get_by_role("tab", name="Due").click()
    page.get_by_role("table", name="Due").get_by_text("job-8").wait_for()
    proxy.alerts.forget()


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
    assert page.get_by_role("heading", name="job-7").count() == 0
    page.get_by_role("button", name="Undo reset").click()
    page.get_by_role("heading", name="job-7").wait_for()
    assert len(proxy.sessions) == 2
    proxy.reset()
    done(page, "no Service yet")
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Restore...").click()
    chosen.value.set_files(file)
    page.get_by_role("heading", name="job-7").wait_for()
    assert len(proxy.sessions) == 2


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


def test_a_tab_that_is_selected_while_the_page_reads(page: Page, proxy: FakeProxy) -> None:
    """The rows that come then are of the tab before, and are shown as such."""
    held: list[Route] = []
    page.route("**/overview?**", lambda route: held.append(route), times=1)
    proxy.phone(ANNE).text("+14155550001", "Are you close?")
    while not held:
        page.wait_for_timeout(10)
    page.get_by_role("tab", name="Requests").click()
    held[0].continue_()
    page.get_by_role("table", name="Requests").wait_for(state="attached")
    assert not page.get_by_text("does not answer").is_visible()
