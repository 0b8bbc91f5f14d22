"""Faults: through every client what it would meet for real, a server that fails in that way being the measure."""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
import struct
import threading
import urllib.request
from collections.abc import Callable, Coroutine, Generator
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import pytest_socket
import requests
import trustme
import urllib3
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

import fakeproxy
from fakeproxy import FakeProxy, UsageError
from fakeproxy.api.faults import Failure
from fakeproxy.exceptions import UnusedFault
from fakeproxy.transports.failures import RAISED
from fakeproxy.types import Where
from tests.quick import slow_but

URL = "https://proxy.twilio.com/v1/Services"


@pytest.fixture
def proxy() -> Generator[FakeProxy]:
    pytest_socket.disable_socket(allow_unix_socket=True)
    with FakeProxy(start="2030-01-01T09:00:00Z") as fake:
        yield fake
    pytest_socket.enable_socket()


# A server that fails


class FailingServer:
    """Reads each request, encrypted if `context` is given, and then fails in the way that it is told."""

    def __init__(self, failure: str, context: ssl.SSLContext | None = None) -> None:
        self.failure = failure
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1/Services"
        self.held: list[socket.socket] = []
        if failure == "refused":
            self.listener.close()
            return
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            connection.recv(65536)
            if self.failure == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            elif self.failure == "truncated":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
                connection.close()
            else:
                self.held.append(connection)

    def close(self) -> None:
        if self.failure != "refused":
            self.listener.shutdown(socket.SHUT_RDWR)  # which ends the wait for the next connection
            self.thread.join()
        self.listener.close()
        for connection in self.held:
            connection.close()


# The clients. Where a failure is no timeout, theirs is long: the machine may be slow.

SECONDS = {"timeout": 0.2, "refused": 20, "reset": 20, "truncated": 20}


def _http_client(url: str, seconds: float) -> None:
    scheme, _, host, *path = url.split("/")
    connect = http.client.HTTPSConnection if scheme == "https:" else http.client.HTTPConnection
    connection = connect(host, timeout=seconds)
    try:
        connection.request("GET", "/" + "/".join(path))
        connection.getresponse().read()
    finally:
        connection.close()


async def _httpx_async(url: str, seconds: float) -> None:
    async with httpx.AsyncClient(timeout=seconds) as client:
        await client.get(url)


async def _aiohttp(url: str, seconds: float) -> None:
    timeout = aiohttp.ClientTimeout(sock_read=seconds)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
        await answer.read()


async def _sdk_async(url: str, seconds: float) -> None:
    async with AsyncTwilioHttpClient() as client:
        await client.request("GET", url, timeout=seconds)


#: (URL, seconds of the timeout).
Ask = Callable[[str, float], Any]


def in_a_loop(ask: Callable[[str, float], Coroutine[Any, Any, None]]) -> Ask:
    return lambda url, seconds: asyncio.run(ask(url, seconds))


CLIENTS: dict[str, Ask] = {
    "sdk": lambda url, seconds: TwilioHttpClient(timeout=seconds).request("GET", url),
    "sdk-async": in_a_loop(_sdk_async),
    "requests": lambda url, seconds: requests.get(url, timeout=seconds),
    "urllib3": lambda url, seconds: urllib3.PoolManager().request("GET", url, timeout=seconds, retries=False),
    "urllib3, retrying": lambda url, seconds: urllib3.PoolManager().request("GET", url, timeout=seconds, retries=1),
    "http.client": _http_client,
    "urllib.request": lambda url, seconds: urllib.request.build_opener().open(url, timeout=seconds).read(),
    "httpx": lambda url, seconds: httpx.get(url, timeout=seconds),
    "httpx-async": in_a_loop(_httpx_async),
    "aiohttp": in_a_loop(_aiohttp),
}


TIMEOUTS: dict[str, type[Exception]] = {
    "sdk": requests.ReadTimeout,
    "sdk-async": asyncio.TimeoutError,
    "requests": requests.ReadTimeout,
    "urllib3": urllib3.exceptions.ReadTimeoutError,
    "urllib3, retrying": urllib3.exceptions.MaxRetryError,
    "http.client": TimeoutError,
    "urllib.request": TimeoutError,
    "httpx": httpx.ReadTimeout,
    "httpx-async": httpx.ReadTimeout,
    "aiohttp": aiohttp.ServerTimeoutError,
}


def raised(ask: Ask, url: str, failure: str) -> type[BaseException]:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        ask(url, SECONDS[failure])
    return caught.type


#: The quick suite asks the two that most applications use.
clients = pytest.mark.parametrize("client", slow_but(CLIENTS, "sdk", "httpx-async"))

ORDERS = {
    "refused": "connection_refused",
    "reset": "connection_reset",
    "timeout": "read_timeout",
    "truncated": "truncated",
}


@cache
def expected(client: str, failure: str) -> type[BaseException]:
    """What the client raises where a server fails in that way."""
    server = FailingServer(failure)
    try:
        return raised(CLIENTS[client], server.url, failure)
    finally:
        server.close()


@pytest.mark.parametrize("failure", ORDERS)
@clients
def test_every_client_raises_what_it_would(client: str, failure: str) -> None:
    would = expected(client, failure)
    pytest_socket.disable_socket(allow_unix_socket=True)
    try:
        with FakeProxy() as proxy:
            getattr(proxy.faults, ORDERS[failure])(times=None)
            # AsyncTwilioHttpClient's timeout is one of the whole call, which strikes with the class of its base.
            assert issubclass(raised(CLIENTS[client], URL, failure), would)
    finally:
        pytest_socket.enable_socket()


@pytest.mark.parametrize("failure", slow_but(ORDERS, "refused", "reset", "truncated"))
@pytest.mark.parametrize("client", RAISED)
def test_the_table_says_what_each_client_raises(client: str, failure: Failure) -> None:
    assert expected(client, failure).__name__ in RAISED[client][failure]


@pytest.mark.parametrize("failure", slow_but(ORDERS, "refused", "reset", "truncated"))
@clients
def test_through_a_fake_of_another_process_too(client: str, failure: str) -> None:
    with FakeProxy(intercept=False) as proxy, fakeproxy.connect(proxy.url) as remote:
        getattr(remote.faults, ORDERS[failure])(times=None)
        assert issubclass(raised(CLIENTS[client], URL, failure), expected(client, failure))


@pytest.mark.parametrize("failure", slow_but(ORDERS, "refused", "reset", "truncated"))
@clients
def test_over_the_server_too(client: str, failure: str) -> None:
    """But a connection that is open cannot be refused any more: there that is a reset."""
    would = expected(client, "reset" if failure == "refused" else failure)
    with FakeProxy(intercept=False) as proxy:
        getattr(proxy.faults, ORDERS[failure])(times=None)
        assert issubclass(raised(CLIENTS[client], f"{proxy.url}/v1/Services", failure), would)


def _encrypted(client: str, url: str, seconds: float, authorities: str, proxy: str | None = None) -> Any:
    if client == "requests":
        return requests.get(url, timeout=seconds, verify=authorities, proxies={"https": proxy} if proxy else None)
    return httpx.get(url, timeout=seconds, verify=ssl.create_default_context(cafile=authorities), proxy=proxy)


@pytest.mark.parametrize("failure", slow_but(["reset", "timeout", "truncated"], "reset"))
@pytest.mark.parametrize("client", ["requests", "httpx"])
def test_through_the_tunnel_too(client: str, failure: str, tmp_path: Path) -> None:
    """What a client makes of a reset under TLS is not what it makes of one without."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = FailingServer(failure, context)
    try:
        url = server.url.replace("http://127.0.0.1", "https://localhost")
        would = raised(
            lambda url, seconds: _encrypted(client, url, seconds, str(tmp_path / "authority.pem")), url, failure
        )
    finally:
        server.close()
    with FakeProxy(intercept=False) as proxy:
        getattr(proxy.faults, ORDERS[failure])(times=None)
        tunnel = proxy.tunnel()
        ask = lambda url, seconds: _encrypted(client, url, seconds, str(tunnel.bundle_file), tunnel.url)  # noqa: E731
        assert issubclass(raised(ask, URL, failure), would)


@pytest.mark.parametrize("failure", ORDERS)
@pytest.mark.parametrize("client", slow_but(["sdk", "sdk-async"], "sdk"))
def test_clients_of_a_fakes_own_too(client: str, failure: str) -> None:
    with FakeProxy(intercept=False) as proxy:
        getattr(proxy.faults, ORDERS[failure])(times=None)
        ask = {
            "sdk": lambda url, seconds: proxy.http_client.request("GET", url),
            "sdk-async": lambda url, seconds: asyncio.run(proxy.async_http_client.request("GET", url)),
        }[client]
        assert issubclass(raised(ask, URL, failure), expected(client, failure))


# What is answered


def test_an_error_of_twilio(proxy: FakeProxy) -> None:
    proxy.faults.answer(400, 80613, "Your request was rejected: no", operation="CreateService")
    with pytest.raises(TwilioRestException) as caught:
        Client().proxy.v1.services.create("rides")
    assert (caught.value.status, caught.value.code) == (400, 80613)
    assert "Your request was rejected: no" in caught.value.msg
    assert len(proxy.services) == 0
    assert proxy.journal[-1].why == ("fault 400 / 80613 for operation CreateService",)
    Client().proxy.v1.services.create("rides")


@pytest.mark.parametrize(
    ("order", "status", "code"),
    [("too_many_requests", 429, 20429), ("unauthorized", 401, 20003), ("server_error", 500, 20500)],
)
def test_ready_made_ones(proxy: FakeProxy, order: str, status: int, code: int) -> None:
    getattr(proxy.faults, order)()
    answer = requests.get(URL, auth=("AC1", "x"))
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (status, code, status)
    assert answer.headers.get("Retry-After") == ("1" if status == 429 else None)


def test_an_answer_that_is_no_json(proxy: FakeProxy) -> None:
    proxy.faults.answer(502, text="<html>Bad Gateway</html>")
    answer = requests.get(URL, auth=("AC1", "x"))
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (
        502,
        "<html>Bad Gateway</html>",
        "text/html",
    )


def test_the_clients_own_retries_get_over_it(proxy: FakeProxy) -> None:
    proxy.faults.too_many_requests(retry_after=0, times=2)
    with requests.Session() as session:
        retries = urllib3.Retry(3, status_forcelist=[429], allowed_methods=None)
        session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retries))
        assert session.post(URL, data={"UniqueName": "rides"}, auth=("AC1", "x")).status_code == 201
    assert [entry.status for entry in proxy.journal] == [429, 429, 201]


def test_the_sdks_own_retries_get_over_it(proxy: FakeProxy) -> None:
    proxy.faults.connection_refused(times=2)
    client = Client("AC1", "x", http_client=TwilioHttpClient(max_retries=3))
    assert client.proxy.v1.services.list() == []


def test_the_own_retries_of_transports_of_httpx_get_over_it(proxy: FakeProxy) -> None:
    """They try again to connect, and nothing else."""

    async def ask() -> int:
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=2)) as client:
            return (await client.get(URL, auth=("AC1", "x"))).status_code

    with httpx.Client(transport=httpx.HTTPTransport(retries=2), auth=("AC1", "x")) as client:
        proxy.faults.connection_refused(times=2)
        assert client.get(URL).status_code == 200
        proxy.faults.connection_refused(times=2)
        assert asyncio.run(ask()) == 200
        proxy.faults.connection_refused(times=3)
        with pytest.raises(httpx.ConnectError):
            client.get(URL)
        proxy.faults.connection_reset()
        with pytest.raises(httpx.ReadError):
            client.get(URL)


# Where and when


def test_by_operation_method_path_and_number(proxy: FakeProxy) -> None:
    service = proxy.add_service("rides", numbers=["+14155550001"])
    session = proxy.add_session(service)
    participants = proxy.client().proxy.v1.services(service.sid).sessions(session.sid).participants
    wheres: tuple[Where, ...] = (
        {"operation": "CreateParticipant"},
        {"method": "POST"},
        {"path": "/v1/Services/*/Participants", "method": "POST"},
        {"number": "+14155550100"},
        {"method": "post", "path": f"/v1/Services/{service.sid}/*", "number": "+14155550100"},
    )
    for where in wheres:
        fault = proxy.faults.server_error(**where)
        participants.list()
        assert fault.used == 0
        with pytest.raises(TwilioRestException, match="Internal Server Error"):
            participants.create("+14155550100")
        assert fault.used == 1
    proxy.faults.server_error(number="+141555501", optional=True)  # which is another number
    assert participants.create("+14155550100").identifier == "+14155550100"


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ({"operation": "CreateSesion"}, "there is no operation 'CreateSesion'; did you mean 'CreateSession'?"),
        ({"operation": "?"}, "there is no operation '?'; there are ListService, .*, UpdateCall, .*CreateToken"),
        ({"path": "/Services/*"}, "path='/Services/\\*' fits no request; paths begin with /v1, "),
    ],
)
def test_an_order_that_fits_no_request_is_refused(proxy: FakeProxy, where: Where, text: str) -> None:
    with pytest.raises(UsageError, match=text.replace("?", "[?]")):
        proxy.faults.server_error(**where)


def test_after_the_change(proxy: FakeProxy) -> None:
    """The answer is lost, the session is there: what a client that retries makes two of."""
    proxy.faults.connection_reset(operation="CreateService", after=True)
    with pytest.raises(requests.ConnectionError):
        Client().proxy.v1.services.create("rides")
    assert "rides" in [service.unique_name for service in proxy.services.values()]
    with pytest.raises(TwilioRestException, match="Service UniqueName must be unique"):
        Client().proxy.v1.services.create("rides")


def test_until_it_is_removed(proxy: FakeProxy) -> None:
    with proxy.faults.server_error(503, times=None):
        for _ in range(3):
            assert requests.get(URL, auth=("AC1", "x")).status_code == 503
    assert requests.get(URL, auth=("AC1", "x")).status_code == 200
    fault = proxy.faults.server_error(times=None, optional=True)
    fault.remove()
    assert requests.get(URL, auth=("AC1", "x")).status_code == 200


def test_slow_in_the_time_of_the_fake(proxy: FakeProxy) -> None:
    before = proxy.clock.now()
    proxy.faults.slow(90)
    assert requests.get(URL, auth=("AC1", "x")).status_code == 200
    assert (proxy.clock.now() - before).seconds == 90
    proxy.faults.slow(0.01, real=True)
    assert requests.get(URL, auth=("AC1", "x")).status_code == 200
    assert (proxy.clock.now() - before).seconds == 90


@pytest.mark.parametrize("client", CLIENTS)
def test_slower_than_a_client_waits(proxy: FakeProxy, client: str) -> None:
    """The clients here wait 0.2 seconds; what they asked for is done, and they do not hear of it."""
    proxy.faults.slow(90, times=None)
    before = proxy.clock.now()
    assert issubclass(raised(CLIENTS[client], URL, "timeout"), TIMEOUTS[client])
    assert (proxy.clock.now() - before).seconds >= 90
    assert proxy.journal[-1].operation == "ListService"


def test_the_shorter_timeout_of_aiohttp_strikes(proxy: FakeProxy) -> None:
    async def ask() -> None:
        timeout = aiohttp.ClientTimeout(total=5, sock_read=60)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(URL):
            pass

    proxy.faults.slow(10)
    with pytest.raises(aiohttp.ServerTimeoutError):
        asyncio.run(ask())


@pytest.mark.parametrize("ask", [_aiohttp, _httpx_async, _sdk_async])
def test_a_loop_goes_on_while_an_answer_takes_its_time(ask: Callable[[str, float], Coroutine[Any, Any, None]]) -> None:
    """Meanwhile a text arrives, whose callback waits for the loop. The clients have given up by then."""
    looped = threading.Event()

    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        assert looped.wait(30)
        start_response("204 No Content", [])
        return []

    async def test(proxy: FakeProxy) -> None:
        asking = asyncio.create_task(ask(URL, SECONDS["timeout"]))
        while not proxy.faults.orders[0].used:
            await asyncio.sleep(0)
        looped.set()
        await asyncio.wait([asking])
        assert asking.exception()

    with FakeProxy(behavior={"message_seconds": 3}) as proxy:
        service = proxy.add_service("rides", numbers=["+14155550001"])
        proxy.add_session("rides", participants=["+14155550100", "+14155550101"])
        text = proxy.phone("+14155550100").text("+14155550001", "I am outside")
        proxy.webhooks.mount("https://api.example.com", application)
        Client().proxy.v1.services(service.sid).update(callback_url="https://api.example.com/told")
        proxy.faults.slow(10)
        asyncio.run(test(proxy))
        assert text.status == "delivered"
        assert {delivery.status for delivery in proxy.webhooks.deliveries} == {204}


def test_one_that_met_nothing_fails_the_test() -> None:
    proxy = FakeProxy().start()
    proxy.faults.server_error(operation="DeleteSession")
    proxy.faults.server_error(operation="DeleteService", optional=True)
    proxy.stop()
    with pytest.raises(UnusedFault, match="1 faults met no request") as caught:
        proxy.check()
    assert "fault 500 / 20500 for operation DeleteSession" in str(caught.value)
    proxy.check()


def test_one_that_goes_on_outlives_a_check(proxy: FakeProxy) -> None:
    """A fake that tests share is checked after each of them."""
    proxy.faults.server_error(times=None)
    assert requests.get(URL, auth=("AC1", "x")).status_code == 500
    proxy.check()
    assert requests.get(URL, auth=("AC1", "x")).status_code == 500
    proxy.faults.clear()


def test_what_a_fault_does_not_take(proxy: FakeProxy) -> None:
    with pytest.raises(UsageError, match="a fault takes no phone; it takes after, method"):
        proxy.faults.server_error(phone="+14155550100")  # type: ignore[call-arg]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of aiohttp's, which the SDK brings about on that way
def test_the_async_sdks_own_retries_get_over_it(proxy: FakeProxy) -> None:
    proxy.faults.server_error(times=1)

    async def main() -> int:
        async with AsyncTwilioHttpClient(max_retries=2) as client:
            answer = await client.request("GET", URL, auth=("AC1", "x"))
            return int(answer.status_code)

    assert asyncio.run(main()) == 200
    assert [entry.status for entry in proxy.journal] == [500, 200]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e12])
def test_an_answer_takes_a_time_that_passes_on_the_clock(proxy: FakeProxy, seconds: float) -> None:
    with pytest.raises(UsageError, match="seconds"):
        proxy.faults.slow(seconds)
    assert proxy.faults.orders == []


@pytest.mark.parametrize("status", [-5, 0, 7, 100, 101, 1000])
def test_an_answer_has_a_status_that_can_be_sent(proxy: FakeProxy, status: int) -> None:
    with pytest.raises(UsageError, match="status"):
        proxy.faults.answer(status)
