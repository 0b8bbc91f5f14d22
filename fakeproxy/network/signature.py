"""`X-Twilio-Signature`: how an application knows that a webhook is Twilio's."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple


class Token(NamedTuple):
    """An auth token, and where the fake has it from, in words that do not show it."""

    text: str
    origin: str


def sign(token: str, url: str, fields: Mapping[str, str]) -> str:
    """Base64 of HMAC-SHA1 with the auth token, over the URL as configured and the form's sorted names and values.

    Source: Twilio's page on webhook security; the SDK's `RequestValidator` is what it is tested against.
    """
    # Guess: a user name and password in the URL are signed with it, since it is the URL as configured.
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()
