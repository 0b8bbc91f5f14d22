"""The control API: what Python does with a fake in its own process, over HTTP, under `/_fakeproxy/`.

Bodies and answers are JSON; instants are ISO 8601. Wrong use is 400, what Twilio would refuse 409, each with a text.
Since any web page can send requests to loopback, the Host must be the server's own, a page must be of its origin, and a
body must be `application/json`, which no page of another origin may send.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from fakeproxy.exceptions import FakeProxyError, NotWritten, Refusal, UsageError
from fakeproxy.inspector import origins, shapes
from fakeproxy.inspector.answers import to_json
from fakeproxy.inspector.routes import PREFIX, ROUTES, Route
from fakeproxy.inspector.schemas import Schemas
from fakeproxy.inspector.shapes import SHOWN
from fakeproxy.surface.fake import Fake
from fakeproxy.web.http1 import REASONS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_JSON = "application/json"


class Control:
    """A WSGI app over a fake. `hosts` are the Host headers that it answers to: a page in a browser has others."""

    def __init__(self, proxy: Fake, hosts: Callable[[], Iterable[str]]) -> None:
        self._proxy = proxy
        self._hosts = hosts

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        allowed: list[str] = []
        status, answer = self._answer(environ, allowed)
        body = json.dumps(answer, default=to_json, ensure_ascii=False).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        if status == 405:
            headers.append(("Allow", ", ".join(allowed)))
        start_response(f"{status} {REASONS[status]}", headers)
        return [body]

    def _answer(self, environ: WSGIEnvironment, allowed: list[str]) -> tuple[int, object]:
        host = environ.get("HTTP_HOST", "")
        if host not in self._hosts():
            return 403, {"error": "Forbidden", "text": f"the Host header {host!r} is not this server's own"}
        if refusal := origins.refusal(environ, self._hosts):
            return 403, {"error": "Forbidden", "text": refusal}
        if refusal := _no_json(environ):
            return 415, {"error": "UnsupportedMediaType", "text": refusal}
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").removeprefix(PREFIX[:-1])
        fitting = [(route, found) for route in ROUTES if (found := route.pattern.fullmatch(path))]
        for route, found in fitting:
            if route.method == environ["REQUEST_METHOD"]:
                try:
                    return 200, route.do(self._proxy, self._body(environ, route), *found.groups())
                except (FakeProxyError, TypeError, ValueError, KeyError) as error:
                    facts = {name: value for name, value in vars(error).items() if not name.startswith("_")}
                    told = {"error": type(error).__name__, "text": str(error), **facts}
                    status = 409 if isinstance(error, Refusal) else 500 if isinstance(error, NotWritten) else 400
                    return status, told
        if fitting:
            allowed += [route.method for route, _ in fitting]
            return 405, {"error": "MethodNotAllowed", "text": f"this path takes {', '.join(allowed)}"}
        return 404, {
            "error": "NotFound",
            "text": f"{path} is no path of the control API; /_fakeproxy/openapi.json has all",
        }

    def _body(self, environ: WSGIEnvironment, route: Route) -> dict[str, object]:
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            body = json.loads(text) if text else {}
            # Python reads lone surrogates, NaN and 1e999, but what has them could not be written down again.
            json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError) as error:
            raise UsageError(f"the body is no JSON that can be read: {error}") from error
        if not isinstance(body, dict):
            raise UsageError("the body must be a JSON object")
        if route.method == "POST":
            schemas = Schemas(SHOWN)
            try:
                schemas.check(body, shapes.resolve(route.body, schemas, self._proxy))
            except UsageError as error:
                raise UsageError(f"{route.summary}: {error}") from error
        return body


def _no_json(environ: WSGIEnvironment) -> str:
    """Return why the body is refused. A POST without a body needs no type, but must not have another."""
    content_type = environ.get("CONTENT_TYPE", "")
    has_body = environ.get("CONTENT_LENGTH", "0") not in ("", "0")
    if content_type.partition(";")[0].strip().lower() == _JSON:
        return ""
    if not has_body and (not content_type or environ["REQUEST_METHOD"] != "POST"):
        return ""
    sent = f"it is {content_type}" if content_type else "it says nothing of its type"
    return f"the body must be {_JSON}, and {sent}: send the header `Content-Type: {_JSON}` (curl: -H or --json)"
