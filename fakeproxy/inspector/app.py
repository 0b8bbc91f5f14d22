"""The app of the control API: HTTP under `/_fakeproxy/` for all that Python code does with a fake in its own process.

Bodies and answers are JSON; instants are ISO 8601. Wrong use is answered with 400, and what Twilio would refuse with
409, each with a text. Any web page can send requests to loopback. So the Host header must be the server's own, a page
must come from this server, and a body must be `application/json`, which a page of another origin may not send.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request, Response

from fakeproxy.exceptions import FakeProxyError, NotWritten, Refusal, UsageError
from fakeproxy.inspector import body_schemas, origins
from fakeproxy.inspector.answers import to_json
from fakeproxy.inspector.bodies import PROPERTIES
from fakeproxy.inspector.pages import page, picture, pictured
from fakeproxy.inspector.prefix import PREFIX
from fakeproxy.inspector.route import Route
from fakeproxy.inspector.routes import ROUTES
from fakeproxy.inspector.schemas import Schemas
from fakeproxy.surface.windows import ShownFake, ShownPast

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_JSON = "application/json"

#: The header that names the fake, in every answer. A request that has it is meant for that fake alone.
IDENTITY = "Fakeproxy-Identity"


class Control:
    """The control API of a fake, as a WSGI app.

    `hosts()` are the Host headers that it accepts.
    """

    def __init__(self, proxy: ShownFake, hosts: Callable[[], Iterable[str]]) -> None:
        self._proxy = proxy
        self._hosts = hosts
        self._identity = os.urandom(8).hex()
        self._past: tuple[int, ShownPast] | None = None
        self._paths = _paths()  # Not at the first request: it imports modules, for which files have to be opened.

    def __repr__(self) -> str:
        return f"<Control of {self._proxy!r}>"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(Request(environ))
        answer.headers[IDENTITY] = self._identity
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        body = request.get_data()
        if (refusal := self._refusal(request, body)) is not None:
            return refusal
        if request.method == "GET" and (found := page(path := request.path.removeprefix(PREFIX))) is not None:
            if not path:
                self._proxy.keep_past(lines=False)  # The page goes back.
            return found
        try:
            if request.method == "GET" and (session := pictured(path)):
                self._asked(request.args)  # It refuses an event that is not known.
                return picture(self._proxy, session, request.args.get("as_of", type=int))
            route, parts = self._paths.match(request.path, request.method)
        except MethodNotAllowed as error:
            methods = ", ".join(sorted(error.valid_methods or ()))
            answer = _error(405, "MethodNotAllowed", f"this path takes {methods}")
            answer.headers["Allow"] = methods
            return answer
        except NotFound:
            path = request.path.removeprefix(PREFIX[:-1])
            return _error(404, "NotFound", f"{path} is no path of the control API; {PREFIX}openapi.json has all")
        try:
            query = {name: request.args[name] for name in route.query if name in request.args}
            done = route.do(self._asked(query), query or self._read(body, route), *parts.values())
        except (FakeProxyError, TypeError, ValueError, KeyError) as error:
            status = 409 if isinstance(error, Refusal) else 500 if isinstance(error, NotWritten) else 400
            facts = {name: value for name, value in vars(error).items() if not name.startswith("_")}
            return _response(status, {"error": type(error).__name__, "text": str(error), **facts})
        answer = _response(200, done)
        return self._unless_known(request, answer) if request.method == "GET" else answer

    def _unless_known(self, request: Request, answer: Response) -> Response:
        """Return the answer, or a 304 without a body to a client that has this answer already."""
        tag = f'"{self._identity}-{blake2b(answer.get_data(), digest_size=8).hexdigest()}"'
        if request.headers.get("If-None-Match") == tag:
            answer = Response(status=304)
        answer.headers["ETag"] = tag
        answer.headers["Cache-Control"] = "no-cache"  # It may be kept, but not used before it was asked for again.
        return answer

    def _asked(self, query: Mapping[str, str]) -> ShownPast:
        """Return the fake, or with `as_of` its state right after an event. That is kept: a page asks for its parts."""
        text = query.get("as_of")
        if text is None:
            return self._proxy
        if not re.fullmatch(r"\d{1,18}", text):
            raise UsageError(f"as_of={text!r} is no number of an event")
        seq = int(text)
        if self._past is None or self._past[0] != seq:
            self._past = seq, self._proxy.as_of(seq)
        return self._past[1]

    def _refusal(self, request: Request, body: bytes) -> Response | None:
        """Return the answer to a request that is refused on every path, else None."""
        host = request.environ.get("HTTP_HOST", "")
        if host not in self._hosts():
            return _error(403, "Forbidden", f"the Host header {host!r} is not this server's own")
        if text := origins.refusal(request.environ, self._hosts):
            return _error(403, "Forbidden", text)
        if text := _wrong_type(request, body):
            return _error(415, "UnsupportedMediaType", text)
        if request.headers.get(IDENTITY, self._identity) != self._identity:
            return _error(412, "AnotherFake", "another fake answers at this address now: nothing was done")
        return None

    def _read(self, text: bytes, route: Route) -> dict[str, object]:
        """Return the body of a request. Raises `UsageError` for a body that does not fit the route."""
        try:
            body = json.loads(text) if text else {}
            # Python reads lone surrogates, NaN and 1e999, but cannot write them as JSON again.
            json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        except UnicodeEncodeError as error:
            half = error.object[error.start]
            raise UsageError(f"the body has half of a surrogate pair, {half!r}, which is no character") from error
        except (ValueError, RecursionError) as error:
            raise UsageError(f"the body is no JSON that can be read: {error}") from error
        if not isinstance(body, dict):
            raise UsageError("the body must be a JSON object")
        if route.method == "POST":
            schemas = Schemas(PROPERTIES)
            try:
                schemas.check(body, body_schemas.resolve(route.body, schemas, self._proxy))
            except UsageError as error:
                raise UsageError(f"{route.summary}: {error}") from error
        return body


@cache
def _paths() -> MapAdapter:
    """Return the paths of the control API. They take some milliseconds to make, so they are made once."""
    rules = []
    for route in ROUTES:
        path = PREFIX[:-1] + re.sub(r"\{(\w+)\}", r"<\1>", route.path)
        rule = Rule(path, endpoint=route, methods=[route.method])
        rule.methods = {route.method}  # Werkzeug adds HEAD to GET.
        rules.append(rule)
    return Map(rules, merge_slashes=False).bind("localhost")


def _wrong_type(request: Request, body: bytes) -> str:
    """Return why the type of the body is refused, or "". A POST without a body may leave the type out."""
    if request.mimetype == _JSON:
        return ""
    content_type = request.content_type or ""
    if not body and (not content_type or request.method != "POST"):
        return ""
    sent = f"it is {content_type}" if content_type else "there is no Content-Type"
    return f"the body must be {_JSON}, but {sent}: send the header `Content-Type: {_JSON}` (curl: -H or --json)"


def _error(status: int, name: str, text: str) -> Response:
    return _response(status, {"error": name, "text": text})


def _response(status: int, answer: object) -> Response:
    body = json.dumps(answer, default=to_json, ensure_ascii=False)
    # Half of a surrogate pair, such as in the text of an application's error, has no bytes.
    return Response(body.encode(errors="replace"), status, content_type=_JSON)
