"""The official SDK: `request` of its HTTP clients, patched on the class.

On the class, so that it does not matter when or where a client was built. A subclass with a `request` of
its own escapes; one that calls `super().request` does not.

There are two ways to the app. What the SDK itself makes of a Proxy call (`sdk_requests.plain`) is put together here, in
microseconds. For the rest the SDK's own method runs on a `requests.Session` whose only adapter is the app, so
that hooks, cookies, JSON bodies and odd URLs come out right without being written down a second time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial, wraps
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from fakeproxy.api.faults import Broken
from fakeproxy.transports import targets
from fakeproxy.transports.patches import Method, Seam
from fakeproxy.transports.seams import aiohttp, originals, other_tools, sdk_requests, sdk_sessions
from fakeproxy.transports.targets import Target
from fakeproxy.web.wsgi import PATIENCE, Answer, call

Which = Callable[[], Target | None]


# --- from the app's answer to what the SDK returns ----------------------------------------------------------


def _text(answer: Answer, headers: Mapping[str, str]) -> str:
    """The body decoded as `requests` would, except that nothing is guessed from the bytes."""
    if headers.get("Content-Type") == "application/json":
        return answer.body.decode("utf-8", "replace")
    # Here, since requests may not be installed.
    from requests.utils import get_encoding_from_headers

    try:
        return answer.body.decode(get_encoding_from_headers(headers) or "utf-8", "replace")  # type: ignore[arg-type]
    except LookupError:  # a charset that Python does not know
        return answer.body.decode("utf-8", "replace")


def _begin(sdk: ModuleType, client: Any, kwargs: dict[str, Any]) -> bool:
    """Log and keep the request as the SDK's own clients do; say whether the answer is to be logged too."""
    if logs := _logs(client):
        client.log_request(kwargs)
    client._test_only_last_response = None
    client._test_only_last_request = sdk.TwilioRequest(**kwargs)
    return logs


def _finish(sdk: ModuleType, client: Any, answer: Answer, headers: Any, logs: bool) -> Any:
    """Log and keep the answer as the SDK's own clients do."""
    response = sdk.Response(answer.status, _text(answer, headers), headers)
    if logs:
        client.log_response(answer.status, response)
    client._test_only_last_response = response
    return response


def _logs(client: Any) -> bool:
    """Whether to call the SDK's logging: it formats every line before it asks its logger, so only if one listens."""
    # Logging that is the user's own may do anything, so it is always called.
    return (
        not _has_sdk_logging(client)
        or type(client.logger) is not logging.Logger
        or client.logger.isEnabledFor(logging.INFO)
    )


def _has_sdk_logging(client: Any) -> bool:
    """Whether it logs by methods, and these are the SDK's own. Before 8.0 the SDK has none."""
    kind = type(client)
    if not hasattr(kind, "log_request"):
        return False
    return bool(kind.log_request.__module__ == kind.log_response.__module__ == "twilio.http")


class _Fields(dict[str, str]):
    """The headers of an answer, by name in any case.

    Those of `requests` are no dict, and the SDK makes one of them at every call: a tenth of all that it costs.
    """

    def __missing__(self, name: str) -> str:
        for field, value in self.items():
            if field.lower() == name.lower():
                return value
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default


# --- the three methods --------------------------------------------------------------------------------------


def _sync(which: Which, sdk: ModuleType, original: Method) -> Method:
    """`TwilioHttpClient.request`."""
    # Here, since requests may not be installed.
    from requests import Session
    from requests.hooks import default_hooks
    from requests.utils import default_headers

    no_hooks, usual_headers = default_hooks(), len(default_headers())

    def is_plain(client: Any) -> bool:
        """Whether neither the user's hooks nor the session have anything to add to a request."""
        session = client.session
        return (
            # A client that overrides it may want a real requests.Response; one of before 8.0 does all in `request`.
            _has_sdk_logging(client)
            and client.request_hooks == no_hooks
            and (
                session is None
                or (
                    type(session) is Session
                    and session.auth is None
                    and not session.params
                    and not session.cookies
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
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Any:
        plain = not target.faults and is_plain(client)
        sent = sdk_requests.plain(method, url, params, data, headers, auth) if plain else None
        if sent is None:
            return sdk_sessions.send(original, client, target.app, method, url, params, data, headers, auth, timeout)
        if timeout is not None and timeout <= 0:
            raise ValueError(timeout)
        kwargs = {
            "method": sent.method,
            "url": url,
            "params": params,
            "headers": headers,
            "auth": auth,
            "hooks": client.request_hooks,
            "data": data,
        }
        logs = _begin(sdk, client, kwargs)
        answer = call(target.app, *sent)
        return _finish(sdk, client, answer, _Fields(answer.headers), logs)

    return _routed(which, original, sdk.TwilioHttpClient, answer)


def _signed(which: Which, sdk: ModuleType, original: Method) -> Method:
    """`ValidationClient.request`: it signs the prepared request, so it has to prepare it itself."""

    def answer(client: Any, target: Target, *args: Any, **kwargs: Any) -> Any:
        return sdk_sessions.send(original, client, target.app, *args, **kwargs)

    return _routed(which, original, sdk.ValidationClient, answer)


def _routed(which: Which, original: Method, owner: type, answer: Method) -> Method:
    # Below, requests knows what a fault means, and other tools have been told of requests or want to see them; so they
    # are asked before anything is stopped. The clients of one fake land there whatever they were told.
    goes_below = which is targets.current
    is_wrapped = not originals.is_own(original, owner)

    @wraps(original)
    def request(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        target = which()
        if (
            target is None
            or (
                goes_below and (target.faults or is_wrapped or other_tools.stand_before(getattr(self, "session", None)))
            )
            or not targets.takes(target, method, url)
        ):
            return original(self, method, url, *args, **kwargs)
        return answer(self, target, method, url, *args, **kwargs)

    return request


def _async(which: Which, sdk: ModuleType, original: Method) -> Method:
    """`AsyncTwilioHttpClient.request`. The URL is normalised by `requests` here too."""
    # Here, since requests may not be installed.
    import requests
    from aiohttp import ClientSession, TCPConnector
    from multidict import CIMultiDict, CIMultiDictProxy

    goes_below = which is targets.current
    is_wrapped = not originals.is_own(original, sdk.AsyncTwilioHttpClient)

    def basic_auth(auth: Any) -> Any:
        if auth is None:
            return None
        login, password = auth[0], auth[1]
        if login is None or password is None or ":" in login:
            return sdk.BasicAuth(login=login, password=password)  # says what is wrong
        # Not by its constructor: that one's DeprecationWarning is the SDK's to cause, and would name us.
        return sdk.BasicAuth._make((login, password, "latin1"))

    def is_plain(session: Any) -> bool:
        """Whether the session of aiohttp has nothing to add to a request, and nobody watches it."""
        return (
            type(session) is ClientSession
            and type(session._connector) in (TCPConnector, type(None))  # None once it is closed
            and not (session._trace_configs or session._default_headers or session._default_auth)
            and not getattr(session, "_middlewares", ())  # before aiohttp 3.12 there were none
        )

    def needs_aiohttp(
        client: Any, target: Target, method: str, url: str, params: Any = None, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether its session is not plain, would try again what a fault breaks, or somebody else sees the request."""
        if client.trace_configs or (target.faults and type(client.session) is sdk.RetryClient):
            return True
        if not originals.of_aiohttp.are_untouched():
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
        headers: Any = None,
        auth: Any = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Any:
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
        logs = _begin(sdk, client, kwargs)
        if getattr(client.session, "closed", False):
            raise RuntimeError("Session is closed")  # as aiohttp does
        sent = sdk_requests.plain(method, url, params, data, headers, auth) or sdk_requests.of_prepared(
            requests.Request(method, url, headers, data=data, params=params, auth=auth).prepare()
        )
        try:
            answer = await target.ask(call, *sent, extra={PATIENCE: timeout})
        except Broken as broken:
            where = SimpleNamespace(host=urlsplit(url).hostname, port=443, ssl=True, is_ssl=True)
            raise aiohttp.error_of(broken, where) from None
        return _finish(sdk, client, answer, CIMultiDictProxy(CIMultiDict(answer.headers)), logs)

    @wraps(original)
    async def request(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        target = which()
        if (
            target is None
            or (goes_below and (is_wrapped or needs_aiohttp(self, target, method, url, *args, **kwargs)))
            or not targets.takes(target, method, url)
        ):
            return await original(self, method, url, *args, **kwargs)
        return await answer(self, target, method, url, *args, **kwargs)

    return request


# --- where ---------------------------------------------------------------------------------------------


#: By module of the SDK: its client, and what makes the `request` that stands in place of that client's own.
CLIENTS = {
    "twilio.http.http_client": ("TwilioHttpClient", _sync),
    "twilio.http.async_http_client": ("AsyncTwilioHttpClient", _async),
    "twilio.http.validation_client": ("ValidationClient", _signed),
}
SEAMS = {module: [Seam(name, "request", partial(make, targets.current))] for module, (name, make) in CLIENTS.items()}
