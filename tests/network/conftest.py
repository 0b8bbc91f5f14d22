"""Two people in a session, and a recorder that can be mounted for the webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from fakeproxy import FakeProxy
from fakeproxy.network.phones import Phone
from fakeproxy.views import Service, Session

ANNE, BERT, CARL = "+14155550100", "+14155550101", "+14155550102"
POOL = ["+14155550001", "+14155550002", "+14155550003"]
SITE = "https://api.example.com"


class Recorder:
    """A WSGI application that notes each request and answers what it was told to, by path."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: dict[str, Callable[[Request], Response] | Response | BaseException] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        request.get_data(cache=True, parse_form_data=False)
        self.requests.append(request)
        answer = self.answers.get(request.path, Response(""))
        if isinstance(answer, BaseException):
            raise answer
        response = answer if isinstance(answer, Response) else answer(request)
        return response(environ, start_response)

    def forms(self, path: str) -> list[dict[str, str]]:
        return [request.form.to_dict() for request in self.requests if request.path == path]

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


@pytest.fixture
def site(proxy: FakeProxy) -> Recorder:
    """The application, mounted at SITE."""
    recorder = Recorder()
    proxy.webhooks.mount(SITE, recorder)
    return recorder


@pytest.fixture
def session(proxy: FakeProxy, service: Service) -> Session:
    """Anne and Bert in a session, each behind the first number of the pool; it closes after an hour of silence."""
    return proxy.add_session(service, unique_name="job-1", ttl=3600, participants=[ANNE, BERT])


@pytest.fixture
def anne(proxy: FakeProxy) -> Phone:
    return proxy.phone(ANNE)


@pytest.fixture
def bert(proxy: FakeProxy) -> Phone:
    return proxy.phone(BERT)


@pytest.fixture
def carl(proxy: FakeProxy) -> Phone:
    return proxy.phone(CARL)


def twiml(*verbs: str) -> Response:
    return Response(f"<Response>{''.join(verbs)}</Response>", content_type="application/xml")


def set_urls(proxy: FakeProxy, service: Service, **paths: str) -> None:
    """Give the Service callback URLs on SITE: `callback="/status"` and so on."""
    fields = {f"{name}_url": SITE + path for name, path in paths.items()}
    proxy.client().proxy.v1.services(service.sid).update(**fields)
