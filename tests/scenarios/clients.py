"""One way to ask, for each client that lands in the fake."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Coroutine
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urlencode

import aiohttp
import httpx
import httpx2
import requests
import urllib3
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient

import fakeproxy
from fakeproxy import FakeProxy
from fakeproxy.web import wsgi

BASE = "https://proxy.twilio.com"
ACCOUNT, TOKEN = "AC" + "1" * 32, "token"
BASIC = "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
FORM = "application/x-www-form-urlencoded"
HEADERS = {"Authorization": BASIC, "Content-Type": FORM}

Form = dict[str, str]


class Answer(NamedTuple):
    """What every client can say of an answer."""

    status: int
    text: str
    content_type: str | None


#: (fake, method, path with query, form) to the answer.
Ask = Callable[[FakeProxy, str, str, Form], Answer]


def _wsgi(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    answer = wsgi.call(proxy.wsgi_app, method, BASE + path, HEADERS, urlencode(form).encode())
    return Answer(answer.status, answer.body.decode(), dict(answer.headers).get("Content-Type"))


def _sdk(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    answer = TwilioHttpClient().request(method, BASE + path, data=form, auth=(ACCOUNT, TOKEN))
    return Answer(answer.status_code, answer.text, answer.headers.get("Content-Type"))


def _requests(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    with requests.Session() as session:
        answer = session.request(method, BASE + path, data=form, auth=(ACCOUNT, TOKEN))
    return Answer(answer.status_code, answer.text, answer.headers.get("Content-Type"))


#: To read the authorities that a client trusts takes a tenth of a second; these clients read them once.
_TRUST = ssl.create_default_context()
_pool = urllib3.PoolManager()


def _urllib3(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    answer = _pool.request(method, BASE + path, body=urlencode(form), headers=HEADERS)
    return Answer(answer.status, answer.data.decode(), answer.headers.get("Content-Type"))


def _http_client(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    connection = http.client.HTTPSConnection("proxy.twilio.com", context=_TRUST)
    connection.request(method, path, urlencode(form), HEADERS)
    answer = connection.getresponse()
    return Answer(answer.status, answer.read().decode(), answer.getheader("Content-Type"))


def _urllib(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    request = urllib.request.Request(BASE + path, urlencode(form).encode(), HEADERS, method=method)
    try:
        with urllib.request.urlopen(request, context=_TRUST) as answer:
            return Answer(answer.status, answer.read().decode(), answer.headers["Content-Type"])
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode(), error.headers["Content-Type"])


def _httpx(module: Any, **settings: Any) -> Ask:
    def ask(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
        with module.Client(verify=_TRUST, **settings) as client:
            return _of_httpx(client.request(method, BASE + path, data=form, auth=(ACCOUNT, TOKEN)))

    return ask


def _httpx_async(module: Any, **settings: Any) -> Ask:
    async def ask(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
        async with module.AsyncClient(verify=_TRUST, **settings) as client:
            return _of_httpx(await client.request(method, BASE + path, data=form, auth=(ACCOUNT, TOKEN)))

    return _in_a_loop(ask)


def _of_httpx(answer: Any) -> Answer:
    return Answer(answer.status_code, answer.text, answer.headers.get("Content-Type"))


def _in_a_loop(ask: Callable[..., Coroutine[Any, Any, Answer]]) -> Ask:
    return lambda *request: asyncio.run(ask(*request))


async def _sdk_async(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    async with AsyncTwilioHttpClient() as client:
        answer = await client.request(method, BASE + path, data=form, auth=(ACCOUNT, TOKEN))
    return Answer(answer.status_code, answer.text, answer.headers.get("Content-Type"))


async def _aiohttp(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    async with aiohttp.ClientSession() as session:
        body = BytesIO(urlencode(form).encode())  # as bytes, a large one would be warned of
        async with session.request(method, BASE + path, data=body, headers=HEADERS) as answer:
            return Answer(answer.status, await answer.text(), answer.headers.get("Content-Type"))


def _server(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    """All URLs in an answer carry the server's own host; equal after that substitution."""
    answer = requests.request(method, proxy.url + path, data=form, auth=(ACCOUNT, TOKEN), timeout=20)
    return Answer(answer.status_code, answer.text.replace(proxy.url, BASE), answer.headers.get("Content-Type"))


def _tunnel(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    tunnel = proxy.tunnel()
    way: dict[str, Any] = {"proxies": {"https": tunnel.url}, "verify": str(tunnel.bundle_file), "timeout": 10}
    answer = requests.request(method, BASE + path, data=form, auth=(ACCOUNT, TOKEN), **way)
    return Answer(answer.status_code, answer.text, answer.headers.get("Content-Type"))


def _remote(ask: Ask) -> Ask:
    """The client's requests land in a fake of another process (here: one that is reached as if it were)."""

    def ask_there(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
        with fakeproxy.connect(proxy.url):
            return ask(proxy, method, path, form)

    return ask_there


def _remote_client(proxy: FakeProxy, method: str, path: str, form: Form) -> Answer:
    answer = fakeproxy.connect(proxy.url).http_client.request(method, BASE + path, data=form, auth=(ACCOUNT, TOKEN))
    return Answer(answer.status_code, answer.text, answer.headers.get("Content-Type"))


#: Those that go over a socket; the fake intercepts nothing for them.
OVER_SOCKETS: dict[str, Ask] = {
    "server": _server,
    "tunnel": _tunnel,
    "remote": _remote(_sdk),
    "remote, sdk-async": _remote(_in_a_loop(_sdk_async)),
    "remote, requests": _remote(_requests),
    "remote, httpx-async": _remote(_httpx_async(httpx)),
    "remote, aiohttp": _remote(_in_a_loop(_aiohttp)),
    "remote, client of its own": _remote_client,
}

CLIENTS: dict[str, Ask] = {
    "wsgi": _wsgi,
    "sdk": _sdk,
    "sdk-async": _in_a_loop(_sdk_async),
    "requests": _requests,
    "urllib3": _urllib3,
    "http.client": _http_client,
    "urllib.request": _urllib,
    "httpx": _httpx(httpx),
    "httpx-http2": _httpx(httpx, http2=True),
    "httpx-async": _httpx_async(httpx),
    "httpx2": _httpx(httpx2),
    "httpx2-async": _httpx_async(httpx2),
    "aiohttp": _in_a_loop(_aiohttp),
    **OVER_SOCKETS,
}
