"""A request to the API: method, path, form, credentials, and the operation that it names."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_plus

from fakeproxy.api.core import operations as core
from fakeproxy.api.operations import OPERATIONS, Operation
from fakeproxy.api.parameters import Form
from fakeproxy.engine.numbering import look_up, mask
from fakeproxy.engine.refusals import refuse
from fakeproxy.engine.sids import is_sid
from fakeproxy.exceptions import Refusal
from fakeproxy.web.plain import FORM

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: The largest body that is read, in bytes.
LARGEST_BODY = 1 << 20
_TOO_LARGE = f"at most {LARGEST_BODY} bytes are read"

#: The beginning of the paths of Proxy.
VERSION = "/v1"

#: The beginning of Twilio's own URLs.
TWILIO = "https://proxy.twilio.com"

# The operation of each method, by the sections of a path and by whether it ends in a SID.
_ROUTES: dict[tuple[tuple[str, ...], bool], dict[str, Operation]] = {}
for _operation in OPERATIONS.values():
    _parts = _operation.path.split("/")[1:]
    _ROUTES.setdefault((tuple(_parts[::2]), len(_parts) % 2 == 0), {})[_operation.method] = _operation


class Request:
    """A request, as far as it has been read.

    `authorization` is the header of that name. `fields` are the values of the form by name, or None if it has not been
    decoded. `base` is the beginning of the URLs in the answer: scheme and host. The body of a request with an `environ`
    is read later.
    """

    __slots__ = (
        "_unreadable",
        "authorization",
        "base",
        "environ",
        "fields",
        "form",
        "ignored",
        "method",
        "methods",
        "name",
        "path",
        "query",
    )

    def __init__(
        self,
        method: str,
        path: str,
        query: str,
        form: str,
        authorization: str,
        fields: Form | None = None,
        base: str = TWILIO,
        environ: WSGIEnvironment | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.form = form
        self.authorization = authorization
        self.base = base
        self.environ = environ
        self.fields = fields
        self._unreadable: Refusal | Literal["not read"] | None = None
        if environ is not None:
            self._unreadable = "not read"
        elif len(form) > LARGEST_BODY and method == "POST":
            self.form = ""
            self._unreadable = refuse(20413, _TOO_LARGE)
        #: The operationId, or None as long as it is not known.
        self.name: str | None = None
        self.methods: Mapping[str, Any] = {}
        #: A sentence for each part of the request that has no effect.
        self.ignored: tuple[str, ...] = ()

    @property
    def plain_path(self) -> str:
        """The path as errors show it, without the version (seen for Proxy in 2020)."""
        return self.path.removeprefix(VERSION)

    def describe(self) -> str:
        """Return the method and the path as alerts show them."""
        return f"{self.method} {self.plain_path}"

    def read_body(self) -> Refusal | None:
        """Read the body of a POST into `form`. Return the `Refusal` of a wrong one: other checks come before it."""
        if self._unreadable == "not read":
            self._unreadable = self._read_body()
        return self._unreadable

    def _read_body(self) -> Refusal | None:
        environ = self.environ
        if self.method != "POST" or environ is None:
            return None
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
                return refuse(20413, _TOO_LARGE)
        content_type = environ.get("CONTENT_TYPE", "")
        if body and content_type != FORM:
            from fakeproxy.api import bodies  # As above.

            try:
                body = bodies.to_form(body, content_type)
            except ValueError as error:
                is_json = "json" in content_type
                why = ["the API reads no JSON: send the parameters as the fields of a form"] if is_json else []
                return refuse(20001, reasons=why, reason=str(error))
        self.form = body.decode("utf-8", "replace")
        return None


@lru_cache(maxsize=64)
def route(path: str) -> tuple[Mapping[str, Operation], tuple[tuple[str, str], ...]]:
    """Return the operations of a path by method, and the section and SID of each row that it names.

    An unknown path has no operations.
    """
    parts = path.removesuffix(".json").split("/")  # All of Twilio's product APIs accept the suffix.
    sections = tuple(parts[2::2])
    methods = _ROUTES.get((sections, len(parts) % 2 == 0), {}) if parts[:2] == ["", "v1"] else {}
    return methods, tuple(zip(sections, parts[3::2], strict=False))  # The last section may be a list.


def from_environ(environ: WSGIEnvironment) -> Request:
    """Return the request of a WSGI environ. Its body is not read yet."""
    path: str = environ.get("PATH_INFO", "")
    return Request(
        environ["REQUEST_METHOD"],
        # WSGI gives the decoded path, its bytes as Latin-1.
        path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace"),
        environ.get("QUERY_STRING", ""),
        "",
        environ.get("HTTP_AUTHORIZATION", ""),
        None,
        base_of(environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")),
        environ,
    )


def operation_name(request: Request) -> str | None:
    """Return the operationId of a request, or None if there is no such operation."""
    if request.path.startswith(core.PREFIX):
        methods: Mapping[str, Any] = core.find(request.path)
    else:
        methods, _ = route(request.path)
    operation = methods.get(request.method)
    return operation.name if operation else None


#: The placeholders in the texts of refusals that are SIDs, by prefix.
_SIDS = {"AC": "account_sid", "KS": "service_sid", "KC": "session_sid", "KP": "participant_sid"}


def facts(request: Request) -> dict[str, str]:
    """Return the values of placeholders in the texts of refusals that a request has: its path, SIDs and numbers."""
    presented = credentials(request.authorization)
    parts = [presented[0] if presented else "", *request.path.removesuffix(".json").split("/")]
    sids = [part for part in parts if is_sid(part, part[:2])]
    found = {_SIDS[sid[:2]]: sid for sid in sids if sid[:2] in _SIDS}
    found["path"] = request.plain_path
    if sids:
        found["sid"] = sids[-1]
    form = parse_form(request.form)
    if "Identifier" in form:
        identifier = form["Identifier"][0]
        found |= {"identifier": identifier, "masked": mask(identifier)}
        number = look_up(identifier)
        if number and number.country:
            found["country"] = number.country
    if "PhoneNumber" in form:
        found["number"] = form["PhoneNumber"][0]
    return found


def parse_form(text: str) -> dict[str, list[str]]:
    """Return the values by name, as `parse_qs(text, keep_blank_values=True, errors="replace")` does.

    It is faster: `parse_qs()` took a twentieth of the time of an SDK request.
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
    """Return user name and password of an Authorization header, or None. A Bearer token counts as an API key."""
    # Werkzeug's Authorization raises for some headers, and each version for others.
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
def base_of(scheme: str, host: str) -> str:
    """Return the beginning of the URLs in an answer: Twilio's own host, or the host of the fake's server."""
    name = host.partition(":")[0].lower()
    return TWILIO if not host or name.endswith(".twilio.com") else f"{scheme}://{host}"
