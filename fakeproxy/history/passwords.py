"""Passwords in URLs, which no report shows."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"(//[^/\s:@?#]*:)[^/\s@]+@")

#: As in the body of a form.
_ENCODED = re.compile(r"(%2F%2F(?:(?!%3A|%2F|%40)[^/\s&])*%3A)(?:(?!%2F|%40)[^/\s&])+%40", re.IGNORECASE)


def hide_passwords(text: str) -> str:
    """The text with `***` for the password of each URL in it."""
    return _ENCODED.sub(r"\1***%40", _PLAIN.sub(r"\1***@", text))
