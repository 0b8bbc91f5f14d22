"""A web framework that refuses a webhook before the application sees it: the report says what is mostly the reason."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from fakeproxy import FakeProxy
from tests.network.conftest import ANNE, BERT, POOL, SITE, Recorder


def refused(app: object) -> str:
    """Return the reason of the alert that the status callback caused."""
    with FakeProxy(account_sid="AC" + "1" * 32, auth_token="real-one") as proxy:
        proxy.webhooks.mount(SITE, app)
        proxy.add_service(numbers=POOL, callback_url=SITE + "/hook")
        proxy.add_session(participants=[ANNE, BERT])
        return proxy.phone(ANNE).text(POOL[0], "hi").alerts[0].why


@pytest.mark.parametrize("status", [400, 403])
@pytest.mark.parametrize("page", ["<p>CSRF verification failed. Request aborted.</p>", "The CSRF token is missing."])
def test_a_token_against_forged_requests_is_wanted(status: int, page: str) -> None:
    site = Recorder()
    site.answers["/hook"] = Response(page, status)
    why = refused(site)
    assert why == (
        f"the handler answered {status} (its text speaks of CSRF, a token that no webhook has: exempt the view from "
        f"that check; in Django by @csrf_exempt)"
    )


def test_a_page_of_another_error_may_speak_of_it() -> None:
    site = Recorder()
    site.answers["/hook"] = Response("CSRF_COOKIE_NAME = 'csrftoken'", 500)
    assert refused(site) == "the handler answered 500"


def test_the_route_has_a_slash_at_its_end() -> None:
    app = Flask("slash")
    app.add_url_rule("/hook/", view_func=lambda: "", methods=["POST"])
    assert refused(app) == (
        "the handler answered 308 (308 mostly means that of the URL and the application's route only one ends "
        "with a slash, or that https is wanted)"
    )


def test_a_login_is_wanted() -> None:
    site = Recorder()
    site.answers["/hook"] = Response(status=302, headers={"Location": "/login"})
    assert refused(site) == "the handler answered 302 (302 mostly means that the application wants a login)"
