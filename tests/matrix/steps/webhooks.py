"""The application's webhook handlers: plain WSGI and ASGI, and the test clients of the frameworks."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

from twilio.request_validator import RequestValidator

from fakeproxy import FakeProxy
from tests.matrix.steps import step
from tests.matrix.steps.sdk import ANNE, BERT, POOL, START

TOKEN = "the account's token"
SITE = "https://app.example.com"
PATH = "/hooks/status"


class Handler:
    """What every handler below does: it notes the form, and answers whether the signature is good."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []

    def __call__(self, url: str, form: dict[str, str], signature: str) -> str:
        self.forms.append(form)
        if "broken" in form.get("interactionData", ""):
            raise ZeroDivisionError("a bug of the handler's")
        return "good" if RequestValidator(TOKEN).validate(url, form, signature) else "bad"


def _check(mounted: Any, handler: Handler) -> None:
    """Text through a Service whose callback URL is the mounted handler's; also where that one raises."""
    with FakeProxy(start=START, account_sid="AC" + "1" * 32, auth_token=TOKEN) as proxy:
        proxy.webhooks.mount(SITE, mounted)
        service = proxy.add_service("rides", numbers=POOL, callback_url=SITE + PATH)
        session = proxy.add_session(service.sid, participants=[ANNE, BERT])
        number = next(one for one in session.participants if one.identifier == ANNE).proxy_identifier
        proxy.phone(ANNE).text(number, "hello ä")
        delivery = proxy.webhooks.deliveries[-1]
        assert (delivery.status, delivery.text, delivery.error) == (200, "good", None), delivery
        assert "hello ä" in handler.forms[-1]["interactionData"]
        proxy.phone(ANNE).text(number, "broken")
        delivery = proxy.webhooks.deliveries[-1]
        assert isinstance(delivery.error, ZeroDivisionError), delivery


def wsgi_app(handler: Handler) -> Any:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['PATH_INFO']}"
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        text = handler(url, form, environ["HTTP_X_TWILIO_SIGNATURE"]).encode()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [text]

    return app


@step()
def a_wsgi_application() -> None:
    handler = Handler()
    _check(wsgi_app(handler), handler)


@step()
def the_test_client_of_werkzeug() -> None:
    from werkzeug.test import Client

    handler = Handler()
    _check(Client(wsgi_app(handler)), handler)


@step("flask")
def flask_and_its_test_client() -> None:
    import flask

    handler = Handler()
    app = flask.Flask("handler")

    @app.route(PATH, methods=["POST"])
    def status() -> str:
        request = flask.request
        return handler(request.url, request.form.to_dict(), request.headers["X-Twilio-Signature"])

    _check(app, handler)
    _check(app.test_client(), handler)


@step("django")
def django_and_its_test_client() -> None:
    import django
    from django.conf import settings
    from django.http import HttpResponse
    from django.test import Client

    handler = Handler()

    def status(request: Any) -> Any:
        signature = request.META["HTTP_X_TWILIO_SIGNATURE"]
        return HttpResponse(handler(request.build_absolute_uri(), request.POST.dict(), signature))

    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=type("urls", (), {"urlpatterns": _django_urls(status)}),
        SECRET_KEY="x",
    )
    django.setup()
    from django.core.wsgi import get_wsgi_application

    _check(get_wsgi_application(), handler)
    _check(Client(), handler)
    _check(Client(raise_request_exception=False) if django.VERSION >= (3, 0) else Client(), handler)


def _django_urls(view: Any) -> list[Any]:
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    return [path(PATH[1:], csrf_exempt(view))]


@step("starlette")
def starlette_and_its_test_client() -> None:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    handler = Handler()

    async def status(request: Request) -> PlainTextResponse:
        body = (await request.body()).decode()
        form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        return PlainTextResponse(handler(str(request.url), form, request.headers["X-Twilio-Signature"]))

    app = Starlette(routes=[Route(PATH, status, methods=["POST"])])
    _check(app, handler)
    _check(TestClient(app), handler)


@step("httpx")
def the_client_of_httpx_with_an_application() -> None:
    import httpx

    handler = Handler()
    transport = httpx.WSGITransport(app=wsgi_app(handler))
    with httpx.Client(transport=transport) as client:
        _check(client, handler)


@step("twilio.http.async_http_client")
def callbacks_of_asynchronous_requests() -> None:
    handler = Handler()

    async def main() -> None:
        with FakeProxy(start=START, account_sid="AC" + "1" * 32, auth_token=TOKEN) as proxy:
            proxy.webhooks.mount(SITE, wsgi_app(handler))
            service = proxy.add_service("rides", numbers=POOL, callback_url=SITE + PATH)
            session = proxy.add_session(service.sid, participants=[ANNE, BERT])
            await (
                proxy.async_client().proxy.v1.services(service.sid).sessions(session.sid).update_async(status="closed")
            )
            assert len(proxy.webhooks.deliveries) == len(handler.forms)

    asyncio.run(main())
