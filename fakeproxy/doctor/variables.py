"""Findings about environment variables: proxies, and Twilio's credentials and regions. They show no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fakeproxy.doctor.finding import Finding
from fakeproxy.doctor.known import CLIENTS, GUARD

_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}
_REGIONS = ("TWILIO_EDGE", "TWILIO_REGION")

#: Secrets, and the form of a real one. Twilio's auth tokens and secrets have 32 characters.
_SECRETS = {
    "TWILIO_AUTH_TOKEN": re.compile(r"[0-9a-f]{32}"),
    "TWILIO_API_SECRET": re.compile(r"[0-9A-Za-z]{32}"),
    "TWILIO_API_KEY_SECRET": re.compile(r"[0-9A-Za-z]{32}"),
}


def variables(environment: Mapping[str, str]) -> list[Finding]:
    """Return the findings about these variables."""
    found = []
    for name, value in sorted(environment.items()):
        if name.lower() in _PROXIES and value:
            told = "is set. The probes below ran with it."
            found.append(Finding(name, told, "fine", "", CLIENTS))
        elif name in _REGIONS and value:
            told = f"is {value!r}. The fake answers for proxy.<edge>.<region>.twilio.com too."
            found.append(Finding(name, told, "fine", "", CLIENTS))
        elif name in _SECRETS:
            found.append(_secret(name, value))
    return found


def _secret(name: str, value: str) -> Finding:
    if not _SECRETS[name].fullmatch(value) or len(set(value)) < 8:
        return Finding(name, "is set, and does not look like a real one.", "fine", "", GUARD)
    told = "looks like a real one: a test that forgets the fake reaches this account."
    return Finding(name, told, "leaks", "Unset it for tests, and make every test use a fake.", GUARD)
