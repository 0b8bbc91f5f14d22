"""What users wrote is text on the page: markup and scripts in every field that a user can fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from fakeproxy import FakeProxy
from tests import needs
from tests.inspector.conftest import ANNE, BERT

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = needs.browser

TABS = ("Story", "Requests", "Webhooks", "Alerts", "Due")


def markup(field: str) -> str:
    """Return what would run a script if the field were markup."""
    return f"<img src=x onerror=alert('{field}')><script>alert('{field}')</script>"


def test_markup_in_every_field_stays_text(page: Page, proxy: FakeProxy) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    url = "http://127.0.0.1:9/<script>alert('url')</script>"
    service = proxy.add_service(
        markup("service"),
        numbers=["+14155550021"],
        callback_url=url,
        intercept_callback_url=url,
        out_of_session_callback_url=url,
    )
    people = [{"identifier": ANNE, "friendly_name": markup("friendly name")}, {"identifier": BERT}]
    proxy.add_session(service, unique_name=markup("session"), participants=people)
    proxy.phone(ANNE).text("+14155550021", markup("body"))
    proxy.phone("+14155550199").text("+14155550021", markup("out of session"))
    proxy.note(markup("note"))
    proxy.alerts.add(80908, url=url)
    participants = Client().proxy.v1.services(service.sid).sessions(markup("sid")).participants
    with pytest.raises(TwilioRestException):
        participants.create(identifier=markup("identifier"))
    for tab, *fields in (
        ("Story", "note", "body", "session", "friendly name"),
        ("Requests", "identifier"),
        ("Webhooks",),
        ("Alerts",),
        ("Due", "session"),
    ):
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("table", name=tab).wait_for(state="attached")
        for form in page.get_by_role("tabpanel").get_by_text("the form, signed").all():
            form.click()
        for field in fields:
            page.get_by_text(markup(field)).locator("visible=true").first.wait_for()
    page.get_by_role("heading", name=markup("service")).wait_for()
    page.get_by_label("The number of a person to add").fill(markup("person"))
    page.get_by_role("button", name="Add a person").click()
    page.get_by_role("alert").get_by_text(markup("person")).wait_for()
    page.get_by_label("Own step").fill(markup("step"))
    page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("alert").get_by_text("step").wait_for()
    assert page.locator("body img[src=x], body script").count() == 0
    proxy.alerts.forget()
