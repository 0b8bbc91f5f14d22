"""Basic authentication of webhooks: the user name and password of the URL are sent if the handler asks for them.

Source: Twilio's page on webhook security. The fake does not serve Digest.
"""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import SplitResult, unquote, urlsplit

from fakeproxy.network.handlers import Request
from fakeproxy.web.wsgi import Answer

_SCHEME = re.compile(r"(?:^|,)\s*(\w+)(?=\s+\w|\s*(?:,|$))")


def host_of(parts: SplitResult) -> str:
    """Return host and port of a URL, without user name and password."""
    return parts.netloc.rpartition("@")[2]


def challenges(answer: Answer) -> tuple[str, ...]:
    """Return the schemes of authentication that a 401 asks for, in lower case."""
    if answer.status != 401:
        return ()
    values = [value for name, value in answer.headers if name.lower() == "www-authenticate"]
    return tuple(scheme.lower() for value in values for scheme in _SCHEME.findall(value))


def with_credentials(url: str, request: Request, answer: Answer) -> Request | None:
    """Return the request with the user name and password of its URL, or None if the answer does not ask for them."""
    parts = urlsplit(url)
    if parts.username is None or "basic" not in challenges(answer):
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    headers = {**request.headers, "Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    return request._replace(headers=headers)


def explain_refusal(url: str, asked: tuple[str, ...]) -> str:
    """Return the reason why a handler that asks for these schemes refused the request, or an empty text."""
    if "basic" in asked:
        if urlsplit(url).username is None:
            return "it asks for Basic, and the webhook's URL has no user name and password"
        return "it asks for Basic, and refused the user name and password of the webhook's URL"
    if "digest" in asked:
        return "it asks for Digest, which the fake does not do; Basic is served"
    return ""
