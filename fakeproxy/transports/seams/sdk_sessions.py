"""Sessions of `requests` whose only adapter is the app. The SDK's own `request` runs on them."""

from __future__ import annotations

from http.client import responses as REASONS
from io import BytesIO
from typing import TYPE_CHECKING, Any

from fakeproxy.api.faults import Broken
from fakeproxy.transports.failures import kind
from fakeproxy.transports.patches import Method
from fakeproxy.transports.seams import sdk_requests
from fakeproxy.web.wsgi import PATIENCE, App, call

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter


def send(original: Method, client: Any, app: App, *args: Any, **kwargs: Any) -> Any:
    """Run the SDK's own method on a copy of the client, whose session has the app for its only adapter.

    A copy, since other threads may be using the client. What the session's own adapters would do, such as the
    retries of `max_retries`, does not happen; nor is a redirect followed.
    """
    # Here, since requests may not be installed.
    from requests import Session

    session = client.session if isinstance(client.session, Session) else Session()
    line = object.__new__(type(session))
    vars(line).update(
        vars(session),
        get_adapter=lambda url: _adapter(app),
        resolve_redirects=lambda *args, **kwargs: iter(()),
    )
    twin = object.__new__(type(client))
    vars(twin).update(vars(client), session=line)
    before = dict(vars(twin))
    try:
        return original(twin, *args, **kwargs)
    finally:
        # Such as `last_response`, which is `_test_only_last_response` since 8.0.
        for name, value in vars(twin).items():
            if value is not before.get(name, before):
                setattr(client, name, value)


def _adapter(app: App) -> HTTPAdapter:
    """A transport adapter that asks the app. `responses` replaces `send` on the class, which is not met here."""
    # Here, since requests may not be installed.
    from requests import exceptions
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPResponse

    adapter = HTTPAdapter()

    def send(request: PreparedRequest, **kwargs: Any) -> Response:
        try:
            answer = call(app, *sdk_requests.of_prepared(request), extra={PATIENCE: kwargs.get("timeout")})
        except Broken as broken:
            raise kind("requests", exceptions, broken.failure)(str(broken), request=request) from None
        raw = HTTPResponse(
            BytesIO(answer.body),
            answer.headers,  # type: ignore[arg-type]  # pairs, so that a name may repeat
            answer.status,
            reason=REASONS.get(answer.status),
            preload_content=False,
            request_method=request.method,
        )
        return adapter.build_response(request, raw)

    vars(adapter)["send"] = send
    return adapter
