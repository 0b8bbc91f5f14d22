"""requests: a usual request is answered in place of the adapter, below which urllib3 begins.

A usual request is one that urllib3 would send unchanged. Most of these need no WSGI, either. Every other one goes on to
urllib3 and `http.client` (see `sockets`): one with retries, proxies, certificates, a time-out for each step, a body
that is read in pieces, or a fault that is ordered, and any request while another tool has replaced a method.
"""

from __future__ import annotations

import logging
import os
import re
from functools import cache, wraps
from http.client import HTTPConnection, HTTPMessage
from io import BytesIO
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.transports.seams import originals, other_tools
from fakeproxy.transports.seams.sdk_requests import SentRequest
from fakeproxy.transports.targets import Destination, Target
from fakeproxy.web import http1, plain
from fakeproxy.web.wsgi import Answer, call

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter

# Neither `requests` nor urllib3 changes such a URL.
_PLAIN_URL = re.compile(r"https://([a-z0-9-]+\.)+twilio\.com/[\w./-]*(\?[\w.&=%+-]*)?", re.ASCII)

#: Headers that may change the destination or the length of a request.
_UNUSUAL_HEADERS = {"host", "expect", "transfer-encoding", "upgrade"}

#: urllib3 logs its connections and requests there.
_logger = logging.getLogger("urllib3.connectionpool")


def _get_adapter(module: ModuleType, original: Method) -> Method:
    """Replace `requests.Session.get_adapter`."""

    @wraps(original)
    def get_adapter(self: object, url: str) -> object:
        adapter = cast("HTTPAdapter", original(self, url))
        target = targets.current()
        host = urlsplit(url).netloc
        if target is None or targets.destination(host) is Destination.OTHER:
            return adapter
        if mocks := other_tools.active_responses_mocks():
            return other_tools.letting_pass(adapter, target, mocks, f"{urlsplit(url).scheme}://{host}")
        return _answering(adapter) if _is_plain(adapter) else adapter

    return get_adapter


def _is_plain(adapter: object) -> bool:
    """Return whether the adapter is one of `requests` itself without retries, and all methods below it are original."""
    usual = _usual_adapter()
    return (
        type(adapter) is type(usual)
        and vars(adapter).keys() == vars(usual).keys()
        and type(adapter.poolmanager) is type(usual.poolmanager)
        and vars(adapter.max_retries) == vars(usual.max_retries)
        and originals.of_requests.are_original()
        and not HTTPConnection.debuglevel
    )


@cache
def _usual_adapter() -> HTTPAdapter:
    # Here, since requests may not be installed.
    from requests.adapters import HTTPAdapter

    return HTTPAdapter()


def _answering(adapter: HTTPAdapter) -> HTTPAdapter:
    """Return a copy of the adapter to which the fake answers usual requests. Others go to the adapter itself."""

    def send(
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        target = targets.current()
        sent = None
        # `requests` itself raises for a path of certificates that does not exist.
        if not (cert or proxies) and (type(verify) is bool or os.path.exists(verify)) and _is_plain_timeout(timeout):
            sent = _plain(request)
        if (
            target is None
            or sent is None
            or target.faults
            or _logger.isEnabledFor(logging.DEBUG)
            or not targets.takes(target, sent.method, sent.url)
        ):
            return adapter.send(request, stream, timeout, verify, cert, proxies)
        return _response(adapter, request, _answer(target, sent), stream)

    copy = object.__new__(type(adapter))
    vars(copy).update(vars(adapter), send=send)
    return copy


def _is_plain_timeout(timeout: object) -> bool:
    """Return whether the time-out is one positive number of seconds, or None. urllib3 checks all others."""
    return timeout is None or (isinstance(timeout, int | float) and timeout is not True and timeout > 0)


def _plain(request: PreparedRequest) -> SentRequest | None:
    """Return the request if urllib3 and `http.client` would send it unchanged, else None."""
    method, url, body = request.method, request.url, request.body or b""
    if type(method) is not str or not (method.isascii() and method.isalpha()):
        return None
    if type(url) is not str or not _PLAIN_URL.fullmatch(url):
        return None
    if isinstance(body, str):
        body = body.encode()
    elif type(body) is not bytes:
        return None
    lower_items = getattr(request.headers, "lower_items", None)
    if lower_items is None:  # Somebody put another mapping there.
        return None
    headers: dict[str, Any] = dict(lower_items())
    length = str(len(body))
    if not _UNUSUAL_HEADERS.isdisjoint(headers) or headers.get("content-length", length) != length:
        return None
    try:
        values = "".join(headers.values())
    except TypeError:  # One of them is bytes.
        return None
    if not (values.isascii() and values.isprintable()):
        return None
    return SentRequest(method, url, headers, body)


def _answer(target: Target, sent: SentRequest) -> Answer:
    """Return the answer of the fake."""
    texts = plain.texts(sent.method, "/" + sent.url.split("/", 3)[3], sent.headers, sent.body)
    if target.answer is None or texts is None:
        return call(target.app, *sent)
    status, headers, text = target.answer(sent.method, *texts, None)
    return Answer(status, headers, text.encode())


class _Head:
    """The head of an answer: as much of `http.client.HTTPResponse` as `requests` needs to read cookies."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self.msg = HTTPMessage()
        for name, value in headers:
            self.msg[name] = value

    def isclosed(self) -> bool:
        """Return True: the answer came as a whole."""
        return True

    def close(self) -> None:
        """Do nothing."""


def _response(adapter: HTTPAdapter, request: PreparedRequest, answer: Answer, stream: bool) -> Response:
    """Return the answer as the adapter makes it."""
    # Here, since requests may not be installed.
    from urllib3 import HTTPResponse

    headers, body = http1.headers(answer), http1.body(answer, str(request.method))
    names = {name.lower() for name, _ in headers}
    raw = HTTPResponse(
        BytesIO(body),
        headers,  # type: ignore[arg-type]  # Pairs, so that a name may repeat.
        answer.status,
        version=11,
        reason=http1.REASONS.get(answer.status, "Unknown"),
        preload_content=False,
        original_response=_Head(headers) if "set-cookie" in names else None,  # type: ignore[arg-type]
        retries=adapter.max_retries,
        request_method=request.method,
        request_url=request.path_url,
    )
    response = adapter.build_response(request, raw)
    if not stream and "content-encoding" not in names:
        # The body is set as read. The readers of `requests` and urllib3 would take longer.
        vars(response).update(_content=body, _content_consumed=True)
        raw.length_remaining = 0
        raw.close()
    return response


SEAMS = {"requests.sessions": [Seam("Session", "get_adapter", _get_adapter)]}
