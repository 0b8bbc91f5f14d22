"""Sessions of `requests` whose only adapter is the app. The SDK's own `request` method runs on them."""

from __future__ import annotations

from http.client import responses as REASONS
from io import BytesIO
from typing import TYPE_CHECKING

from fakeproxy.api.faults import BrokenConnection
from fakeproxy.transports.failures import error_class
from fakeproxy.transports.patches import Method
from fakeproxy.transports.seams import sdk_requests
from fakeproxy.web.wsgi import CLIENT_TIMEOUT, App, call

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter
    from twilio.http.http_client import TwilioHttpClient


def send(
    original: Method,
    client: TwilioHttpClient,
    app: App,
    method: str,
    url: str,
    params: object,
    data: object,
    headers: object,
    auth: object,
    timeout: object,
) -> object:
    """Run the SDK's own method on a copy of the client, whose session has the app for its only adapter.

    Other threads may be using the client itself. The session's own adapters are not used, so there are no retries
    by `max_retries`. Redirects are not followed.
    """
    # Here, since requests may not be installed.
    from requests import Session

    session = client.session if isinstance(client.session, Session) else Session()
    in_memory = object.__new__(type(session))
    vars(in_memory).update(
        vars(session),
        get_adapter=lambda url: _adapter(app),
        resolve_redirects=lambda *args, **kwargs: iter(()),
    )
    copy = object.__new__(type(client))
    vars(copy).update(vars(client), session=in_memory)
    before = dict(vars(copy))
    try:
        # By name, as the SDK calls it: another tool may have wrapped it.
        return original(copy, method, url, params=params, data=data, headers=headers, auth=auth, timeout=timeout)
    finally:
        # What the method has set, such as `last_response` (from 8.0 on `_test_only_last_response`).
        for name, value in vars(copy).items():
            if value is not before.get(name, before):
                setattr(client, name, value)


def _adapter(app: App) -> HTTPAdapter:
    """Return a transport adapter that asks the app. `send` is set on the object: `responses` replaces the class's."""
    # Here, since requests may not be installed.
    from requests import exceptions
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPResponse

    adapter = HTTPAdapter()

    def send(request: PreparedRequest, **kwargs: object) -> Response:
        try:
            answer = call(app, *sdk_requests.from_prepared(request), extra={CLIENT_TIMEOUT: kwargs.get("timeout")})
        except BrokenConnection as broken:
            raise error_class("requests", exceptions, broken.failure)(str(broken), request=request) from None
        raw = HTTPResponse(
            BytesIO(answer.body),
            answer.headers,  # type: ignore[arg-type]  # Pairs, so that a name may repeat.
            answer.status,
            reason=REASONS.get(answer.status),
            preload_content=False,
            request_method=request.method,
        )
        return adapter.build_response(request, raw)

    vars(adapter)["send"] = send
    return adapter
