"""Plain requests: path, query, form and Authorization say all of them. The API answers them without WSGI."""

from __future__ import annotations

from collections.abc import Mapping

#: The content type of forms, as clients send it.
FORM = "application/x-www-form-urlencoded"


def texts(method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str, str, str] | None:
    """Return path, query, form and Authorization of a plain request, or None for any other one.

    A plain request has one of Proxy's methods. Its target is a path without percent-encoded bytes, perhaps with a
    query. If it is a POST with a body, that is a form in ASCII. The names in `headers` are in lower case.
    """
    form = ""
    if method == "POST" and body:
        if headers.get("content-type") != FORM or not body.isascii():
            return None
        form = body.decode()
    elif method not in ("GET", "POST", "DELETE"):
        return None
    path, _, query = target.partition("?")
    if not path.startswith("/") or "%" in path:
        return None
    return path, query, form, headers.get("authorization", "")
