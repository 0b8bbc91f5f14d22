"""The header `X-Twilio-Signature`, by which an application knows that a webhook is from Twilio."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple

#: The source of a token that neither a test, nor a client, nor the environment has named.
MADE_UP = "a token that the fake made up, since it knows no other"


class Token(NamedTuple):
    """An auth token, and a description of its source that does not show it."""

    text: str
    origin: str

    def __repr__(self) -> str:
        return f"<Token: {self.origin}>"


def sign(token: str, url: str, fields: Mapping[str, str]) -> str:
    """Return the signature of a webhook: base64 of HMAC-SHA1 with the token, over the URL and the form.

    The URL is the configured one; names and values of the form follow, sorted by name. Source: Twilio's page on webhook
    security. The tests compare it with the SDK's `RequestValidator`.
    """
    # Guess (inferred, none): the signed URL includes its user name and password, since it is the configured one.
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()
