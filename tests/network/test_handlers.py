"""Webhook handlers of real frameworks: mounted as applications, as test clients, or behind a socket on loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import django
import flask
import httpx
import httpx2
import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import Client as DjangoClient
from django.urls import path
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.testclient import TestClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client as TwilioClient
from werkzeug.serving import make_server
from werkzeug.test import Client as WerkzeugClient

from fakeproxy import FakeProxy
from fakeproxy.exceptions import UnsupportedHandler
from tests.network.conftest import ANNE, BERT, POOL, SITE

SECRET = "the account's token"

#: What the handlers saw, whichever it was: whether the signature was good, and the form.
seen: list[tuple[bool, dict[str, str]]] = []


class BrokenConnection(Exception):
    """What a handler raises when it is told to."""


def handle(url: str, form: dict[str, str], signature: str) -> str:
    """The body that all handlers share: validate, call the API back, answer."""
    seen.append((RequestValidator(SECRET).validate(url, form, signature), form))
    if "broken" in form["interactionData"]:
        raise BrokenConnection("no such job")
    services = TwilioClient("AC" + "1" * 32, SECRET).proxy.v1.services(form["interactionServiceSid"])
    session = services.sessions(form["interactionSessionSid"]).fetch()
    return f"the session is {session.status}"


def flask_app() -> flask.Flask:
    app = flask.Flask("handler")

    @app.post("/status")
    def status() -> str:
        return handle(flask.request.url, flask.request.form.to_dict(), flask.request.headers["X-Twilio-Signature"])

    return app


def _view(request: HttpRequest) -> HttpResponse:
    url, form = request.build_absolute_uri(), request.POST.dict()
    return HttpResponse(handle(url, form, request.headers["X-Twilio-Signature"]))


urlpatterns = [path("status", _view)]


@pytest.fixture(scope="module", autouse=True)
def _django() -> None:
    if not settings.configured:
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x", USE_TZ=True)
        django.setup()


def fastapi_app() -> FastAPI:
    """Its handler is a coroutine, but the SDK that it calls is the synchronous one."""
    app = FastAPI()

    @app.post("/status", response_class=PlainTextResponse)
    async def status(request: Request) -> str:
        form = {name: str(value) for name, value in (await request.form()).items()}
        return handle(str(request.url), form, request.headers["X-Twilio-Signature"])

    return app


MOUNTS: dict[str, Callable[[], Any]] = {
    "flask": flask_app,
    "flask's client": lambda: flask_app().test_client(),
    "werkzeug's client": lambda: WerkzeugClient(flask_app()),
    "django's wsgi": WSGIHandler,
    "django's asgi": ASGIHandler,
    "django's client": DjangoClient,
    "fastapi": fastapi_app,
    "starlette's client": lambda: TestClient(fastapi_app()),
    "httpx": lambda: httpx.Client(transport=httpx.WSGITransport(flask_app())),
    "httpx, async": lambda: httpx.AsyncClient(transport=httpx.ASGITransport(fastapi_app())),
    "httpx2, async": lambda: httpx2.AsyncClient(transport=httpx2.ASGITransport(fastapi_app())),
}


@pytest.fixture
def world() -> Generator[SimpleNamespace]:
    seen.clear()
    with FakeProxy(account_sid="AC" + "1" * 32, auth_token=SECRET) as proxy:
        proxy.add_service(numbers=POOL, callback_url=SITE + "/status?tenant=7")
        proxy.add_session(participants=[ANNE, BERT])
        yield SimpleNamespace(proxy=proxy, anne=proxy.phone(ANNE))


@pytest.fixture(params=MOUNTS)
def mounted(request: pytest.FixtureRequest, world: SimpleNamespace) -> SimpleNamespace:
    world.proxy.webhooks.mount(SITE, MOUNTS[request.param]())
    return world


def test_it_validates_the_signature_and_calls_the_fake_back(mounted: SimpleNamespace) -> None:
    contact = mounted.anne.text(POOL[0], "grüß dich + bis & dann")
    assert [alert.why for alert in contact.alerts] == []
    ((valid, form),) = seen
    assert valid
    assert form["interactionData"] == '{"body":"grüß dich + bis & dann"}'
    (delivery,) = contact.callbacks
    assert (delivery.status, delivery.text) == (200, "the session is in-progress")


def test_it_does_so_inside_a_running_loop(mounted: SimpleNamespace) -> None:
    async def main() -> Any:
        return await mounted.anne.atext(POOL[0], "hi"), mounted.anne.text(POOL[0], "hi")

    for contact in asyncio.run(main()):
        assert [alert.why for alert in contact.alerts] == []
        assert contact.callbacks[0].text == "the session is in-progress"
    assert [valid for valid, _ in seen] == [True, True]


def test_an_exception_is_an_alert_that_names_it(mounted: SimpleNamespace) -> None:
    contact = mounted.anne.text(POOL[0], "broken")
    (alert,) = contact.alerts
    assert alert.code == 80908
    assert alert.why == "the handler raised BrokenConnection: no such job"


def _asked_otherwise(*args: int) -> None:
    """Stands for a method of a version that takes other arguments."""


def _answered_otherwise(*args: Any, **kwargs: Any) -> object:
    return object()


async def _answered_otherwise_async(*args: Any, **kwargs: Any) -> object:
    return object()


TEST_CLIENTS = {
    "flask's client": "open",
    "werkzeug's client": "open",
    "django's client": "generic",
    "starlette's client": "request",
    "httpx": "request",
    "httpx, async": "request",
    "httpx2, async": "request",
}


@pytest.mark.parametrize("client", TEST_CLIENTS)
@pytest.mark.parametrize("strict", [False, True])
def test_a_test_client_of_an_unknown_version_is_not_the_handlers_fault(
    world: SimpleNamespace, client: str, strict: bool
) -> None:
    world.proxy.webhooks.strict = strict
    answered = _answered_otherwise_async if "async" in client else _answered_otherwise
    for method in (_asked_otherwise, answered):
        mounted = MOUNTS[client]()
        vars(mounted)[TEST_CLIENTS[client]] = method
        world.proxy.webhooks.mount(SITE, mounted)
        with pytest.raises(UnsupportedHandler, match=r"The handler is not at fault\. Mount the application itself"):
            world.anne.text(POOL[0], "hi")
    assert len(world.proxy.alerts) == 0


def test_a_middleware_whose_call_is_its_instances_own_is_an_asgi_application(world: SimpleNamespace) -> None:
    class Middleware:
        __slots__ = ("__call__",)

        def __init__(self, app: Any) -> None:
            async def run(*args: Any) -> None:
                await app(*args)

            self.__call__ = run

    world.proxy.webhooks.mount(SITE, Middleware(fastapi_app()))
    contact = world.anne.text(POOL[0], "hi")
    assert [alert.why for alert in contact.alerts] == []


def test_strict_raises_it(mounted: SimpleNamespace) -> None:
    mounted.proxy.webhooks.strict = True
    with pytest.raises(BrokenConnection, match="no such job"):
        mounted.anne.text(POOL[0], "broken")


@pytest.mark.parametrize("name", ["flask", "flask's client", "django's wsgi", "django's client"])
def test_a_prefix_of_each(world: SimpleNamespace, name: str) -> None:
    proxy = world.proxy
    proxy.client().proxy.v1.services(next(iter(proxy.services))).update(callback_url=SITE + "/hooks/status")
    proxy.webhooks.mount(SITE + "/hooks", MOUNTS[name]())
    contact = world.anne.text(POOL[0], "hi")
    assert [alert.why for alert in contact.alerts] == []
    assert [valid for valid, _ in seen] == [True]


def test_a_prefix_of_an_asgi_application(world: SimpleNamespace) -> None:
    proxy = world.proxy
    proxy.client().proxy.v1.services(next(iter(proxy.services))).update(callback_url=SITE + "/hooks/status")
    proxy.webhooks.mount(SITE + "/hooks", fastapi_app())
    assert world.anne.text(POOL[0], "hi").callbacks[0].status == 200
    assert [valid for valid, _ in seen] == [True]


def test_the_loop_of_the_caller(world: SimpleNamespace) -> None:
    """`await phone.atext(...)` runs the handler in the test's own loop, and the async SDK lands in the fake there."""
    loops: list[Any] = []
    app = FastAPI()

    @app.post("/status")
    async def status(request: Request) -> str:
        loops.append(asyncio.get_running_loop())
        form = await request.form()
        await asyncio.sleep(0)
        services = world.proxy.async_client().proxy.v1.services(str(form["interactionServiceSid"]))
        session = await services.sessions(str(form["interactionSessionSid"])).fetch_async()
        return str(session.status)

    world.proxy.webhooks.mount(SITE, app)

    async def main() -> tuple[Any, Any]:
        contact = await world.anne.atext(POOL[0], "hi")
        await world.anne.acall(POOL[0])
        sid = contact.session_sid
        person = contact.session.participants[0]
        sessions = world.proxy.async_client().proxy.v1.services(person.service_sid).sessions(sid)
        await sessions.participants(person.sid).message_interactions.create_async(body="from the API")
        return asyncio.get_running_loop(), contact

    loop, contact = asyncio.run(main())
    assert contact.callbacks[0].text == '"in-progress"'
    assert len(loops) == 4
    assert set(loops) == {loop}


def test_a_streaming_answer(world: SimpleNamespace) -> None:
    app = FastAPI()

    async def chunks() -> AsyncIterator[str]:
        for chunk in ("one", "two"):
            await asyncio.sleep(0)
            yield chunk

    @app.post("/status")
    async def status() -> StreamingResponse:
        return StreamingResponse(chunks())

    world.proxy.webhooks.mount(SITE, app)
    assert world.anne.text(POOL[0], "hi").callbacks[0].text == "onetwo"


def test_a_handler_that_runs_in_a_thread_of_the_framework(world: SimpleNamespace) -> None:
    app = FastAPI()

    @app.post("/status")
    def status() -> str:
        return str(TwilioClient("AC" + "1" * 32, SECRET).proxy.v1.services.list()[0].unique_name)

    world.proxy.webhooks.mount(SITE, app)
    assert world.anne.text(POOL[0], "hi").callbacks[0].text == '"service-1"'


def test_a_test_client_that_ran_the_lifespan(world: SimpleNamespace) -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.ready = "ready"
        yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/status")
    async def status(request: Request) -> str:
        return str(request.app.state.ready)

    with TestClient(app) as client:
        world.proxy.webhooks.mount(SITE, client)
        assert world.anne.text(POOL[0], "hi").callbacks[0].text == '"ready"'


def test_an_asgi_function(world: SimpleNamespace) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["more_body"] is False
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
        assert (await receive())["type"] == "http.disconnect"

    world.proxy.webhooks.mount(SITE, app)
    assert world.anne.text(POOL[0], "hi").callbacks[0].status == 204


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_over_http_on_loopback(world: SimpleNamespace, host: str) -> None:
    server = make_server("127.0.0.1", 0, flask_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        url = f"http://{host}:{server.server_port}/status?tenant=7"
        services = world.proxy.client().proxy.v1.services
        services(next(iter(world.proxy.services))).update(callback_url=url)

        async def main() -> Any:
            return await world.anne.atext(POOL[0], "hi")

        contacts = [world.anne.text(POOL[0], "hi"), asyncio.run(main())]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert [contact.callbacks[0].text for contact in contacts] == ["the session is in-progress"] * 2
    assert [valid for valid, _ in seen] == [True, True]


def test_nobody_listens_on_loopback(world: SimpleNamespace) -> None:
    server = make_server("127.0.0.1", 0, flask_app())
    server.server_close()
    services = world.proxy.client().proxy.v1.services
    services(next(iter(world.proxy.services))).update(callback_url=f"http://127.0.0.1:{server.server_port}/status")
    contact = world.anne.text(POOL[0], "hi")
    assert "ConnectionRefusedError" in contact.alerts[0].why
