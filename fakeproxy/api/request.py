"""A request as far as the API looks at it: method, path, form, credentials, and the operation that it names."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_plus

from fakeproxy.api.core import operations as core
from fakeproxy.api.operations import OPERATIONS, Operation
from fakeproxy.engine.numbering import look_up, mask
from fakeproxy.engine.refusals import refuse
from fakeproxy.engine.sids import is_sid
from fakeproxy.exceptions import Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The largest body that is read, in bytes.
LARGEST_BODY = 1 << 20

#: What paths of Proxy begin with.
VERSION = "/v1"

_FORM = "application/x-www-form-urlencoded"

# By the sections of a path and whether it ends in a SID: the operation of each method.
_ROUTES: dict[tuple[tuple[str, ...], bool], dict[str, Operation]] = {}
for _operation in OPERATIONS.values():
    _parts = _operation.path.split("/")[1:]
    _ROUTES.setdefault((tuple(_parts[::2]), len(_parts) % 2 == 0), {})[_operation.method] = _operation


class Request:
    """What is known of a request so far."""

    __slots__ = ("_unreadable", "environ", "form", "ignored", "method", "methods", "name", "path", "query")

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        path: str = environ.get("PATH_INFO", "")
        # WSGI hands a path over decoded from percent signs, its bytes as Latin-1.
        self.path = path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace")
        self.query: str = environ.get("QUERY_STRING", "")
        self.form = ""
        self._unreadable: Refusal | Literal["not read"] | None = "not read"
        #: The operationId, once it is known.
        self.name: str | None = None
        self.methods: Mapping[str, Any] = {}
        #: What of it has no effect, and why.
        self.ignored: tuple[str, ...] = ()

    @property
    def plain_path(self) -> str:
        """The path as errors show it: without the version (seen for Proxy in 2020)."""
        return self.path.removeprefix(VERSION)

    @property
    def base(self) -> str:
        return _base(self.environ["wsgi.url_scheme"], self.environ.get("HTTP_HOST", ""))

    def match(self) -> tuple[tuple[str, ...], list[str]]:
        """The sections and SIDs of the path; `methods` gets what can be done there. Paths are matched exactly."""
        parts = self.path.removesuffix(".json").split("/")  # The suffix is accepted by all of Twilio's product APIs.
        sections = tuple(parts[2::2])
        if parts[:2] == ["", "v1"]:
            self.methods = _ROUTES.get((sections, len(parts) % 2 == 0), {})
        if not self.methods:
            raise refuse(20404, "no operation of Proxy has this path", path=self.plain_path)
        return sections, parts[3::2]

    def read_body(self) -> Refusal | None:
        """Read the form of a POST into `form`; the refusal, if it is none or cannot be read, waits its turn."""
        if self._unreadable == "not read":
            self._unreadable = self._read_body()
        return self._unreadable

    def _read_body(self) -> Refusal | None:
        if self.method != "POST":
            return None
        environ = self.environ
        length = environ.get("CONTENT_LENGTH", "")
        if length.isdecimal() and len(length) < 8 and int(length) <= LARGEST_BODY:
            body = environ["wsgi.input"].read(int(length))
            if len(body) < int(length):
                return refuse(20001, reason=f"The body ends after {len(body)} of {length} bytes.")
        else:
            # Here for start-up time: Werkzeug takes 20 ms, and SDKs send forms of a known length.
            from fakeproxy.api import bodies

            body = bodies.read_stream(environ, LARGEST_BODY)
            if len(body) > LARGEST_BODY:
                return refuse(20413, f"at most {LARGEST_BODY} bytes are read")
        content_type = environ.get("CONTENT_TYPE", "")
        if body and content_type != _FORM:
            from fakeproxy.api import bodies  # As above.

            try:
                body = bodies.to_form(body, content_type)
            except ValueError as error:
                return refuse(20001, reason=str(error))
        self.form = body.decode("utf-8", "replace")
        return None


def operation_name(request: Request) -> str | None:
    """The operationId of a request that nobody has looked at yet."""
    if request.path.startswith(core.PREFIX):
        methods: Mapping[str, Any] = core.find(request.path)
    else:
        try:
            request.match()
        except Refusal:
            return None
        methods = request.methods
    operation = methods.get(request.method)
    return operation.name if operation else None


#: What stands in the texts of refusals, by the prefix of the SID that it is.
_SIDS = {"AC": "account_sid", "KS": "service_sid", "KC": "session_sid", "KP": "participant_sid"}


def facts(request: Request) -> dict[str, str]:
    """What the texts of refusals say of a request, as far as it can be read off: its path, SIDs and numbers."""
    presented = credentials(request.environ.get("HTTP_AUTHORIZATION", ""))
    parts = [presented[0] if presented else "", *request.path.removesuffix(".json").split("/")]
    sids = [part for part in parts if is_sid(part, part[:2])]
    told = {_SIDS[sid[:2]]: sid for sid in sids if sid[:2] in _SIDS}
    told["path"] = request.plain_path
    if sids:
        told["sid"] = sids[-1]
    form = parse_form(request.form)
    if "Identifier" in form:
        identifier = form["Identifier"][0]
        told |= {"identifier": identifier, "masked": mask(identifier)}
        number = look_up(identifier)
        if number and number.country:
            told["country"] = number.country
    if "PhoneNumber" in form:
        told["number"] = form["PhoneNumber"][0]
    return told


def parse_form(text: str) -> dict[str, list[str]]:
    """The values by name, as `parse_qs(text, keep_blank_values=True, errors="replace")` has them.

    That one took a twentieth of all that a request of the SDK costs.
    """
    form: dict[str, list[str]] = {}
    for pair in filter(None, text.split("&")):
        name, _, value = pair.partition("=")
        form.setdefault(_decoded(name), []).append(_decoded(value))
    return form


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="replace") if "%" in text or "+" in text else text


@lru_cache(maxsize=64)
def credentials(header: str) -> tuple[str, str] | None:
    """User name and password. A Bearer token stands, like an API key, for the default account."""
    # Not by Werkzeug's Authorization, which raises for some headers, each version for others.
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() == "bearer" and token:
        return "SK", token
    if scheme.lower() == "basic":
        try:
            name, _, password = b64decode(token).decode().partition(":")
        except ValueError:
            return None
        return (name, password) if name else None
    return None


@lru_cache(maxsize=64)
def _base(scheme: str, host: str) -> str:
    """What the URLs of an answer begin with: Twilio's own host, or that of the server that was asked."""
    name = host.partition(":")[0].lower()
    return "https://proxy.twilio.com" if not host or name.endswith(".twilio.com") else f"{scheme}://{host}"
