"""A small WSGI app in the fake's place, and no network for any test here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
import pytest_socket

from fakeproxy.exceptions import BlockedRequest
from fakeproxy.transports import interception
from fakeproxy.transports.targets import Target


@dataclass
class Seen:
    method: str
    path: str
    query: str
    uri: str
    host: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass
class Fake:
    """A WSGI app that notes each request and gives the answer that the test has set."""

    status: str = "200 OK"
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("Content-Type", "application/json")])
    body: bytes = b'{"sid": "KC00000000000000000000000000000001", "ttl": 60}'
    error: BaseException | None = None
    requests: list[Seen] = field(default_factory=list)
    blocked: list[BlockedRequest] = field(default_factory=list)
    allow_hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.target = Target(self.app, self.allow_hosts, self.blocked.append)

    def app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        headers = {key[5:]: value for key, value in environ.items() if key.startswith("HTTP_")}
        headers["CONTENT_TYPE"] = environ.get("CONTENT_TYPE", "")
        self.requests.append(
            Seen(
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"].encode("latin-1").decode(errors="replace"),  # a test may send what is no UTF-8
                environ["QUERY_STRING"],
                environ["REQUEST_URI"],
                environ["HTTP_HOST"],
                headers,
                environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])),
            )
        )
        if self.error:
            raise self.error
        start_response(self.status, self.headers)
        return [self.body]

    def answers(self, status: str, body: Any = b"", content_type: str = "application/json") -> None:
        self.status, self.headers = status, [("Content-Type", content_type)]
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()

    @property
    def last(self) -> Seen:
        return self.requests[-1]


@pytest.fixture(autouse=True)
def _no_network() -> Iterator[None]:
    """Any socket fails the test, but for the pair of Unix sockets that an event loop wakes itself with."""
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@pytest.fixture
def make_fake() -> Iterator[Callable[..., Fake]]:
    """Start fakes; what a test leaves active is stopped after it."""
    started = []

    def start(**settings: Any) -> Fake:
        fake = Fake(**settings)
        started.append(fake)
        interception.activate(fake.target)
        return fake

    yield start
    for fake in started:
        interception.deactivate(fake.target)


@pytest.fixture
def fake(make_fake: Callable[..., Fake]) -> Fake:
    return make_fake()
