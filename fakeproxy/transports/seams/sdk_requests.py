"""Requests in the form in which they are sent: made from the SDK's arguments, or from a `PreparedRequest`."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote_plus, urlencode, urlsplit

from fakeproxy.web.plain import FORM

if TYPE_CHECKING:
    from requests import PreparedRequest

    from fakeproxy.api.parameters import Form


class SentRequest(NamedTuple):
    """A request in the form in which a client sends it: the arguments of `web.wsgi.call`."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


_SDK_HEADERS = {"User-Agent", "X-Twilio-Client", "Accept-Charset", "Accept", "Content-Type"}
# requests and urllib3 send such a URL as it is: they quote, resolve and cut off nothing.
_PLAIN_URL = re.compile(r"https://proxy(?:\.[a-z0-9-]+){0,2}\.twilio\.com(/[A-Za-z0-9_-][A-Za-z0-9_/-]*)")


def texts(
    url: str, params: object, data: object, headers: Mapping[str, str] | None, auth: object
) -> tuple[str, str, str, str, Form | None] | None:
    """Return path, query, form and Authorization that `requests` would send, or None for an unusual request.

    An unusual one has other headers than the SDK's, no Basic credentials, a body or query that is no dict, or a URL
    that `requests` might change. `requests` itself has to prepare it.

    The last item has the fields of the form, so that nobody has to decode it. It is None if only decoding tells them.
    """
    if not headers or headers.get("Content-Type", FORM) != FORM or not _SDK_HEADERS.issuperset(headers):
        return None
    if type(auth) is not tuple or [*map(type, auth)] != [str, str]:
        return None
    if (params and type(params) is not dict) or (data and type(data) is not dict):
        return None
    path = _plain_path(url)
    if path is None:
        return None
    form, fields = _encode(data) if data else ("", None)
    return path, _encode(params)[0] if params else "", form, _basic(*auth), fields


def from_texts(
    method: str, url: str, query: str, form: str, authorization: str, headers: Mapping[str, str]
) -> SentRequest:
    """Return a usual request, with the texts that `texts()` returned."""
    return SentRequest(
        method.upper(),
        f"{url}?{query}" if query else url,
        {**headers, "Authorization": authorization},
        form.encode(),
    )


def from_arguments(
    method: str,
    url: str,
    params: object,
    data: object,
    headers: Mapping[str, str] | None,
    auth: object,
) -> SentRequest | None:
    """Return the request that `requests` would send for these arguments, or None for an unusual one."""
    found = texts(url, params, data, headers, auth)
    return None if found is None else from_texts(method, url, *found[1:4], headers or {})


@lru_cache(maxsize=256)
def _plain_path(url: str) -> str | None:
    """Return the path of a URL that is sent as it is, or None. Equal URLs share one text, which the journal keeps."""
    found = _PLAIN_URL.fullmatch(url)
    return None if found is None else found[1]


def _encode(fields: Any) -> tuple[str, Form | None]:
    """Return fields as `requests` encodes them: a list repeats its name, None is left out.

    Also return what decoding them would, or None if a value is neither a text nor a number.
    """
    pairs: list[str] = []
    decoded: dict[str, list[str]] = {}
    for name, values in fields.items():
        if type(name) is str and type(values) in (str, int):
            text = str(values)
            pairs.append(f"{_quote(name)}={_quote(text)}")
            decoded[name] = [text]
            continue
        single = isinstance(values, (str, bytes)) or not hasattr(values, "__iter__")
        pair = urlencode([(name, value) for value in ([values] if single else values) if value is not None], doseq=True)
        if pair:
            pairs.append(pair)
    return "&".join(pairs), decoded if len(decoded) == len(fields) else None


@lru_cache(maxsize=1024)
def _quote(text: str) -> str:
    return quote_plus(text)


@lru_cache(maxsize=64)
def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode("latin-1")).decode()


def from_prepared(prepared: PreparedRequest) -> SentRequest:
    """Return the request that `requests` would send for a prepared one."""
    parts = urlsplit(str(prepared.url))
    # Like HTTPAdapter.request_url and http.client: no fragment, no user name, one slash at the start.
    target = "/" + prepared.path_url.lstrip("/")
    headers = {
        name: value if isinstance(value, str) else value.decode("latin-1") for name, value in prepared.headers.items()
    }
    body: Any = prepared.body or b""
    if isinstance(body, str):
        body = body.encode()
    elif not isinstance(body, bytes):
        body = b"".join(body)
    return SentRequest(
        str(prepared.method), f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{target}", headers, body
    )
