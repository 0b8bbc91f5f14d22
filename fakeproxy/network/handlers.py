"""Handlers of webhooks: WSGI and ASGI applications, and test clients of frameworks, called in this process."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

from fakeproxy.exceptions import AnswerTooLong, UnsupportedHandler, UsageError
from fakeproxy.web import wsgi
from fakeproxy.web.wsgi import Answer

if TYPE_CHECKING:
    import httpx
    import requests
    from werkzeug.test import Client as WerkzeugClient
    from werkzeug.test import TestResponse

T = TypeVar("T")

#: The longest answer that is read, in bytes. Twilio's limit for TwiML is lower.
LONGEST_ANSWER = 1 << 20


class Request(NamedTuple):
    """A request to a handler. `prefix` is the path below which the handler is mounted."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    prefix: str = ""


class Handler(NamedTuple):
    """A way to call a handler: `send` in the caller's thread, `send_async` in the caller's event loop."""

    send: Callable[[Request], Answer]
    send_async: Callable[[Request], Awaitable[Answer]]


def handler_for(app: object) -> Handler:
    """Return the way to call an application or a test client. Raises `UsageError` for anything else."""
    if isinstance(app, Handler):
        return app
    owners = {(owner.__module__, owner.__name__) for owner in type(app).__mro__}
    for client in _CLIENTS:
        if (client.module, client.name) in owners:
            return _of_test_client(client, app)
    # The __call__ of an instance may be the coroutine function, as in some ASGI middlewares.
    if iscoroutinefunction(app) or (callable(app) and iscoroutinefunction(app.__call__)):
        return _asynchronous(lambda request: _asgi(app, request))
    if callable(app):
        return _synchronous(lambda request: wsgi.call(app, *request, longest=LONGEST_ANSWER))
    raise UsageError(
        f"{app!r} is no webhook handler; give a WSGI or ASGI application, or a test client of Flask, Werkzeug, "
        f"Django, Starlette or httpx"
    )


def _synchronous(send: Callable[[Request], Answer]) -> Handler:
    async def send_async(request: Request) -> Answer:
        return send(request)

    return Handler(send, send_async)


def _asynchronous(send_async: Callable[[Request], Awaitable[Answer]]) -> Handler:
    return Handler(lambda request: _run(send_async, request), send_async)


def _run(function: Callable[[Request], Awaitable[T]], request: Request) -> T:
    """Run a coroutine function in a new event loop: in this thread, or, if a loop runs here already, in another."""
    # Here for start-up time: they take 10 ms.
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    async def main() -> T:
        return await function(request)

    def run() -> T:
        loop = asyncio.new_event_loop()
        try:
            result = loop.run_until_complete(main())
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
            return result
        finally:
            loop.close()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, run).result()


async def _asgi(app: Any, request: Request) -> Answer:
    import asyncio  # Here for start-up time.

    parts = urlsplit(request.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path) or "/",
        "raw_path": (parts.path or "/").encode(),
        "query_string": parts.query.encode(),
        "root_path": request.prefix,
        "headers": [(b"host", parts.netloc.encode())]
        + [(name.lower().encode(), value.encode()) for name, value in request.headers.items()]
        + [(b"content-length", str(len(request.body)).encode())],
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname, port),
    }
    bodies = [request.body]
    answered = asyncio.Event()
    status, headers = 500, []
    chunks: list[bytes] = []
    add = wsgi.collector(chunks, LONGEST_ANSWER)
    too_long: AnswerTooLong | None = None

    async def receive() -> dict[str, object]:
        if bodies:
            return {"type": "http.request", "body": bodies.pop(), "more_body": False}
        await answered.wait()  # The client is connected until it has its answer.
        return {"type": "http.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        nonlocal status, headers, too_long
        if event["type"] == "http.response.start":
            status = event["status"]
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.get("headers", ())]
        elif event["type"] == "http.response.body":
            try:
                add(bytes(event.get("body", b"")))
            except AnswerTooLong as error:
                too_long = error
                answered.set()
                raise OSError("the client has gone") from error  # As ASGI asks for when a client has disconnected.
            if not event.get("more_body"):
                answered.set()

    try:
        await app(scope, receive, send)
    except Exception as error:
        if too_long is None:
            raise
        raise too_long from error
    if too_long is not None:
        raise too_long
    return Answer(status, headers, b"".join(chunks))


# --- test clients ---------------------------------------------------------------------------------------------


class _TestClient(NamedTuple):
    """A class of test clients, with functions that send a request and read the response."""

    module: str
    name: str
    ask: Callable[[Any, Request], Any]
    read: Callable[[Any], Answer]
    is_async: bool = False


def _of_test_client(kind: _TestClient, client: object) -> Handler:
    def send(request: Request) -> Answer:
        with _at_fault(client):
            return kind.read(kind.ask(client, request))

    async def send_async(request: Request) -> Answer:
        with _at_fault(client):
            return kind.read(await kind.ask(client, request))

    return _asynchronous(send_async) if kind.is_async else _synchronous(send)


@contextmanager
def _at_fault(client: object) -> Iterator[None]:
    """Raise `UnsupportedHandler` for an error that this module raises itself: the handler is not at fault."""
    try:
        yield
    except Exception as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None or trace.tb_frame.f_globals.get("__name__") != __name__:
            raise
        name = f"{type(client).__module__}.{type(client).__qualname__}"
        raise UnsupportedHandler(
            f"fakeproxy does not know how to use this version of {name}: {type(error).__name__}: {error}. The handler "
            f"is not at fault. Mount the application itself instead of its test client, and please report the version"
        ) from error


def _joined(chunks: Iterable[bytes]) -> bytes:
    joined: list[bytes] = []
    add = wsgi.collector(joined, LONGEST_ANSWER)
    for chunk in chunks:
        add(chunk)
    return b"".join(joined)


def _ask_werkzeug(client: WerkzeugClient, request: Request) -> object:
    parts = urlsplit(request.url)
    return client.open(
        parts.path.removeprefix(request.prefix) or "/",
        method=request.method,
        base_url=f"{parts.scheme}://{parts.netloc}{request.prefix}",
        query_string=parts.query,
        headers=list(request.headers.items()),
        data=request.body,
    )


def _read_werkzeug(response: TestResponse) -> Answer:
    return Answer(response.status_code, list(response.headers.items()), _joined(response.iter_encoded()))


def _ask_django(client: Any, request: Request) -> object:
    parts = urlsplit(request.url)
    extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    content_type = extra.pop("HTTP_CONTENT_TYPE")
    return client.generic(
        request.method,
        parts.path.removeprefix(request.prefix) or "/",
        request.body,
        content_type,
        secure=parts.scheme == "https",
        HTTP_HOST=parts.netloc,
        SCRIPT_NAME=request.prefix,
        QUERY_STRING=parts.query,
        **extra,
    )


def _read_django(response: Any) -> Answer:
    # Django has `response.headers` since 3.2.
    return Answer(response.status_code, list(response.items()), _joined(response))


def _ask_httpx(client: httpx.Client | httpx.AsyncClient, request: Request) -> object:
    return client.request(*request[:2], content=request.body, headers=request.headers)


def _read_httpx(response: httpx.Response) -> Answer:
    return Answer(response.status_code, response.headers.multi_items(), response.content)


def _ask_requests(client: requests.Session, request: Request) -> object:
    return client.request(*request[:2], data=request.body, headers=request.headers)


def _read_requests(response: requests.Response) -> Answer:
    return Answer(response.status_code, list(response.headers.items()), response.content)


_CLIENTS = (
    _TestClient("werkzeug.test", "Client", _ask_werkzeug, _read_werkzeug),
    _TestClient("django.test.client", "Client", _ask_django, _read_django),
    _TestClient("httpx", "Client", _ask_httpx, _read_httpx),
    _TestClient("httpx", "AsyncClient", _ask_httpx, _read_httpx, is_async=True),
    # Starlette's test client is a client of httpx2 if that is installed, else of httpx; before 0.21, of requests.
    _TestClient("httpx2", "Client", _ask_httpx, _read_httpx),
    _TestClient("httpx2", "AsyncClient", _ask_httpx, _read_httpx, is_async=True),
    _TestClient("starlette.testclient", "TestClient", _ask_requests, _read_requests),
)


# --- exceptions that frameworks catch ---------------------------------------------------------------------------


#: The exceptions of the present delivery. Frameworks copy the context into the threads in which they run handlers.
_collecting: ContextVar[list[BaseException] | None] = ContextVar("collecting", default=None)


@contextmanager
def exceptions_of_frameworks() -> Iterator[list[BaseException]]:
    """Collect the exceptions that Flask and Django catch in this context and turn into a 500."""
    caught: list[BaseException] = []

    def note(*args: object, exception: BaseException | None = None, **named: object) -> None:
        error = exception or sys.exc_info()[1]
        if error is not None and _collecting.get() is caught:
            caught.append(error)

    flask, django = sys.modules.get("flask.signals"), sys.modules.get("django.core.signals")
    signals = [module.got_request_exception for module in (flask, django) if module]
    for signal in signals:
        signal.connect(note)
    token = _collecting.set(caught)
    try:
        yield caught
    finally:
        _collecting.reset(token)
        for signal in signals:
            signal.disconnect(note)


def report_exception(error: BaseException) -> None:
    """Add an exception that became an answer to those of the present delivery."""
    caught = _collecting.get()
    if caught is not None:
        caught.append(error)
