"""The official SDK: `request` of its HTTP clients, patched on the class.

The patch is on the class, so that it does not matter when or where a client was built. A subclass with a `request` of
its own is covered only if it calls `super().request`.

A usual request (see `sdk_requests.texts`) goes to the fake directly, without WSGI. For any other one the
SDK's own method runs on a `requests.Session` whose only adapter is the app: hooks, cookies, JSON bodies and odd URLs
are handled by `requests`, and not written a second time here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial, wraps
from operator import attrgetter, itemgetter
from types import ModuleType, SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

from fakeproxy.api.faults import BrokenConnection
from fakeproxy.transports import targets
from fakeproxy.transports.failures import aiohttp_error
from fakeproxy.transports.patches import AsyncMethod, Method, Seam
from fakeproxy.transports.seams import originals, other_tools, sdk_requests, sdk_sessions
from fakeproxy.transports.targets import Target
from fakeproxy.web.wsgi import CLIENT_TIMEOUT, Answer, call

FindTarget = Callable[[], Target | None]


# --- from the app's answer to what the SDK returns ----------------------------------------------------------


def _text(answer: Answer, headers: Mapping[str, str]) -> str:
    """Return the body decoded as `requests` does it, except that no charset is guessed from the bytes."""
    if headers.get("Content-Type") == "application/json":
        return answer.body.decode("utf-8", "replace")
    # Here, since requests may not be installed.
    from requests.utils import get_encoding_from_headers

    try:
        return answer.body.decode(get_encoding_from_headers(headers) or "utf-8", "replace")  # type: ignore[arg-type]
    except LookupError:  # Python does not know this charset.
        return answer.body.decode("utf-8", "replace")


#: The parts of a request in the order of `twilio.http.request.Request`. By name, they would take twice as long.
_PARTS = itemgetter("method", "url", "auth", "params", "data", "headers")


def _begin(sdk: ModuleType, client: Any, kwargs: dict[str, object], logs: bool) -> None:
    """Log and keep the request as the SDK's own clients do."""
    if logs:
        client.log_request(kwargs)
    client._test_only_last_response = None
    client._test_only_last_request = sdk.TwilioRequest(*_PARTS(kwargs))


def _finish(sdk: ModuleType, client: Any, status: int, text: str, headers: Mapping[str, str], logs: bool) -> object:
    """Log and keep the answer as the SDK's own clients do."""
    response = sdk.Response(status, text, headers)
    if logs:
        client.log_response(status, response)
    client._test_only_last_response = response
    return response


def _logs(client: Any) -> bool:
    """Return whether to call the SDK's own logging methods.

    They format every line before they ask the logger, so they are called only if the logger is enabled. The user's own
    logging methods may do anything, so they are always called.
    """
    return type(client.logger) is not logging.Logger or client.logger.isEnabledFor(logging.INFO)


_LOGGING = attrgetter("log_request", "log_response")
#: The SDK's own methods for logging, once they were seen.
_own_logging: tuple[object, ...] | None = None


def _has_sdk_logging(client: Any) -> bool:
    """Return whether the client has the SDK's own methods for logging. The SDK has them from 8.0 on."""
    global _own_logging
    try:
        methods = _LOGGING(type(client))
    except AttributeError:
        return False
    if methods == _own_logging:  # To look at their modules takes a hundredth of a request.
        return True
    if any(method.__module__ != "twilio.http" for method in methods):
        return False
    _own_logging = methods
    return True


class _Fields(dict[str, str]):
    """The headers of an answer, by name in any case.

    The SDK makes a dict of the headers at every call. With those of `requests`, which are no dict, this takes a tenth
    of the whole call.
    """

    def __missing__(self, name: str) -> str:
        for field, value in self.items():
            if field.lower() == name.lower():
                return value
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
        try:
            return self[name]
        except KeyError:
            return default


# --- the three methods --------------------------------------------------------------------------------------


def _sync(find_target: FindTarget, sdk: ModuleType, original: Method) -> Method:
    """Return a replacement of `TwilioHttpClient.request`."""
    # Here, since requests may not be installed.
    from requests import Session
    from requests.hooks import default_hooks
    from requests.utils import default_headers

    no_hooks, usual_headers = default_hooks(), len(default_headers())

    def is_plain(client: Any) -> bool:
        """Return whether neither hooks nor the session add anything to a request."""
        session = client.session
        return (
            # A client with its own logging may want a real requests.Response. Before 8.0 `request` does the logging.
            _has_sdk_logging(client)
            and client.request_hooks == no_hooks
            and (
                session is None
                or (
                    type(session) is Session
                    and session.auth is None
                    and not session.params
                    # Not the jar itself, whose length is counted by generators.
                    and not getattr(session.cookies, "_cookies", session.cookies)
                    and session.hooks == no_hooks
                    and len(session.headers) == usual_headers
                )
            )
        )

    def answer(
        client: Any,
        target: Target,
        method: str,
        url: str,
        params: object,
        data: object,
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
        timeout: float | None,
    ) -> object:
        plain = not target.faults and is_plain(client)
        texts = sdk_requests.texts(url, params, data, headers, auth) if plain else None
        if texts is None:
            return sdk_sessions.send(original, client, target.app, method, url, params, data, headers, auth, timeout)
        if timeout is not None and timeout <= 0:
            raise ValueError(timeout)
        method = method.upper()
        kwargs = {
            "method": method,
            "url": url,
            "params": params,
            "headers": headers,
            "auth": auth,
            "hooks": client.request_hooks,
            "data": data,
        }
        logs = _logs(client)
        _begin(sdk, client, kwargs, logs)
        if target.answer is not None:
            status, fields, text = target.answer(method, *texts)
            return _finish(sdk, client, status, text, _Fields(fields), logs)
        answer = call(target.app, *sdk_requests.from_texts(method, url, *texts[1:4], headers or {}))
        named = _Fields(answer.headers)
        return _finish(sdk, client, answer.status, _text(answer, named), named, logs)

    return _routed(find_target, original, sdk.TwilioHttpClient, answer)


def _signed(find_target: FindTarget, sdk: ModuleType, original: Method) -> Method:
    """Return a replacement of `ValidationClient.request`, which runs the SDK's own: that one signs what it prepares."""

    def answer(client: Any, target: Target, *arguments: Any) -> object:
        return sdk_sessions.send(original, client, target.app, *arguments)

    return _routed(find_target, original, sdk.ValidationClient, answer)


def _routed(find_target: FindTarget, original: Method, owner: type, answer: Method) -> Method:
    # Interception leaves the request to the SDK's own code, whose socket is in memory, where that code matters: it
    # meets faults, and other tools may have a stub for the request or instrument it. They come before anything is
    # stopped. A client that was made for one target (`clients.py`) does not ask other tools.
    is_interception = find_target is targets.current
    is_wrapped = not originals.is_original(original, owner)

    # The arguments by name: to collect them in a tuple and a dict takes a fiftieth of a call of the SDK.
    @wraps(original)
    def request(
        self: object,
        method: str,
        url: str,
        params: object = None,
        data: object = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> object:
        target = find_target()
        if (
            target is None
            or (
                is_interception
                and (target.faults or is_wrapped or other_tools.patch_requests(getattr(self, "session", None)))
            )
            or not targets.takes(target, method, url)
        ):
            named = {"params": params, "data": data, "headers": headers, "auth": auth, "timeout": timeout}
            return original(self, method, url, **named, allow_redirects=allow_redirects)
        return answer(self, target, method, url, params, data, headers, auth, timeout)

    return request


def _async(find_target: FindTarget, sdk: ModuleType, original: Method) -> Method:
    """Return a replacement of `AsyncTwilioHttpClient.request`. `requests` normalises the URL here too."""
    # Here, since requests may not be installed.
    import requests
    from aiohttp import ClientSession, TCPConnector
    from multidict import CIMultiDict, CIMultiDictProxy

    is_interception = find_target is targets.current
    is_wrapped = not originals.is_original(original, sdk.AsyncTwilioHttpClient)

    def basic_auth(auth: tuple[str | None, str | None] | None) -> object:
        if auth is None:
            return None
        login, password = auth[0], auth[1]
        if login is None or password is None or ":" in login:
            return sdk.BasicAuth(login=login, password=password)  # It raises an error that says what is wrong.
        # Not by the constructor, which warns that it is deprecated: the warning would name this line, not the SDK's.
        return sdk.BasicAuth._make((login, password, "latin1"))

    def is_plain(session: ClientSession) -> bool:
        """Return whether the session of aiohttp adds nothing to a request, and nothing traces it."""
        return (
            type(session) is ClientSession
            and type(session._connector) in (TCPConnector, type(None))  # None: the session is closed.
            and not (session._trace_configs or session._default_headers or session._default_auth)
            and not getattr(session, "_middlewares", ())  # From aiohttp 3.12 on.
        )

    def needs_aiohttp(
        client: Any, target: Target, method: str, url: str, params: object = None, *args: object, **kwargs: object
    ) -> bool:
        """Return whether aiohttp's own code has to run: for the session's settings, retries, or another tool."""
        if client.trace_configs or (target.faults and type(client.session) is sdk.RetryClient):
            return True
        if not originals.of_aiohttp.are_original():
            return not other_tools.aioresponses_passes(method, url, params)
        session = client.session
        return session is not None and not is_plain(session._client if type(session) is sdk.RetryClient else session)

    async def answer(
        client: Any,
        target: Target,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> object:
        if timeout is not None and timeout <= 0:
            raise ValueError(timeout)
        kwargs = {
            "method": method.upper(),
            "url": url,
            "params": params,
            "data": data,
            "headers": headers,
            "auth": basic_auth(auth),
            "timeout": timeout,
            "allow_redirects": allow_redirects,
        }
        logs = not _has_sdk_logging(client) or _logs(client)
        _begin(sdk, client, kwargs, logs)
        if getattr(client.session, "closed", False):
            raise RuntimeError("Session is closed")  # As aiohttp does.
        sent = sdk_requests.from_arguments(method, url, params, data, headers, auth) or sdk_requests.from_prepared(
            requests.Request(method, url, headers, data=data, params=params, auth=auth).prepare()
        )
        try:
            answer = await target.ask(call, *sent, extra={CLIENT_TIMEOUT: timeout})
        except BrokenConnection as broken:
            where = SimpleNamespace(host=urlsplit(url).hostname, port=443, ssl=True, is_ssl=True)
            raise aiohttp_error(broken, where) from None
        named = CIMultiDictProxy(CIMultiDict(answer.headers))
        return _finish(sdk, client, answer.status, _text(answer, named), named, logs)

    asynchronous = cast(AsyncMethod, original)

    @wraps(original)
    async def request(self: object, method: str, url: str, *args: Any, **kwargs: Any) -> object:
        target = find_target()
        if (
            target is None
            or (is_interception and (is_wrapped or needs_aiohttp(self, target, method, url, *args, **kwargs)))
            or not targets.takes(target, method, url)
        ):
            return await asynchronous(self, method, url, *args, **kwargs)
        return await answer(self, target, method, url, *args, **kwargs)

    return request


# --- the seams -----------------------------------------------------------------------------------------


#: By module of the SDK: the name of its client, and the function that makes a replacement of that client's `request`.
CLIENTS = {
    "twilio.http.http_client": ("TwilioHttpClient", _sync),
    "twilio.http.async_http_client": ("AsyncTwilioHttpClient", _async),
    "twilio.http.validation_client": ("ValidationClient", _signed),
}
SEAMS = {module: [Seam(name, "request", partial(make, targets.current))] for module, (name, make) in CLIENTS.items()}
